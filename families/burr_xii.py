"""Burr XII distribution, two shapes."""

from sympy import log, symbols

from symfisher.declaration import Family

x, c, k = symbols("x c k", positive=True)

family = Family(
    name="burr_xii",
    variable=x,
    support="(0, oo)",
    parameters={c: "positive", k: "positive"},
    logpdf=log(c * k) + (c - 1) * log(x) - (k + 1) * log(1 + x**c),
    title="Burr XII distribution, two shapes",
    meanings={"c": "shape at zero", "k": "shape of the tail"},
    references=["johnson1994", "watkins1997", "kleiber2003"],
    scipy={"name": "burr12", "c": "c", "d": "k"},
)
