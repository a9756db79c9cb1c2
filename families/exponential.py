"""Exponential distribution, rate."""

from sympy import log, symbols

from symfisher.declaration import Family

x, lamda = symbols("x lamda", positive=True)

family = Family(
    name="exponential",
    variable=x,
    support="(0, oo)",
    parameters={lamda: "positive"},
    logpdf=log(lamda) - lamda * x,
    title="Exponential distribution, rate",
    meanings={"lamda": "rate"},
    references=["johnson1994", "lehmann1998"],
    parametrizations={
        "mean": {"lamda": "1/mu"},
        "log rate": {"lamda": "exp(eta)"},
    },
    scipy={"name": "expon", "scale": "1/lamda"},
)
