"""Curves on a manifold, many at once, each with its standing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Curves:
    """Curves over 0 <= t <= 1, as polynomials through their nodes.

    Attributes:
        times: the Chebyshev nodes, (n,), from 0 to 1.
        points: the parameters there, (..., n, k).
        velocities: their derivatives by t, (..., n, k).
        length: (...); nan where no curve was found.
        error: an estimate of the length's absolute error, (...).
        found: whether the curve satisfies its equation to the tolerance, (...).
        reasons: for each curve that was not found, its place and why not.
    """

    times: Array
    points: Array
    velocities: Array
    length: Array
    error: Array
    found: Array
    reasons: dict[tuple[int, ...], str]

    def at(self, t: Any) -> Array:
        """The points at times t, (..., len(t), k), by barycentric interpolation."""
        return np.einsum(
            "tn,...nk->...tk", interpolation(self.times, np.atleast_1d(t)), self.points
        )


@lru_cache(maxsize=16)
def chebyshev(count: int) -> tuple[Array, Array, Array]:
    """Nodes on [0, 1], differentiation matrix and weights of Clenshaw and Curtis.

    Source: Trefethen, Spectral Methods in MATLAB, 2000, chapters 6 and 12.
    """
    n = count - 1
    angle = np.pi * np.arange(count) / n
    x = -np.cos(angle)
    signs = np.where(np.arange(count) % 2, -1.0, 1.0)
    signs[[0, -1]] *= 2
    gaps = x[:, None] - x[None, :] + np.eye(count)
    matrix = np.outer(signs, 1 / signs) / gaps
    matrix -= np.diag(matrix.sum(1))
    degrees = np.arange(0, count, 2)
    moments = 2 / (1 - degrees.astype(float) ** 2)
    table = np.cos(np.outer(degrees, angle))
    table[:, [0, -1]] /= 2
    moments[0] /= 2
    if n % 2 == 0:
        moments[-1] /= 2
    weights = (2 / n) * moments @ table
    return (x + 1) / 2, 2 * matrix, weights / 2


def interpolation(nodes: Array, places: Array) -> Array:
    """The matrix that takes values at Chebyshev nodes to values at other places."""
    weights = np.where(np.arange(len(nodes)) % 2, -1.0, 1.0)
    weights[[0, -1]] /= 2
    gaps = places[:, None] - nodes[None, :]
    hit = gaps == 0
    terms = weights / np.where(hit, 1.0, gaps)
    rows = terms / terms.sum(1, keepdims=True)
    return np.where(hit.any(1, keepdims=True), hit.astype(float), rows)
