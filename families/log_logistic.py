"""Log-logistic distribution, scale and shape."""

from sympy import log, symbols

from symfisher.declaration import Family

x, alpha, beta = symbols("x alpha beta", positive=True)

family = Family(
    name="log_logistic",
    variable=x,
    support="(0, oo)",
    parameters={alpha: "positive", beta: "positive"},
    logpdf=log(beta / alpha) + (beta - 1) * log(x / alpha) - 2 * log(1 + (x / alpha) ** beta),
    title="Log-logistic distribution, scale and shape",
    meanings={"alpha": "scale (the median)", "beta": "shape"},
    references=["johnson1995", "kleiber2003"],
    parametrizations={
        "location and scale of the logarithm": {"alpha": "exp(mu)", "beta": "1/s"},
    },
    scipy={"name": "fisk", "c": "beta", "scale": "alpha"},
)
