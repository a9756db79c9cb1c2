"""Values of closed forms at a point."""

import math

import mpmath
import pytest
from sympy import (
    Integral,
    Matrix,
    Piecewise,
    Rational,
    Sum,
    cos,
    digamma,
    exp,
    factorial,
    hyper,
    log,
    loggamma,
    oo,
    polygamma,
    sin,
    sqrt,
    symbols,
    trigamma,
)

from symfisher.catalog import bundled_family
from symfisher.formula import Expectation
from symfisher.numerics.evaluate import evaluate, evaluate_matrix

a, b, k, x = symbols("a b k x", positive=True)
AT = {a: Rational(137, 101), b: Rational(211, 103)}


def test_a_float_for_fifteen_digits_and_an_mpmath_number_for_more():
    value = evaluate(trigamma(a), AT)
    assert isinstance(value, float)
    precise = evaluate(trigamma(a), AT, 40)
    with mpmath.workdps(45):
        truth = mpmath.psi(1, mpmath.mpf(137) / 101)
        assert abs(precise - truth) < mpmath.mpf(10) ** -39
    assert value == float(truth)


def test_cancellation_raises_the_precision():
    nearly = loggamma(a + 10**-30) - loggamma(a)
    value = evaluate(nearly, AT, 20)
    assert value == pytest.approx(mpmath.psi(0, mpmath.mpf(137) / 101) * 1e-30, rel=1e-14)


def test_what_is_zero_is_zero():
    assert evaluate(sin(a) ** 2 + cos(a) ** 2 - 1, AT) == 0.0
    assert evaluate(sin(a) ** 2 + cos(a) ** 2 - 1, AT, 30) == 0


@pytest.mark.parametrize(
    ("expr", "limit"),
    [
        ((exp(x) - 1 - x) / x**2, 0.5),
        (sin(x) / x, 1.0),
        ((digamma(a + x) - digamma(a)) / x, float(polygamma(1, AT[a]).evalf(20))),
    ],
)
def test_removable_singularities_have_their_limit(expr, limit):
    assert evaluate(expr, {x: 0, **AT}) == pytest.approx(limit, rel=1e-14)


def test_a_pole_and_a_complex_value_are_nan():
    assert math.isnan(evaluate(1 / x, {x: 0}))
    assert math.isnan(evaluate(log(-x), {x: 1}))
    assert mpmath.isnan(evaluate(sqrt(-x), {x: 1}, 30))


@pytest.mark.parametrize(
    ("expr", "truth"),
    [
        (Sum(a**k / factorial(k), (k, 0, oo)), lambda u, v: mpmath.exp(u)),
        (Sum(k**-b, (k, 1, oo)), lambda u, v: mpmath.zeta(v)),
        (Sum(k**2, (k, 1, 5)), lambda u, v: 55),
        (Integral(x ** (a - 1) * exp(-x), (x, 0, oo)), lambda u, v: mpmath.gamma(u)),
        (Integral(exp(-a * x) * log(x), (x, 0, oo)),
         lambda u, v: -(mpmath.euler + mpmath.log(u)) / u),
        (hyper((1, 1, 1), (2, b + 1), Rational(49, 50)),
         lambda u, v: mpmath.hyp3f2(1, 1, 1, 2, v + 1, mpmath.mpf(49) / 50)),
    ],
)  # fmt: skip
def test_sums_integrals_and_series_to_25_digits(expr, truth):
    with mpmath.workdps(40):
        exact = truth(mpmath.mpf(137) / 101, mpmath.mpf(211) / 103)
        assert abs(evaluate(expr, AT, 25) - exact) < mpmath.mpf(10) ** -24 * abs(exact)
    assert evaluate(expr, AT) == pytest.approx(float(exact), rel=1e-14)


def test_an_unevaluated_expectation_is_computed():
    family = bundled_family("gamma")
    (variable,), (alpha, beta) = family.variables, family.parameters
    node = Expectation.under(family, log(variable)) + 1
    value = evaluate(node, {alpha: Rational(137, 101), beta: Rational(211, 103)}, 25)
    with mpmath.workdps(30):
        truth = mpmath.psi(0, mpmath.mpf(137) / 101) - mpmath.log(mpmath.mpf(211) / 103) + 1
        assert abs(value - truth) < mpmath.mpf(10) ** -23


def test_a_choice_between_cases():
    both = Piecewise((a, a < b), (b, True))
    assert evaluate(both, AT) == pytest.approx(137 / 101)


def test_a_matrix_shares_its_common_parts():
    matrix = Matrix([[a, b], [b, a + b]])
    assert evaluate_matrix(matrix, {a: 1, b: 2}) == [[1.0, 2.0], [2.0, 3.0]]


@pytest.mark.parametrize("xi", ["-1/5", "1/5"])
@pytest.mark.parametrize("digits", [15, 25])
def test_an_expectation_whose_support_has_several_forms_is_that_of_the_form_at_hand(xi, digits):
    """E[x] of a GEV variable is mu + sigma (Gamma(1 - xi) - 1)/xi (Coles 2001, p. 48, by hand)."""
    family = bundled_family("gev")
    (variable,), point = family.variables, ("1/7", "13/9", xi)
    at = dict(zip(family.parameters, map(Rational, point), strict=True))
    mean = evaluate(Expectation.under(family, variable), at, digits)
    mu, sigma, shape = (mpmath.mpf(v.p) / v.q for v in map(Rational, point))
    assert mean == pytest.approx(
        float(mu + sigma * (mpmath.gamma(1 - shape) - 1) / shape), rel=1e-13
    )
