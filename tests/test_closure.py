"""Moment closure: rows that hold, expectations that follow, nothing that does not."""

from __future__ import annotations

import pytest
from literature import declared, entries, worst_error
from sympy import (
    Eq,
    Piecewise,
    Rational,
    Sum,
    beta,
    binomial,
    diff,
    exp,
    hyper,
    log,
    loggamma,
    pi,
    polygamma,
    symbols,
)

from symfisher.algebra.fraction_field import Workspace
from symfisher.declaration import Family
from symfisher.expectation import closure
from symfisher.expectation.closure.branches import branches
from symfisher.expectation.closure.check import RowCheck
from symfisher.expectation.closure.rows import Identity, Model
from symfisher.expectation.closure.statistics import UNIT
from symfisher.expectation.samples import signs_of
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature

x, y, y1, y2, r, p, q, w, a, b, k, n, mu, c, s = symbols("x y y1 y2 r p q w a b k n mu c s")

CLOSED = [
    "negbin_r_p",
    "negbin_mu_k",
    "generalized_poisson",
    "zero_altered_poisson",
    "zero_inflated_binomial",
    "zero_inflated_negbin",
    "beta_binomial",
    "beta_binomial_mu_rho",
    "poisson_lindley",
    "gamma_hyperbola",
    "zero_one_altered_geometric",
    "bivariate_normal_common_mean",
    "gaussian_ar1_pair_stationary",
    "mvt2_scale",
    "normal_known_cv",
    "student_t_3",
    "gb2",
    "gen_gamma_rate",
    "leipnik",
]
OPEN = ["skellam", "diffzeta", "poisson_two_component_mixture", "poisson_inverse_gaussian"]
REFUSED = ["pareto_unknown_xm", "triangular_mode", "asymmetric_laplace", "wigner_semicircle"]


@pytest.mark.parametrize("name", CLOSED)
def test_both_forms_equal_the_literature(name):
    entry = entries()[name]
    family = declared(entry).canonical
    frame = closure.frame(family)
    assert worst_error(entry, family, frame.negative_hessian()) < 1e-12
    assert worst_error(entry, family, frame.outer_product()) < 1e-12
    assert frame.score_mean() == [0] * len(family.parameters)


@pytest.mark.parametrize("name", OPEN)
def test_what_has_no_closed_form_stays_open(name):
    frame = closure.frame(declared(entries()[name]).canonical)
    assert frame.negative_hessian() is None
    assert frame.outer_product() is None


@pytest.mark.parametrize("name", REFUSED)
def test_irregular_families_are_refused(name):
    assert closure.frame(declared(entries()[name]).canonical) is None


def test_entries_that_close_are_given_beside_those_that_do_not():
    frame = closure.frame(declared(entries()["weibull_shape_scale"]).canonical)
    found = frame.negative_hessian()
    assert found[1, 1] is not None  # k^2/lambda^2 needs no special value
    assert found[0, 0] is None  # pi^2/6 is no consequence of identities


# -- families that are not in the file, against quadrature ---------------------------------------

SIZE_AND_P = {r: "positive", p: "unit"}
NEGATIVE_BINOMIAL = loggamma(y + r) - loggamma(r) - loggamma(y + 1) + r * log(p) + y * log(1 - p)
BETA_BINOMIAL = log(binomial(n, y)) + log(beta(y + a, n - y + b)) - log(beta(a, b))
OTHERS = [
    Family("truncated", y, "1..oo", SIZE_AND_P, logpmf=NEGATIVE_BINOMIAL - log(1 - p**r)),
    Family(
        "hurdle",
        y,
        "0..oo",
        {w: "unit"} | SIZE_AND_P,
        logpmf=Piecewise(
            (log(w), Eq(y, 0)), (log(1 - w) + NEGATIVE_BINOMIAL - log(1 - p**r), True)
        ),
    ),
    Family(
        "dispersion",
        y,
        "0..oo",
        {mu: "positive", a: "positive"},
        logpmf=loggamma(y + 1 / a)
        - loggamma(1 / a)
        - loggamma(y + 1)
        - log(1 + a * mu) / a
        + y * log(a * mu / (1 + a * mu)),
    ),
    Family(
        "inflated beta-binomial",
        y,
        "0..n",
        {w: "unit", a: "positive", b: "positive"},
        constants={n: "1..oo"},
        logpmf=Piecewise(
            (log(w + (1 - w) * beta(a, n + b) / beta(a, b)), Eq(y, 0)),
            (log(1 - w) + BETA_BINOMIAL, True),
        ),
    ),
    Family(
        "negative multinomial",
        (y1, y2),
        ("0..oo", "0..oo"),
        {k: "positive", p: "unit", q: "unit"},
        constraints=[p + q < Rational(3, 5)],
        logpmf=loggamma(k + y1 + y2)
        - loggamma(k)
        - loggamma(y1 + 1)
        - loggamma(y2 + 1)
        + k * log(1 - p - q)
        + y1 * log(p)
        + y2 * log(q),
    ),
    Family(
        "zero-inflated, by its log odds",
        y,
        "0..oo",
        {a: "real", b: "real"},
        logpmf=Piecewise(
            (log((exp(a) + exp(-exp(b))) / (1 + exp(a))), Eq(y, 0)),
            (-log(1 + exp(a)) - exp(b) + y * b - loggamma(y + 1), True),
        ),
    ),
    Family(
        "correlation alone",
        (x, y),
        ("(-oo, oo)", "(-oo, oo)"),
        {r: "(-1, 1)"},
        logpdf=-log(2 * pi) - log(1 - r**2) / 2 - (x**2 - 2 * r * x * y + y**2) / (2 * (1 - r**2)),
    ),
]


@pytest.mark.parametrize("family", OTHERS, ids=lambda family: family.name)
def test_both_forms_equal_quadrature(family):
    canonical = family.canonical
    frame = closure.frame(canonical)
    parameters = canonical.parameters
    score = [diff(canonical.log_density, v) for v in parameters]
    pairs = [(i, j) for i in range(len(parameters)) for j in range(i, len(parameters))]
    hessian, outer = frame.negative_hessian(), frame.outer_product()
    integrands = [-diff(score[i], parameters[j]) for i, j in pairs]
    integrands += [score[i] * score[j] for i, j in pairs]
    closed = [hessian[pair] for pair in pairs] + [outer[pair] for pair in pairs]
    for at in sample_points(canonical, 2, seed=8):
        truth = quadrature(canonical).expect(integrands, at)
        for expr, value, error in zip(closed, truth.values, truth.errors, strict=True):
            size = max(abs(value), 1e-3)
            assert abs(float(evaluate(expr, at)) - value) < 1e-9 * size + 10 * error


# -- single rules --------------------------------------------------------------------------------


def test_the_trigamma_of_a_negative_binomial_is_a_hypergeometric_value():
    found = closure.frame(declared(entries()["negbin_r_p"]).canonical).negative_hessian()
    assert found.has(hyper)


def test_a_finite_sum_stays_a_sum():
    found = closure.frame(declared(entries()["beta_binomial"]).canonical).negative_hessian()
    (first, second) = sorted(found.atoms(Sum), key=str)
    assert first.has(binomial, polygamma)
    assert second.limits[0][1:] == first.limits[0][1:]
    assert found[0, 1].has(Sum) is False


def test_expectations_of_polynomials_and_statistics():
    frame = closure.frame(declared(entries()["negbin_r_p"]).canonical)
    variable = frame.family.variables[0]
    success, size = frame.family.parameters
    odds = (1 - success) / success
    assert (frame.expect(variable) - size * odds).simplify() == 0
    second = size * odds / success + size**2 * odds**2
    assert (frame.expect(variable**2) - second).simplify() == 0
    assert isinstance(frame.expect(log(1 + variable)), Sum)


def test_the_trace_names_each_rule_once():
    frame = closure.frame(declared(entries()["bivariate_normal_common_mean"]).canonical)
    frame.negative_hessian()
    frame.outer_product()
    rules = [step.rule for step in frame.steps]
    assert len(rules) == len(set(rules))
    assert {"mean of the score", "Stein's identity"} <= set(rules)


def test_branches_of_a_piecewise_mass():
    mass = Piecewise((log(a), Eq(y, 0)), (log(b), Eq(y, 1)), (log(1 - a - b) + y * log(c), True))
    family = Family.__new__(Family)
    family.__dict__.update(
        variables=(y,),
        supports=declared(entries()["zero_one_altered_geometric"]).supports,
        parameters=(a, b, c),
        log_density=mass,
    )
    found = branches(family)
    assert found.main == log(1 - a - b) + y * log(c)
    assert found.exceptions == ((0, log(a)), (1, log(b)))


def _model_of(name):
    family = declared(entries()[name]).canonical
    parts = branches(family)
    make = Workspace(
        lambda field: Model(family, parts, field),
        signs_of(family),
        family.variables,
    )
    return make.run(lambda model: model)


def test_rows_that_do_not_hold_are_noticed():
    model = _model_of("normal_known_cv")
    check = RowCheck(model)
    true_rows = [*model.score_means(), *model.stein([UNIT])]
    assert check.holding(true_rows) == true_rows
    false = Identity("false", true_rows[0].left, model.field.one)
    assert check.holding([false]) == []
    assert check.refuted([*true_rows, false])


def test_integration_by_parts_over_an_end_with_mass_is_refused():
    """For the half-normal density, E[l'] is -p(0), not 0: the row with g = 1 must vanish at 0."""
    model = _model_of("half_normal")
    slope = model.slope(model.family.variables[0])
    wrong = Identity("Stein's identity", slope, model.field.zero)
    assert RowCheck(model).holding([wrong]) == []
    rows = list(model.stein([UNIT]))
    assert RowCheck(model).holding(rows) == rows


def test_inverses_are_reduced_by_their_polynomials():
    model = _model_of("generalized_poisson")
    statistics, field = model.statistics, model.field
    variable, (theta, lam) = model.family.variables[0], model.family.parameters
    element = statistics.element(field.convert(variable**2 / (theta + lam * variable)))
    shown = {str(statistics.expression(m)) for m in element}
    assert shown == {"1", "y", "1/(lam*y + th)"} or len(shown) == 3
    back = sum(field.expression(co) * statistics.expression(m) for m, co in element.items())
    assert (back - variable**2 / (theta + lam * variable)).simplify() == 0
    apart = statistics.element(field.convert(1 / ((variable + theta) * (variable + lam))))
    assert all(sum(power for _, power in m) == 1 for m in apart)
