"""Geodesics through two points, many at once, at as many nodes as each of them needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from symfisher.manifold import boundary
from symfisher.manifold.curve import Curves, chebyshev
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

TOLERANCE = 1e-9  # of a length, relative to it, beyond which a curve does not count as found
_WANTED = 1e-11  # at which no more nodes are taken
_SMALLEST = 1e-14  # absolute error of a length that float64 cannot better


def between(space: Space, start: Array, stop: Array) -> Curves:
    """Geodesics from ``start`` to ``stop``, both (m, k); see ``Manifold.geodesic``."""
    first, last = space.ends.to_line(start), space.ends.to_line(stop)
    m = len(start)
    length, error, solved = np.full(m, np.nan), np.full(m, np.inf), np.zeros(m, bool)
    kept: list[Array] = [np.empty((0, 0))] * m
    waiting = np.arange(m)
    for count in boundary.NODES:
        y, found = _at_nodes(space, first, last, waiting, kept, solved, count)
        lengths, errors = _measured(space, y, length[waiting])
        if space.alpha:  # the speed is not constant: the curve itself has to have settled
            errors = _changes(y, [kept[place] for place in waiting]) * np.maximum(lengths, 1.0)
        length[waiting], error[waiting], solved[waiting] = lengths, errors, found
        for place, curve in zip(waiting, y):
            kept[place] = curve
        waiting = waiting[~(found & (errors <= np.maximum(_WANTED * lengths, _SMALLEST)))]
        if not len(waiting):
            break
    return _judged(space, kept, length, error, solved)


def _at_nodes(
    space: Space,
    first: Array,
    last: Array,
    waiting: Array,
    kept: list[Array],
    solved: Array,
    count: int,
) -> tuple[Array, Array]:
    """The waiting curves at so many nodes: from fewer nodes, or where there is none from a line."""
    y = np.empty((len(waiting), count, first.shape[1]))
    found = np.zeros(len(waiting), bool)
    known = solved[waiting]
    if known.any():
        guess = boundary.refined(np.array([kept[place] for place in waiting[known]]), count)
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


def _judged(space: Space, kept: list[Array], length: Array, error: Array, solved: Array) -> Curves:
    """The curves that count, and the reasons why the others do not."""
    n = max((len(curve) for curve in kept), default=boundary.NODES[0])
    y = np.empty((len(kept), n, len(space.names)))
    for size in {len(curve) for curve in kept}:
        places = [place for place, curve in enumerate(kept) if len(curve) == size]
        y[places] = boundary.refined(np.array([kept[place] for place in places]), n)
    t, d, _ = chebyshev(n)
    x, v = _in_parameters(space, y, d)
    resolved = error <= np.maximum(TOLERANCE * length, _SMALLEST)
    inside: Array = np.asarray(space.inside(x).all(-1))
    found: Array = solved & resolved & inside
    reasons: dict[tuple[int, ...], str] = {
        (int(place),): _reason(bool(solved[place]), bool(inside[place]), float(error[place]))
        for place in np.flatnonzero(~found)
    }
    return Curves(t, x, v, np.where(found, length, np.nan), error, found, reasons)


def _reason(solved: bool, inside: bool, error: float) -> str:
    if not solved:
        return (
            "no geodesic was found: Newton's method did not converge, even when the end point was "
            "moved step by step; the curve may leave the manifold or meet a place where the metric "
            "is singular"
        )
    if not inside:
        return "the curve that was found leaves the parameter domain"
    return f"not resolved at {boundary.NODES[-1]} nodes: the length is uncertain by {error:.1e}"
