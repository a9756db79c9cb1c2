"""Where each of several variables lives: all conditionals, by wide scans."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.profile import Start, finite, profile
from symfisher.numerics.region import BoundRegion
from symfisher.numerics.summation import Fade

Array = np.ndarray[Any, Any]

_DROP = 90.0  # nodes reach to where the density is exp(-_DROP) of its top
_WIDEST = 3_000  # integers of one variable
LONG = 60  # integers of a sum that is worth an integral
_OFFSETS = 2.0 ** np.concatenate([np.arange(-9.0, 40.0), np.arange(40.0, 160.0, 2.0)])
_FURTHEST = 2.0**39  # that a line reaches, in scales at the top of the joint density


class Line(NamedTuple):
    """Centres and scales of one variable at each outer node, and the common range of t.

    A long sum has a line in the logarithm of the distance from its lower end, and a ``fade``: its
    first terms come before the line.
    """

    centre: Array
    scale: Array
    low: float
    high: float
    fade: Fade | None = None


def locate(
    region: BoundRegion,
    start: Start,
    k: int,
    outer: Nodes,
    rows: int,
    weight: Array | None = None,
) -> Line | Array:
    """Where variable ``k`` lives at each outer node: a line, or the integers that matter."""
    variable = region.variables[k]
    if variable.points is not None:
        return region.points(k).reshape(1, -1)
    above = 0.0 if weight is None else weight

    def along(w: Array, fade: Fade | None = None) -> Array:
        """The maximum over the later variables, at an array with one row for each outer node."""
        return above + profile(region, start, k, outer, w, fade)

    if variable.discrete:
        integers = _integers(region, k, outer, along, start)
        if not region.smooth[k] or integers.size <= LONG + region.fade.terms:
            return integers
        return _long_sum(partial(along, fade=region.fade), start, rows)._replace(fade=region.fade)
    centre, top = _top(along, start.places[k], start.scales[k], rows)
    return _extent(along, centre, top, start.scales[k], start.top)


def _long_sum(along: Callable[[Array], Array], start: Start, rows: int) -> Line:
    """The line of what follows the first terms."""
    centre, top = _top(along, 4.0, 1.0, rows)
    return _extent(along, centre, top, 1.0, start.top)


def _integers(
    region: BoundRegion,
    k: int,
    outer: Nodes,
    along: Callable[[Array], Array],
    start: Start,
) -> Array:
    """The integers of the support, as far as the mass is not negligible at every outer node."""
    lower, upper = region.integers(k, outer)
    if upper - lower > _WIDEST:
        steps = np.unique(np.floor(1.15 ** np.arange(0.0, 120.0)))
        grid = np.concatenate(
            [start.places[k] - steps[::-1], [start.places[k]], start.places[k] + steps]
        )
        grid = np.unique(np.clip(grid, lower, upper)).reshape(1, -1)
        tops = finite(np.atleast_2d(along(grid))).max(axis=0)
        inside = np.flatnonzero(tops > start.top - _DROP)
        if not inside.size:  # these outer nodes have no mass to speak of
            inside = np.array([int(np.argmax(tops))])
        lower = grid[0, max(inside[0] - 1, 0)]
        upper = min(grid[0, min(inside[-1] + 1, grid.size - 1)], lower + 20 * _WIDEST)
    return np.arange(lower, upper + 1.0).reshape(1, -1)


def _top(
    along: Callable[[Array], Array], place: float, scale: float, rows: int
) -> tuple[Array, Array]:
    """The top of each row's profile: a wide scan, then finer ones around the best point."""
    w = np.broadcast_to(place + scale * np.sinh(np.linspace(-7.0, 7.0, 43)), (rows, 43))
    each = np.arange(rows)
    for _ in range(6):
        values = finite(np.broadcast_to(along(w), w.shape))
        best = np.argmax(values, axis=1)
        left, right = np.maximum(best - 1, 0), np.minimum(best + 1, w.shape[1] - 1)
        centre, top = w[each, best], values[each, best]
        gap = top - np.minimum(values[each, left], values[each, right])
        if np.all((gap < 0.3) | ~np.isfinite(top)):
            break
        w = np.linspace(w[each, left], w[each, right], 15).T
    return centre.reshape(-1, 1), top.reshape(-1, 1)


def _extent(
    along: Callable[[Array], Array],
    centre: Array,
    top: Array,
    scale: float,
    joint: float,
) -> Line:
    """The scale of each row's peak and the range of t that all rows need."""
    offsets = scale * _OFFSETS
    sides = [top - finite(along(centre + s * offsets)) for s in (1.0, -1.0)]
    widths = [_first_beyond(drops, offsets, 1.0) for drops in sides]
    scales = 1.5 * np.minimum(*widths).reshape(-1, 1)
    furthest = np.maximum(scale * _FURTHEST, scales * 2.0**20)
    counts_ = (top > joint - _DROP).ravel()
    ranges = []
    for drops in sides:
        mass = drops - np.log(offsets / scale)  # that is left beyond a heavy tail's offset
        needed = np.maximum(_last_within(mass, offsets, _DROP / 2).reshape(-1, 1), furthest)
        reach = np.minimum(_last_within(drops, offsets, _DROP).reshape(-1, 1), needed)
        t = np.arcsinh(reach / scales).ravel()
        ranges.append(float(np.max(t[counts_], initial=1.0)))
    return Line(centre, scales, -min(ranges[1], 60.0), min(ranges[0], 60.0))


def _first_beyond(drops: Array, offsets: Array, level: float) -> Array:
    """The offset at which a row has dropped by ``level``, interpolated as a parabola's."""
    beyond = drops > level
    index = np.where(beyond.any(axis=1), np.argmax(beyond, axis=1), len(offsets) - 1)
    drop = np.maximum(drops[np.arange(len(drops)), index], level)
    return np.maximum(offsets[index] * np.sqrt(level / np.minimum(drop, 4.0)), offsets[0])


def _last_within(drops: Array, offsets: Array, level: float) -> Array:
    within = drops < level
    last = within.shape[1] - 1 - np.argmax(within[:, ::-1], axis=1)
    last = np.where(within.any(axis=1), last, 0)
    return offsets[np.minimum(last + 1, len(offsets) - 1)]
