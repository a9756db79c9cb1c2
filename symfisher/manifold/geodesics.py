"""Geodesics through two points, many at once, at as many nodes as each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from symfisher.manifold import boundary
from symfisher.manifold.curve import Curves, chebyshev
from symfisher.manifold.progress import in_parts
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

TOLERANCE = 1e-9  # of a length, relative to it, beyond which a curve does not count as found
_WANTED = 1e-11  # at which no more nodes are taken
_PART = 256  # pairs that are solved together
_NONE = np.empty((0, 0))
_SMALLEST = 1e-14  # absolute error of a length that float64 cannot better


def between(space: Space, start: Array, stop: Array, progress: bool | None = None) -> Curves:
    """Geodesics from ``start`` to ``stop``, both (m, k); see ``Manifold.geodesic``."""
    first, last = space.ends.to_line(start), space.ends.to_line(stop)
    m = len(start)
    found = _Found(np.full(m, np.nan), np.full(m, np.inf), np.zeros(m, bool), [_NONE] * m)

    def work(part: slice) -> None:
        _search(space, first, last, np.arange(part.start, part.stop), found)

    in_parts(work, m, _PART, "geodesics", progress)
    return _judged(space, found)


@dataclass(frozen=True)
class _Found:
    """Lengths with their errors, whether Newton's method converged, and the nodes of each curve."""

    length: Array
    error: Array
    solved: Array
    kept: list[Array]


def _search(space: Space, first: Array, last: Array, waiting: Array, found: _Found) -> None:
    """The geodesics of the waiting pairs at as many nodes as they need."""
    for count in boundary.NODES:
        y, solved = _at_nodes(space, first, last, waiting, found, count)
        lengths, errors = _measured(space, y, found.length[waiting])
        if space.alpha:  # the speed is not constant: the curve itself has to have settled
            before = [found.kept[place] for place in waiting]
            errors = _changes(y, before) * np.maximum(lengths, 1.0)
        found.length[waiting], found.error[waiting] = lengths, errors
        found.solved[waiting] = solved
        for place, curve in zip(waiting, y):
            found.kept[place] = curve
        waiting = waiting[~(solved & (errors <= np.maximum(_WANTED * lengths, _SMALLEST)))]
        if not len(waiting):
            break


def _at_nodes(
    space: Space,
    first: Array,
    last: Array,
    waiting: Array,
    before: _Found,
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


def _in_parameters(space: Space, y: Array, d: Array) -> tuple[Array, Array]:
    """Points and velocities in the family's own parameters."""
    return space.ends.from_line(y), (d @ y) * space.ends.slopes(y)


def _judged(space: Space, result: _Found) -> Curves:
    """The curves that count, and the reasons why the others do not."""
    sizes = [len(curve) for curve in result.kept]
    n = max((*sizes, boundary.NODES[0]))
    y = np.full((len(sizes), n, len(space.names)), np.nan)
    for size in set(sizes) - {0}:
        places = [place for place, other in enumerate(sizes) if other == size]
        y[places] = boundary.refined(np.array([result.kept[place] for place in places]), n)
    t, d, _ = chebyshev(n)
    x, v = _in_parameters(space, y, d)
    length, error = result.length, result.error
    resolved = error <= np.maximum(TOLERANCE * length, _SMALLEST)
    inside: Array = np.asarray(space.inside(x).all(-1))
    found: Array = result.solved & resolved & inside
    reasons: dict[tuple[int, ...], str] = {
        (int(place),): _reason(
            sizes[place], bool(result.solved[place]), bool(inside[place]), float(error[place])
        )
        for place in np.flatnonzero(~found)
    }
    return Curves(t, x, v, np.where(found, length, np.nan), error, found, reasons)


def _reason(nodes: int, solved: bool, inside: bool, error: float) -> str:
    if not nodes:
        return "stopped before this pair was reached"
    if not solved:
        return (
            "no geodesic was found: Newton's method did not converge, even when the end point was "
            "moved step by step; the curve may leave the manifold or meet a place where the metric "
            "is singular"
        )
    if not inside:
        return "the curve that was found leaves the parameter domain"
    return f"not resolved at {boundary.NODES[-1]} nodes: the length is uncertain by {error:.1e}"
