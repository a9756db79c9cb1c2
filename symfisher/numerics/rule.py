"""The double-exponential rule on the real line: where to put nodes, and what the error is.

The bulk of the density is located by a scan, then w = c + s sinh(t) (or c + s sinh(pi/2 sinh t)
for a tail that is algebraic in w) makes the integrand decay double-exponentially, and the
trapezoidal rule in t converges as fast as rounding allows (Takahasi & Mori, 1974).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from symfisher.numerics.coordinates import BEYOND

Array = np.ndarray[Any, Any]

DROP = 250.0  # nodes reach to where the density in w is exp(-DROP) of its top
_NEGLIGIBLE = 700.0
ROUNDING = 4e-16
TOLERANCE = 1e-14
_LEVELS = 6
_STEP = 0.125
_OFFSET = 0.2137  # in steps: no node falls on a special point such as the centre itself
_QUARTER = np.pi / 2
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
    """Places where the density overflows or is undefined are left out."""
    return np.where(np.isfinite(values), values, -np.inf)


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
    inside = np.flatnonzero(values >= top - DROP)
    low = w[max(inside[0] - 1, 0)]
    high = w[min(inside[-1] + 1, len(w) - 1)]
    below = np.flatnonzero(values < top - 1.0)
    left = w[i] - w[below[below < i][-1]] if np.any(below < i) else w[i] - low
    right = w[below[below > i][0]] - w[i] if np.any(below > i) else high - w[i]
    widths = [width for width in (left, right) if width > 0]
    return Window(float(w[i]), float(min(widths)) if widths else 1.0, float(low), float(high), top)


@dataclass(frozen=True)
class Totals:
    """Integrals with absolute error estimates, and the integrals of the absolute values."""

    values: Array
    errors: Array
    sizes: Array


def total(parts: Sequence[Totals]) -> Totals:
    """The sum over the parts of a support."""
    return Totals(
        *(np.sum([getattr(p, f) for p in parts], axis=0) for f in ("values", "errors", "sizes"))
    )


def empty(count: int) -> Totals:
    return Totals(np.zeros(count), np.zeros(count), np.zeros(count))


class Cut(NamedTuple):
    """The nodes between which a row is believed."""

    row: int
    first: int
    last: int
    noisy: bool


@dataclass
class Sums:
    """Integrals of all integrands at one step, the previous two, and their sizes."""

    values: Array
    previous: Array
    before: Array
    sizes: Array
    tails: Array

    def totals(self) -> Totals:
        """The values with their errors, rounding and cut tails included."""
        errors = self.discretisation() + 10.0 * ROUNDING * self.sizes + self.tails
        return Totals(self.values, errors, self.sizes)

    def discretisation(self) -> Array:
        """Estimated errors of the step: the difference of two steps is that of the coarser one.

        How fast the error falls from step to step is measured, on each row and on the worst one,
        and not assumed; twice the number of correct digits is the best that is believed.
        """
        size = np.maximum(self.sizes, np.finfo(float).tiny)
        last = np.maximum(np.abs(self.values - self.previous) / size, 1e-17)
        first = np.maximum(np.abs(self.previous - self.before) / size, 1e-17)
        rate = np.maximum(_rate(last, first), _rate(np.max(last), np.max(first)))
        estimate = np.where(last < 0.1, 10.0 * last**rate, last)
        return np.where(last <= 2e-15, 0.0, size * np.minimum(estimate, last))


def _rate(last: Array, first: Array) -> Array:
    """How many times more digits a step has than the one before: between 1 and 2."""
    return np.clip(np.log(last) / np.minimum(np.log(first), -0.1), 1.0, 2.0)


def integrate(contributions: Callable[[Array], Array], window: Window) -> Sums:
    """Integrals over the line of functions of w, given as rows of ``contributions(w)``."""
    low, high, doubled = reach(window)
    step = _STEP
    outward = 0 if doubled else 1  # a step further would be far too far there
    index = np.arange(int(low / step) - outward, int(high / step) + outward + 1)
    t = (index + _OFFSET) * step
    w, slope = _map(window, doubled, t)
    rows = contributions(w)
    cuts, tails = trim(rows, w)
    rows *= slope
    total, sizes = step * rows.sum(axis=1), step * np.abs(rows).sum(axis=1)
    half, quarter = 2 * step * rows[:, ::2].sum(axis=1), 4 * step * rows[:, ::4].sum(axis=1)
    sums = Sums(total, half, quarter, sizes, tails)
    limits = [(cut.row, w[cut.first], w[cut.last]) for cut in cuts]
    first, last = w[0], w[-1]
    for _ in range(_LEVELS):
        if not np.any(sums.discretisation() > TOLERANCE * sums.sizes):
            break
        t = t + step / 2
        w, slope = _map(window, doubled, t)
        rows = contributions(w)
        _cut(rows, w, limits)
        rows[~np.isfinite(rows) & ((w < first) | (w > last))] = 0.0  # an overflow half a step on
        rows *= slope
        refined = 0.5 * (sums.values + step * rows.sum(axis=1))
        sizes = 0.5 * (sums.sizes + step * np.abs(rows).sum(axis=1))
        sums = Sums(refined, sums.values, sums.previous, sizes, tails)
        step /= 2
        t = np.arange(2 * len(t)) * step + (t[0] - step)
    return sums


def reach(window: Window) -> tuple[float, float, bool]:
    """The range of t that covers the window, and whether the map is doubled."""
    scale = 1.5 * window.scale
    low = float(np.arcsinh((window.low - window.centre) / scale))
    high = float(np.arcsinh((window.high - window.centre) / scale))
    if high - low < _DOUBLE or max(-low, high) < 0.8 * _DOUBLE:
        return low, high, False
    return float(np.arcsinh(low / _QUARTER)), float(np.arcsinh(high / _QUARTER)), True


def _map(window: Window, doubled: bool, t: Array) -> tuple[Array, Array]:
    """w and dw/dt at t."""
    scale = 1.5 * window.scale
    if not doubled:
        return window.centre + scale * np.sinh(t), scale * np.cosh(t)
    inner, slope = _QUARTER * np.sinh(t), _QUARTER * np.cosh(t)
    return window.centre + scale * np.sinh(inner), scale * np.cosh(inner) * slope


def trim(rows: Array, w: Array, closed: bool = False) -> tuple[list[Cut], Array]:
    """Cut rows where they cannot be believed any more; return the cuts and what is beyond.

    The first row is the density, which shows where the bulk is. What lies beyond the outermost
    nodes of a row is estimated from the slope of its logarithm there. It is infinite where the
    row does not decay: then the integral does not converge. Nothing lies beyond the uncut ends
    of ``closed`` rows.
    """
    sizes = np.abs(rows)
    tops = sizes.max(axis=1)
    places = np.flatnonzero(sizes[0])  # a density that overflows or underflows is zero beyond
    low, high = (places[0], places[-1]) if len(places) else (0, len(w) - 1)
    bulk = int(np.argmax(sizes[0]))
    beyond = sizes[:, low] * abs(w[low] - w[bulk]) + sizes[:, high] * abs(w[high] - w[bulk])
    suspect = ~np.isfinite(tops) | (beyond > 1e-19 * tops)
    cuts = []
    for i in np.flatnonzero(suspect):
        last, first = _sound(sizes[i, bulk : high + 1]), _sound(sizes[i, low : bulk + 1][::-1])
        cuts.append(Cut(int(i), bulk - first[0], bulk + last[0], first[1] or last[1]))
    limits = [(cut.row, w[cut.first], w[cut.last]) for cut in cuts]
    _cut(rows, w, limits)
    tails = np.zeros(len(rows))
    with np.errstate(all="ignore"):
        for cut in cuts:
            for end, outermost in ((cut.first, 0), (cut.last, len(w) - 1)):
                if end != outermost or not closed:
                    tails[cut.row] += _tail(rows[cut.row], w, end, cut.noisy)
    return cuts, np.where(np.isnan(tails), np.inf, tails)


def _sound(sizes: Array) -> tuple[int, bool]:
    """How far from the bulk, which comes first, a row can be believed; and if noise ends it.

    It ends before a value that is not finite, and where a row that had become negligible grows
    again: there rounding errors have taken over.
    """
    broken = np.flatnonzero(~np.isfinite(sizes))
    last = int(broken[0]) - 1 if len(broken) else len(sizes) - 1
    if last < 9:
        return max(last, 0), False
    sound = sizes[: last + 1]
    smooth = np.maximum(sound[:-1], sound[1:])  # a change of sign is no end
    lowest = int(np.argmin(smooth))
    peak = np.max(sound[: lowest + 1])
    if smooth[lowest] < 1e-5 * peak and sound[last] > 100.0 * smooth[lowest]:
        return lowest, True
    return last, False


def _cut(rows: Array, w: Array, limits: list[tuple[int, float, float]]) -> None:
    for i, low, high in limits:
        rows[i, (w < low) | (w > high)] = 0.0


def _tail(row: Array, w: Array, end: int, noisy: bool) -> float:
    """The integral beyond node ``end``, as of an exponential or a power through two nodes.

    Infinite for one that does not decay, or not faster than 1/w.
    """
    gap = min(6, len(w) - 1)
    inner = min(end + gap, len(w) - 1) if end < len(w) / 2 else max(end - gap, 0)
    last, before, step = abs(row[end]), abs(row[inner]), abs(w[end] - w[inner])
    beyond, top = last * step, np.max(np.abs(row))
    if beyond <= 1e-19 * top:
        return 0.0
    if noisy or (beyond <= 1e-9 * top and before < 2.0 * last):  # a floor of rounding errors
        return 10.0 * beyond
    decay = np.log(before / last)
    if w[end] * w[inner] > 0 and abs(w[end]) > 2.0 * abs(w[inner]):
        power = decay / np.log(w[end] / w[inner])
        return last * abs(w[end]) / (power - 1.0) if power > 1.001 else np.inf
    return last * step / decay if decay > 1e-3 else np.inf


def masked(densities: Array, top: float) -> Array:
    """Which nodes count: elsewhere the density is too small to matter whatever it multiplies."""
    return densities > top - _NEGLIGIBLE
