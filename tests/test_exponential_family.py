"""Exponential families: their structure is found, and all moments follow from it."""

from __future__ import annotations

import pytest
from literature import declared, entries, worst_error
from sympy import (
    Abs,
    Rational,
    cos,
    diff,
    exp,
    log,
    loggamma,
    polygamma,
    sin,
    symbols,
)

from symfisher.declaration import Family
from symfisher.expectation import exponential_family
from symfisher.expectation.exponential_family import exponential_structure
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature

x, y, mu, s, a, b, z, k = symbols("x y mu s a b z k")

FULL = {
    "normal_mu_logsigma": {"x", "x**2"},
    "normal_mu_precision": {"x", "x**2"},
    "lognormal": {"log(x)", "log(x)**2"},
    "gamma_shape_rate": {"x", "log(x)"},
    "gamma_mean_cv": {"x", "log(x)"},
    "beta_ab": {"log(x)", "log(1 - x)"},
    "beta_symmetric": {"log(x) + log(1 - x)"},
    "maxwell_rate": {"x**2"},
    "nakagami": {"x**2", "log(x)"},
    "pareto_known_xm": {"log(x)"},
    "levy_known_loc": {"1/x"},
    "lindley": {"x"},
    "truncated_normal_positive": {"x", "x**2"},
    "von_mises": {"cos(x)", "sin(x)"},
    "johnson_su_2": {"asinh(x)", "asinh(x)**2"},
    "normal_theta_theta": {"x**2"},
    "log_f": {"x", "log(exp(x) + 1)"},
    "reciprocal_inverse_gaussian": {"x", "1/x"},
    "gig": {"x", "1/x"},
    "lognormal_mean_cv": {"log(x)", "log(x)**2"},
    "negbin_r_known": {"y"},
    "log_series": {"y"},
    "zeta_dist": {"log(y)"},
    "zipf_n_known": {"log(y)"},
    "borel": {"y"},
    "truncated_geometric": {"y"},
    "gamma_regression_log_mean": {"x", "log(x)"},
    "bivariate_normal_5": {"x", "y", "x*y", "x**2", "y**2"},
    "multinomial_3_n_known": {"y1", "y2"},
    "dirichlet_3": {"log(x)", "log(y)", "log(-x - y + 1)"},
    "continuous_bernoulli": {"x"},
    "unit_lindley": {"x/(1 - x)"},
    "nef_ghs_hypersecant01": {"log(x) - log(1 - x)"},
    "michaelis_menten_normal": {"x", "x**2"},
    "gaussian_ar1_pair_stationary": {"x*y", "x**2 + y**2"},
    "mixed_gamma_poisson_joint": {"x", "log(x)"},
}
FOREIGN = ["weibull_shape_scale", "student_t_3", "logistic", "negbin_r_p", "pareto_unknown_xm"]


@pytest.mark.parametrize("name", FULL)
def test_both_forms_equal_the_literature(name):
    entry = entries()[name]
    family = declared(entry).canonical
    frame = exponential_family.frame(family)
    assert frame is not None
    structure = exponential_structure(family)
    assert {str(t) for t in structure.statistics} == FULL[name]
    assert worst_error(entry, family, frame.negative_hessian()) < 1e-12
    assert worst_error(entry, family, frame.outer_product()) < 1e-12
    assert frame.score_mean() == [0] * len(family.parameters)


@pytest.mark.parametrize("name", [*FULL, "normal_known_cv", "gamma_hyperbola"])
def test_the_structure_adds_up_to_the_log_density(name):
    family = declared(entries()[name]).canonical
    structure = exponential_structure(family)
    pairs = zip(structure.natural_parameters, structure.statistics, strict=True)
    total = sum(eta * t for eta, t in pairs) + structure.offset + structure.base
    (at,) = sample_points(family, 1, seed=4)
    at |= dict(zip(family.variables, (Rational(2, 1), Rational(5, 7)), strict=False))
    if "beta" in name or name in ("dirichlet_3", "unit_lindley") or "bernoulli" in name:
        at |= dict(zip(family.variables, (Rational(2, 7), Rational(3, 7)), strict=False))
    if name == "nef_ghs_hypersecant01":
        at[family.variables[0]] = Rational(2, 7)
    difference = total - family.log_density
    assert abs(float(evaluate(difference, at))) < 1e-12


@pytest.mark.parametrize("name", ["normal_known_cv", "gamma_hyperbola"])
def test_a_curved_family_has_a_structure_but_no_frame(name):
    family = declared(entries()[name]).canonical
    assert exponential_structure(family).full is False
    assert exponential_family.frame(family) is None


@pytest.mark.parametrize("name", FOREIGN)
def test_other_families_are_refused(name):
    assert exponential_structure(declared(entries()[name]).canonical) is None


def test_a_kink_that_moves_is_refused():
    laplace = Family("laplace", x, "(-oo, oo)", {mu: "real"}, logpdf=-Abs(x - mu) - log(2))
    assert exponential_structure(laplace.canonical) is None


def test_a_kink_that_stays_is_allowed():
    laplace = Family("laplace", x, "(-oo, oo)", {s: "positive"}, logpdf=-Abs(x) / s - log(2 * s))
    structure = exponential_structure(laplace.canonical)
    (variable,) = laplace.canonical.variables
    assert structure.statistics == (Abs(variable),)


GAMMA = Family(
    "gamma",
    x,
    "(0, oo)",
    {a: "positive", b: "positive"},
    logpdf=a * log(b) - loggamma(a) + (a - 1) * log(x) - b * x,
)
BIVARIATE = declared(entries()["bivariate_normal_5"])
VON_MISES = declared(entries()["von_mises"])


@pytest.mark.parametrize(
    ("family", "integrand"),
    [
        (GAMMA, x**2 * log(x) - 3 * x),
        (GAMMA, (x + a) * log(x) ** 2),
        (GAMMA, x**4),
        (BIVARIATE, x**2 * y + x * y),
        (BIVARIATE, (x - y) ** 3),
        (VON_MISES, cos(x) ** 2 * sin(x)),
        (VON_MISES, cos(x - mu)),
    ],
)
def test_moments_of_products_equal_quadrature(family, integrand):
    canonical = family.canonical
    names = {v.name: v for v in (*canonical.variables, *canonical.parameters)}
    integrand = integrand.subs({v: names[v.name] for v in integrand.free_symbols})
    closed = exponential_family.frame(canonical).expect(integrand)
    for at in sample_points(canonical, 2, seed=6):
        truth = quadrature(canonical).expect([integrand], at)
        size = abs(truth.values[0]) + 1e-3
        assert abs(float(evaluate(closed, at)) - truth.values[0]) < 1e-10 * size


def test_the_first_moments_are_the_known_ones():
    frame = exponential_family.frame(GAMMA.canonical)
    (variable,) = GAMMA.canonical.variables
    shape, rate = GAMMA.canonical.parameters
    assert frame.expect(variable) == shape / rate
    difference = frame.expect(log(variable)) - polygamma(0, shape) + log(rate)
    assert difference.expand() == 0


@pytest.mark.parametrize("integrand", [1 / x, log(1 + x), exp(-x), x**a])
def test_other_functions_are_not_guessed(integrand):
    names = {v.name: v for v in (*GAMMA.canonical.variables, *GAMMA.canonical.parameters)}
    integrand = integrand.subs({v: names[v.name] for v in integrand.free_symbols})
    assert exponential_family.frame(GAMMA.canonical).expect(integrand) is None


def test_a_known_covariate_is_a_constant_like_any_other():
    slope, level = symbols("slope level")
    family = Family(
        "regression",
        x,
        "0..oo",
        {level: "real", slope: "real"},
        constants={z: "real"},
        logpmf=x * (level + slope * z) - exp(level + slope * z) - loggamma(x + 1),
    )
    canonical = family.canonical
    c, d = canonical.parameters
    (covariate,) = canonical.constants
    found = exponential_family.frame(canonical).negative_hessian()
    mean = exp(c + d * covariate)
    for i, u in enumerate((1, covariate)):
        for j, v in enumerate((1, covariate)):
            assert (found[i, j] - u * v * mean).expand() == 0


def test_reparametrised_matrices_transform_by_the_jacobian():
    """Gamma in log-mean and coefficient of variation: F' = J^T F J."""
    m, c = symbols("m c")
    plain = exponential_family.frame(GAMMA.canonical).negative_hessian()
    old = {a: c**-2, b: exp(-m) * c**-2}
    twin = Family(
        "gamma",
        x,
        "(0, oo)",
        {m: "real", c: "positive"},
        logpdf=GAMMA.log_density.subs(old, simultaneous=True),
    )
    found = exponential_family.frame(twin.canonical).outer_product()
    at = {s: Rational(3, 7) for s in twin.canonical.parameters}
    by_name = {s.name: v for s, v in at.items()}
    shape, rate = (old[q].subs({m: by_name["m"], c: by_name["c"]}) for q in (a, b))
    jacobian = [[float(diff(old[q], v).subs(by_name)) for v in (m, c)] for q in (a, b)]
    inner = dict(zip(GAMMA.canonical.parameters, (shape, rate), strict=True))
    for i in range(2):
        for j in range(2):
            expected = sum(
                jacobian[u][i] * float(plain[u, v].subs(inner).evalf()) * jacobian[v][j]
                for u in range(2)
                for v in range(2)
            )
            assert float(evaluate(found[i, j], at)) == pytest.approx(expected, rel=1e-10)


def test_the_steps_name_the_rule_and_the_statistics():
    frame = exponential_family.frame(GAMMA.canonical)
    first, *means = frame.steps
    assert first.rule == "exponential family"
    (variable,) = GAMMA.canonical.variables
    shape, rate = GAMMA.canonical.parameters
    assert first.after.has(log(variable))
    assert {step.before.integrand: step.after for step in means} == {
        variable: shape / rate,
        log(variable): polygamma(0, shape) - log(rate),
    }


def test_runs_are_identical():
    texts = set()
    for _ in range(2):
        exponential_family._workspace.cache_clear()
        family = declared(entries()["bivariate_normal_5"]).canonical
        texts.add(str(exponential_family.frame(family).negative_hessian()))
    assert len(texts) == 1


def test_symbols_from_elsewhere_may_stand_in_an_integrand():
    """As the second point's parameters do in a divergence."""
    other = symbols("other", positive=True)
    family = GAMMA.canonical
    (variable,) = family.variables
    shape, rate = family.parameters
    found = exponential_family.frame(family).expect(log(variable) * log(1 + other) - other)
    expected = (polygamma(0, shape) - log(rate)) * log(1 + other) - other
    assert (found - expected).expand() == 0
