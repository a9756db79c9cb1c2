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

_SNAP_BITS = 16  # a sum that is zero but for this many of its last bits is zero


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


# sums in which large parts cancel


def constant_plus_exponential(c: Ball, k: Ball, z: Ball) -> Ball:
    near = -c * each(arb.expm1, z + log(absolute(k / c)))
    return where(negative(c * k), near, c + k * exp(z))


def log_constant_plus_exponential(c: Ball, k: Ball, z: Ball, log_z: Ball) -> tuple[Ball, Ball]:
    magnitude, shifted = log(absolute(c)), z + log(absolute(k / c))
    opposite = negative(c * k)
    top = where(negative(shifted), 0 * shifted, shifted)
    close = top + log_abs(each(arb.expm1, -absolute(shifted)))
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


# near the ends of a support (see ``local``)


def polynomial(x: Ball, *coefficients: Ball) -> Ball:
    total = coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def shift(direction: int, end: Ball, *coefficients: Ball) -> tuple[list[Ball], Any]:
    """Coefficients in d of p(end + direction d), zero where they are zero but for rounding."""
    from math import comb

    shifted, snapped = [], False
    for k in range(len(coefficients)):
        total = size = arb(0)
        for j in range(k, len(coefficients)):
            term = coefficients[j] * comb(j, k) * end ** (j - k)
            total, size = total + term, size + absolute(term)
        zero = flags(_vanishes, total, size)
        snapped = np.logical_or(snapped, zero)
        shifted.append(where(zero, arb(0), total) * direction**k)
    return shifted, snapped


def _vanishes(total: Any, size: Any) -> bool:
    """Whether a sum is zero as far as its terms tell."""
    if not size.is_finite() or size.is_zero():
        return False
    return bool(
        abs(total.mid()) + total.rad() <= size.mid() * arb(2) ** (_SNAP_BITS - flint.ctx.prec)
    )


def near_value(
    plain: Ball, lower: Any, upper: Any, near_lower: Any, lower_d: Ball, upper_d: Ball
) -> Ball:
    for (coefficients, snapped), distance, near, _ in _sides(
        lower, upper, near_lower, lower_d, upper_d
    ):
        if np.any(snapped):
            plain = where(np.logical_and(snapped, near), polynomial(distance, *coefficients), plain)
    return plain


def near_ratio(plain: Ball, top: Ball, bottom: Ball, lower: Any, upper: Any) -> Ball:
    snapped: Any = False
    for shifted in (lower, upper):
        if shifted is not None:
            snapped = np.logical_or(snapped, shifted[1])
    return where(snapped, top / bottom, plain) if np.any(snapped) else plain


def near_log(
    plain: Ball,
    lower: Any,
    upper: Any,
    near_lower: Any,
    lower_d: Ball,
    upper_d: Ball,
    lower_w: Ball,
    upper_w: Ball,
) -> Ball:
    """log |plain|; the distances are precise however small, so only zeros need care."""
    result = log_abs(plain)
    sides = _sides(lower, upper, near_lower, lower_d, upper_d, lower_w, upper_w)
    for (coefficients, _), distance, near, w in sides:
        for degree in range(len(coefficients)):
            leading = _is_leading(coefficients, degree)
            if not np.any(leading):
                continue
            here = np.logical_and(leading, near)
            if degree == 0 and len(coefficients) > 1:
                rest = distance * polynomial(distance, *coefficients[1:]) / coefficients[0]
                small = np.logical_and(here, flags(lambda v: bool(abs(v.mid()) < 0.25), rest))
                value = log_abs(coefficients[0]) + each(arb.log1p, rest)
                result = where(small, value, result)
            elif degree:
                rest = polynomial(distance, *coefficients[degree:])
                result = where(here, degree * w + log_abs(rest), result)
    return result


def near_log_log(plain: Ball, *unused: Any) -> Ball:
    return log_abs(plain)


def _is_leading(coefficients: list[Ball], degree: int) -> Any:
    leading: Any = np.logical_not(flags(arb.is_zero, coefficients[degree]))
    for c in coefficients[:degree]:
        leading = np.logical_and(leading, flags(arb.is_zero, c))
    return leading


def _sides(
    lower: Any,
    upper: Any,
    near_lower: Any,
    lower_d: Any,
    upper_d: Any,
    lower_w: Any = None,
    upper_w: Any = None,
) -> list[tuple[Any, ...]]:
    sides: list[tuple[Any, ...]] = []
    if lower is not None:
        sides.append((lower, lower_d, True if near_lower is None else near_lower, lower_w))
    if upper is not None:
        near = True if near_lower is None else np.logical_not(near_lower)
        sides.append((upper, upper_d, near, upper_w))
    return sides
