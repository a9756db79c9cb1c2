"""Geodesics between two points by collocation at Chebyshev nodes and Newton's method.

The equation is solved for all pairs at once in coordinates without ends.  Pairs for which Newton's
method does not converge from the straight line are reached by moving the end point step by step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from symfisher.manifold.coordinates import Ends
from symfisher.manifold.curve import chebyshev, interpolation
from symfisher.manifold.jet import Jet

Array = np.ndarray[Any, Any]

NODES = (12, 24, 48, 96, 192)
_ROUNDS = 40
_LARGEST = 2.0  # step of Newton's method in a coordinate
_CONVERGED = 1e-11
_STAGES = 60  # of moving an end point
_MOVED_NODES = 48  # beyond which a curve comes from fewer nodes or not at all
_CHUNK = 2_000_000  # entries of the linear systems that are held at once


@dataclass
class Solution:
    """Nodes y (m, n, k) of each pair with their velocities, and whether they are a solution."""

    places: Array
    found: Array


def residual(jet: Jet, ends: Ends, y: Array, d: Array) -> tuple[Array, Array, Array]:
    """The geodesic equation at the nodes, and its derivatives by y and by the velocity.

    With x = x(y) it is y'' + (x''/x') y'^2 + Gamma^k_ij x'_i y'_i x'_j y'_j / x'_k.
    """
    m, n, k = y.shape
    v = np.einsum("pq,mqk->mpk", d, y)
    first, ratio, bend = ends.slopes(y)
    w = first * v
    flat = jet.connection(ends.from_line(y).reshape(-1, k))
    gamma, slopes = flat.symbols.reshape(m, n, k, k, k), flat.slopes.reshape(m, n, k, k, k, k)
    once = np.einsum("mnkij,mnj->mnki", gamma, w)
    pull = np.einsum("mnki,mni->mnk", once, w) / first
    value = np.einsum("pq,mqk->mpk", d, v) + ratio * v**2 + pull
    over = first[..., None, :] / first[..., :, None]
    diagonal = np.eye(k)
    by_velocity = 2 * once * over + 2 * diagonal * (ratio * v)[..., None]
    bent = np.einsum("mnlkij,mni,mnj->mnkl", slopes, w, w) * over
    by_place = bent + 2 * once * (ratio * w)[..., None, :] / first[..., :, None]
    by_place = by_place + diagonal * (bend * v**2 - ratio * pull)[..., None]
    return value, by_place, by_velocity


def newton(jet: Jet, ends: Ends, y: Array) -> Solution:
    """Newton's method on the inner nodes, the end points kept."""
    m, n, _ = y.shape
    _, d, _ = chebyshev(n)
    second = (d @ d)[1:-1, 1:-1]
    y, found = y.copy(), np.zeros(m, bool)
    working = np.arange(m)
    last = np.full(m, np.inf)
    for _ in range(_ROUNDS):
        value, by_place, by_velocity = residual(jet, ends, y[working], d)
        step = _solved(value[:, 1:-1], by_place[:, 1:-1], by_velocity[:, 1:-1], d, second)
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


def _solved(value: Array, by_place: Array, by_velocity: Array, d: Array, second: Array) -> Array:
    m, n, k = value.shape
    inner = d[1:-1, 1:-1]
    step = np.full((m, n, k), np.nan)
    chunk = max(1, _CHUNK // (n * k) ** 2)
    for start in range(0, m, chunk):
        part = slice(start, start + chunk)
        matrix = _matrix(by_place[part], by_velocity[part], inner)
        matrix += np.einsum("pq,ab->paqb", second, np.eye(k))[None]
        system = matrix.reshape(-1, n * k, n * k)
        good = np.isfinite(system).all((1, 2)) & np.isfinite(value[part]).all((1, 2))
        if good.any():
            right = value[part][good].reshape(-1, n * k, 1)
            solution = _linear(system[good], right)
            step[part][good] = solution.reshape(-1, n, k)
    return step


def _matrix(by_place: Array, by_velocity: Array, inner: Array) -> Array:
    matrix = np.einsum("mpab,pq->mpaqb", by_velocity, inner)
    nodes = np.arange(inner.shape[0])
    matrix[:, nodes, :, nodes, :] += np.moveaxis(by_place, 1, 0)
    return matrix


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
        attempt = newton(jet, ends, trial[None])
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
