"""Log-normal distribution, mean and standard deviation of the logarithm."""

from sympy import Symbol, log, pi, symbols

from symfisher.declaration import Family

x, sigma = symbols("x sigma", positive=True)
mu = Symbol("mu", real=True)

family = Family(
    name="log_normal",
    variable=x,
    support="(0, oo)",
    parameters={mu: "real", sigma: "positive"},
    logpdf=-log(x) - log(sigma) - log(2 * pi) / 2 - (log(x) - mu) ** 2 / (2 * sigma**2),
    title="Log-normal distribution, mean and standard deviation of the logarithm",
    meanings={"mu": "mean of log(x)", "sigma": "standard deviation of log(x)"},
    references=["johnson1994", "kleiber2003"],
    parametrizations={
        "median and log-variance": {"mu": "log(m)", "sigma": "sqrt(v)"},
        "mean and coefficient of variation": {
            "mu": "log(m) - log(1 + c**2)/2",
            "sigma": "sqrt(log(1 + c**2))",
        },
    },
    scipy={"name": "lognorm", "s": "sigma", "scale": "exp(mu)"},
)
