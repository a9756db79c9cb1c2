"""The term algebra: conversion keeps the value, and its derivatives are SymPy's."""

from __future__ import annotations

from random import Random

import mpmath
import pytest
from sympy import (
    Abs,
    Expr,
    Integer,
    Rational,
    Symbol,
    asinh,
    atanh,
    besselj,
    cosh,
    diff,
    exp,
    lambdify,
    log,
    sin,
    sinh,
    sqrt,
    tanh,
)

from symfisher.expectation.conversion import Converter
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import Kind, NotConvertible

a, b = Symbol("a", positive=True), Symbol("b", positive=True)
w = Symbol("w", real=True)
POINTS = [
    {a: Rational(83, 97), b: Rational(211, 101), w: Rational(41, 89)},
    {a: Rational(193, 103), b: Rational(71, 107), w: Rational(-26, 89)},
]
# Where values are compared: elsewhere than the points that conversion decides by.
ELSEWHERE = [
    {a: Rational(5, 4), b: Rational(3, 7), w: Rational(13, 11)},
    {a: Rational(4, 9), b: Rational(17, 6), w: Rational(-7, 5)},
]
SEEDS = range(150)


def converter():
    return Converter(Algebra(Fingerprint(POINTS), w))


def number(expr: Expr, at) -> mpmath.mpf:
    with mpmath.workdps(40):
        symbols = list(at)
        values = [mpmath.mpf(int(v.p)) / int(v.q) for v in at.values()]
        return mpmath.mpf(lambdify(symbols, expr, "mpmath")(*values))


def assert_same(left: Expr, right: Expr):
    for at in ELSEWHERE:
        ours, theirs = number(left, at), number(right, at)
        assert abs(ours - theirs) <= mpmath.mpf(10) ** -25 * (1 + abs(theirs))


def positive(random: Random, depth: int) -> Expr:
    """A random expression that is positive everywhere."""
    if depth == 0:
        return random.choice(
            [exp(w), exp(a * w), exp(-b * w), a, b, a + b, Rational(3, 2), exp(w / 2), cosh(w)]
        )
    left, right = positive(random, depth - 1), positive(random, depth - 1)
    exponent = random.choice([2, 3, -1, -2, Rational(1, 2), a, -b, Rational(-3, 2)])
    return random.choice([left + right, left * right, left / right, left**exponent])


def real(random: Random, depth: int) -> Expr:
    """A random expression such as log-densities and their derivatives are made of."""
    if depth == 0:
        return random.choice([w, a * w - b, w**2, positive(random, 1), log(positive(random, 1))])
    left, right = real(random, depth - 1), real(random, depth - 1)
    kinds = [left + right, left - a * right, left * right, left**2, left * positive(random, 1)]
    kinds += [log(positive(random, 2)), left * tanh(w), left * sinh(w)]
    return random.choice(kinds)


def converted(seed: int):
    """A random expression with its converter and element; None where it has no form."""
    expr, convert = real(Random(seed), 2), converter()
    try:
        return expr, convert, convert.convert(expr)
    except NotConvertible:
        return None


def test_nearly_every_expression_has_a_form():
    assert sum(converted(seed) is None for seed in SEEDS) <= len(SEEDS) // 20


@pytest.mark.parametrize("block", range(5))
def test_conversion_keeps_the_value(block):
    for seed in SEEDS[30 * block : 30 * block + 30]:
        found = converted(seed)
        if found is not None:
            expr, convert, element = found
            assert_same(convert.algebra.expression(element), expr)


@pytest.mark.parametrize("variable", [w, a, b])
def test_derivatives_are_sympy_s(variable):
    for seed in SEEDS[::3]:
        found = converted(seed)
        if found is not None:
            expr, convert, element = found
            algebra = convert.algebra
            slope = (
                algebra.derivative(element)
                if variable == w
                else algebra.parameter_derivative(element, variable)
            )
            assert_same(algebra.expression(slope), diff(expr, variable))


@pytest.mark.parametrize("seed", range(12))
def test_ring_operations_are_those_of_the_values(seed):
    random, convert = Random(1000 + seed), converter()
    left, right = real(random, 1), real(random, 1)
    algebra, x, y = convert.algebra, convert.convert(left), convert.convert(right)
    assert_same(algebra.expression(algebra.add(x, y)), left + right)
    assert_same(algebra.expression(algebra.multiply(x, y)), left * right)
    assert_same(algebra.expression(algebra.scale(x, a / b)), left * a / b)
    assert_same(algebra.expression(algebra.power(x, Integer(3))), left**3)
    assert_same(algebra.expression(algebra.reduced(algebra.multiply(x, y))), left * right)
    assert algebra.add(x, algebra.scale(x, Integer(-1))) == {}


DISGUISES = [
    (log(1 + exp(w)), log(2 * cosh(w / 2)) + w / 2),
    (tanh(w), 1 - 2 / (exp(2 * w) + 1)),
    (asinh(sinh(a * w)), a * w),
    (atanh(tanh(w)), w),
    (log(exp(2 * w) + 2 * exp(w) + 1), 2 * log(1 + exp(w))),
    (log((a + b * exp(w)) ** a / (a * exp(-w) + b) ** a), a * w),
    ((exp(a * w)) ** (b / a), exp(b * w)),
    (log(exp(w) + exp(-w) + 2), 2 * log(2 * cosh(w / 2))),
    (log(a * exp(w) + b * exp(w)), log(a + b) + w),
    (exp(b * log(1 + exp(w)) - w), (1 + exp(w)) ** b * exp(-w)),
    (log(w**2 + 2 * a * w + a**2 + b**2), log((w + a) ** 2 + b**2)),
]


@pytest.mark.parametrize(("left", "right"), DISGUISES, ids=str)
def test_disguises_of_one_function_are_one_element(left, right):
    convert = converter()
    algebra = convert.algebra
    elements = [algebra.reduced(convert.convert(side)) for side in (left, right)]
    assert algebra.equal(*elements)


@pytest.mark.parametrize("expr", [sin(w), besselj(0, w), log(w), sqrt(w), Abs(w), log(sinh(w))])
def test_what_has_no_form_or_no_sign_is_refused(expr):
    """w is negative at one of the points that decide."""
    with pytest.raises(NotConvertible):
        converter().convert(expr)


@pytest.mark.parametrize(
    ("expr", "kind"),
    [
        (log(1 + a * exp(b * w)), Kind.SUM),
        (exp(-a * exp(w)), Kind.EXPONENTIAL),
        (log(log(1 + exp(w))), Kind.LOGARITHM),
    ],
)
def test_what_is_no_monomial_becomes_an_atom(expr, kind):
    convert = converter()
    assert_same(convert.algebra.expression(convert.convert(expr)), expr)
    assert convert.algebra.atoms[-1].kind is kind


def test_exponents_in_proportion_share_an_atom():
    convert = converter()
    convert.convert(exp(-a * exp(w)) + exp(-3 * a * exp(w)))
    assert [atom.kind for atom in convert.algebra.atoms] == [Kind.EXPONENTIAL]
