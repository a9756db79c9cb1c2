"""Logarithmic series distribution."""

from sympy import log, symbols

from symfisher.declaration import Family

x, p = symbols("x p", positive=True)

family = Family(
    name="log_series",
    variable=x,
    support="1..oo",
    parameters={p: "unit"},
    logpmf=-log(-log(1 - p)) + x * log(p) - log(x),
    title="Logarithmic series distribution",
    meanings={"p": "ratio of the power series"},
    references=["johnson2005", "fisher1943"],
    parametrizations={
        "natural": {"p": "exp(-eta)"},
    },
    scipy={"name": "logser", "p": "p"},
)
