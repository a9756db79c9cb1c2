"""Cauchy distribution, location and scale."""

from sympy import Symbol, log, pi, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
sigma = Symbol("sigma", positive=True)

family = Family(
    name="cauchy",
    variable=x,
    support="(-oo, oo)",
    parameters={mu: "real", sigma: "positive"},
    logpdf=-log(pi * sigma) - log(1 + ((x - mu) / sigma) ** 2),
    title="Cauchy distribution, location and scale",
    meanings={"mu": "location (the median)", "sigma": "scale (half the interquartile range)"},
    references=["johnson1994", "lehmann1998"],
    parametrizations={
        "log-scale": {"mu": "mu", "sigma": "exp(tau)"},
    },
    scipy={"name": "cauchy", "loc": "mu", "scale": "sigma"},
)
