"""Negative multinomial distribution with known number of failures, probabilities of the cells."""

from sympy import IndexedBase, Sum, Symbol, log, loggamma, symbols

from symfisher.declaration import Family

y, p = IndexedBase("y", nonnegative=True), IndexedBase("p", positive=True)
r, K, i = Symbol("r", positive=True), Symbol("K", positive=True), symbols("i", integer=True)
each = (i, 1, K)

family = Family(
    name="negative_multinomial",
    variable=y,
    support="0..oo[K]",
    parameters={p: "unit[K]"},
    constants={r: "positive", K: "integer 2..oo"},
    constraints=[Sum(p[i], each) < 1],
    logpmf=loggamma(r + Sum(y[i], each))
    - loggamma(r)
    - Sum(loggamma(y[i] + 1), each)
    + r * log(1 - Sum(p[i], each))
    + Sum(y[i] * log(p[i]), each),
    title="Negative multinomial distribution with known number of failures, probabilities",
    meanings={
        "p": "probabilities of the cells",
        "r": "number of failures that are waited for",
        "K": "number of cells",
    },
    references=["johnson1997"],
)
