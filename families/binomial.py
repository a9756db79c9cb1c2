"""Binomial distribution with known number of trials, probability of success."""

from sympy import Symbol, log, loggamma, symbols

from symfisher.declaration import Family

x = Symbol("x", nonnegative=True)
p, n = symbols("p n", positive=True)

family = Family(
    name="binomial",
    variable=x,
    support="0..n",
    parameters={p: "unit"},
    constants={n: "1..oo"},
    logpmf=loggamma(n + 1)
    - loggamma(x + 1)
    - loggamma(n - x + 1)
    + x * log(p)
    + (n - x) * log(1 - p),
    title="Binomial distribution with known number of trials, probability of success",
    meanings={"p": "probability of success", "n": "number of trials, known"},
    references=["johnson2005", "lehmann1998"],
    parametrizations={
        "log odds": {"p": "1/(1 + exp(-eta))"},
        "mean": {"p": "mu/n"},
    },
    scipy={"name": "binom", "n": "n", "p": "p"},
)
