"""Inverse gamma distribution, shape and scale."""

from sympy import log, loggamma, symbols

from symfisher.declaration import Family

x, alpha, beta = symbols("x alpha beta", positive=True)

family = Family(
    name="inverse_gamma",
    variable=x,
    support="(0, oo)",
    parameters={alpha: "positive", beta: "positive"},
    logpdf=alpha * log(beta) - loggamma(alpha) - (alpha + 1) * log(x) - beta / x,
    title="Inverse gamma distribution, shape and scale",
    meanings={"alpha": "shape", "beta": "scale"},
    references=["johnson1994", "kleiber2003"],
    parametrizations={
        "scaled inverse chi-squared": {"alpha": "nu/2", "beta": "nu*s**2/2"},
    },
    scipy={"name": "invgamma", "a": "alpha", "scale": "beta"},
)
