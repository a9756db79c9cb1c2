"""Gumbel distribution of maxima, location and scale."""

from sympy import Symbol, exp, log, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
beta = Symbol("beta", positive=True)

family = Family(
    name="gumbel",
    variable=x,
    support="(-oo, oo)",
    parameters={mu: "real", beta: "positive"},
    logpdf=-log(beta) - (x - mu) / beta - exp(-(x - mu) / beta),
    title="Gumbel distribution of maxima, location and scale",
    meanings={"mu": "location (the mode)", "beta": "scale"},
    references=["johnson1995", "kotz2000extreme"],
    parametrizations={
        "mean and standard deviation": {
            "mu": "m - sqrt(6)*EulerGamma*sigma/pi",
            "beta": "sqrt(6)*sigma/pi",
        },
    },
    scipy={"name": "gumbel_r", "loc": "mu", "scale": "beta"},
)
