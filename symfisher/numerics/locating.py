"""Where each of several variables lives: a first top, then all conditionals by wide scans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from symfisher.numerics import rule
from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.region import BoundRegion

Array = np.ndarray[Any, Any]

_DROP = 90.0  # nodes reach to where the density is exp(-_DROP) of its top
_WIDEST = 3_000  # integers of one variable
_START = np.sinh(np.linspace(-4.5, 4.5, 31))
_OFFSETS = 2.0 ** np.concatenate([np.arange(-9.0, 40.0), np.arange(40.0, 160.0, 2.0)])
_FURTHEST = 2.0**39  # that a line reaches, in scales at the top of the joint density


class Line(NamedTuple):
    """Centres and scales of one variable at each outer node, and the common range of t."""

    centre: Array
    scale: Array
    low: float
    high: float


class Start:
    """A point near the top of the joint density, and the conditional scales there."""

    def __init__(self, region: BoundRegion) -> None:
        self.region = region
        self.places = self._first()
        self.scales = [1.0] * len(self.places)
        self.top = -np.inf
        for _ in range(12):
            before = self.top
            for k in range(len(self.places)):
                self._improve(k)
            if not self.top > before + 0.1:
                break

    def _grid(self, k: int) -> Array:
        variable = self.region.variables[k]
        if variable.points is not None:
            return self.region.points(k)
        if variable.discrete:
            return np.floor(np.concatenate([np.arange(8.0), 8 * 1.6 ** np.arange(1.0, 14.0)]))
        return _START

    def _first(self) -> list[float]:
        """The highest point of a coarse grid."""
        grids = [self._grid(k) for k in range(len(self.region.variables))]
        if len(grids) > 2:
            grids = [g[:: 2 ** (len(grids) - 2)] for g in grids]
        columns = [c.reshape(-1, 1) for c in np.meshgrid(*grids, indexing="ij")]
        values = _finite(self.region.log_density(columns))
        best = int(np.argmax(values))
        return [float(c[best, 0]) for c in columns]

    def _improve(self, k: int) -> None:
        """Move variable ``k`` to the top of its conditional."""

        def along(w: Array) -> Array:
            columns = [np.full((1, 1), p) for p in self.places]
            columns[k] = w.reshape(1, -1)
            return _finite(np.broadcast_to(self.region.log_density(columns), (1, len(w))))[0]

        variable = self.region.variables[k]
        if variable.discrete:
            grid = self._grid(k) if variable.points is not None else self._integers(k)
            values = along(grid)
            self.places[k], self.top = float(grid[np.argmax(values)]), float(np.max(values))
            return
        grid = np.sinh(np.linspace(-8.0, 8.0, 81))
        window = rule.locate(along, np.unique(np.append(grid, self.places[k])))
        if window is not None:
            self.places[k], self.scales[k], self.top = window.centre, window.scale, window.top

    def _integers(self, k: int) -> Array:
        """Integers around the present one, near and far."""
        far = np.floor(1.3 ** np.arange(12.0, 40.0))
        steps = np.concatenate([np.arange(0.0, 24.0), far])
        return np.unique(np.concatenate([self.places[k] - steps, self.places[k] + steps]))


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, -np.inf)


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

    def profile(w: Array) -> Array:
        """The maximum over the later variables, at an array with one row for each outer node."""
        return above + _profile(region, start, k, outer, w)

    if variable.discrete:
        return _integers(region, k, outer, profile, start)
    centre, top = _top(profile, start.places[k], start.scales[k], rows)
    return _extent(profile, centre, top, start.scales[k], start.top)


def _integers(
    region: BoundRegion,
    k: int,
    outer: Nodes,
    profile: Callable[[Array], Array],
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
        tops = _finite(np.atleast_2d(profile(grid))).max(axis=0)
        inside = np.flatnonzero(tops > start.top - _DROP)
        if not inside.size:  # these outer nodes have no mass to speak of
            inside = np.array([int(np.argmax(tops))])
        lower = grid[0, max(inside[0] - 1, 0)]
        upper = min(grid[0, min(inside[-1] + 1, grid.size - 1)], lower + 20 * _WIDEST)
    return np.arange(lower, upper + 1.0).reshape(1, -1)


def _profile(region: BoundRegion, start: Start, k: int, outer: Nodes, w: Array) -> Array:
    """The largest log-density over a grid of the later variables, which is one further axis."""
    later = range(k + 1, len(region.variables))
    nodes, total = region.nodes(k, w, outer)
    if later:
        nodes = {key: None if a is None else np.asarray(a)[..., None] for key, a in nodes.items()}
        total = np.asarray(total)[..., None] if np.ndim(total) else total
    grids = [_later_grid(region, start, j, len(later)) for j in later]
    for j, places in zip(later, np.meshgrid(*grids, indexing="ij")):
        nodes, jacobian = region.nodes(j, places.ravel(), nodes)
        total = total + jacobian
    values = _finite(region.density.run(nodes)[0] + total)
    if later:  # one row of places serves all outer nodes
        size = int(np.prod([len(grid) for grid in grids]))
        shape = np.broadcast_shapes(np.shape(values), (*w.shape, size))
        values = np.broadcast_to(values, shape).max(axis=-1)
    return np.broadcast_to(values, np.broadcast_shapes(np.shape(values), w.shape))


def _later_grid(region: BoundRegion, start: Start, j: int, count: int) -> Array:
    """Places of a later variable that a profile is taken over."""
    variable = region.variables[j]
    if variable.discrete:
        return start._grid(j) if variable.points is not None else _near(start.places[j])
    grid = np.sinh(np.linspace(-5.0, 5.0, 25 if count == 1 else 11))
    return start.places[j] + start.scales[j] * grid


def _near(place: float) -> Array:
    """Integers around a place, far ones too: where another count is large its mode is elsewhere."""
    steps = np.array([0.0, 1, 2, 4, 9, 20, 45, 100, 220, 500])
    return np.unique(np.maximum(0.0, np.concatenate([place - steps, place + steps])))


def _top(
    profile: Callable[[Array], Array], place: float, scale: float, rows: int
) -> tuple[Array, Array]:
    """The top of each row's profile: a wide scan, then finer ones around the best point."""
    w = np.broadcast_to(place + scale * np.sinh(np.linspace(-7.0, 7.0, 43)), (rows, 43))
    each = np.arange(rows)
    for _ in range(6):
        values = _finite(np.broadcast_to(profile(w), w.shape))
        best = np.argmax(values, axis=1)
        left, right = np.maximum(best - 1, 0), np.minimum(best + 1, w.shape[1] - 1)
        centre, top = w[each, best], values[each, best]
        gap = top - np.minimum(values[each, left], values[each, right])
        if np.all((gap < 0.3) | ~np.isfinite(top)):
            break
        w = np.linspace(w[each, left], w[each, right], 15).T
    return centre.reshape(-1, 1), top.reshape(-1, 1)


def _extent(
    profile: Callable[[Array], Array], centre: Array, top: Array, scale: float, joint: float
) -> Line:
    """The scale of each row's peak and the range of t that all rows need."""
    offsets = scale * _OFFSETS
    sides = [top - _finite(profile(centre + s * offsets)) for s in (1.0, -1.0)]
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
