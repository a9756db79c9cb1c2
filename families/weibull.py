"""Weibull distribution, shape and scale."""

from sympy import log, symbols

from symfisher.declaration import Family

x, k, lamda = symbols("x k lamda", positive=True)

family = Family(
    name="weibull",
    variable=x,
    support="(0, oo)",
    parameters={k: "positive", lamda: "positive"},
    logpdf=log(k) - log(lamda) + (k - 1) * log(x / lamda) - (x / lamda) ** k,
    title="Weibull distribution, shape and scale",
    meanings={"k": "shape", "lamda": "scale"},
    references=["johnson1994", "lawless2003"],
    parametrizations={
        "shape and rate": {"k": "k", "lamda": "1/r"},
        "proportional hazards": {"k": "k", "lamda": "b**(-1/k)"},
        "location and scale of the logarithm": {"k": "1/sigma", "lamda": "exp(mu)"},
    },
    scipy={"name": "weibull_min", "c": "k", "scale": "lamda"},
)
