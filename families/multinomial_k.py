"""Multinomial distribution over any number of cells with known number of trials."""

from sympy import IndexedBase, Sum, Symbol, log, loggamma, symbols

from symfisher.declaration import Family

y, p = IndexedBase("y", nonnegative=True), IndexedBase("p", positive=True)
n, K, i = Symbol("n", positive=True), Symbol("K", positive=True), symbols("i", integer=True)
each = (i, 1, K)

family = Family(
    name="multinomial_k",
    variable=y,
    support="counts(n)[K]",
    parameters={p: "simplex[K]"},
    constants={n: "1..oo", K: "integer 2..oo"},
    logpmf=loggamma(n + 1) - Sum(loggamma(y[i] + 1), each) + Sum(y[i] * log(p[i]), each),
    title="Multinomial distribution over any number of cells with known number of trials",
    meanings={
        "p": "probabilities of the cells",
        "n": "number of trials",
        "K": "number of cells",
    },
    references=["johnson1997", "lehmann1998"],
)
