"""Normal distribution, mean and standard deviation."""

from sympy import Symbol, log, pi, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
sigma = Symbol("sigma", positive=True)

family = Family(
    name="normal",
    variable=x,
    support="(-oo, oo)",
    parameters={mu: "real", sigma: "positive"},
    logpdf=-log(sigma) - log(2 * pi) / 2 - (x - mu) ** 2 / (2 * sigma**2),
    title="Normal distribution, mean and standard deviation",
    meanings={"mu": "mean", "sigma": "standard deviation"},
    references=["johnson1994", "lehmann1998", "amari2016"],
    parametrizations={
        "mean and variance": {"mu": "mu", "sigma": "sqrt(v)"},
        "mean and precision": {"mu": "mu", "sigma": "1/sqrt(tau)"},
        "mean and log standard deviation": {"mu": "mu", "sigma": "exp(tau)"},
        "natural": {"mu": "-eta1/(2*eta2)", "sigma": "1/sqrt(-2*eta2)"},
    },
    scipy={"name": "norm", "loc": "mu", "scale": "sigma"},
)
