"""Comparisons, choices and other steps on float64 scalars and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def maximum(*values: Array) -> Array:
    return np.maximum.reduce(np.broadcast_arrays(*values))[()]


def minimum(*values: Array) -> Array:
    return np.minimum.reduce(np.broadcast_arrays(*values))[()]


def heaviside(x: Array, at_zero: Array = 0.5) -> Array:
    return np.heaviside(x, at_zero)


def dirac_delta(x: Array, order: Array = 0) -> Array:
    return np.where(x == 0, np.inf, 0.0)[()]


def kronecker(i: Array, j: Array) -> Array:
    return np.where(i == j, 1.0, 0.0)[()]


equal, unequal = np.equal, np.not_equal
less, less_equal = np.less, np.less_equal
greater, greater_equal = np.greater, np.greater_equal


def all_of(*conditions: Array) -> Array:
    return np.logical_and.reduce(np.broadcast_arrays(*conditions))[()]


def any_of(*conditions: Array) -> Array:
    return np.logical_or.reduce(np.broadcast_arrays(*conditions))[()]


negate = np.logical_not


def select(*pairs: Array) -> Array:
    """The first value whose condition holds; nan where none does."""
    value: Array = np.nan
    for condition, branch in zip(pairs[-2::-2], pairs[-1::-2]):
        value = np.where(condition, branch, value)
    return value if np.ndim(value) else value[()]


def bound(node: Any, *values: Array) -> Array:
    """A sum, an integral or an expectation at each combination of its free symbols' values."""
    from symfisher.numerics.nested import nested_value, short_sums

    expression, symbols = node
    if all(np.ndim(v) == 0 for v in values):
        return np.float64(nested_value(expression, dict(zip(symbols, values))))
    arrays = np.broadcast_arrays(*values)
    together = short_sums(expression, {s: a.ravel() for s, a in zip(symbols, arrays)})
    if together is not None:
        return together.reshape(arrays[0].shape)
    flat = zip(*(a.ravel() for a in arrays))
    results = [nested_value(expression, dict(zip(symbols, numbers))) for numbers in flat]
    return np.array(results).reshape(arrays[0].shape)
