"""Comparisons, choices and other steps on balls."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from symfisher.numerics.ball import each, flags, negative, where

Ball = Any


def maximum(*values: Ball) -> Ball:
    top = values[0]
    for value in values[1:]:
        top = where(negative(top - value), value, top)
    return top


def minimum(*values: Ball) -> Ball:
    low = values[0]
    for value in values[1:]:
        low = where(negative(value - low), value, low)
    return low


def heaviside(x: Ball, at_zero: Ball = None) -> Ball:
    middle = arb(0.5) if at_zero is None else at_zero
    return where(_zero(x), middle, where(negative(x), arb(0), arb(1)))


def dirac_delta(x: Ball, order: Ball = None) -> Ball:
    return where(_zero(x), arb.pos_inf(), arb(0))


def kronecker(i: Ball, j: Ball) -> Ball:
    return where(_zero(i - j), arb(1), arb(0))


def _zero(x: Ball) -> Any:
    return flags(lambda v: bool(v.contains(0)), x)


def equal(a: Ball, b: Ball) -> Any:
    return _zero(a - b)


def unequal(a: Ball, b: Ball) -> Any:
    return np.logical_not(_zero(a - b))


def less(a: Ball, b: Ball) -> Any:
    return negative(a - b)


def less_equal(a: Ball, b: Ball) -> Any:
    return np.logical_or(negative(a - b), _zero(a - b))


def greater(a: Ball, b: Ball) -> Any:
    return negative(b - a)


def greater_equal(a: Ball, b: Ball) -> Any:
    return less_equal(b, a)


def all_of(*conditions: Any) -> Any:
    return np.logical_and.reduce(np.broadcast_arrays(*conditions))


def any_of(*conditions: Any) -> Any:
    return np.logical_or.reduce(np.broadcast_arrays(*conditions))


negate = np.logical_not


def select(*pairs: Any) -> Ball:
    value: Ball = arb.nan()
    for condition, branch in zip(pairs[-2::-2], pairs[-1::-2]):
        value = where(condition, branch, value)
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def bound(node: Any, *values: Ball) -> Ball:
    """A sum, an integral or an expectation at each combination of its free symbols' values."""
    from symfisher.numerics.nested_precise import precise_value

    expression, symbols = node

    def one(*numbers: Any) -> Any:
        return precise_value(expression, dict(zip(symbols, numbers)))

    return each(one, *values) if values else precise_value(expression, {})
