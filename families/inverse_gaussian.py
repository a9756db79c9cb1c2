"""Inverse Gaussian distribution, mean and shape."""

from sympy import log, pi, symbols

from symfisher.declaration import Family

x, mu, lamda = symbols("x mu lamda", positive=True)

family = Family(
    name="inverse_gaussian",
    variable=x,
    support="(0, oo)",
    parameters={mu: "positive", lamda: "positive"},
    logpdf=log(lamda / (2 * pi * x**3)) / 2 - lamda * (x - mu) ** 2 / (2 * mu**2 * x),
    title="Inverse Gaussian distribution, mean and shape",
    meanings={"mu": "mean", "lamda": "shape"},
    references=["johnson1994", "tweedie1957"],
    parametrizations={
        "mean and dispersion": {"mu": "mu", "lamda": "1/phi"},
        "drift and barrier": {"mu": "a/v", "lamda": "a**2"},
    },
    scipy={"name": "invgauss", "mu": "mu/lamda", "scale": "lamda"},
)
