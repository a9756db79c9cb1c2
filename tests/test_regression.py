"""Regression models: the coefficients' information is X^T W X, with the textbooks' weights."""

import numpy as np
import pytest
import truth
from scipy.optimize import minimize
from sympy import (
    Matrix,
    Rational,
    Symbol,
    diff,
    erf,
    exp,
    lambdify,
    pi,
    polygamma,
    simplify,
    sqrt,
    symbols,
    sympify,
)

import symfisher as sf
from symfisher.composition.links import LINKS
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points

B0, B1, Z = symbols("beta0 beta1 z", real=True)
ETA = B0 + B1 * Z
X = Matrix([1, Z])


def model(name, links, form=None, **options):
    base = sf.derive(name) if form is None else sf.derive(name).reparametrize(form)
    return base.regression(links, **options)


def assert_equal(found, expected, family):
    """The same values at generic points."""
    for at in sample_points(family, 3, seed=4):
        named = {s.name: v for s, v in at.items()}
        for a, b in zip(found, expected, strict=True):
            there = b.subs({s: named[s.name] for s in b.free_symbols})
            here = evaluate(a, at, digits=20)
            assert abs(here - there.evalf(25)) <= 1e-13 * (1 + abs(there.evalf(25))), (a, b)


# Weights of McCullagh and Nelder (1989), section 2.5: w = (d mu/d eta)^2 / variance, written
# in the linear predictor.
DENSITY = exp(-(ETA**2) / 2) / sqrt(2 * pi)
NORMAL = (1 + erf(ETA / sqrt(2))) / 2
GLM = {
    "Poisson, log": ("poisson", None, {"lamda": "log"}, exp(ETA)),
    "Poisson, sqrt": ("poisson", None, {"lamda": "sqrt"}, 4 + 0 * ETA),
    "Poisson, identity": ("poisson", None, {"lamda": "identity"}, 1 / ETA),
    "logistic": ("bernoulli", None, {"p": "logit"}, exp(ETA) / (1 + exp(ETA)) ** 2),
    "probit": ("bernoulli", None, {"p": "probit"}, DENSITY**2 / NORMAL / (1 - NORMAL)),
    "complementary log-log": (
        "bernoulli", None, {"p": "cloglog"}, exp(2 * ETA) / (exp(exp(ETA)) - 1),
    ),
    "binomial, logit": (
        "binomial", None, {"p": "logit"}, Symbol("n") * exp(ETA) / (1 + exp(ETA)) ** 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GLM)
def test_one_parameter_models_have_the_textbook_s_weights(name):
    family, form, links, weight = GLM[name]
    d = model(family, links, form)
    assert_equal(d.fisher.expr, X * X.T * weight, d.family)


def block(d, *names):
    places = [[p.name for p in d.family.parameters].index(n) for n in names]
    return d.fisher.expr.extract(places, places)


# The block of the coefficients, where the other parameters are orthogonal or shown apart.
OTHERS = {
    "normal": ("normal", None, {"mu": "identity"}, Symbol("sigma") ** -2),
    "gamma, log (constant weight)": ("gamma", "mean_shape", {"mu": "log"}, Symbol("alpha")),
    "gamma, inverse": ("gamma", "mean_shape", {"mu": "inverse"}, Symbol("alpha") / ETA**2),
    "inverse Gaussian, canonical": (
        "inverse_gaussian", None, {"mu": "inverse_squared"},
        Symbol("lamda") * ETA ** Rational(-3, 2) / 4,
    ),
    "negative binomial, log (Lawless 1987)": (
        "negative_binomial_size", "size and mean", {"mu": "log"},
        Symbol("r") * exp(ETA) / (Symbol("r") + exp(ETA)),
    ),
    "logistic location-scale": ("logistic", None, {"mu": "identity"}, 1 / (3 * Symbol("s") ** 2)),
    "Weibull, log scale (Lawless 2003, section 6.3)": (
        "weibull", None, {"lamda": "log"}, Symbol("k") ** 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_models_with_further_parameters_have_them_too(name):
    family, form, links, weight = OTHERS[name]
    d = model(family, links, form)
    assert_equal(block(d, "beta0", "beta1"), X * X.T * weight, d.family)


def test_beta_regression_is_ferrari_and_cribari_neto_s():
    """Ferrari and Cribari-Neto (2004), their K: phi^2 (psi'(mu phi) + psi'((1 - mu) phi)) mu'^2."""
    d = model("beta", {"mu": "logit"}, "mean and precision")
    phi, mu = Symbol("phi", positive=True), 1 / (1 + exp(-ETA))
    a, b = mu * phi, (1 - mu) * phi
    slope = mu * (1 - mu)
    weight = phi**2 * (polygamma(1, a) + polygamma(1, b)) * slope**2
    cross = phi * (mu * polygamma(1, a) - (1 - mu) * polygamma(1, b)) * slope
    last = mu**2 * polygamma(1, a) + (1 - mu) ** 2 * polygamma(1, b) - polygamma(1, phi)
    expected = Matrix([[X * X.T * weight, X * cross], [(X * cross).T, Matrix([[last]])]])
    assert_equal(d.fisher.expr, expected, d.family)


def test_two_predictors_share_a_covariate():
    """Location and log-scale of a normal: blocks 1/sigma^2 and 2, and nothing between them."""
    d = model("normal", {"mu": "identity", "sigma": "log"}, covariates=["z"])
    assert [p.name for p in d.family.parameters][2:] == ["beta_sigma0", "beta_sigma1"]
    found = d.fisher.expr
    assert found[:2, 2:] == Matrix.zeros(2, 2)
    z = d.family.constants[0]
    assert found[2:, 2:] == Matrix([[2, 2 * z], [2 * z, 2 * z**2]])


def test_each_parameter_may_have_covariates_of_its_own():
    d = model("normal", {"mu": "identity", "sigma": "log"}, covariates={"mu": ["u", "v"]})
    names = [p.name for p in d.family.parameters]
    assert names == ["beta_mu0", "beta_mu1", "beta_mu2", "beta_sigma0"]
    assert [c.name for c in d.family.constants] == ["u", "v"]


def test_the_engine_s_matrix_is_the_chain_rule_s():
    """J^T F J with J = d(theta)/d(coefficients), for a density that is no exponential family."""
    old = sf.derive("gumbel")
    new = model("gumbel", {"mu": "identity", "beta": "log"})
    betas = {p.name: p for p in new.family.parameters}
    z = new.family.constants[0]
    mu = betas["beta_mu0"] + betas["beta_mu1"] * z
    scale = exp(betas["beta_beta0"] + betas["beta_beta1"] * z)
    jacobian = Matrix([[diff(e, p) for p in new.family.parameters] for e in (mu, scale)])
    there = old.fisher.expr.subs(dict(zip(old.family.parameters, (mu, scale))))
    assert_equal(new.fisher.expr, jacobian.T * there * jacobian, new.family)


def test_the_matrix_is_what_quadrature_finds():
    d = model("gamma", {"mu": "log"}, "mean_shape")
    (at,) = sample_points(d.family, 1, seed=6)
    matrix, _ = truth.outer_product(d.family, at)
    for place, entry in enumerate(d.fisher.expr):
        expected = matrix[place // 3, place % 3]
        assert abs(evaluate(entry, at, digits=20) - expected) < 1e-15


def test_a_design_adds_its_observations():
    """sigma^2 (X^T X)^-1, the Gauss-Markov covariance."""
    d = model("normal", {"mu": "identity"})
    points = [-1, 0, 2, 5]
    design = [{"z": z} for z in points]
    x = np.column_stack([np.ones(4), points])
    sigma = d.family.parameters[-1]
    bound = d.crlb(design=design, nuisance="sigma").expr / sigma**2
    np.testing.assert_allclose(np.array(bound, float), np.linalg.inv(x.T @ x), rtol=1e-14)
    total = d.sample_information(design=design, n=3).expr[:2, :2] * sigma**2
    np.testing.assert_allclose(np.array(total, float), 3 * x.T @ x, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "links", "weight"),
    [
        ("poisson", {"lamda": "log"}, "lamda"),
        ("bernoulli", {"p": "logit"}, "p*(1 - p)"),
        ("bernoulli", {"p": "identity"}, "1/(p*(1 - p))"),
        ("bernoulli", {"p": "cloglog"}, "(1 - p)*log(1 - p)**2/p"),
        ("weibull", {"lamda": "exp(eta)"}, "k**2"),
    ],
)
def test_working_weights_in_the_mean(name, links, weight):
    d = sf.derive(name)
    found = d.working_weights(links=links).expr[0, 0]
    names = {s.name: s for s in d.family.parameters}
    expected = sympify(weight, locals=names)
    assert simplify(found - expected) == 0


@pytest.mark.parametrize("name", LINKS)
def test_a_link_and_its_inverse_undo_one_another(name):
    link, inverse = LINKS[name]
    for eta in (Rational(1, 3), Rational(7, 5)):
        assert abs((link(inverse(eta)) - eta).evalf(20)) < 1e-17


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (({"lamda": "logg"},), "nearest: log"),
        (({"mu": "log"},), "no parameter is called 'mu'"),
        (({"lamda": "log"}, ["x"]), "name of something that the family declares"),
        (({"lamda": "a + b"},), "one new symbol"),
        (({},), "name a parameter"),
    ],
)
def test_a_regression_that_is_none_is_refused_in_words(arguments, words):
    with pytest.raises(sf.InputError, match=words):
        sf.derive("poisson").regression(*arguments)


def test_an_identity_link_keeps_the_mean_positive():
    family = model("poisson", {"lamda": "identity"}).family
    (condition,) = family.constraints
    values = {s.name: s for s in condition.free_symbols}
    assert bool(condition.subs({values["beta0"]: 1, values["beta1"]: 2, values["z"]: 3}))
    assert not bool(condition.subs({values["beta0"]: 1, values["beta1"]: -2, values["z"]: 3}))


def test_scoring_with_a_design_fits_a_logistic_regression():
    """Fisher scoring from the derived score and bound reaches the optimum that SciPy finds."""
    d = model("bernoulli", {"p": "logit"})
    rng = np.random.default_rng(5)
    z = rng.normal(size=60)
    x = (rng.random(60) < 1 / (1 + np.exp(-(0.4 - 0.9 * z)))).astype(float)
    score, information = d.score, d.fisher
    names = (*d.family.variables, *d.family.parameters, *d.family.constants)
    s, f = (lambdify(names, m.expr, "numpy") for m in (score, information))
    beta = np.zeros(2)
    for _ in range(8):
        gradient = sum(s(xi, *beta, zi) for xi, zi in zip(x, z))
        total = sum(f(xi, *beta, zi) for xi, zi in zip(x, z))
        beta = beta + np.linalg.solve(total, gradient).ravel()
    eta = np.column_stack([np.ones(60), z])
    fit = minimize(lambda b: np.sum(np.log1p(np.exp(eta @ b)) - x * (eta @ b)), np.zeros(2))
    np.testing.assert_allclose(beta, fit.x, atol=1e-5)
