"""Generalised gamma distribution, scale and two shapes."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x, a, d, p = symbols("x a d p", positive=True)

family = Family(
    name="generalized_gamma",
    variable=x,
    support="(0, oo)",
    parameters={a: "positive", d: "positive", p: "positive"},
    logpdf=log(p) - d * log(a) - loggamma(d / p) + (d - 1) * log(x) - (x / a) ** p,
    title="Generalised gamma distribution, scale and two shapes",
    meanings={"a": "scale", "d": "shape at zero", "p": "power in the exponent"},
    references=["stacy1965", "lawless2003", "kleiber2003"],
    parametrizations={
        "gamma shape": {"a": "a", "d": "k*p", "p": "p"},
    },
    scipy={"name": "gengamma", "a": "d/p", "c": "p", "scale": "a"},
)
