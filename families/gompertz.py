"""Gompertz distribution, shape and rate."""

from sympy import exp, log, symbols

from symfisher.declaration import Family

x, eta, b = symbols("x eta b", positive=True)

family = Family(
    name="gompertz",
    variable=x,
    support="(0, oo)",
    parameters={eta: "positive", b: "positive"},
    logpdf=log(b * eta) + eta + b * x - eta * exp(b * x),
    title="Gompertz distribution, shape and rate",
    meanings={"eta": "shape", "b": "rate"},
    references=["johnson1995", "lenart2014"],
    parametrizations={
        "hazard at zero": {"eta": "a/b", "b": "b"},
    },
    scipy={"name": "gompertz", "c": "eta", "scale": "1/b"},
)
