"""Logistic distribution, location and scale."""

from sympy import Symbol, exp, log, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
s = Symbol("s", positive=True)

family = Family(
    name="logistic",
    variable=x,
    support="(-oo, oo)",
    parameters={mu: "real", s: "positive"},
    logpdf=-(x - mu) / s - log(s) - 2 * log(1 + exp(-(x - mu) / s)),
    title="Logistic distribution, location and scale",
    meanings={"mu": "location", "s": "scale"},
    references=["johnson1995", "lehmann1998"],
    parametrizations={
        "mean and standard deviation": {"mu": "mu", "s": "sqrt(3)*sigma/pi"},
    },
    scipy={"name": "logistic", "loc": "mu", "scale": "s"},
)
