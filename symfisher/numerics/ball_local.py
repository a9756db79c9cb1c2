"""Sums that are polynomials near the ends of a support (see ``local``), on balls."""

from __future__ import annotations

from math import comb
from typing import Any

import flint
import numpy as np
from flint import arb

from symfisher.numerics.ball import absolute, each, flags, log_abs, where

Ball = Any

_SNAP_BITS = 16  # a sum that is zero but for this many of its last bits is zero


def polynomial(x: Ball, *coefficients: Ball) -> Ball:
    total = coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def shift(direction: int, end: Ball, *coefficients: Ball) -> tuple[list[Ball], Any]:
    """Coefficients in d of p(end + direction d), zero where they are zero but for rounding."""
    shifted, snapped = [], False
    for k in range(len(coefficients)):
        total = size = arb(0)
        for j in range(k, len(coefficients)):
            term = coefficients[j] * comb(j, k) * end ** (j - k)
            total, size = total + term, size + absolute(term)
        zero = flags(_vanishes, total, size)
        snapped = np.logical_or(snapped, zero)
        if k == 0:  # log(x/b) near x = b hangs on a constant that is one exactly
            unit = flags(_is_unit, total, size)
            total = where(unit, each(_nearest_unit, total), total)
        shifted.append(where(zero, arb(0), total) * direction**k)
    return shifted, snapped


def _is_unit(total: Any, size: Any) -> bool:
    """Whether a sum is 1 or -1 as far as its terms tell."""
    gap = abs(abs(total) - 1)
    if not gap.is_finite():
        return False
    return bool(gap.mid() + gap.rad() <= (size.mid() + 1) * arb(2) ** (_SNAP_BITS - flint.ctx.prec))


def _nearest_unit(total: Any) -> Any:
    return arb(-1) if total.mid() < 0 else arb(1)


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
