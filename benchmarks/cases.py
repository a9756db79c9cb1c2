"""The 32 families of the comparison, with what a general system is given to work on.

The log-density is that of the bundled family of the same name.  ``stats`` is SymPy's random
variable for it, if there is one.  ``density`` is the density in the shape in which a general system
integrates best, where that is not the exponential of the log-density; it favours the opponents.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One family, at the point where all results are compared with quadrature."""

    name: str
    at: dict[str, str]
    stats: str = ""
    density: str = ""


CASES = [
    Case("normal", {"mu": "0.73", "sigma": "1.37"}, "Normal('X', mu, sigma)"),
    Case("exponential", {"lamda": "1.37"}, "Exponential('X', lamda)"),
    Case("gamma", {"alpha": "2.37", "beta": "1.61"}, "Gamma('X', alpha, 1/beta)"),
    Case("inverse_gamma", {"alpha": "2.37", "beta": "1.61"}, "GammaInverse('X', alpha, beta)"),
    Case("beta", {"alpha": "2.37", "beta": "3.11"}, "Beta('X', alpha, beta)"),
    Case("weibull", {"k": "2.37", "lamda": "1.61"}, "Weibull('X', lamda, k)"),
    Case("rayleigh", {"sigma": "1.37"}, "Rayleigh('X', sigma)"),
    Case("maxwell", {"a": "1.37"}, "Maxwell('X', a)"),
    Case("log_normal", {"mu": "0.23", "sigma": "0.77"}, "LogNormal('X', mu, sigma)"),
    Case("inverse_gaussian", {"mu": "1.37", "lamda": "2.11"}, "GaussianInverse('X', mu, lamda)"),
    Case("logistic", {"mu": "0.73", "s": "1.37"}, "Logistic('X', mu, s)"),
    Case("log_logistic", {"alpha": "1.37", "beta": "2.61"}, "LogLogistic('X', alpha, beta)"),
    Case("gumbel", {"mu": "0.73", "beta": "1.37"}, "Gumbel('X', beta, mu)"),
    Case("gev", {"mu": "0.73", "sigma": "1.37", "xi": "0.21"}),
    Case("pareto", {"m": "1.3", "alpha": "2.37"}, "Pareto('X', m, alpha)"),
    Case("lomax", {"alpha": "2.37", "lamda": "1.3"}, "Lomax('X', alpha, lamda)"),
    Case("burr_xii", {"c": "2.37", "k": "1.61"}),
    Case("laplace", {"mu": "0.73", "b": "1.37"}, "Laplace('X', mu, b)"),
    Case("cauchy", {"mu": "0.73", "sigma": "1.37"}, "Cauchy('X', mu, sigma)"),
    Case("student_t", {"mu": "0.73", "sigma": "1.37", "nu": "5.3"}),
    Case("generalized_gamma", {"a": "1.37", "d": "2.61", "p": "1.83"}),
    Case("kumaraswamy", {"a": "2.37", "b": "3.61"}, "Kumaraswamy('X', a, b)"),
    Case("nakagami", {"m": "2.37", "Omega": "1.61"}, "Nakagami('X', m, Omega)"),
    Case("gompertz", {"eta": "0.87", "b": "1.31"}, "Gompertz('X', b, eta)"),
    Case("von_mises", {"mu": "0.33", "kappa": "1.37"}, "VonMises('X', mu, kappa)"),
    Case("poisson", {"lamda": "2.37"}, "Poisson('X', lamda)", "lamda**x*exp(-lamda)/factorial(x)"),
    Case(
        "binomial",
        {"p": "0.37", "n": "7"},
        "Binomial('X', n, p)",
        "binomial(n, x)*p**x*(1 - p)**(n - x)",
    ),
    Case("geometric", {"p": "0.37"}, "Geometric('X', p)", "p*(1 - p)**(x - 1)"),
    Case(
        "negative_binomial",
        {"p": "0.37", "r": "2.3"},
        "NegativeBinomial('X', r, p)",
        "binomial(x + r - 1, x)*p**r*(1 - p)**x",
    ),
    Case("log_series", {"p": "0.37"}, "Logarithmic('X', p)", "-p**x/(x*log(1 - p))"),
    Case(
        "bivariate_normal",
        {"mu1": "0.3", "mu2": "-0.2", "sigma1": "1.37", "sigma2": "0.81", "rho": "0.41"},
    ),
    Case("dirichlet", {"alpha1": "2.37", "alpha2": "3.11", "alpha3": "1.61"}),
]
