"""Generalised extreme value distribution, location, scale and shape."""

from sympy import Piecewise, Symbol, log, oo, symbols

from symfisher.declaration import Family
from symfisher.domains import Domain

x, mu, xi = symbols("x mu xi", real=True)
sigma = Symbol("sigma", positive=True)
t = 1 + xi * (x - mu) / sigma
end = mu - sigma / xi

family = Family(
    name="gev",
    variable=x,
    support=Domain(Piecewise((end, xi > 0), (-oo, True)), Piecewise((end, xi < 0), (oo, True))),
    parameters={mu: "real", sigma: "positive", xi: "real"},
    logpdf=-log(sigma) - (1 + 1 / xi) * log(t) - t ** (-1 / xi),
    title="Generalised extreme value distribution, location, scale and shape",
    meanings={"mu": "location", "sigma": "scale", "xi": "shape, of a heavy tail where positive"},
    references=["prescott1980", "smith1985", "johnson1995"],
    parametrizations={
        "log-scale": {"mu": "mu", "sigma": "exp(tau)", "xi": "xi"},
    },
    scipy={"name": "genextreme", "c": "-xi", "loc": "mu", "scale": "sigma"},
)
