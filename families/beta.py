"""Beta distribution, two shapes."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x, alpha, beta = symbols("x alpha beta", positive=True)

family = Family(
    name="beta",
    variable=x,
    support="(0, 1)",
    parameters={alpha: "positive", beta: "positive"},
    logpdf=loggamma(alpha + beta)
    - loggamma(alpha)
    - loggamma(beta)
    + (alpha - 1) * log(x)
    + (beta - 1) * log(1 - x),
    title="Beta distribution, two shapes",
    meanings={"alpha": "shape at one", "beta": "shape at zero"},
    references=["johnson1995", "lehmann1998"],
    parametrizations={
        "mean and precision": {"alpha": "mu*phi", "beta": "(1 - mu)*phi"},
    },
    scipy={"name": "beta", "a": "alpha", "b": "beta"},
)
