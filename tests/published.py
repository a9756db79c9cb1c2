"""Closed forms as the literature prints them, and forms in circulation that are wrong.

A Fisher matrix is given by the rows of its upper triangle, in the order of the family's
parameters, for one observation.  ``source`` names entries of families/references.bib and, after a
semicolon, implementations that were found to agree with quadrature.  Nothing here is taken on
trust: test_published.py first holds every form to many digits of quadrature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Matrix, Symbol, sympify

from symfisher.declaration import Family

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FisherForm:
    """A Fisher matrix as printed; ``where`` are abbreviations that the source uses."""

    source: str
    rows: Rows
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WrongForm:
    """An entry (counted from 1) that is printed or computed somewhere and is not the Fisher matrix.

    ``quantity`` is the derived matrix that it is passed off as.
    """

    family: str
    found_in: str
    why: str
    entry: tuple[int, int]
    text: str
    quantity: str = "fisher"


def read(text: str, family: Family, extra: Mapping[str, Expr] = {}) -> Expr:
    """The expression, over the family's symbols."""
    declared = {s.name: s for s in (*family.variables, *family.parameters, *family.constants)}
    return sympify(text, locals={**declared, **extra})


def matrix(form: FisherForm, family: Family) -> Matrix:
    """The whole symmetric matrix of a published form."""
    names: dict[str, Expr] = {}
    for name, text in form.where.items():
        names[name] = read(text, family, names)
    rows = [[read(text, family, names) for text in row] for row in form.rows]
    size = len(rows)
    return Matrix(size, size, lambda i, j: rows[min(i, j)][abs(i - j)])


def primed(family: Family) -> dict[str, Symbol]:
    """The names of the second parameter point, as the texts below write it."""
    return {
        f"{p.name}_prime": Symbol(f"{p.name}_prime", **p.assumptions0) for p in family.parameters
    }


FISHER = {
    "normal": FisherForm("lehmann1998; VGAM uninormal", (("1/sigma**2", "0"), ("2/sigma**2",))),
    "exponential": FisherForm("lehmann1998; VGAM exponential", (("1/lamda**2",),)),
    "gamma": FisherForm(
        "lehmann1998; VGAM gammaR",
        (("trigamma(alpha)", "-1/beta"), ("alpha/beta**2",)),
    ),
    "inverse_gamma": FisherForm(
        "johnson1994; gamlss.dist IGAMMA, reparametrised",
        (("trigamma(alpha)", "-1/beta"), ("alpha/beta**2",)),
    ),
    "beta": FisherForm(
        "johnson1995; VGAM betaR",
        (
            ("trigamma(alpha) - trigamma(alpha + beta)", "-trigamma(alpha + beta)"),
            ("trigamma(beta) - trigamma(alpha + beta)",),
        ),
    ),
    "beta_prime": FisherForm(
        "kleiber2003; VGAM betaII with unit scale and shape",
        (
            ("trigamma(alpha) - trigamma(alpha + beta)", "-trigamma(alpha + beta)"),
            ("trigamma(beta) - trigamma(alpha + beta)",),
        ),
    ),
    "weibull": FisherForm(
        "johnson1994, lawless2003; VGAM weibullR",
        (
            ("(pi**2/6 + (1 - EulerGamma)**2)/k**2", "-(1 - EulerGamma)/lamda"),
            ("k**2/lamda**2",),
        ),
    ),
    "rayleigh": FisherForm("johnson1994; VGAM rayleigh", (("4/sigma**2",),)),
    "maxwell": FisherForm("johnson1994; VGAM maxwell, reparametrised", (("6/a**2",),)),
    "log_normal": FisherForm("johnson1994; VGAM lognormal", (("1/sigma**2", "0"), ("2/sigma**2",))),
    "inverse_gaussian": FisherForm(
        "tweedie1957; VGAM inv.gaussianff", (("lamda/mu**3", "0"), ("1/(2*lamda**2)",))
    ),
    "logistic": FisherForm(
        "johnson1995; VGAM logistic", (("1/(3*s**2)", "0"), ("(3 + pi**2)/(9*s**2)",))
    ),
    "log_logistic": FisherForm(
        "kleiber2003; VGAM fisk",
        (("beta**2/(3*alpha**2)", "0"), ("(3 + pi**2)/(9*beta**2)",)),
    ),
    "gumbel": FisherForm(
        "johnson1995; VGAM gumbelff",
        (
            ("1/beta**2", "-(1 - EulerGamma)/beta**2"),
            ("(pi**2/6 + (1 - EulerGamma)**2)/beta**2",),
        ),
    ),
    "frechet": FisherForm(
        "kotz2000extreme, by 1/x from the Weibull distribution; VGAM gumbelII, reparametrised",
        (
            ("(pi**2/6 + (1 - EulerGamma)**2)/alpha**2", "(1 - EulerGamma)/s"),
            ("alpha**2/s**2",),
        ),
    ),
    "gev": FisherForm(
        "prescott1980; VGAM gevff",
        (
            ("p/sigma**2", "-(p - g)/(sigma**2*xi)", "(p/xi - q)/(sigma*xi)"),
            (
                "(1 - 2*g + p)/(sigma**2*xi**2)",
                "-(1 - EulerGamma + (1 - g)/xi - q + p/xi)/(sigma*xi**2)",
            ),
            ("(pi**2/6 + (1 - EulerGamma + 1/xi)**2 - 2*q/xi + p/xi**2)/xi**2",),
        ),
        {
            "g": "gamma(2 + xi)",
            "p": "(1 + xi)**2*gamma(1 + 2*xi)",
            "q": "gamma(2 + xi)*(digamma(1 + xi) + (1 + xi)/xi)",
        },
    ),
    "gpd": FisherForm(
        "smith1984; VGAM gpd",
        (
            ("1/(sigma**2*(1 + 2*xi))", "1/(sigma*(1 + xi)*(1 + 2*xi))"),
            ("2/((1 + xi)*(1 + 2*xi))",),
        ),
    ),
    "pareto": FisherForm("arnold2015; VGAM paretoff", (("1/alpha**2",),)),
    "lomax": FisherForm(
        "kleiber2003, arnold2015; VGAM lomax",
        (("1/alpha**2", "-1/(lamda*(alpha + 1))"), ("alpha/(lamda**2*(alpha + 2))",)),
    ),
    "burr_xii": FisherForm(
        "watkins1997; gasmodel burr",
        (
            (
                "(1 + k/(k + 2)*((digamma(k + 1) - 1 + EulerGamma)**2 + trigamma(k + 1)"
                " + pi**2/6 - 1))/c**2",
                "(1 - EulerGamma - digamma(k))/(c*(k + 1))",
            ),
            ("1/k**2",),
        ),
    ),
    "laplace": FisherForm("kotz2001; VGAM laplace", (("1/b**2", "0"), ("1/b**2",))),
    "cauchy": FisherForm(
        "lehmann1998; VGAM cauchy", (("1/(2*sigma**2)", "0"), ("1/(2*sigma**2)",))
    ),
    "student_t": FisherForm(
        "lange1989; gasmodel t",
        (
            ("(nu + 1)/((nu + 3)*sigma**2)", "0", "0"),
            ("2*nu/((nu + 3)*sigma**2)", "-2/((nu + 1)*(nu + 3)*sigma)"),
            ("(trigamma(nu/2) - trigamma((nu + 1)/2))/4 - (nu + 5)/(2*nu*(nu + 1)*(nu + 3))",),
        ),
    ),
    "generalized_gamma": FisherForm(
        "stacy1965; VGAM gengamma.stacy",
        (
            ("d*p/a**2", "1/a", "-d*(1 + digamma(d/p + 1))/(a*p)"),
            ("trigamma(d/p)/p**2", "-(digamma(d/p) + d/p*trigamma(d/p))/p**2"),
            (
                "(1 + d/p*(2*digamma(d/p) + d/p*trigamma(d/p) + trigamma(d/p + 1)"
                " + digamma(d/p + 1)**2))/p**2",
            ),
        ),
    ),
    "kumaraswamy": FisherForm(
        "jones2009; VGAM kumar",
        (
            (
                "(1 + b/(b - 2)*((digamma(b) - digamma(2))**2 - trigamma(b) + trigamma(2)))/a**2",
                "-(digamma(b + 1) - digamma(2))/((b - 1)*a)",
            ),
            ("1/b**2",),
        ),
    ),
    "gompertz": FisherForm(
        "lenart2014",
        (
            ("1/eta**2", "(1 + exp(eta)*expint(1, eta))/(b*eta)"),
            (
                "(1 + exp(eta)*(2*expint(1, eta) + (log(eta) + EulerGamma)**2 + pi**2/6"
                " - 2*eta*hyper((1, 1, 1), (2, 2, 2), -eta)))/b**2",
            ),
        ),
    ),
    "nakagami": FisherForm("yee2015; VGAM nakagami", (("trigamma(m) - 1/m", "0"), ("m/Omega**2",))),
    "half_normal": FisherForm("johnson1994; NGBoost HalfNormal", (("2/sigma**2",),)),
    "von_mises": FisherForm(
        "mardia2000; gasmodel vonmises",
        (("kappa*A", "0"), ("1 - A/kappa - A**2",)),
        {"A": "besseli(1, kappa)/besseli(0, kappa)"},
    ),
    "triangular": FisherForm("kotz2004; VGAM triangle", (("1/(theta*(1 - theta))",),)),
    "bernoulli": FisherForm("lehmann1998", (("1/(p*(1 - p))",),)),
    "binomial": FisherForm("lehmann1998; VGAM binomialff", (("n/(p*(1 - p))",),)),
    "poisson": FisherForm("lehmann1998; VGAM poissonff", (("1/lamda",),)),
    "geometric": FisherForm("johnson2005; VGAM geometric", (("1/(p**2*(1 - p))",),)),
    "negative_binomial": FisherForm("johnson2005; gamlss.dist", (("r/(p**2*(1 - p))",),)),
    "negative_binomial_size": FisherForm(
        "fisher1941, lawless1987, as a hypergeometric function; VGAM negbinomial",
        (
            ("(1 - p)/r*hyper((1, 1, 1), (2, r + 1), 1 - p)", "-1/p"),
            ("r/(p**2*(1 - p))",),
        ),
    ),
    "log_series": FisherForm(
        "johnson2005; VGAM logff", (("-(p + log(1 - p))/(p*(1 - p)**2*log(1 - p)**2)",),)
    ),
    "zeta": FisherForm(
        "johnson2005, yee2015; VGAM zetaff",
        (("zeta_2/zeta(s) - (zeta_1/zeta(s))**2",),),
        {"zeta_1": "zeta_derivative(1, s)", "zeta_2": "zeta_derivative(2, s)"},
    ),
    "zero_inflated_poisson": FisherForm(
        "lambert1992; VGAM zipoisson",
        (
            ("(1 - exp(-lamda))/((1 - phi)*p0)", "-exp(-lamda)/p0"),
            ("(1 - phi)*(1/lamda - phi*exp(-lamda)/p0)",),
        ),
        {"p0": "phi + (1 - phi)*exp(-lamda)"},
    ),
    "bivariate_normal": FisherForm(
        "kotz2000; VGAM binormal",
        (
            ("1/(sigma1**2*d)", "-rho/(sigma1*sigma2*d)", "0", "0", "0"),
            ("1/(sigma2**2*d)", "0", "0", "0"),
            ("(2 - rho**2)/(sigma1**2*d)", "-rho**2/(sigma1*sigma2*d)", "-rho/(sigma1*d)"),
            ("(2 - rho**2)/(sigma2**2*d)", "-rho/(sigma2*d)"),
            ("(1 + rho**2)/d**2",),
        ),
        {"d": "1 - rho**2"},
    ),
    "categorical": FisherForm(
        "amari2016",
        (
            ("1/p1 + 1/(1 - p1 - p2)", "1/(1 - p1 - p2)"),
            ("1/p2 + 1/(1 - p1 - p2)",),
        ),
    ),
    "multinomial": FisherForm(
        "lehmann1998; VGAM multinomial",
        (
            ("n*(1/p1 + 1/(1 - p1 - p2))", "n/(1 - p1 - p2)"),
            ("n*(1/p2 + 1/(1 - p1 - p2))",),
        ),
    ),
    "dirichlet": FisherForm(
        "amari2016; VGAM dirichlet",
        (
            ("trigamma(alpha1) - t", "-t", "-t"),
            ("trigamma(alpha2) - t", "-t"),
            ("trigamma(alpha3) - t",),
        ),
        {"t": "trigamma(alpha1 + alpha2 + alpha3)"},
    ),
}

# Where the model is not differentiable in quadratic mean there is no Fisher matrix; the two forms
# exist, differ, and neither bounds a variance.
OUTER_PRODUCT_ONLY = {
    "uniform": FisherForm("lehmann1998", (("1/theta**2",),)),
    "shifted_exponential": FisherForm("lehmann1998", (("lamda**2", "0"), ("1/lamda**2",))),
    "pareto_unknown_minimum": FisherForm("arnold2015", (("alpha**2/m**2", "0"), ("1/alpha**2",))),
}
NEGATIVE_HESSIAN_ONLY = {
    "uniform": FisherForm("lehmann1998", (("-1/theta**2",),)),
    "shifted_exponential": FisherForm("lehmann1998", (("0", "-1"), ("1/lamda**2",))),
    "pareto_unknown_minimum": FisherForm("arnold2015", (("alpha/m**2", "-1/m"), ("1/alpha**2",))),
}

KL = {
    "normal": "log(sigma_prime/sigma) + (sigma**2 + (mu - mu_prime)**2)/(2*sigma_prime**2) - 1/2",
    "exponential": "log(lamda/lamda_prime) + lamda_prime/lamda - 1",
    "gamma": "(alpha - alpha_prime)*digamma(alpha) - loggamma(alpha) + loggamma(alpha_prime)"
    " + alpha_prime*log(beta/beta_prime) + alpha*(beta_prime - beta)/beta",
    "inverse_gamma": "(alpha - alpha_prime)*digamma(alpha) - loggamma(alpha)"
    " + loggamma(alpha_prime) + alpha_prime*log(beta/beta_prime) + alpha*(beta_prime - beta)/beta",
    "beta": "loggamma(alpha_prime) + loggamma(beta_prime) - loggamma(alpha_prime + beta_prime)"
    " - loggamma(alpha) - loggamma(beta) + loggamma(alpha + beta)"
    " + (alpha - alpha_prime)*digamma(alpha) + (beta - beta_prime)*digamma(beta)"
    " + (alpha_prime - alpha + beta_prime - beta)*digamma(alpha + beta)",
    "beta_prime": "loggamma(alpha_prime) + loggamma(beta_prime)"
    " - loggamma(alpha_prime + beta_prime)"
    " - loggamma(alpha) - loggamma(beta) + loggamma(alpha + beta)"
    " + (alpha - alpha_prime)*digamma(alpha) + (beta - beta_prime)*digamma(beta)"
    " + (alpha_prime - alpha + beta_prime - beta)*digamma(alpha + beta)",
    "weibull": "log(k/lamda**k) - log(k_prime/lamda_prime**k_prime)"
    " + (k - k_prime)*(log(lamda) - EulerGamma/k)"
    " + (lamda/lamda_prime)**k_prime*gamma(k_prime/k + 1) - 1",
    "rayleigh": "2*log(sigma_prime/sigma) + sigma**2/sigma_prime**2 - 1",
    "maxwell": "3*log(a_prime/a) + 3*(a**2/a_prime**2 - 1)/2",
    "half_normal": "log(sigma_prime/sigma) + sigma**2/(2*sigma_prime**2) - 1/2",
    "log_normal": "log(sigma_prime/sigma) + (sigma**2 + (mu - mu_prime)**2)/(2*sigma_prime**2)"
    " - 1/2",
    "inverse_gaussian": "(log(lamda/lamda_prime) + lamda_prime/lamda - 1)/2"
    " + lamda_prime*(mu - mu_prime)**2/(2*mu*mu_prime**2)",
    "gumbel": "log(beta_prime/beta) + EulerGamma*(beta/beta_prime - 1)"
    " + exp((mu_prime - mu)/beta_prime)*gamma(beta/beta_prime + 1)"
    " + (mu - mu_prime)/beta_prime - 1",
    "frechet": "log(alpha*s**alpha) - log(alpha_prime*s_prime**alpha_prime)"
    " - (alpha - alpha_prime)*(log(s) + EulerGamma/alpha)"
    " + (s_prime/s)**alpha_prime*gamma(alpha_prime/alpha + 1) - 1",
    "laplace": "log(b_prime/b) + Abs(mu - mu_prime)/b_prime"
    " + b/b_prime*exp(-Abs(mu - mu_prime)/b) - 1",
    "cauchy": "log(((sigma + sigma_prime)**2 + (mu - mu_prime)**2)/(4*sigma*sigma_prime))",
    "pareto": "log(alpha/alpha_prime) + alpha_prime/alpha - 1",
    "nakagami": "(m - m_prime)*digamma(m) - loggamma(m) + loggamma(m_prime)"
    " + m_prime*log(m*Omega_prime/(Omega*m_prime)) + m_prime*Omega/Omega_prime - m",
    "generalized_gamma": "log(p/p_prime) + d_prime*log(a_prime) - d*log(a)"
    " + loggamma(d_prime/p_prime) - loggamma(d/p) + (digamma(d/p)/p + log(a))*(d - d_prime)"
    " + gamma((d + p_prime)/p)/gamma(d/p)*(a/a_prime)**p_prime - d/p",
    "von_mises": "log(besseli(0, kappa_prime)/besseli(0, kappa)) + besseli(1, kappa)"
    "/besseli(0, kappa)*(kappa - kappa_prime*cos(mu - mu_prime))",
    "bernoulli": "p*log(p/p_prime) + (1 - p)*log((1 - p)/(1 - p_prime))",
    "binomial": "n*(p*log(p/p_prime) + (1 - p)*log((1 - p)/(1 - p_prime)))",
    "poisson": "lamda*log(lamda/lamda_prime) + lamda_prime - lamda",
    "geometric": "log(p/p_prime) + (1 - p)/p*log((1 - p)/(1 - p_prime))",
    "negative_binomial": "r*(log(p/p_prime) + (1 - p)/p*log((1 - p)/(1 - p_prime)))",
    "log_series": "log(log(1 - p_prime)/log(1 - p)) - p*log(p/p_prime)/((1 - p)*log(1 - p))",
    "zeta": "log(zeta(s_prime)/zeta(s)) - (s_prime - s)*zeta_derivative(1, s)/zeta(s)",
    "zero_inflated_poisson": "(phi + (1 - phi)*exp(-lamda))*log((phi + (1 - phi)*exp(-lamda))"
    "/(phi_prime + (1 - phi_prime)*exp(-lamda_prime)))"
    " + (1 - phi)*(1 - exp(-lamda))*(log((1 - phi)/(1 - phi_prime)) + lamda_prime - lamda)"
    " + (1 - phi)*lamda*log(lamda/lamda_prime)",
    "categorical": "p1*log(p1/p1_prime) + p2*log(p2/p2_prime)"
    " + (1 - p1 - p2)*log((1 - p1 - p2)/(1 - p1_prime - p2_prime))",
    "multinomial": "n*(p1*log(p1/p1_prime) + p2*log(p2/p2_prime)"
    " + (1 - p1 - p2)*log((1 - p1 - p2)/(1 - p1_prime - p2_prime)))",
    "dirichlet": "loggamma(alpha1 + alpha2 + alpha3)"
    " - loggamma(alpha1_prime + alpha2_prime + alpha3_prime)"
    " - loggamma(alpha1) - loggamma(alpha2) - loggamma(alpha3)"
    " + loggamma(alpha1_prime) + loggamma(alpha2_prime) + loggamma(alpha3_prime)"
    " + (alpha1 - alpha1_prime)*(digamma(alpha1) - digamma(alpha1 + alpha2 + alpha3))"
    " + (alpha2 - alpha2_prime)*(digamma(alpha2) - digamma(alpha1 + alpha2 + alpha3))"
    " + (alpha3 - alpha3_prime)*(digamma(alpha3) - digamma(alpha1 + alpha2 + alpha3))",
    "bivariate_normal": "((sigma1**2 + (mu1 - mu1_prime)**2)/sigma1_prime**2"
    " - 2*rho_prime*(rho*sigma1*sigma2 + (mu1 - mu1_prime)*(mu2 - mu2_prime))"
    "/(sigma1_prime*sigma2_prime)"
    " + (sigma2**2 + (mu2 - mu2_prime)**2)/sigma2_prime**2)/(2*(1 - rho_prime**2)) - 1"
    " + log(sigma1_prime*sigma2_prime/(sigma1*sigma2))"
    " + log((1 - rho_prime**2)/(1 - rho**2))/2",
}

# (family, first point, second point, value): the values that InformationGeometry.jl tests itself
# with, in this package's parameters.
KL_VALUES = [
    ("normal", {"mu": 1, "sigma": 2}, {"mu": 5, "sigma": 1}, "8.80685"),
    ("cauchy", {"mu": 1, "sigma": 3}, {"mu": 5, "sigma": 2}, "0.535518"),
    ("weibull", {"k": 12, "lamda": 2}, {"k": 3, "lamda": 4}, "2.146124"),
    ("gamma", {"alpha": 5, "beta": "1/15"}, {"alpha": 20, "beta": 1}, "29.40906"),
]

WRONG = [
    WrongForm(
        "gumbel",
        "gamlss.dist RG",
        "the cross term of the minimum's distribution, copied with its sign",
        (1, 2),
        "(1 - EulerGamma)/beta**2",
    ),
    WrongForm(
        "student_t",
        "NGBoost TFixedDf",
        "the entry of the location stands in the place of the scale's, which here is per sigma",
        (2, 2),
        "nu/(2*(nu + 3)*sigma**4)",
    ),
    WrongForm(
        "negative_binomial_size",
        "gasmodel negbin, documented as an approximation",
        "E[trigamma(r + x)] with the mean of x put in its place",
        (1, 1),
        "trigamma(r) - trigamma(r/p)",
    ),
    WrongForm(
        "log_logistic",
        "sympy.stats.E",
        "the mean of x, which it returns for every expectation",
        (1, 1),
        "alpha*pi/(beta*sin(pi/beta))",
    ),
    WrongForm(
        "pareto_unknown_minimum",
        "NGBoost by SymPy",
        "the Hessian form, though the score's mean is alpha/m",
        (1, 1),
        "alpha/m**2",
        "outer_product",
    ),
    WrongForm(
        "uniform",
        "NGBoost by SymPy",
        "the Hessian form, which is negative",
        (1, 1),
        "-1/theta**2",
        "outer_product",
    ),
]

# Figures that VGAM's studentt families give, which their code's own log-density contradicts.
VGAM_STUDENT_T = {"at": {"mu": 0, "sigma": "13/10", "nu": 6}, (1, 1): 0.500, (3, 3): 0.00122}
