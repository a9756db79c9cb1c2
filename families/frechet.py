"""Frechet distribution, shape and scale."""

from sympy import log, symbols

from symfisher.declaration import Family

x, alpha, s = symbols("x alpha s", positive=True)

family = Family(
    name="frechet",
    variable=x,
    support="(0, oo)",
    parameters={alpha: "positive", s: "positive"},
    logpdf=log(alpha / s) - (alpha + 1) * log(x / s) - (x / s) ** (-alpha),
    title="Frechet distribution, shape and scale",
    meanings={"alpha": "shape (the tail index)", "s": "scale"},
    references=["johnson1995", "kotz2000extreme"],
    parametrizations={
        "location and scale of the logarithm": {"alpha": "1/b", "s": "exp(mu)"},
    },
    scipy={"name": "invweibull", "c": "alpha", "scale": "s"},
)
