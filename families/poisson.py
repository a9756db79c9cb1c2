"""Poisson distribution, mean."""

from sympy import Symbol, log, loggamma

from symfisher.declaration import Family

x = Symbol("x", nonnegative=True)
lamda = Symbol("lamda", positive=True)

family = Family(
    name="poisson",
    variable=x,
    support="0..oo",
    parameters={lamda: "positive"},
    logpmf=x * log(lamda) - lamda - loggamma(x + 1),
    title="Poisson distribution, mean",
    meanings={"lamda": "mean"},
    references=["johnson2005", "lehmann1998"],
    parametrizations={
        "log mean": {"lamda": "exp(eta)"},
        "root mean": {"lamda": "r**2"},
    },
    scipy={"name": "poisson", "mu": "lamda"},
)
