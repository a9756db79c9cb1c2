"""Triangular distribution on (0, 1), unknown mode."""

from sympy import Piecewise, log, symbols

from symfisher.declaration import Family

x, theta = symbols("x theta", positive=True)

family = Family(
    name="triangular",
    variable=x,
    support="(0, 1)",
    parameters={theta: "unit"},
    logpdf=log(2) + Piecewise((log(x / theta), x < theta), (log((1 - x) / (1 - theta)), True)),
    title="Triangular distribution on (0, 1), unknown mode",
    meanings={"theta": "mode"},
    references=["kotz2004", "johnson1995"],
    parametrizations={
        "log odds of the mode": {"theta": "1/(1 + exp(-eta))"},
    },
    scipy={"name": "triang", "c": "theta"},
)
