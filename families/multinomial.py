"""Multinomial distribution over three cells with known number of trials, probabilities."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

y1, y2 = symbols("y1 y2", nonnegative=True)
p1, p2, n = symbols("p1 p2 n", positive=True)
y3 = n - y1 - y2

family = Family(
    name="multinomial",
    variable=(y1, y2),
    support=("0..n", "0..n - y1"),
    parameters={p1: "unit", p2: "unit"},
    constants={n: "1..oo"},
    constraints=[p1 + p2 < 1],
    logpmf=loggamma(n + 1)
    - loggamma(y1 + 1)
    - loggamma(y2 + 1)
    - loggamma(y3 + 1)
    + y1 * log(p1)
    + y2 * log(p2)
    + y3 * log(1 - p1 - p2),
    title="Multinomial distribution over three cells with known number of trials, probabilities",
    meanings={
        "p1": "probability of cell 1",
        "p2": "probability of cell 2",
        "n": "number of trials, known",
    },
    references=["johnson1997", "lehmann1998"],
    parametrizations={
        "softmax": {
            "p1": "exp(t1)/(1 + exp(t1) + exp(t2))",
            "p2": "exp(t2)/(1 + exp(t1) + exp(t2))",
        },
    },
    scipy={"name": "multinomial", "x": "y1, y2, n - y1 - y2", "n": "n", "p": "p1, p2, 1 - p1 - p2"},
)
