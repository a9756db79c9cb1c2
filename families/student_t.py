"""Student t distribution, location, scale and degrees of freedom."""

from sympy import log, loggamma, pi, symbols

from symfisher.declaration import Family

x, mu = symbols("x mu", real=True)
sigma, nu = symbols("sigma nu", positive=True)

family = Family(
    name="student_t",
    variable=x,
    support="(-oo, oo)",
    parameters={mu: "real", sigma: "positive", nu: "positive"},
    logpdf=loggamma((nu + 1) / 2)
    - loggamma(nu / 2)
    - log(pi * nu * sigma**2) / 2
    - (nu + 1) / 2 * log(1 + (x - mu) ** 2 / (nu * sigma**2)),
    title="Student t distribution, location, scale and degrees of freedom",
    meanings={"mu": "location", "sigma": "scale", "nu": "degrees of freedom"},
    references=["johnson1995", "lange1989"],
    parametrizations={
        "log-scale": {"mu": "mu", "sigma": "exp(tau)", "nu": "nu"},
        "standard deviation": {"mu": "mu", "sigma": "s*sqrt((nu - 2)/nu)", "nu": "nu"},
    },
    scipy={"name": "t", "df": "nu", "loc": "mu", "scale": "sigma"},
)
