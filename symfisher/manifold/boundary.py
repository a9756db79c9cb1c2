"""Geodesics between two points by collocation at Chebyshev nodes and Newton's method.

The equation is solved for all pairs at once in coordinates without ends.  Pairs for which Newton's
method does not converge from the straight line are reached by moving the end point step by step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from symfisher.manifold.coordinates import Ends
from symfisher.manifold.curve import chebyshev, interpolation
from symfisher.manifold.jet import Jet, along, raised

Array = np.ndarray[Any, Any]

NODES = (12, 24, 48, 96, 192)
_ROUNDS = 40
_STAGE_ROUNDS = 10  # beyond which a stage is better made shorter
_LARGEST = 2.0  # step of Newton's method in a coordinate
_CONVERGED = 1e-7  # a step after which the next one, its square, is rounding
_STAGES = 60  # of moving an end point
_MOVED_NODES = 24  # beyond which a curve comes from fewer nodes or not at all
_CHUNK = 2_000_000  # entries of the linear systems that are held at once


@dataclass
class Solution:
    """Nodes y (m, n, k) of each pair with their velocities, and whether they are a solution."""

    places: Array
    found: Array


def residual(jet: Jet, ends: Ends, y: Array, v: Array, a: Array) -> tuple[Array, ...]:
    """g_km (a^m + Gamma^m_ij v^i v^j), g times the bracket's derivatives by place and velocity, g.

    Newton's method is that of the bracket; the factor spares the inverse of the metric.
    """
    germ = jet.germ(ends.from_line(y), 2)
    assert germ.bends is not None
    carried = along(germ.slopes, germ.cubic, v)
    turning = _times(carried, v)
    pull = raised(germ.metric, turning[:, None])[:, 0]
    bent = along(germ.bends, germ.cubic_slopes, v[:, None])
    by_place = _times(bent, v[:, None]) - _times(germ.slopes, pull[:, None])
    value = _times(germ.metric, a) + turning
    return value, np.swapaxes(by_place, -1, -2), 2 * carried, germ.metric


def _times(matrix: Array, vector: Array) -> Array:
    return (matrix @ vector[..., None])[..., 0]


def newton(jet: Jet, ends: Ends, y: Array, rounds: int = _ROUNDS) -> Solution:
    """Newton's method on the inner nodes, the end points kept."""
    y, found = y.copy(), np.zeros(len(y), bool)
    working = np.arange(len(y))
    last = np.full(len(y), np.inf)
    for _ in range(rounds):
        step = _step(jet, ends, y[working])
        size = np.abs(step).max((1, 2))
        factor = np.minimum(1.0, _LARGEST / np.maximum(size, 1e-300))
        y[working, 1:-1] -= factor[:, None, None] * np.where(np.isfinite(step), step, 0.0)
        scale = 1 + np.abs(y[working]).max((1, 2))
        settled = size <= _CONVERGED * scale
        # Rounding in the differentiation matrix: steps that no longer shrink are as good as zero.
        settled |= (size <= 1e-8 * scale) & (size >= 0.3 * last[working])
        last[working] = size
        found[working[settled]] = True
        working = working[~settled & np.isfinite(size)]
        if not len(working):
            break
    return Solution(y, found)


def linearised(jet: Jet, ends: Ends, y: Array) -> tuple[Array, Array]:
    """The equation at the inner nodes, (m, n - 2, k), and its derivatives by all nodes of a curve,
    (m, n - 2, k, n, k)."""
    m, n, k = y.shape
    _, d, _ = chebyshev(n)
    first, second = d[1:-1], (d @ d)[1:-1]
    moved = y - y[:, :1]  # next to which rounding is small where a curve is short
    rows = [each.reshape(-1, k) for each in (y[:, 1:-1], first @ moved, second @ moved)]
    found = residual(jet, ends, *rows)
    value, place, velocity, metric = (e.reshape(m, n - 2, *e.shape[1:]) for e in found)
    system = metric[:, :, :, None] * second[:, None, :, None]
    system += velocity[:, :, :, None] * first[:, None, :, None]
    inner = np.arange(n - 2)
    system[:, inner, :, inner + 1] += np.swapaxes(place, 0, 1)
    return value, system


def parts(m: int, n: int, k: int) -> Iterator[slice]:
    """Consecutive slices of m curves whose linear systems are held at once."""
    size = max(1, _CHUNK // (n * k) ** 2)
    return (slice(start, start + size) for start in range(0, m, size))


def _step(jet: Jet, ends: Ends, y: Array) -> Array:
    """Newton's step at the inner nodes, (m, n - 2, k); nan where there is none."""
    m, n, k = y.shape
    step = np.full((m, n - 2, k), np.nan)
    for part in parts(m, n, k):
        value, system = linearised(jet, ends, y[part])
        inner = system[:, :, :, 1:-1].reshape(len(value), (n - 2) * k, (n - 2) * k)
        step[part] = solved(inner, value.reshape(len(value), -1, 1)).reshape(value.shape)
    return step


def solved(system: Array, right: Array) -> Array:
    """The solutions of those linear systems that are finite, nan for the others."""
    good = np.isfinite(system).all((1, 2)) & np.isfinite(right).all((1, 2))
    if good.all():
        return _linear(system, right)
    step = np.full_like(right, np.nan)
    if good.any():
        step[good] = _linear(system[good], right[good])
    return step


def _linear(system: Array, right: Array) -> Array:
    try:
        return np.linalg.solve(system, right)
    except np.linalg.LinAlgError:  # one of them is singular: conjugate points
        solutions = np.full_like(right, np.nan)
        for place, (a, b) in enumerate(zip(system, right)):
            if np.linalg.cond(a) < 1e15:
                solutions[place] = np.linalg.solve(a, b)
        return solutions


def solve(jet: Jet, ends: Ends, start: Array, stop: Array, count: int) -> Solution:
    """Geodesics from ``start`` to ``stop``, coordinates (m, k), at ``count`` nodes."""
    t, _, _ = chebyshev(count)
    line = start[:, None] + t[:, None] * (stop - start)[:, None]
    direct = newton(jet, ends, line)
    for place in np.flatnonzero(~direct.found) if count <= _MOVED_NODES else ():
        curve = _moved(jet, ends, start[place], stop[place], t)
        if curve is not None:
            direct.places[place], direct.found[place] = curve, True
    return direct


def _moved(jet: Jet, ends: Ends, start: Array, stop: Array, t: Array) -> Array | None:
    """The geodesic reached by moving the end point from the start along the straight line."""
    reached, step = 0.0, 0.25
    curve = np.repeat(start[None], len(t), 0)
    for _ in range(_STAGES):
        goal = min(1.0, reached + step)
        end = start + goal * (stop - start)
        trial = curve + t[:, None] * (end - curve[-1])
        attempt = newton(jet, ends, trial[None], _STAGE_ROUNDS)
        if attempt.found[0]:
            curve, reached, step = attempt.places[0], goal, step * 1.5
            if reached == 1.0:
                return curve
        else:
            step /= 3
            if step < 1e-3:
                return None
    return None


def refined(y: Array, count: int) -> Array:
    """The same curves at more nodes."""
    old, _, _ = chebyshev(y.shape[1])
    new, _, _ = chebyshev(count)
    return np.einsum("pq,mqk->mpk", interpolation(old, new), y)
