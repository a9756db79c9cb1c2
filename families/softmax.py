"""Categorical distribution over any number of categories, softmax of logits."""

from sympy import IndexedBase, Sum, Symbol, exp, log, symbols

from symfisher.declaration import Family

x, K = Symbol("x", positive=True), Symbol("K", positive=True)
theta, i = IndexedBase("theta", real=True), symbols("i", integer=True, positive=True)

family = Family(
    name="softmax",
    variable=x,
    support="1..K",
    parameters={theta: "real[K]"},
    constants={K: "integer 2..oo"},
    logpmf=theta[x] - log(Sum(exp(theta[i]), (i, 1, K))),
    title="Categorical distribution over any number of categories, softmax of logits",
    meanings={"theta": "logits of the categories", "K": "number of categories"},
    references=["amari2016"],
)
