"""Pareto distribution with unknown minimum, minimum and tail index."""

from sympy import log, symbols

from symfisher.declaration import Family

x, m, alpha = symbols("x m alpha", positive=True)

family = Family(
    name="pareto_unknown_minimum",
    variable=x,
    support="(m, oo)",
    parameters={m: "positive", alpha: "positive"},
    logpdf=log(alpha) + alpha * log(m) - (alpha + 1) * log(x),
    title="Pareto distribution with unknown minimum, minimum and tail index",
    meanings={"m": "minimum", "alpha": "tail index"},
    references=["johnson1994", "arnold2015"],
    scipy={"name": "pareto", "b": "alpha", "scale": "m"},
)
