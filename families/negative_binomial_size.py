"""Negative binomial distribution with unknown size, size and probability of success."""

from sympy import Symbol, log, loggamma, symbols

from symfisher.declaration import Family

x = Symbol("x", nonnegative=True)
r, p = symbols("r p", positive=True)

family = Family(
    name="negative_binomial_size",
    variable=x,
    support="0..oo",
    parameters={r: "positive", p: "unit"},
    logpmf=loggamma(x + r) - loggamma(r) - loggamma(x + 1) + r * log(p) + x * log(1 - p),
    title="Negative binomial distribution with unknown size, size and probability of success",
    meanings={"r": "size", "p": "probability of success"},
    references=["johnson2005", "fisher1941", "lawless1987"],
    parametrizations={
        "size and mean": {"r": "r", "p": "r/(r + mu)"},
    },
    scipy={"name": "nbinom", "n": "r", "p": "p"},
)
