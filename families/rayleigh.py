"""Rayleigh distribution, scale."""

from sympy import log, symbols

from symfisher.declaration import Family

x, sigma = symbols("x sigma", positive=True)

family = Family(
    name="rayleigh",
    variable=x,
    support="(0, oo)",
    parameters={sigma: "positive"},
    logpdf=log(x) - 2 * log(sigma) - x**2 / (2 * sigma**2),
    title="Rayleigh distribution, scale",
    meanings={"sigma": "scale"},
    references=["johnson1994", "forbes2011"],
    parametrizations={
        "mean square": {"sigma": "sqrt(omega/2)"},
    },
    scipy={"name": "rayleigh", "scale": "sigma"},
)
