"""Lomax distribution, tail index and scale."""

from sympy import log, symbols

from symfisher.declaration import Family

x, alpha, lamda = symbols("x alpha lamda", positive=True)

family = Family(
    name="lomax",
    variable=x,
    support="(0, oo)",
    parameters={alpha: "positive", lamda: "positive"},
    logpdf=log(alpha / lamda) - (alpha + 1) * log(1 + x / lamda),
    title="Lomax distribution, tail index and scale",
    meanings={"alpha": "tail index", "lamda": "scale"},
    references=["kleiber2003", "arnold2015"],
    parametrizations={
        "generalised Pareto": {"alpha": "1/xi", "lamda": "sigma/xi"},
    },
    scipy={"name": "lomax", "c": "alpha", "scale": "lamda"},
)
