"""Shifted exponential distribution, minimum and rate."""

from sympy import Symbol, log, symbols

from symfisher.declaration import Family

x, theta = symbols("x theta", real=True)
lamda = Symbol("lamda", positive=True)

family = Family(
    name="shifted_exponential",
    variable=x,
    support="(theta, oo)",
    parameters={theta: "real", lamda: "positive"},
    logpdf=log(lamda) - lamda * (x - theta),
    title="Shifted exponential distribution, minimum and rate",
    meanings={"theta": "minimum", "lamda": "rate"},
    references=["johnson1994", "lehmann1998"],
    parametrizations={
        "minimum and scale": {"theta": "theta", "lamda": "1/sigma"},
    },
    scipy={"name": "expon", "loc": "theta", "scale": "1/lamda"},
)
