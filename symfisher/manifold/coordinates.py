"""Coordinates without ends for the parameters: log for half-lines, logit for intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Ends:
    """The ends of each parameter's domain as numbers; ``free`` where a coordinate change is made.

    Points are arrays (..., k) in the order of the parameters.
    """

    lower: Array
    upper: Array
    free: bool = True

    @property
    def _kinds(self) -> tuple[Array, Array, Array]:
        """Half-lines upward, half-lines downward, intervals."""
        low, high = np.isfinite(self.lower), np.isfinite(self.upper)
        return self.free & low & ~high, self.free & ~low & high, self.free & low & high

    def to_line(self, x: Array) -> Array:
        """The coordinates y of parameters x."""
        up, down, both = self._kinds
        y = np.array(x, float)
        y[..., up] = np.log(x[..., up] - self.lower[up])
        y[..., down] = -np.log(self.upper[down] - x[..., down])
        inside = x[..., both]
        y[..., both] = np.log(inside - self.lower[both]) - np.log(self.upper[both] - inside)
        return y

    def from_line(self, y: Array) -> Array:
        """The parameters x at coordinates y."""
        up, down, both = self._kinds
        x = np.array(y, float)
        x[..., up] = self.lower[up] + np.exp(y[..., up])
        x[..., down] = self.upper[down] - np.exp(-y[..., down])
        width = self.upper[both] - self.lower[both]
        x[..., both] = self.lower[both] + width * _logistic(y[..., both])
        return x

    def slopes(self, y: Array) -> tuple[Array, Array, Array]:
        """x', x''/x' and the derivative of the latter, by y."""
        up, down, both = self._kinds
        first, ratio, bend = np.ones_like(y), np.zeros_like(y), np.zeros_like(y)
        first[..., up], ratio[..., up] = np.exp(y[..., up]), 1.0
        first[..., down], ratio[..., down] = np.exp(-y[..., down]), -1.0
        s, rest = _logistic(y[..., both]), _logistic(-y[..., both])
        first[..., both] = (self.upper[both] - self.lower[both]) * s * rest
        ratio[..., both] = rest - s
        bend[..., both] = -2 * s * rest
        return first, ratio, bend


def _logistic(y: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-y))
