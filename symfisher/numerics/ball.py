"""The operations of a ``Program`` on balls: numbers of any precision with an error bound (Arb).

Numbers are ``flint.arb`` or object arrays of them; the working precision is
``flint.ctx.prec``.  What is undefined is nan, as in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import flint
import numpy as np
from flint import arb
from sympy import Basic, Float, Integer, Rational, S

Ball = Any  # an arb or an object array of arbs


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Compute with balls of this many bits in the body."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def number(value: Basic) -> Any:
    """A SymPy number as a ball."""
    if isinstance(value, Integer):
        return arb(int(value))
    if isinstance(value, Rational):
        return arb(flint.fmpq(int(value.p), int(value.q)))
    if isinstance(value, Float):
        return _binary(value._mpf_)
    special = {
        S.Pi: arb.pi,
        S.Exp1: arb.const_e,
        S.EulerGamma: arb.const_euler,
        S.Catalan: arb.const_catalan,
        S.Infinity: arb.pos_inf,
        S.NegativeInfinity: arb.neg_inf,
    }
    if value in special:
        return special[value]()
    if value is S.GoldenRatio:
        return (1 + arb(5).sqrt()) / 2
    return arb.nan()


def _binary(parts: Any) -> Any:
    """The ball of an mpmath number's sign, mantissa and exponent."""
    sign_, mantissa, exponent, _ = parts
    if not mantissa:
        return arb(0) if not exponent else arb.nan()
    magnitude = arb(flint.fmpz(int(mantissa))) * arb(2) ** int(exponent)
    return -magnitude if sign_ else magnitude


def from_exact(value: Any) -> Any:
    """A Python, NumPy, mpmath or SymPy number as a ball."""
    if isinstance(value, arb):
        return value
    if isinstance(value, Basic):
        return number(value)
    if hasattr(value, "_mpf_"):
        return _binary(value._mpf_)
    return arb(float(value)) if not isinstance(value, int) else arb(value)


def each(function: Callable[..., Any], *arguments: Any) -> Any:
    """A function of scalars, over arrays."""
    if not any(isinstance(a, np.ndarray) for a in arguments):
        return function(*arguments)
    return np.frompyfunc(function, len(arguments), 1)(*arguments)


def flags(function: Callable[..., bool], *arguments: Any) -> Any:
    """A condition on scalars, over arrays."""
    found = each(function, *arguments)
    return found.astype(bool) if isinstance(found, np.ndarray) else bool(found)


def where(condition: Any, yes: Any, no: Any) -> Any:
    if not isinstance(condition, np.ndarray):
        return yes if condition else no
    return np.where(condition, yes, no)


def add(*terms: Ball) -> Ball:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def subtract(a: Ball, b: Ball) -> Ball:
    return a - b


def multiply(*factors: Ball) -> Ball:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def integer_power(base: Ball, exponent: int) -> Ball:
    if exponent == -1:
        return 1 / base
    return base**exponent


def exp(x: Ball) -> Ball:
    return each(arb.exp, x)


def log(x: Ball) -> Ball:
    return each(arb.log, x)


def sqrt(x: Ball) -> Ball:
    return each(arb.sqrt, x)


def absolute(x: Ball) -> Ball:
    return each(abs, x)


def _sign(x: Any) -> Any:
    middle = x.mid()
    return arb((middle > 0) - (middle < 0)) if x.is_finite() or not x.is_nan() else x


def sign(x: Ball) -> Ball:
    return each(_sign, x)


def floor(x: Ball) -> Ball:
    return each(arb.floor, x)


def ceiling(x: Ball) -> Ball:
    return each(arb.ceil, x)


def modulo(x: Ball, y: Ball) -> Ball:
    return x - y * floor(x / y)


def first(pair: tuple[Ball, Ball]) -> Ball:
    return pair[0]


def second(pair: tuple[Ball, Ball]) -> Ball:
    return pair[1]


def log_abs(x: Ball) -> Ball:
    return log(absolute(x))


def negative(x: Ball) -> Any:
    return flags(lambda v: bool(v.mid() < 0), x)


def real_log(magnitude: Ball, sign_: Ball) -> Ball:
    return where(negative(sign_), arb.nan(), magnitude)


def logaddexp(a: Ball, b: Ball) -> Ball:
    """log(e^a + e^b)."""
    difference = b - a
    smaller = exp(-absolute(difference))
    return where(negative(difference), a, b) + each(arb.log1p, smaller)


def log_log1p_exp(z: Ball) -> Ball:
    return log(each(arb.log1p, exp(z)))


def log_log1m_exp(z: Ball) -> Ball:
    return log(-each(arb.log1p, -exp(z)))


# sums in which large parts cancel


def constant_plus_exponential(c: Ball, k: Ball, z: Ball) -> Ball:
    near = -c * each(arb.expm1, z + log(absolute(k / c)))
    return where(negative(c * k), near, c + k * exp(z))


def log_constant_plus_exponential(c: Ball, k: Ball, z: Ball, log_z: Ball) -> tuple[Ball, Ball]:
    magnitude, shifted = log(absolute(c)), z + log(absolute(k / c))
    opposite = negative(c * k)
    top = where(negative(shifted), 0 * shifted, shifted)
    size = -absolute(shifted)
    near = flags(lambda v: bool(v.mid() > -0.7), size)
    close = top + where(near, log_abs(each(arb.expm1, size)), each(arb.log1p, -exp(size)))
    value = magnitude + where(opposite, close, logaddexp(0 * shifted, shifted))
    beyond = np.logical_and(opposite, np.logical_not(negative(shifted)))
    return value, sign(c) * where(beyond, arb(-1), arb(1))


def log_sum(*pairs: Ball) -> tuple[Ball, Ball]:
    scales, logs = pairs[::2], pairs[1::2]
    top = logs[0]
    for z in logs[1:]:
        top = where(negative(top - z), z, top)
    total = add(*(k * exp(z - top) for k, z in zip(scales, logs)))
    return top + log_abs(total), sign(total)


def constant_plus_erf(c: Ball, k: Ball, z: Ball) -> Ball:
    direct = c + k * each(arb.erf, z)
    upper, lower = c * each(arb.erfc, -z), c * each(arb.erfc, z)
    return where(_is_zero(c - k), upper, where(_is_zero(c + k), lower, direct))


def log_constant_plus_erf(c: Ball, k: Ball, z: Ball) -> Ball:
    return log_abs(constant_plus_erf(c, k, z))


def _is_zero(x: Ball) -> Any:
    return flags(lambda v: bool(v.contains(0)), x)


def log_gamma_sum(z: Ball, *pairs: Ball) -> Ball:
    return add(*(k * each(arb.lgamma, z + a) for k, a in zip(pairs[::2], pairs[1::2])))
