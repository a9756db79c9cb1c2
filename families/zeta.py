"""Zeta distribution, exponent."""

from sympy import Symbol, log, zeta

from symfisher.declaration import Family

x = Symbol("x", positive=True)
s = Symbol("s", positive=True)

family = Family(
    name="zeta",
    variable=x,
    support="1..oo",
    parameters={s: "(1, oo)"},
    logpmf=-s * log(x) - log(zeta(s)),
    title="Zeta distribution, exponent",
    meanings={"s": "exponent"},
    references=["johnson2005", "yee2015"],
    parametrizations={
        "tail index": {"s": "1 + a"},
    },
    scipy={"name": "zipf", "a": "s"},
)
