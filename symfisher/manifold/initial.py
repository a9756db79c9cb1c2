"""Geodesics from a point in a direction, and parallel transport along them, by an ODE solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from symfisher.manifold.jet import along, raised
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

_RELATIVE, _ABSOLUTE = 1e-11, 1e-13
_FAR = 300.0  # in coordinates without ends: e^300 is beyond any parameter of use
_MOST_STEPS = 20_000  # evaluations, after which a curve counts as one that leaves the manifold


@dataclass(frozen=True)
class Shot:
    """Curves at ``times`` (n,): points and velocities (m, n, k), carried vectors (m, c, n, k).

    ``found`` says whether each was carried to the last time; where not, its rest is nan and
    ``reasons`` says why.
    """

    times: Array
    points: Array
    velocities: Array
    carried: Array
    found: Array
    reasons: dict[tuple[int, ...], str]


def shoot(space: Space, start: Array, velocity: Array, carried: Array, times: Array) -> Shot:
    """Geodesics from ``start`` (m, k) with vectors ``carried`` (m, c, k) along them.

    All are integrated together; where that fails, each by itself.
    """
    m = len(start)
    first = space.ends.slopes(space.ends.to_line(start))
    state = np.concatenate(
        [
            space.ends.to_line(start)[:, None],
            (velocity / first)[:, None],
            carried / first[:, None],
        ],
        1,
    )  # m, 2 + c, k in coordinates without ends
    whole = _integrated(space, state, times)
    if whole is None:
        each = [_integrated(space, state[i : i + 1], times) for i in range(m)]
        known = [part for part in each if part is not None]
        whole = np.concatenate([p for p, _ in known]), np.concatenate([t for _, t in known])
    paths, stops = whole
    return _unpacked(space, paths, stops, times)


def _integrated(space: Space, state: Array, times: Array) -> tuple[Array, Array] | None:
    """(paths, last time reached); None where several curves did not all arrive."""
    m, rows, k = state.shape
    calls, reached = 0, 0.0

    def slope(t: float, flat: Array) -> Array:
        nonlocal calls, reached
        calls, reached = calls + 1, t
        if calls > _MOST_STEPS:
            raise _TooLong
        return _slopes(space, flat.reshape(m, rows, k)).ravel()

    def leaves(_: float, flat: Array) -> float:
        return float(_FAR - np.abs(flat.reshape(m, rows, k)[:, 0]).max())

    leaves.terminal = True  # type: ignore[attr-defined]
    try:
        with np.errstate(all="ignore"):
            found = solve_ivp(
                slope,
                (times[0], times[-1]),
                state.ravel(),
                method="DOP853",
                t_eval=times,
                rtol=_RELATIVE,
                atol=_ABSOLUTE,
                events=leaves,
            )
    except _TooLong:
        lost = np.full((m, rows, k, len(times)), np.nan)
        return (lost, np.array([reached])) if m == 1 else None
    if found.status != 0 and m > 1:
        return None
    paths = np.full((m, rows, k, len(times)), np.nan)
    paths[..., : found.y.shape[1]] = found.y.reshape(m, rows, k, -1)
    last = times[-1] if found.status == 0 else _last_time(found)
    return paths, np.full(m, last)


class _TooLong(Exception):
    """The right-hand side was evaluated too often."""


def _last_time(found: Any) -> float:
    events = [t[-1] for t in found.t_events if len(t)]
    return float(events[0] if events else (found.t[-1] if len(found.t) else 0.0))


def _slopes(space: Space, state: Array) -> Array:
    """The derivatives of places, velocities and carried vectors, in coordinates without ends."""
    y, v, carried = state[:, 0], state[:, 1], state[:, 2:]
    germ = space.line.germ(space.ends.from_line(y))
    both = np.concatenate([v[:, None], carried], 1)
    pull = np.swapaxes(along(germ.slopes, germ.cubic, v) @ np.swapaxes(both, 1, 2), 1, 2)
    return np.concatenate([v[:, None], -raised(germ.metric, pull)], 1)


def _unpacked(space: Space, paths: Array, stops: Array, times: Array) -> Shot:
    y, v, carried = paths[:, 0], paths[:, 1], paths[:, 2:]
    y, v, carried = (np.swapaxes(each, -1, -2) for each in (y, v, carried))
    first = space.ends.slopes(y)
    points = space.ends.from_line(y)
    with np.errstate(invalid="ignore"):
        found = np.isfinite(points[:, -1]).all(-1) & space.inside(points[:, -1])
    reasons: dict[tuple[int, ...], str] = {
        (int(place),): (
            f"the geodesic leaves the manifold, or the equation cannot be followed, at about "
            f"t = {stops[place]:.6g} of {times[-1]:g}"
        )
        for place in np.flatnonzero(~found)
    }
    points[~found, -1] = np.nan
    return Shot(times, points, first * v, first[:, None] * carried, found, reasons)
