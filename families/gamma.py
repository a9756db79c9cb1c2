"""Gamma distribution, shape and rate."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x, alpha, beta = symbols("x alpha beta", positive=True)

family = Family(
    name="gamma",
    variable=x,
    support="(0, oo)",
    parameters={alpha: "positive", beta: "positive"},
    logpdf=alpha * log(beta) - loggamma(alpha) + (alpha - 1) * log(x) - beta * x,
    title="Gamma distribution, shape and rate",
    meanings={"alpha": "shape", "beta": "rate"},
    references=["johnson1994", "lehmann1998"],
    parametrizations={
        "shape and scale": {"alpha": "alpha", "beta": "1/theta"},
        "mean and shape": {"alpha": "alpha", "beta": "alpha/mu"},
        "mean and coefficient of variation": {"alpha": "1/c**2", "beta": "1/(mu*c**2)"},
    },
    scipy={"name": "gamma", "a": "alpha", "scale": "1/beta"},
)
