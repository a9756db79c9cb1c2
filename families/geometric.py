"""Geometric distribution of the number of trials, probability of success."""

from sympy import log, symbols

from symfisher.declaration import Family

x, p = symbols("x p", positive=True)

family = Family(
    name="geometric",
    variable=x,
    support="1..oo",
    parameters={p: "unit"},
    logpmf=log(p) + (x - 1) * log(1 - p),
    title="Geometric distribution of the number of trials, probability of success",
    meanings={"p": "probability of success"},
    references=["johnson2005", "forbes2011"],
    parametrizations={
        "mean": {"p": "1/mu"},
        "log odds": {"p": "1/(1 + exp(-eta))"},
    },
    scipy={"name": "geom", "p": "p"},
)
