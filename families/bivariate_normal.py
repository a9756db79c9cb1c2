"""Bivariate normal distribution, means, standard deviations and correlation."""

from sympy import log, pi, symbols

from symfisher.declaration import Family

x, y, mu1, mu2, rho = symbols("x y mu1 mu2 rho", real=True)
sigma1, sigma2 = symbols("sigma1 sigma2", positive=True)
z1 = (x - mu1) / sigma1
z2 = (y - mu2) / sigma2

family = Family(
    name="bivariate_normal",
    variable=(x, y),
    support=("(-oo, oo)", "(-oo, oo)"),
    parameters={mu1: "real", mu2: "real", sigma1: "positive", sigma2: "positive", rho: "(-1, 1)"},
    logpdf=-log(2 * pi * sigma1 * sigma2)
    - log(1 - rho**2) / 2
    - (z1**2 - 2 * rho * z1 * z2 + z2**2) / (2 * (1 - rho**2)),
    title="Bivariate normal distribution, means, standard deviations and correlation",
    meanings={
        "mu1": "mean of x",
        "mu2": "mean of y",
        "sigma1": "standard deviation of x",
        "sigma2": "standard deviation of y",
        "rho": "correlation",
    },
    references=["kotz2000", "lehmann1998"],
    parametrizations={
        "covariance": {
            "mu1": "mu1",
            "mu2": "mu2",
            "sigma1": "sqrt(v1)",
            "sigma2": "sqrt(v2)",
            "rho": "c/sqrt(v1*v2)",
        },
    },
    scipy={
        "name": "multivariate_normal",
        "x": "x, y",
        "mean": "mu1, mu2",
        "cov": "sigma1**2, rho*sigma1*sigma2; rho*sigma1*sigma2, sigma2**2",
    },
)
