"""Negative binomial distribution with known size, probability of success."""

from sympy import Symbol, log, loggamma, symbols

from symfisher.declaration import Family

x = Symbol("x", nonnegative=True)
r, p = symbols("r p", positive=True)

family = Family(
    name="negative_binomial",
    variable=x,
    support="0..oo",
    parameters={p: "unit"},
    constants={r: "positive"},
    logpmf=loggamma(x + r) - loggamma(r) - loggamma(x + 1) + r * log(p) + x * log(1 - p),
    title="Negative binomial distribution with known size, probability of success",
    meanings={"p": "probability of success", "r": "size (number of successes waited for), known"},
    references=["johnson2005", "fisher1941"],
    parametrizations={
        "mean": {"p": "r/(r + mu)"},
    },
    scipy={"name": "nbinom", "n": "r", "p": "p"},
)
