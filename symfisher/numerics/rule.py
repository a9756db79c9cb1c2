"""The double-exponential rule on the real line: where to put nodes, and what the error is.

The bulk of the density is located by a scan, then w = c + s sinh(t) (or c + s sinh(pi/2 sinh t)
for a tail that is algebraic in w) makes the integrand decay double-exponentially, and the
trapezoidal rule in t converges as fast as rounding allows (Takahasi & Mori, 1974).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from symfisher.numerics.coordinates import BEYOND

Array = np.ndarray[Any, Any]

DROP = 250.0  # nodes reach to where the density in w is exp(-DROP) of its top
_NEGLIGIBLE = 700.0
ROUNDING = 4e-16
TOLERANCE = 1e-14
_LEVELS = 6
_STEP = 0.125
_DOUBLE = 14.0  # a longer range in t than this asks for the doubled map


@dataclass(frozen=True)
class Window:
    """Where a density lives on the line: its top, the width of its peak and its reach."""

    centre: float
    scale: float
    low: float
    high: float
    top: float


def locate(density: Callable[[Array], Array], grid: Array) -> Window | None:
    """The window of a log-density on the line, found by scanning; None where it is nowhere finite.

    One highest peak is resolved; the reach covers every grid point that is not negligible.
    """
    w, values = grid, _finite(density(grid))
    if not np.any(np.isfinite(values)):
        return None
    for _ in range(14):
        i = int(np.argmax(values))
        left, right = max(i - 1, 0), min(i + 1, len(w) - 1)
        if min(values[left], values[right]) > values[i] - 0.5:
            break
        fine = np.linspace(w[left], w[right], 35)[1:-1]
        w, values = _insert(w, values, fine, _finite(density(fine)))
    w, values = _extend(density, w, values)
    return _window(w, values)


def _finite(values: Array) -> Array:
    return np.where(np.isnan(values), -np.inf, values)


def _insert(w: Array, values: Array, more: Array, found: Array) -> tuple[Array, Array]:
    together, both = np.concatenate([w, more]), np.concatenate([values, found])
    order = np.argsort(together, kind="stable")
    return together[order], both[order]


def _extend(density: Callable[[Array], Array], w: Array, values: Array) -> tuple[Array, Array]:
    """Further points beyond the grid where the density is not negligible at its end."""
    top = np.max(values)
    for direction, end in ((-1.0, 0), (1.0, -1)):
        if values[end] > top - DROP and abs(w[end]) < BEYOND[0]:
            more = direction * BEYOND
            w, values = _insert(w, values, more, _finite(density(more)))
    return w, values


def _window(w: Array, values: Array) -> Window:
    i = int(np.argmax(values))
    top = values[i]
    inside = np.flatnonzero(values > top - DROP)
    low = w[max(inside[0] - 1, 0)]
    high = w[min(inside[-1] + 1, len(w) - 1)]
    below = np.flatnonzero(values < top - 1.0)
    left = w[i] - w[below[below < i][-1]] if np.any(below < i) else w[i] - low
    right = w[below[below > i][0]] - w[i] if np.any(below > i) else high - w[i]
    widths = [width for width in (left, right) if width > 0]
    return Window(float(w[i]), float(min(widths)) if widths else 1.0, float(low), float(high), top)


@dataclass
class Sums:
    """Integrals of all integrands at one step, the previous two, and their sizes."""

    values: Array
    previous: Array
    before: Array
    sizes: Array
    tails: Array

    def errors(self) -> Array:
        """Estimated errors: the difference of two steps is the error of the coarser one.

        How fast the error falls from step to step is measured, not assumed; twice the number of
        correct digits is the best that is believed.
        """
        size = np.maximum(self.sizes, np.finfo(float).tiny)
        last = np.maximum(np.abs(self.values - self.previous) / size, 1e-17)
        first = np.maximum(np.abs(self.previous - self.before) / size, 1e-17)
        rate = np.clip(np.log(last) / np.minimum(np.log(first), -0.1), 1.0, 2.0)
        estimate = np.where(last < 0.1, 10.0 * last**rate, last)
        estimate = np.minimum(estimate, last)
        return size * (estimate + 10.0 * ROUNDING) + self.tails


def integrate(contributions: Callable[[Array], Array], window: Window) -> Sums:
    """Integrals over the line of functions of w, given as rows of ``contributions(w)``."""
    to_line, low, high = _map(window)
    step = _STEP
    first = int(np.floor(low / step)) // 4 * 4
    index = np.arange(first, int(np.ceil(high / step)) + 1)
    w, slope = to_line(index * step)
    rows = contributions(w)
    tails = _tails(rows, w)
    rows = rows * slope
    total, sizes = step * rows.sum(axis=1), step * np.abs(rows).sum(axis=1)
    half, quarter = 2 * step * rows[:, ::2].sum(axis=1), 4 * step * rows[:, ::4].sum(axis=1)
    sums = Sums(total, half, quarter, sizes, tails)
    for _ in range(_LEVELS):
        if not np.any(sums.errors() > TOLERANCE * sums.sizes + tails):
            break
        w, slope = to_line((index + 0.5) * step)
        rows = contributions(w) * slope
        refined = 0.5 * (sums.values + step * rows.sum(axis=1))
        sizes = 0.5 * (sums.sizes + step * np.abs(rows).sum(axis=1))
        sums = Sums(refined, sums.values, sums.previous, sizes, tails)
        step /= 2
        index = np.arange(2 * index[0], 2 * index[-1] + 2)
    return sums


def _map(window: Window) -> tuple[Callable[[Array], tuple[Array, Array]], float, float]:
    """The map t -> (w, dw/dt) and the range of t."""
    centre, scale = window.centre, 1.5 * window.scale
    low = float(np.arcsinh((window.low - centre) / scale))
    high = float(np.arcsinh((window.high - centre) / scale))
    if high - low < _DOUBLE or max(-low, high) < 0.8 * _DOUBLE:
        return lambda t: (centre + scale * np.sinh(t), scale * np.cosh(t)), low, high
    quarter = np.pi / 2

    def doubled(t: Array) -> tuple[Array, Array]:
        inner = quarter * np.sinh(t)
        return centre + scale * np.sinh(inner), scale * np.cosh(inner) * quarter * np.cosh(t)

    return doubled, float(np.arcsinh(low / quarter)), float(np.arcsinh(high / quarter))


def _tails(rows: Array, w: Array) -> Array:
    """What lies beyond the outermost nodes, from the slope of the logarithm there.

    Infinite where the integrand does not decay: then the integral does not converge.
    """
    tails = np.zeros(len(rows))
    gap = min(6, len(w) - 1)
    for end, inner in ((0, gap), (-1, -1 - gap)):
        last, before = np.abs(rows[:, end]), np.abs(rows[:, inner])
        rate = (np.log(before) - np.log(last)) / abs(w[end] - w[inner])
        tail = np.where(rate * abs(w[end] - w[inner]) > 1e-4, last / rate, np.inf)
        tails = tails + np.where(last > 0, tail, 0.0)
    return tails


def masked(densities: Array, top: float) -> Array:
    """Which nodes count: elsewhere the density is too small to matter whatever it multiplies."""
    return densities > top - _NEGLIGIBLE
