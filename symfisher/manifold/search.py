"""The search for geodesics: more and more nodes, other starts where the first one is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symfisher.manifold import boundary
from symfisher.manifold.conjugate import conjugate_times
from symfisher.manifold.curve import chebyshev
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

TOLERANCE = 1e-9  # of a length, relative to it, beyond which a curve does not count as found
_WANTED = 1e-11  # at which no more nodes are taken
_SMALLEST = 1e-14  # absolute error of a length that float64 cannot better
_BOWS = (-1.5, -0.5, 0.5, 1.5)  # heights of other starts, in lengths of the straight line
_BOWED = boundary.NODES[1:]  # nodes of the curves that come from them
_LAST_CHANCE = 24  # nodes; where nothing is found with more, nothing will be
_NONE = np.empty((0, 0))


@dataclass(frozen=True)
class Found:
    """What is known of each pair's geodesic.

    Attributes:
        length, error: of the curve, (m,).
        solved: whether Newton's method converged, (m,).
        turned: the time of a point conjugate to the start, nan where there is none, (m,).
        kept: the nodes of each curve, (n, k).
    """

    length: Array
    error: Array
    solved: Array
    turned: Array
    kept: list[Array]

    @classmethod
    def of(cls, m: int) -> Found:
        """Nothing, for m pairs."""
        unknown = np.full(m, np.nan)
        return cls(unknown, np.full(m, np.inf), np.zeros(m, bool), unknown.copy(), [_NONE] * m)

    @property
    def resolved(self) -> Array:
        """Whether each length is known to the tolerance."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.error <= np.maximum(TOLERANCE * self.length, _SMALLEST))

    @property
    def shortest(self) -> Array:
        """Whether each curve is a geodesic without a point conjugate to its start."""
        return np.asarray(self.solved & self.resolved & np.isnan(self.turned))

    def take(self, place: int, other: Found, source: int) -> None:
        """Put another search's curve in the place of this one's."""
        for name in ("length", "error", "solved", "turned", "kept"):
            getattr(self, name)[place] = getattr(other, name)[source]


def search(
    space: Space, first: Array, last: Array, waiting: Array, found: Found, thorough: bool
) -> None:
    """Geodesics of the waiting pairs; from other starts too where no shortest one is found."""
    _refine(space, first, last, waiting, found, boundary.NODES)
    if space.alpha or first.shape[1] == 1:
        return
    _mark(space, waiting, found)
    for place in waiting if thorough else waiting[~found.shortest[waiting]]:
        _from_other_starts(space, first[place], last[place], int(place), found)


def _from_other_starts(space: Space, start: Array, stop: Array, place: int, found: Found) -> None:
    """The shortest geodesic that starts from bowed curves lead to, where it is shorter."""
    tried = boundary.newton(space.line, space.ends, _bowed(start, stop, _BOWED[0]))
    curves = tried.places[tried.found]
    other = Found.of(len(curves))
    other.kept[:], other.solved[:] = list(curves), True
    first, last = (np.broadcast_to(each, (len(curves), len(start))) for each in (start, stop))
    _refine(space, first, last, np.arange(len(curves)), other, _BOWED)
    _mark(space, np.arange(len(curves)), other)
    candidates = np.flatnonzero(other.shortest)
    if not len(candidates):
        return
    best = int(candidates[other.length[candidates].argmin()])
    if not found.shortest[place] or other.length[best] < found.length[place] * (1 - TOLERANCE):
        found.take(place, other, best)


def _bowed(start: Array, stop: Array, count: int) -> Array:
    """Curves to either side of the straight line, in all directions across it."""
    step = stop - start
    across = np.linalg.svd(step[None])[2][1:]
    t, _, _ = chebyshev(count)
    bows = [height * np.linalg.norm(step) * each for each in across for height in _BOWS]
    line = start + t[:, None] * step
    return np.array([line + np.sin(np.pi * t)[:, None] * bow for bow in bows])


def _mark(space: Space, places: Array, found: Found) -> None:
    """Look for conjugate points along the curves that are resolved."""
    good = places[(found.solved & found.resolved)[places]]
    sizes = np.array([len(found.kept[place]) for place in good])
    for size in np.unique(sizes):
        same = good[sizes == size]
        y = np.array([found.kept[place] for place in same])
        found.turned[same] = conjugate_times(space.line, space.ends, y)


def _refine(
    space: Space,
    first: Array,
    last: Array,
    waiting: Array,
    found: Found,
    nodes: Sequence[int],
) -> None:
    """The geodesics of the waiting pairs at as many nodes as they need."""
    for count in nodes if len(waiting) else ():
        y, solved = _at_nodes(space, first, last, waiting, found, count)
        lengths, errors = _measured(space, y, found.length[waiting])
        if space.alpha:  # the speed is not constant: the curve itself has to have settled
            before = [found.kept[place] for place in waiting]
            errors = _changes(y, before) * np.maximum(lengths, 1.0)
        found.length[waiting], found.error[waiting] = lengths, errors
        found.solved[waiting] = solved
        for place, curve in zip(waiting, y):
            found.kept[place] = curve
        if count > _LAST_CHANCE:
            waiting, lengths = waiting[solved], lengths[solved]
            errors, solved = errors[solved], solved[solved]
        waiting = waiting[~(solved & (errors <= np.maximum(_WANTED * lengths, _SMALLEST)))]
        if not len(waiting):
            break


def _at_nodes(
    space: Space,
    first: Array,
    last: Array,
    waiting: Array,
    before: Found,
    count: int,
) -> tuple[Array, Array]:
    """The waiting curves at so many nodes: from fewer nodes, or where there is none from a line."""
    y = np.empty((len(waiting), count, first.shape[1]))
    found = np.zeros(len(waiting), bool)
    known = before.solved[waiting]
    if known.any():
        guess = boundary.refined(np.array([before.kept[place] for place in waiting[known]]), count)
        again = boundary.newton(space.line, space.ends, guess)
        y[known], found[known] = again.places, again.found
    if not known.all():
        fresh = waiting[~known]
        anew = boundary.solve(space.line, space.ends, first[fresh], last[fresh], count)
        y[~known], found[~known] = anew.places, anew.found
    return y, found


def _measured(space: Space, y: Array, before: Array) -> tuple[Array, Array]:
    """Lengths with estimates of their errors: the speed of a metric geodesic is constant."""
    m, n, k = y.shape
    _, d, weights = chebyshev(n)
    v = d @ (y - y[:, :1])
    g = space.line.metric(space.ends.from_line(y).reshape(-1, k)).reshape(m, n, k, k)
    with np.errstate(invalid="ignore"):
        speed = np.sqrt(((g @ v[..., None])[..., 0] * v).sum(-1))
    length = speed @ weights
    change = np.where(np.isfinite(before), np.abs(length - before), np.inf)
    return length, np.fmin(np.abs(speed - length[:, None]).max(1), change)


def _changes(y: Array, before: list[Array]) -> Array:
    """The largest change of each curve since it was found at fewer nodes."""
    return np.array(
        [
            np.abs(boundary.refined(old[None], y.shape[1])[0] - new).max() if old.size else np.inf
            for old, new in zip(before, y)
        ]
    )
