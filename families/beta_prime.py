"""Beta prime distribution, two shapes."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x, alpha, beta = symbols("x alpha beta", positive=True)

family = Family(
    name="beta_prime",
    variable=x,
    support="(0, oo)",
    parameters={alpha: "positive", beta: "positive"},
    logpdf=loggamma(alpha + beta)
    - loggamma(alpha)
    - loggamma(beta)
    + (alpha - 1) * log(x)
    - (alpha + beta) * log(1 + x),
    title="Beta prime distribution, two shapes",
    meanings={"alpha": "shape at zero", "beta": "tail index"},
    references=["johnson1995", "kleiber2003"],
    parametrizations={
        "mean and precision": {"alpha": "mu*(1 + phi)", "beta": "2 + phi"},
    },
    scipy={"name": "betaprime", "a": "alpha", "b": "beta"},
)
