"""Categorical distribution over three categories, two free probabilities."""

from sympy import Eq, Piecewise, log, symbols

from symfisher.declaration import Family

x, p1, p2 = symbols("x p1 p2", positive=True)

family = Family(
    name="categorical",
    variable=x,
    support="1..3",
    parameters={p1: "unit", p2: "unit"},
    constraints=[p1 + p2 < 1],
    logpmf=Piecewise((log(p1), Eq(x, 1)), (log(p2), Eq(x, 2)), (log(1 - p1 - p2), True)),
    title="Categorical distribution over three categories, two free probabilities",
    meanings={"p1": "probability of category 1", "p2": "probability of category 2"},
    references=["johnson1997", "amari2016"],
    parametrizations={
        "softmax": {
            "p1": "exp(t1)/(1 + exp(t1) + exp(t2))",
            "p2": "exp(t2)/(1 + exp(t1) + exp(t2))",
        },
    },
)
