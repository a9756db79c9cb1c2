"""Pareto distribution with known minimum, tail index."""

from sympy import log, symbols

from symfisher.declaration import Family

x, m, alpha = symbols("x m alpha", positive=True)

family = Family(
    name="pareto",
    variable=x,
    support="(m, oo)",
    parameters={alpha: "positive"},
    constants={m: "positive"},
    logpdf=log(alpha) + alpha * log(m) - (alpha + 1) * log(x),
    title="Pareto distribution with known minimum, tail index",
    meanings={"alpha": "tail index", "m": "minimum, known"},
    references=["johnson1994", "arnold2015"],
    parametrizations={
        "mean excess of the logarithm": {"alpha": "1/b"},
    },
    scipy={"name": "pareto", "b": "alpha", "scale": "m"},
)
