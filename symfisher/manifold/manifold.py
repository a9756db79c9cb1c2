"""The statistical manifold of a family: distances, maps, transport, means."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from symfisher.codegen import kernel
from symfisher.errors import DerivationError, InputError
from symfisher.formula import Status
from symfisher.geometry.distance import fisher_rao_distance
from symfisher.manifold import initial
from symfisher.manifold.curve import Curves
from symfisher.manifold.geodesics import between
from symfisher.manifold.progress import bar, is_shown, stopped
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

_MEAN_STEPS = 100


class Manifold(Space):
    """A family's parameter space with its Fisher metric and an alpha-connection, in numbers.

    Everything works on arrays of points (..., k); pairs are broadcast against each other.  What
    was not found is nan, and ``geodesic`` and ``shoot`` say why.  Work that takes longer than a
    second is shown on a terminal, where Ctrl-C ends it with a warning and keeps what is done;
    ``progress=True`` or ``False`` shows it anywhere or nowhere.  See ``Space`` for the arguments.
    """

    def geodesic(
        self, start: Any, stop: Any, *, thorough: bool = False, progress: bool | None = None
    ) -> Curves:
        """The geodesics of the connection from ``start`` to ``stop``, parametrised over [0, 1].

        Where several geodesics join two points this is the one reached from the straight line in
        coordinates without ends.  One of the metric that passes a point conjugate to its start is
        not the shortest: curves bowed to all sides are tried, and where these lead to no other the
        pair counts as not found.  ``thorough`` tries them for every pair and takes the shortest;
        where sectional curvatures are negative there is no other.

        Raises:
            InputError: a point is outside the domain.
        """
        p, q = self.together(self.points(start), self.points(stop))
        k = len(self.names)
        curves = between(self, p.reshape(-1, k), q.reshape(-1, k), thorough, progress)
        return _shaped(curves, p.shape[:-1])

    def distance(
        self, start: Any, stop: Any, *, closed_form: bool = True, progress: bool | None = None
    ) -> Array:
        """Fisher-Rao distances, (...), to 1e-9 of their value; nan where no geodesic was found.

        By the closed form where the family has one, unless that is not wanted; otherwise the
        lengths of geodesics, of which ``geodesic`` gives the errors and the reasons.

        Raises:
            InputError: a point is outside the domain, or the connection is not Levi-Civita's.
        """
        self._metric_only("distance")
        if closed_form and self._closed_distance is not None:
            p, q = self.together(self.points(start), self.points(stop))
            ends = (*np.moveaxis(p, -1, 0), *np.moveaxis(q, -1, 0))
            with np.errstate(all="ignore"):
                found = np.asarray(self._closed_distance(*ends, *self.constants.values()))
            return np.where(np.isfinite(found), found, np.nan)  # beyond the range of floats
        return self.geodesic(start, stop, progress=progress).length

    @cached_property
    def _closed_distance(self) -> Callable[..., Array] | None:
        """The kernel of the distance's closed form."""
        formula = fisher_rao_distance(self.family)
        if formula.status is not Status.CLOSED:
            return None
        return kernel(formula, backend="numpy").function

    def log(self, start: Any, stop: Any, *, progress: bool | None = None) -> Array:
        """Initial velocities of the geodesics that reach ``stop`` at t = 1; nan where not found.

        Raises:
            InputError: a point is outside the domain.
        """
        curves = self.geodesic(start, stop, progress=progress)
        return np.where(curves.found[..., None], curves.velocities[..., 0, :], np.nan)

    def exp(self, start: Any, velocity: Any) -> Array:
        """The points that geodesics with these initial velocities reach at t = 1.

        nan where a geodesic leaves the manifold before; ``shoot`` gives the reasons.

        Raises:
            InputError: a point is outside the domain.
        """
        return self.shoot(start, velocity, [1.0]).points[..., -1, :]

    def shoot(self, start: Any, velocity: Any, times: Any, carried: Any = None) -> initial.Shot:
        """Geodesics from ``start`` at ``times`` > 0, with vectors parallel along them.

        ``carried`` is (..., c, k).  Points and velocities are (..., n, k), carried vectors
        (..., c, n, k).

        Raises:
            InputError: a point is outside the domain, or the times do not ascend from 0.
        """
        x, v = self.together(self.points(start), self.vectors(velocity))
        shape, k = x.shape[:-1], len(self.names)
        t = np.concatenate([[0.0], np.atleast_1d(np.asarray(times, float))])
        if t.ndim != 1 or not np.all(np.diff(t) > 0):
            raise InputError(f"times have to ascend from 0; {times!r} does not")
        along = np.zeros((*shape, 0, k)) if carried is None else np.asarray(carried, float)
        count, m = along.shape[-2], int(np.prod(shape))
        along = np.broadcast_to(along, (*shape, count, k)).reshape(m, count, k)
        shot = initial.shoot(self, x.reshape(m, k), v.reshape(m, k), along, t)
        return initial.Shot(
            shot.times[1:],
            shot.points[:, 1:].reshape(*shape, len(t) - 1, k),
            shot.velocities[:, 1:].reshape(*shape, len(t) - 1, k),
            shot.carried[:, :, 1:].reshape(*shape, count, len(t) - 1, k),
            shot.found.reshape(shape),
            _placed(shot.reasons, shape),
        )

    def transport(self, vector: Any, start: Any, stop: Any) -> Array:
        """The vectors at ``stop`` parallel to ``vector`` at ``start`` along the geodesic.

        nan where no geodesic was found.

        Raises:
            InputError: a point is outside the domain.
        """
        p, q, u = self.together(self.points(start), self.points(stop), self.vectors(vector))
        velocity = self.log(p, q)
        known: Array = np.asarray(np.isfinite(velocity).all(-1))
        safe = np.where(known[..., None], velocity, 0.0)
        shot = self.shoot(p, safe, [1.0], u[..., None, :])
        return np.where((known & shot.found)[..., None], shot.carried[..., 0, -1, :], np.nan)

    def mean(
        self,
        points: Any,
        weights: Any = None,
        *,
        tolerance: float = 1e-10,
        progress: bool | None = None,
    ) -> Array:
        """The Frechet mean of points (m, k): the k numbers with the least mean squared distance.

        By Riemannian gradient descent (Pennec 2006, section 4); unique where curvature is not
        positive.

        Raises:
            InputError: a point is outside the domain, or weights are not positive.
            DerivationError: it does not converge, or a geodesic is not found.
        """
        self._metric_only("mean")
        x = self.points(points)
        w = np.ones(len(x)) if weights is None else np.asarray(weights, float)
        if x.ndim != 2 or not len(x) or w.shape != x.shape[:1] or not (w > 0).all():
            raise InputError("mean: give points (m, k) and m positive weights")
        w = w / w.sum()
        centre = self.ends.from_line((w[:, None] * self.ends.to_line(x)).sum(0))
        state = "no step towards the mean is done"
        with bar("Frechet mean", _MEAN_STEPS, progress) as show:
            try:
                for count in range(1, _MEAN_STEPS + 1):
                    centre, size, spread = self._towards_mean(centre, x, w)
                    if size <= tolerance * (1 + spread):
                        return centre
                    state = f"the mean is that after {count} steps, the last one {size:.1e} long"
                    show(count)
            except KeyboardInterrupt:
                if not is_shown(progress):
                    raise
                stopped(state)
                return centre
        raise DerivationError(f"mean: not converged after {_MEAN_STEPS} steps")

    def _towards_mean(self, centre: Array, x: Array, w: Array) -> tuple[Array, float, float]:
        """The next centre, the length of the step to it and the largest component to a point."""
        vectors = self.log(centre, x, progress=False)
        if not np.isfinite(vectors).all():
            raise DerivationError("mean: a geodesic to one of the points was not found")
        step = w @ vectors
        moved = self.exp(centre, step)
        if not np.isfinite(moved).all():
            raise DerivationError("mean: a step leaves the manifold")
        return moved, float(self.norm(moved, step)), float(np.abs(vectors).max())

    def _metric_only(self, what: str) -> None:
        if self.alpha != 0:
            raise InputError(
                f"{what} belongs to the metric; this manifold has alpha = {self.alpha:g}: make one "
                "with alpha=0"
            )


def _shaped(curves: Curves, shape: tuple[int, ...]) -> Curves:
    n, k = curves.points.shape[1:]
    return Curves(
        curves.times,
        curves.points.reshape(*shape, n, k),
        curves.velocities.reshape(*shape, n, k),
        curves.length.reshape(shape),
        curves.error.reshape(shape),
        curves.found.reshape(shape),
        _placed(curves.reasons, shape),
    )


def _placed(
    reasons: dict[tuple[int, ...], str], shape: tuple[int, ...]
) -> dict[tuple[int, ...], str]:
    return {
        tuple(int(i) for i in np.unravel_index(place[0], shape)) if shape else (): reason
        for place, reason in reasons.items()
    }
