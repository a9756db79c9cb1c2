"""Dirichlet-multinomial distribution over any number of cells with known number of trials."""

from sympy import IndexedBase, Sum, Symbol, loggamma, symbols

from symfisher.declaration import Family

y, alpha = IndexedBase("y", nonnegative=True), IndexedBase("alpha", positive=True)
n, K, i = Symbol("n", positive=True), Symbol("K", positive=True), symbols("i", integer=True)
each = (i, 1, K)

family = Family(
    name="dirichlet_multinomial",
    variable=y,
    support="counts(n)[K]",
    parameters={alpha: "positive[K]"},
    constants={n: "1..oo", K: "integer 2..oo"},
    logpmf=loggamma(n + 1)
    + loggamma(Sum(alpha[i], each))
    - loggamma(n + Sum(alpha[i], each))
    + Sum(loggamma(y[i] + alpha[i]) - loggamma(alpha[i]) - loggamma(y[i] + 1), each),
    title="Dirichlet-multinomial distribution over any number of cells",
    meanings={
        "alpha": "concentrations of the cells",
        "n": "number of trials",
        "K": "number of cells",
    },
    references=["johnson1997"],
)
