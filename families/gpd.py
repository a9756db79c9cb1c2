"""Generalised Pareto distribution, scale and shape."""

from sympy import Integer, Piecewise, Symbol, log, oo, symbols

from symfisher.declaration import Family
from symfisher.domains import Domain

x, sigma = symbols("x sigma", positive=True)
xi = Symbol("xi", real=True)

family = Family(
    name="gpd",
    variable=x,
    support=Domain(Integer(0), Piecewise((-sigma / xi, xi < 0), (oo, True))),
    parameters={sigma: "positive", xi: "real"},
    logpdf=-log(sigma) - (1 + 1 / xi) * log(1 + xi * x / sigma),
    title="Generalised Pareto distribution, scale and shape",
    meanings={"sigma": "scale", "xi": "shape, of a heavy tail where positive"},
    references=["smith1984", "smith1985", "johnson1994"],
    parametrizations={
        "orthogonal": {"sigma": "nu/(1 + xi)", "xi": "xi"},
    },
    scipy={"name": "genpareto", "c": "xi", "scale": "sigma"},
)
