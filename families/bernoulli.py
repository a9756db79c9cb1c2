"""Bernoulli distribution, probability of success."""

from sympy import Symbol, log

from symfisher.declaration import Family

x = Symbol("x", nonnegative=True)
p = Symbol("p", positive=True)

family = Family(
    name="bernoulli",
    variable=x,
    support="{0, 1}",
    parameters={p: "unit"},
    logpmf=x * log(p) + (1 - x) * log(1 - p),
    title="Bernoulli distribution, probability of success",
    meanings={"p": "probability of success"},
    references=["johnson2005", "lehmann1998"],
    parametrizations={
        "log odds": {"p": "1/(1 + exp(-eta))"},
        "arcsine": {"p": "sin(phi)**2"},
    },
    scipy={"name": "bernoulli", "p": "p"},
)
