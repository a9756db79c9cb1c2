"""Nakagami distribution, shape and spread."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x, m, Omega = symbols("x m Omega", positive=True)

family = Family(
    name="nakagami",
    variable=x,
    support="(0, oo)",
    parameters={m: "positive", Omega: "positive"},
    logpdf=log(2) + m * log(m / Omega) - loggamma(m) + (2 * m - 1) * log(x) - m * x**2 / Omega,
    title="Nakagami distribution, shape and spread",
    meanings={"m": "shape", "Omega": "spread (the mean of x**2)"},
    references=["nakagami1960", "yee2015"],
    parametrizations={
        "shape and root mean square": {"m": "m", "Omega": "r**2"},
    },
    scipy={"name": "nakagami", "nu": "m", "scale": "sqrt(Omega)"},
)
