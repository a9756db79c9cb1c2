"""Von Mises distribution, mean direction and concentration."""

from sympy import Symbol, besseli, cos, log, pi, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
kappa = Symbol("kappa", positive=True)

family = Family(
    name="von_mises",
    variable=x,
    support="(-pi, pi)",
    parameters={mu: "(-pi, pi)", kappa: "positive"},
    logpdf=kappa * cos(x - mu) - log(2 * pi) - log(besseli(0, kappa)),
    title="Von Mises distribution, mean direction and concentration",
    meanings={"mu": "mean direction", "kappa": "concentration"},
    references=["mardia2000", "forbes2011"],
    scipy={"name": "vonmises", "kappa": "kappa", "loc": "mu"},
)
