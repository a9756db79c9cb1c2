"""Coordinates without ends for the parameters: log for half-lines, logit for intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Integer, Symbol, oo

from symfisher.declaration import Family

Array = np.ndarray[Any, Any]


def is_box(family: Family) -> bool:
    """Whether the parameter space is a product of intervals: only there coordinates are changed."""
    ends = (e for p in family.parameters for e in _ends(family, p))
    own = set(family.parameters)
    return not family.constraints and not any(e.free_symbols & own for e in ends)


def rates(family: Family) -> list[Expr]:
    """The derivative of each parameter by its coordinate without ends, as a function of it."""
    if not is_box(family):
        return [Integer(1)] * len(family.parameters)
    return [_rate(p, *_ends(family, p)) for p in family.parameters]


def _ends(family: Family, parameter: Symbol) -> tuple[Expr, Expr]:
    return family.domains[parameter].lower, family.domains[parameter].upper


def _rate(x: Symbol, lower: Expr, upper: Expr) -> Expr:
    if lower == -oo and upper == oo:
        return Integer(1)
    if upper == oo:
        return x - lower
    if lower == -oo:
        return upper - x
    return (x - lower) * (upper - x) / (upper - lower)


@dataclass(frozen=True)
class Ends:
    """The ends of each parameter's domain as numbers; ``free`` where a coordinate change is made.

    Points are arrays (..., k) in the order of the parameters.
    """

    lower: Array
    upper: Array
    free: bool = True

    @cached_property
    def _kinds(self) -> tuple[Array, Array, Array]:
        """The places of half-lines upward, half-lines downward, intervals."""
        low, high = np.isfinite(self.lower), np.isfinite(self.upper)
        kinds = (low & ~high, ~low & high, low & high)
        up, down, both = (np.flatnonzero(self.free & kind) for kind in kinds)
        return up, down, both

    def to_line(self, x: Array) -> Array:
        """The coordinates y of parameters x."""
        up, down, both = self._kinds
        y = np.array(x, float)
        if up.size:
            y[..., up] = np.log(x[..., up] - self.lower[up])
        if down.size:
            y[..., down] = -np.log(self.upper[down] - x[..., down])
        if both.size:
            inside = x[..., both]
            y[..., both] = np.log(inside - self.lower[both]) - np.log(self.upper[both] - inside)
        return y

    def from_line(self, y: Array) -> Array:
        """The parameters x at coordinates y."""
        up, down, both = self._kinds
        x = np.array(y, float)
        if up.size:
            x[..., up] = self.lower[up] + np.exp(y[..., up])
        if down.size:
            x[..., down] = self.upper[down] - np.exp(-y[..., down])
        if both.size:
            width = self.upper[both] - self.lower[both]
            x[..., both] = self.lower[both] + width * _logistic(y[..., both])
        return x

    def slopes(self, y: Array) -> Array:
        """The derivative of each parameter by its coordinate, x'(y)."""
        up, down, both = self._kinds
        slope = np.ones_like(y)
        if up.size:
            slope[..., up] = np.exp(y[..., up])
        if down.size:
            slope[..., down] = np.exp(-y[..., down])
        if both.size:
            inside = y[..., both]
            width = self.upper[both] - self.lower[both]
            slope[..., both] = width * _logistic(inside) * _logistic(-inside)
        return slope


def _logistic(y: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-y))
