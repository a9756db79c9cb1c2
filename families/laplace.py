"""Laplace distribution, location and scale."""

from sympy import Abs, Symbol, log, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
b = Symbol("b", positive=True)

family = Family(
    name="laplace",
    variable=x,
    support="(-oo, oo)",
    parameters={mu: "real", b: "positive"},
    logpdf=-log(2 * b) - Abs(x - mu) / b,
    title="Laplace distribution, location and scale",
    meanings={"mu": "location (the median)", "b": "scale"},
    references=["johnson1995", "kotz2001", "vandervaart1998"],
    parametrizations={
        "mean and standard deviation": {"mu": "mu", "b": "sigma/sqrt(2)"},
    },
    scipy={"name": "laplace", "loc": "mu", "scale": "b"},
)
