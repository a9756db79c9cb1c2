"""Maxwell distribution, scale."""

from sympy import log, pi, symbols

from symfisher.declaration import Family

x, a = symbols("x a", positive=True)

family = Family(
    name="maxwell",
    variable=x,
    support="(0, oo)",
    parameters={a: "positive"},
    logpdf=log(2 / pi) / 2 + 2 * log(x) - 3 * log(a) - x**2 / (2 * a**2),
    title="Maxwell distribution, scale",
    meanings={"a": "scale"},
    references=["johnson1994", "forbes2011"],
    parametrizations={
        "rate": {"a": "1/sqrt(r)"},
    },
    scipy={"name": "maxwell", "scale": "a"},
)
