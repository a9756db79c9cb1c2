"""Uniform distribution on (0, theta), unknown end."""

from sympy import log, symbols

from symfisher.declaration import Family

x, theta = symbols("x theta", positive=True)

family = Family(
    name="uniform",
    variable=x,
    support="(0, theta)",
    parameters={theta: "positive"},
    logpdf=-log(theta),
    title="Uniform distribution on (0, theta), unknown end",
    meanings={"theta": "upper end"},
    references=["johnson1995", "lehmann1998"],
    parametrizations={
        "mean": {"theta": "2*mu"},
    },
    scipy={"name": "uniform", "scale": "theta"},
)
