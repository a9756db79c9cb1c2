"""The divergence between two points of a family, and its expansion at zero displacement."""

from __future__ import annotations

from importlib import import_module
from itertools import combinations_with_replacement

import mpmath
import pytest
import truth
from conftest import CATALOGUE
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf
from parameter_points import draw, draw_easy
from sympy import Float, Integer, Le, Poly, Symbol, diff, log, pi, symbols

import symfisher as sf
from symfisher.declaration import Family
from symfisher.errors import InputError, MismatchError
from symfisher.formula import Expectation, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.quantities import divergence, expansion

# One variable, no infinite sum, a closed divergence and a support that stays.
SMOOTH = [
    "beta", "beta_prime", "cauchy", "exponential", "frechet", "gamma", "generalized_gamma",
    "gompertz", "gumbel", "half_normal", "inverse_gamma", "inverse_gaussian", "log_normal",
    "lomax", "maxwell", "nakagami", "normal", "pareto", "rayleigh", "von_mises", "weibull",
]  # fmt: skip
MOVING = {
    "uniform": ("theta <= theta_prime", "upper"),
    "shifted_exponential": ("theta_prime <= theta", "lower"),
    "pareto_unknown_minimum": ("m_prime <= m", "lower"),
}
# Entries of the Hessian that SymPy differentiates into a Meijer G-function.
WITHOUT_DERIVATIVE = {"gompertz": {(0, 1), (1, 1)}}
OPEN = ["burr_xii", "kumaraswamy", "log_logistic", "logistic", "student_t"]


def bundled(name):
    return import_module(f"symfisher.families.{name}").family


def by_quadrature(family, first, second):
    """E[log p - log p'] at 16 digits and mostly more, by the rule of the tests."""
    fixed = {c: first[c] for c in family.constants}
    ratio = family.log_density - family.log_density.subs({**second, **fixed})
    corners = [second[p] for p in family.parameters if p.name in truth.KINKS.get(family.name, ())]
    (value,), error = truth.expect(family, [ratio], first, corners=corners)
    assert error < mpf(10) ** -16 * max(1, abs(value))
    return value


def second_point(formula, family, second):
    """The second point in the formula's own symbols."""
    primed = formula.extra_symbols["primed"]
    return {primed[p.name]: second[p] for p in family.parameters}


def value(formula, family, first, second, digits=25):
    return evaluate(formula.expr, {**first, **second_point(formula, family, second)}, digits=digits)


def assert_close(ours, theirs, digits):
    with mpmath.workdps(40):
        assert abs(ours - theirs) <= mpf(10) ** -digits * (1 + abs(theirs))


def pair(family, seed):
    first, second = draw_easy(family, seed), draw_easy(family, seed + 10_000)
    second.update({c: first[c] for c in family.constants})
    return first, second


# --- closed forms ---------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.sampled_from([*SMOOTH, "laplace"]), st.integers(0, 9_999))
def test_closed_divergence_is_the_mean_log_ratio(name, seed):
    d = sf.derive(name)
    found = d.kl()
    assert found.status is Status.CLOSED
    first, second = pair(d.family, seed)
    assert_close(value(found, d.family, first, second), by_quadrature(d.family, first, second), 15)


@pytest.mark.parametrize("name", [*SMOOTH, "laplace"])
def test_divergence_is_positive_and_vanishes_on_the_diagonal(name):
    d = sf.derive(name)
    found = d.kl()
    for seed in (41, 42):
        first, second = pair(d.family, seed)
        assert value(found, d.family, first, second, digits=15) > 0
        assert abs(value(found, d.family, first, first)) < mpf(10) ** -20


def test_divergence_is_not_symmetric():
    d = sf.derive("exponential")
    (rate,) = d.family.parameters
    there = value(d.kl(), d.family, {rate: Integer(1)}, {rate: Integer(2)})
    back = value(d.kl(), d.family, {rate: Integer(2)}, {rate: Integer(1)})
    with mpmath.workdps(25):
        assert_close(there, 1 - mpmath.log(2), 20)
        assert_close(back, mpmath.log(2) - mpf(1) / 2, 20)


@pytest.mark.parametrize("name", OPEN)
def test_open_divergence_still_has_a_value(name):
    d = sf.derive(name)
    found = d.kl()
    first, second = pair(d.family, 17)
    assert_close(
        mpf(value(found, d.family, first, second, digits=12)),
        by_quadrature(d.family, first, second),
        10,
    )
    assert (found.status is Status.QUADRATURE) is found.expr.has(Expectation)


@pytest.mark.parametrize(("name", "condition"), [(n, c) for n, (c, _) in MOVING.items()])
def test_moving_support_has_to_lie_in_the_other(name, condition):
    d = sf.derive(name)
    found = d.kl()
    (stated,) = found.conditions
    assert isinstance(stated, Le)
    assert str(stated) == condition
    compared = 0
    for seed in range(60):
        first, second = pair(d.family, seed)
        if stated.subs({**first, **second_point(found, d.family, second)}):
            theirs = by_quadrature(d.family, first, second)
            assert_close(value(found, d.family, first, second), theirs, 15)
            compared += 1
        if compared == 3:
            break
    assert compared == 3


@pytest.mark.parametrize("name", MOVING)
def test_divergence_with_a_moving_support_grows_linearly_and_has_no_expansion(name):
    """Its slope at zero displacement is not zero: no quadratic form approximates it."""
    d = sf.derive(name)
    found = d.kl()
    moved = d.family.parameters[0]
    primed = found.extra_symbols["primed"][moved.name]
    back = {s: p for p in d.family.parameters for s in [found.extra_symbols["primed"][p.name]]}
    slope = diff(found.expr, primed).xreplace(back)
    assert abs(evaluate(slope, draw(d.family, 3))) > 1e-3
    expansion = d.kl_expansion()
    assert expansion.status is Status.NONE
    assert expansion.expr is None
    assert "not differentiable in quadratic mean" in expansion.notes[0]


# --- its expansion --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMOOTH)
def test_hessian_at_zero_displacement_is_the_fisher_matrix(name):
    d = sf.derive(name)
    found, information = d.kl(), d.fisher.expr
    at = draw(d.family, 23)
    curvatures = divergence.curvatures_at_zero(found)
    size = range(len(d.family.parameters))
    missing = set(combinations_with_replacement(size, 2)) - set(curvatures)
    assert missing == WITHOUT_DERIVATIVE.get(name, set())
    for (i, j), curvature in curvatures.items():
        theirs = evaluate(information[i, j], at, digits=25)
        assert_close(evaluate(curvature, at, digits=25), theirs, 22)


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - set(MOVING)))
def test_second_order_expansion_is_half_the_quadratic_form(name):
    """Also where the Fisher matrix itself is left as a sum or as an expectation."""
    d = sf.derive(name)
    expansion = d.kl_expansion()
    steps = list(expansion.extra_symbols["increments"].values())
    matrix = d.fisher.expr
    form = sum(matrix[i, j] * u * v for i, u in enumerate(steps) for j, v in enumerate(steps)) / 2
    assert (expansion.expr - form).expand() == 0
    assert expansion.details == {"order": 2}
    assert [s.name for s in steps] == [f"d_{p.name}" for p in d.family.parameters]


def test_an_increment_does_not_take_the_name_of_a_parameter():
    mu, d_mu, x = symbols("mu d_mu x")
    family = Family(
        "two means",
        x,
        "(-oo, oo)",
        {mu: "real", d_mu: "real"},
        logpdf=-((x - mu - d_mu) ** 2) / 2 - log(2 * pi) / 2,
    )
    assert list(divergence.increments_of(family)) == ["mu", "d_mu"]
    assert [s.name for s in divergence.increments_of(family).values()] == ["d_mu_", "d_d_mu"]


@pytest.mark.parametrize("name", ["gamma", "normal"])
@pytest.mark.parametrize("order", [3, 4])
def test_higher_orders_are_the_derivatives_of_the_divergence(name, order):
    """The part of degree n along a direction is the n-th derivative over n!, taken numerically."""
    d = sf.derive(name)
    expansion, found = d.kl_expansion(order=order), d.kl()
    assert expansion.status is Status.CLOSED
    at = draw(d.family, 29)
    steps = expansion.extra_symbols["increments"]
    direction = {p: mpf(k + 2) / 7 for k, p in enumerate(d.family.parameters)}
    t = Symbol("t")
    polynomial = Poly(
        expansion.expr.subs({steps[p.name]: t * Integer(k + 2) / 7
                             for k, p in enumerate(d.family.parameters)}, simultaneous=True),
        t,
    )  # fmt: skip
    assert polynomial.degree() == order

    primed = found.extra_symbols["primed"]

    def along(step):
        second = {primed[p.name]: _exact(at[p]) + step * direction[p] for p in d.family.parameters}
        return truth.number(found.expr, {**at, **{s: _float(v) for s, v in second.items()}})

    for n in range(2, order + 1):
        coefficient = evaluate(polynomial.coeff_monomial(t**n), at, digits=25)
        with mpmath.workdps(truth.WORKING_DIGITS):
            derivative = mpmath.diff(along, 0, n, h=mpf(10) ** -9)
        assert_close(coefficient * mpmath.factorial(n), derivative, 14)


def _exact(rational):
    return mpf(int(rational.p)) / int(rational.q)


def _float(number):
    return Float(number, truth.WORKING_DIGITS)


@pytest.mark.parametrize("order", [1, 0, -2, 2.0, "2"])
def test_an_order_below_two_is_refused(order):
    with pytest.raises(InputError, match="give a whole number from 2 on"):
        sf.derive("normal").kl_expansion(order=order)


def test_a_divergence_whose_hessian_is_not_the_fisher_matrix_is_not_expanded(monkeypatch):
    x, rate = symbols("x rate")
    family = Family("exponential", x, "(0, oo)", {rate: "positive"}, log(rate) - rate * x).canonical
    right = divergence.kl(family)
    monkeypatch.setattr(expansion, "kl", lambda family: right.with_(expr=2 * right.expr))
    with pytest.raises(MismatchError, match=r"Hessian of the KL divergence.*nothing is shown"):
        expansion.kl_expansion(family)
