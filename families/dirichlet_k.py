"""Dirichlet distribution over any number of shares."""

from sympy import IndexedBase, Sum, Symbol, log, loggamma, symbols

from symfisher.declaration import Family

x, alpha = IndexedBase("x", positive=True), IndexedBase("alpha", positive=True)
K, i = Symbol("K", positive=True), symbols("i", integer=True, positive=True)
each = (i, 1, K)

family = Family(
    name="dirichlet_k",
    variable=x,
    support="simplex[K]",
    parameters={alpha: "positive[K]"},
    constants={K: "integer 2..oo"},
    logpdf=loggamma(Sum(alpha[i], each))
    - Sum(loggamma(alpha[i]), each)
    + Sum((alpha[i] - 1) * log(x[i]), each),
    title="Dirichlet distribution over any number of shares",
    meanings={"alpha": "concentrations of the shares", "K": "number of shares"},
    references=["kotz2000", "amari2016"],
)
