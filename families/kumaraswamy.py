"""Kumaraswamy distribution, two shapes."""

from sympy import log, symbols

from symfisher.declaration import Family

x, a, b = symbols("x a b", positive=True)

family = Family(
    name="kumaraswamy",
    variable=x,
    support="(0, 1)",
    parameters={a: "positive", b: "positive"},
    logpdf=log(a * b) + (a - 1) * log(x) + (b - 1) * log(1 - x**a),
    title="Kumaraswamy distribution, two shapes",
    meanings={"a": "shape at zero", "b": "shape at one"},
    references=["kumaraswamy1980", "jones2009"],
    parametrizations={
        "median and shape": {"a": "a", "b": "-log(2)/log(1 - m**a)"},
    },
)
