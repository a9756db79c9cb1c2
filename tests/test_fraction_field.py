"""Exact fractions: what is equal is one fraction, and derivatives stay inside the field."""

from __future__ import annotations

import pytest
from sympy import (
    Rational,
    Sum,
    Symbol,
    atanh,
    besseli,
    besselk,
    beta,
    binomial,
    cos,
    cosh,
    diff,
    erf,
    erfc,
    exp,
    gamma,
    hyper,
    log,
    loggamma,
    oo,
    pi,
    polygamma,
    sin,
    sinh,
    sqrt,
    symbols,
    tan,
    zeta,
)

from symfisher.algebra.fraction import Unconvertible
from symfisher.algebra.fraction_field import Workspace
from symfisher.algebra.linear_system import Contradiction, LinearSystem
from symfisher.expectation.fingerprint import Fingerprint

a, b, p, n = symbols("a b p n", positive=True)
t, u = symbols("t u", real=True)
j = Symbol("j")
VALUES = [("17/11", "31/7", "3/13", 3, 5, "1/3"), ("5/13", "8/7", "9/11", 5, -2, "4/7")]
POINTS = Fingerprint(
    [dict(zip((a, b, p, n, t, u), map(Rational, row), strict=True)) for row in VALUES]
)


def in_field(compute, data=()):
    return Workspace(lambda field: field, POINTS.sign, data).run(compute)


@pytest.mark.parametrize(
    "zero",
    [
        (a**2 - b**2) / (a - b) - a - b,
        exp(t + 1) - exp(1) * exp(t),
        exp(2 * t) - exp(t / 2) ** 4,
        sqrt(a) * sqrt(b) - sqrt(a * b),
        sqrt(8) - 2 * sqrt(2),
        sqrt(1 - p**2) * (1 + p) / sqrt(1 - p**2) - 1 - p,
        1 / (1 + sqrt(1 + a)) - (sqrt(1 + a) - 1) / a,
        log(a**2 * b / (1 - p)) - 2 * log(a) - log(b) + log(1 - p),
        log(6) - log(2) - log(3),
        (p * (1 - p)) ** n - p**n * (1 - p) ** n,
        (1 - p) ** (n + 2) - (1 - p) ** n * (1 - 2 * p + p**2),
        exp(n * log(p)) - p**n,
        gamma(a + 3) - a * (a + 1) * (a + 2) * gamma(a),
        loggamma(a + 1) - loggamma(a) - log(a),
        polygamma(1, a + 2) - polygamma(1, a) + 1 / a**2 + 1 / (a + 1) ** 2,
        polygamma(0, 1 + 1 / a) - polygamma(0, 1 / a) - a,
        beta(a, b + 1) - beta(a, b) * b / (a + b),
        binomial(n, a) * gamma(a + 1) * gamma(n - a + 1) - gamma(n + 1),
        besselk(a + 1, b) - besselk(a - 1, b) - 2 * a / b * besselk(a, b),
        besselk(-a, b) - besselk(a, b),
        besseli(0, a) - besseli(2, a) - 2 / a * besseli(1, a),
        sin(t) ** 2 + cos(t) ** 2 - 1,
        cos(2 * t) - 2 * cos(t) ** 2 + 1,
        tan(t) * cos(t) - sin(t),
        sin(t + u) - sin(t) * cos(u) - cos(t) * sin(u),
        sin(t / 3 + u) - sin(t / 3) * cos(u) - cos(t / 3) * sin(u),
        cosh(t) ** 2 - sinh(t) ** 2 - 1,
        erfc(t) + erfc(-t) - 2,
        erf(t) + erfc(t) - 1,
        atanh(p) - log(1 + p) / 2 + log(1 - p) / 2,
        Sum(2 * a * j**a, (j, 1, n)) - 2 * a * Sum(j**a, (j, 1, n)),
    ],
)
def test_equal_expressions_are_one_fraction(zero):
    assert in_field(lambda field: not field.convert(zero))


@pytest.mark.parametrize(
    "function",
    [
        a**b / (1 + a) ** 2,
        sqrt(1 - p**2) / (1 + exp(t * p)),
        log(besseli(0, a)),
        log(besselk(2, a)),
        loggamma(a * p) + polygamma(0, a + p),
        log(cos(u)) + tan(u / 2) ** 3 + sin(2 * u),
        exp(-(t**2) / a) / erfc(t / sqrt(2 * a)),
        log(1 - (1 - p) ** n),
        log(Sum(j ** (-a), (j, 1, n))),
    ],
)
def test_derivatives_in_the_field_are_derivatives(function):
    for symbol in (a, b, p, t, u):
        ours = in_field(
            lambda field, s=symbol: field.expression(field.derivative(field.convert(function), s))
        )
        difference = ours - diff(function, symbol)
        at = {**POINTS.points[0]}
        assert abs(difference.subs(at).doit().evalf(20)) < 1e-15


def test_derivatives_by_a_bessel_order_follow_the_recurrence():
    def difference(field):
        once = field.derivative(field.convert(besselk(a + 1, b) - besselk(a - 1, b)), a)
        return once - field.derivative(field.convert(2 * a / b * besselk(a, b)), a)

    assert in_field(lambda field: not difference(field))


def test_derivatives_of_the_zeta_function_have_nodes_of_their_own():
    def second(field):
        once = field.derivative(field.convert(log(zeta(1 + a))), a)
        return field.expression(field.derivative(once, a))

    from symfisher.numerics.evaluate import evaluate

    # zeta''/zeta - (zeta'/zeta)**2 at 2.5, by mpmath.diff of log(zeta) in 40 digits
    assert float(evaluate(in_field(second), {a: Rational(3, 2)})) == pytest.approx(
        0.35045248787741275, rel=1e-12
    )


def test_sines_of_data_are_kept_and_come_back():
    x = Symbol("x", real=True)
    shown = in_field(lambda field: field.expression(field.convert(cos(x - t))), data=(x,))
    assert shown.has(cos(x), sin(x), cos(t), sin(t))
    assert not shown.has(tan)


def test_factors_are_printed_positive_where_their_sign_is_known():
    shown = in_field(lambda field: field.expression(field.convert(1 / (p**2 - p))))
    assert str(shown) == "-1/(p*(1 - p))"


@pytest.mark.parametrize("foreign", [hyper((a,), (b,), p).diff(p, evaluate=False), a**oo])
def test_what_has_no_rule_is_refused(foreign):
    with pytest.raises(Unconvertible):
        in_field(lambda field: field.convert(foreign))


def test_a_linear_system_gives_what_it_determines_and_nothing_else():
    def solve(field):
        system = LinearSystem(field)
        one, x = field.one, field.convert(a)
        system.add({"u": one, "v": x}, field.convert(a**2))
        assert system.value("u") is None
        assert not system.add({"u": x, "v": x * x}, field.convert(a**3))
        system.add({"u": one, "v": -x, "w": one}, field.zero)
        assert system.combination({"u": one.scaled(2), "w": one}) == field.convert(a**2)
        with pytest.raises(Contradiction):
            system.add({"u": one.scaled(2), "w": one}, field.zero)

    in_field(solve)


def test_the_number_pi_has_a_root():
    assert in_field(lambda field: field.expression(field.convert(sqrt(pi) * sqrt(pi)))) == pi
