"""Categorical distribution over any number of categories, probabilities."""

from sympy import IndexedBase, Symbol, log

from symfisher.declaration import Family

x, K = Symbol("x", positive=True), Symbol("K", positive=True)
p = IndexedBase("p", positive=True)

family = Family(
    name="categorical_k",
    variable=x,
    support="1..K",
    parameters={p: "simplex[K]"},
    constants={K: "integer 2..oo"},
    logpmf=log(p[x]),
    title="Categorical distribution over any number of categories, probabilities",
    meanings={"p": "probabilities of the categories", "K": "number of categories"},
    references=["johnson1997", "amari2016"],
)
