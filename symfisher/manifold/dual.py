"""Natural and mean coordinates of a full exponential family in numbers, and mirror descent."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr, ImmutableDenseMatrix, diff

from symfisher.codegen import kernel
from symfisher.declaration import Family
from symfisher.errors import DerivationError, InputError
from symfisher.formula import Formula
from symfisher.geometry.dual import dual_coordinates
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

_ROUNDS = 60


class DualSpace:
    """The maps between a family's parameters and its natural and mean coordinates.

    Raises:
        DoesNotExistError: the family is no full exponential family.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self._program = _program(space.family)

    def natural(self, points: Any) -> Array:
        """eta at points (..., k)."""
        return self._parts(points)[0]

    def mean(self, points: Any) -> Array:
        """E[T] at points (..., k)."""
        return self._parts(points)[1]

    def jacobians(self, points: Any) -> tuple[Array, Array]:
        """d eta_a/d theta_i and d m_a/d theta_i, at [..., a, i]."""
        return self._parts(points)[2:]

    def from_natural(self, natural: Any, start: Any) -> Array:
        """The points with these natural coordinates, by Newton's method from ``start``.

        Raises:
            DerivationError: it does not converge; the coordinates may belong to no member.
        """
        return self._inverted(natural, start, 0)

    def from_mean(self, mean: Any, start: Any) -> Array:
        """The points with these mean coordinates; as ``from_natural``."""
        return self._inverted(mean, start, 1)

    def centre(self, points: Any, weights: Any = None, *, kind: str = "mixture") -> Array:
        """The barycentre of points (m, k) under the KL divergence, (k,).

        ``kind`` "mixture" averages the mean coordinates, which minimises the weighted sum of
        KL(p_i || q) over q; "exponential" averages the natural ones, for KL(q || p_i) (Nielsen and
        Nock 2009, theorem 3.1).

        Raises:
            InputError: weights are not positive, or another kind.
            DerivationError: the averages belong to no member of the family.
        """
        x = self.space.points(points)
        w = np.ones(len(x)) if weights is None else np.asarray(weights, float)
        if x.ndim != 2 or w.shape != x.shape[:1] or not (w > 0).all():
            raise InputError("centre: give points (m, k) and m positive weights")
        if kind not in ("mixture", "exponential"):
            raise InputError(f"centre: kind is {kind!r}; give 'mixture' or 'exponential'")
        which = 1 if kind == "mixture" else 0
        average = (w / w.sum()) @ self._parts(x)[which]
        start = self.space.ends.from_line((w / w.sum()) @ self.space.ends.to_line(x))
        return self._inverted(average, start, which)

    def mirror_step(self, point: Any, gradient: Any, rate: float) -> Array:
        """One step of mirror descent with the log-partition's dual as its mirror map.

        m' = m - rate * dL/d eta, of which the gradient by the parameters is given: the natural
        gradient step in the mean coordinates (Raskutti and Mukherjee 2015, theorem 1).

        Raises:
            DerivationError: m' is the mean of no member of the family.
        """
        x = self.space.points(point)
        eta_slopes, _ = self.jacobians(x)
        by_natural = np.linalg.solve(np.swapaxes(eta_slopes, -1, -2), _column(gradient))[..., 0]
        return self.from_mean(self.mean(x) - rate * by_natural, x)

    def _parts(self, points: Any) -> tuple[Array, Array, Array, Array]:
        x = self.space.points(points)
        k = x.shape[-1]
        flat = x.reshape(-1, k)
        values = np.asarray(self._program(*flat.T, *self.space.constants.values()))
        values = values.reshape(*x.shape[:-1], 2 * k + 2 * k * k)
        eta, mean = values[..., :k], values[..., k : 2 * k]
        slopes = values[..., 2 * k :].reshape(*x.shape[:-1], 2, k, k)
        return eta, mean, slopes[..., 0, :, :], slopes[..., 1, :, :]

    def _inverted(self, wanted: Any, start: Any, which: int) -> Array:
        """Newton's method in coordinates without ends, steps halved until the gap shrinks."""
        goal, ends = np.asarray(wanted, float), self.space.ends
        y = ends.to_line(np.broadcast_to(self.space.points(start), goal.shape))
        for _ in range(_ROUNDS):
            x = ends.from_line(y)
            gap = goal - self._parts(x)[which]
            slopes = self.jacobians(x)[which] * ends.slopes(y)[..., None, :]
            step = np.linalg.solve(slopes, gap[..., None])[..., 0]
            if not np.isfinite(step).all():
                break
            if (np.abs(step) <= 1e-13 * (1 + np.abs(y))).all():
                return ends.from_line(y + step)
            y = y + step / np.maximum(1.0, np.abs(step).max(-1, keepdims=True))
            if not self.space.inside(ends.from_line(y)).all():
                break
        raise DerivationError(
            f"family '{self.space.family.name}': no member was found with the "
            f"{('natural', 'mean')[which]} coordinates {np.array2string(goal, precision=6)}"
        )


def _column(vector: Any) -> Array:
    return np.asarray(vector, float)[..., None]


@lru_cache(maxsize=32)
def _program(family: Family) -> Any:
    """eta, m and their derivatives in one kernel."""
    found = dual_coordinates(family)
    both = [*found.natural, *found.mean]
    slopes: list[Expr] = [diff(value, p) for value in both for p in family.parameters]
    column = ImmutableDenseMatrix([*both, *slopes])
    return kernel(Formula("dual", "Dual coordinates", "m", column, family)).function
