"""Expectations over integers: terms summed where the mass is, a heavy tail as an integral.

The sum beyond N is the integral from N - 1/2 and the first corrections of the midpoint form of
Euler and Maclaurin's formula, f'/24 - 7 f'''/5760 (see Abramowitz & Stegun, 23.1.30).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sympy import Symbol

from symfisher.numerics import rule
from symfisher.numerics.coordinates import Coordinate, Nodes

Array = np.ndarray[Any, Any]
Rows = Callable[[Nodes, Any, float], Array]  # integrands times the mass at nodes; see ``single``

DROP = 120.0
_DIRECT = 6_000  # terms of a heavy tail that are summed before the integral takes over
_LONGEST = 300_000  # terms that are summed where no tail can be split off
_NEAR = np.arange(0.0, 130.0)
_FAR = np.floor(np.geomspace(130.0, 1e18, 160))


def expect_listed(rows: Rows, variable: Symbol, points: Array) -> rule.Totals:
    """Sums over listed points."""
    found = rows({(variable, "value"): points}, 0.0, 0.0)
    return _direct(found)


def expect_counts(
    rows: Rows,
    log_mass: Callable[[Nodes], Array],
    variable: Symbol,
    lower: float,
    upper: float,
) -> rule.Totals:
    """Sums over the integers from lower to upper, either of which may be infinite."""

    def at(y: Array) -> Array:
        values = log_mass({(variable, "value"): y})
        return np.where(np.isfinite(values), values, -np.inf)

    low, high, top = window(at, lower, upper)
    bulk = split(at, low, high, lower, upper, _DIRECT)
    y = np.arange(bulk.low, bulk.high + 1.0)
    parts = [_direct(rows({(variable, "value"): y}, 0.0, top))]
    parts += [_tail(rows, at, variable, end, direction, top) for end, direction in bulk.tails]
    return rule.total(parts)


class Bulk(NamedTuple):
    """The integers that are summed one by one, and the tails (last integer, direction) left."""

    low: float
    high: float
    tails: list[tuple[float, int]]


def split(
    at: Callable[[Array], Array], low: float, high: float, lower: float, upper: float, terms: int
) -> Bulk:
    """Split what is not negligible into a bulk around the mode and tails that are smooth there."""
    tails: list[tuple[float, int]] = []
    if high - low > terms:
        wide = np.unique(np.round(np.linspace(max(low, -1e6), min(high, 1e6), 4001)))
        mode = float(wide[np.argmax(at(wide))])
        reach = np.ceil(max(terms / 2, 0.5 * abs(mode)))
        if low < mode - reach and not np.isfinite(lower):
            low = mode - reach
            tails.append((low, -1))
        if mode + reach < high and not np.isfinite(upper):
            high = mode + reach
            tails.append((high, 1))
    return Bulk(low, min(high, low + _LONGEST), tails)


def window(at: Callable[[Array], Array], lower: float, upper: float) -> tuple[float, float, float]:
    """First and last integer whose mass is not negligible, and the largest log-mass."""
    y = _grid(lower, upper)
    values = at(y)
    for _ in range(60):
        i = int(np.argmax(values))
        left, right = max(i - 1, 0), min(i + 1, len(y) - 1)
        if y[right] - y[left] <= right - left:
            break
        fine = np.unique(np.round(np.linspace(y[left], y[right], 41)))
        fine = fine[~np.isin(fine, y)]
        if not len(fine):
            break
        order = np.argsort(np.concatenate([y, fine]))
        y, values = np.concatenate([y, fine])[order], np.concatenate([values, at(fine)])[order]
    top = float(np.max(values))
    inside = np.flatnonzero(values >= top - DROP)
    return float(y[max(inside[0] - 1, 0)]), float(y[min(inside[-1] + 1, len(y) - 1)]), top


def _grid(lower: float, upper: float) -> Array:
    steps = np.concatenate([_NEAR, _FAR])
    if np.isfinite(lower) and np.isfinite(upper):
        if upper - lower < 2000:
            return np.arange(lower, upper + 1.0)
        return np.unique(np.clip(np.concatenate([lower + steps, upper - steps]), lower, upper))
    if np.isfinite(lower):
        return lower + steps
    if np.isfinite(upper):
        return (upper - steps)[::-1]
    return np.concatenate([-steps[:0:-1], steps])


def _direct(rows: Array) -> rule.Totals:
    """Sums of the rows; one that overflows where the mass is negligible is cut there."""
    beyond = np.zeros(len(rows))
    if not np.all(np.isfinite(rows)):
        beyond = rule.trim(rows, np.arange(float(rows.shape[1])), closed=True)[1]
    sizes = np.abs(rows).sum(axis=1)
    return rule.Totals(rows.sum(axis=1), 10.0 * rule.ROUNDING * sizes + beyond, sizes)


def _tail(
    rows: Rows,
    at: Callable[[Array], Array],
    variable: Symbol,
    end: float,
    direction: int,
    top: float,
) -> rule.Totals:
    """The sum over the integers beyond ``end``."""
    start = end + 0.5 * direction
    coordinate = (
        Coordinate(variable, start, None) if direction > 0 else Coordinate(variable, None, start)
    )

    def log_density(w: Array) -> Array:
        nodes, jacobian = coordinate.nodes(w)
        return at(nodes[variable, "value"]) + jacobian

    found = rule.locate(log_density, coordinate.grid)
    if found is None:
        return rule.empty(len(rows({(variable, "value"): np.array([start])}, 0.0, top)))
    highest = found.top

    def contributions(w: Array) -> Array:
        nodes, jacobian = coordinate.nodes(w)
        return rows(nodes, jacobian, highest)

    integral = rule.integrate(contributions, found).totals()
    correction = direction * _corrections(rows, variable, start, top)
    return rule.Totals(integral.values + correction, integral.errors, integral.sizes)


def _corrections(rows: Rows, variable: Symbol, start: float, top: float) -> Array:
    """f'/24 - 7 f'''/5760 at ``start``, by central differences."""
    step = 0.02 * max(abs(start), 50.0)
    f = rows({(variable, "value"): start + step * np.arange(-3.0, 4.0)}, 0.0, top)
    first = (45 * (f[:, 4] - f[:, 2]) - 9 * (f[:, 5] - f[:, 1]) + f[:, 6] - f[:, 0]) / (60 * step)
    third = (f[:, 5] - f[:, 1] - 2 * (f[:, 4] - f[:, 2])) / (2 * step**3)
    return first / 24 - 7 * third / 5760
