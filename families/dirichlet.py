"""Dirichlet distribution over three shares."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x1, x2 = symbols("x1 x2", positive=True)
alpha1, alpha2, alpha3 = symbols("alpha1 alpha2 alpha3", positive=True)

family = Family(
    name="dirichlet",
    variable=(x1, x2),
    support=("(0, 1)", "(0, 1 - x1)"),
    parameters={alpha1: "positive", alpha2: "positive", alpha3: "positive"},
    logpdf=loggamma(alpha1 + alpha2 + alpha3)
    - loggamma(alpha1)
    - loggamma(alpha2)
    - loggamma(alpha3)
    + (alpha1 - 1) * log(x1)
    + (alpha2 - 1) * log(x2)
    + (alpha3 - 1) * log(1 - x1 - x2),
    title="Dirichlet distribution over three shares",
    meanings={
        "alpha1": "concentration of share 1",
        "alpha2": "concentration of share 2",
        "alpha3": "concentration of share 3",
    },
    references=["kotz2000", "amari2016"],
    parametrizations={
        "mean and precision": {
            "alpha1": "phi*m1",
            "alpha2": "phi*m2",
            "alpha3": "phi*(1 - m1 - m2)",
        },
    },
    scipy={"name": "dirichlet", "x": "x1, x2, 1 - x1 - x2", "alpha": "alpha1, alpha2, alpha3"},
)
