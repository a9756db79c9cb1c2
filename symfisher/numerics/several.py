"""Integrals and sums over several variables: a product rule that follows the conditionals.

The outermost variable is located by its profile (the maximum over the others); each later one is
located again at every node of those before it, all nodes at once, so that correlated variables
and supports that depend on one another need nothing special.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple, Protocol

import numpy as np

from symfisher.numerics import rule
from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.region import BoundRegion
from symfisher.numerics.single import weighted

Array = np.ndarray[Any, Any]

MOST = 4  # variables
_DROP = 90.0  # nodes reach to where the density is exp(-_DROP) of its top
_STEPS = (0.25, 0.125, 0.0625)
_BLOCK = 40_000  # nodes that are evaluated at once
_WIDEST = 3_000  # integers of one variable
_START = np.sinh(np.linspace(-4.5, 4.5, 31))
_OFFSETS = 2.0 ** np.arange(-9.0, 40.0)


class Line(NamedTuple):
    """Centres and scales of one variable at each outer node, and the common range of t."""

    centre: Array
    scale: Array
    low: float
    high: float


class Rows(Protocol):
    """One kind of numbers in which all rows of a region are evaluated."""

    region: BoundRegion

    def line(self, centre: Array, scale: Array, t: Array) -> tuple[Any, Any]:
        """centre + scale sinh(t) and its derivative."""

    def numbers(self, values: Array) -> Any:
        """Floats as these numbers."""

    def at(self, nodes: Nodes, weight: Any) -> Any:
        """Density and integrands times density at nodes whose log-weights are given."""


class FloatRows:
    """Rows in float64; they count where the density is not negligible beside ``top``."""

    def __init__(self, region: BoundRegion, top: float) -> None:
        self.region, self.top = region, top

    def line(self, centre: Array, scale: Array, t: Array) -> tuple[Array, Array]:
        return centre + scale * np.sinh(t), scale * np.cosh(t)

    def numbers(self, values: Array) -> Array:
        return values

    def at(self, nodes: Nodes, weight: Any) -> Array:
        return weighted(self.region.integrands.run(nodes), weight, self.top)


def integrate_several(region: BoundRegion) -> rule.Totals:
    """The density and each integrand times the density, over all variables."""
    if len(region.variables) > MOST:
        return rule.Totals(*(np.full(region.count, v) for v in (np.nan, np.inf, np.nan)))
    start = Start(region)
    if not np.isfinite(start.top):
        return rule.empty(region.count)
    sums = None
    for step in _STEPS:
        sums = _evaluate(region, start, step)
        if not np.any(sums.discretisation() > 10 * rule.TOLERANCE * sums.sizes):
            break
    assert sums is not None
    return sums.totals()


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


def _evaluate(region: BoundRegion, start: Start, step: float) -> rule.Sums:
    """All rows at one step and, on every second and fourth node, at two coarser ones."""
    levels, layer = inner_levels(region, FloatRows(region, start.top), start, step)
    places, slope = _floats(layer)
    _, tails = rule.trim(levels[0], places, closed=not layer.is_line)
    sums = [_collect(levels[i] * slope, step, i, layer.is_line) for i in range(3)]
    sizes = _collect(levels[3] * np.abs(slope), step, 0, layer.is_line)
    return rule.Sums(sums[0], sums[1], sums[2], sizes, tails)


def total_levels(
    region: BoundRegion, rows: Rows, start: Start, step: float
) -> tuple[list[Any], Any]:
    """All rows at three steps, the finest first, and the sizes at the finest."""
    levels, layer = inner_levels(region, rows, start, step)
    _, slope = _exact(rows, layer)
    sums = [_collect(levels[i] * slope[0], step, i, layer.is_line) for i in range(3)]
    return sums, _collect(levels[3] * abs(slope[0]), step, 0, layer.is_line)


def inner_levels(region: BoundRegion, rows: Rows, start: Start, step: float) -> tuple[Array, Layer]:
    """Rows over all but the outermost variable, at its nodes: at three steps, and in size."""
    layer = _layer(_locate(region, start, 0, {}, 1), step)
    count = layer.t.shape[-1]
    size = _block_size(region, step, count)
    blocks = [
        _inner(region, rows, start, step, layer._replace(t=layer.t[..., i : i + size]))
        for i in range(0, count, size)
    ]
    return np.concatenate(blocks, axis=2), layer


def node_count(region: BoundRegion, start: Start, step: float) -> float:
    """About how many nodes there are: those of the outermost variable times those at its top."""
    total = 1.0
    places: Nodes = {}
    for k in range(len(region.variables)):
        layer = _layer(_locate(region, start, k, places, 1), step)
        total *= layer.t.shape[1]
        places, _ = region.nodes(k, np.full((1, 1), start.places[k]), places)
    return total


class Layer(NamedTuple):
    """The nodes of one variable: parameters t of lines with a common range, or integers."""

    centre: Array
    scale: Array
    t: Array
    is_line: bool


def _layer(line: Line | Array, step: float) -> Layer:
    if not isinstance(line, Line):
        return Layer(np.zeros((1, 1)), np.ones((1, 1)), line, False)
    index = np.arange(np.floor(line.low / step) // 4 * 4, np.ceil(line.high / step) + 1)
    return Layer(line.centre, line.scale, ((index + 0.21875) * step).reshape(1, -1), True)


def _floats(layer: Layer) -> tuple[Array, Array]:
    """Places and slopes of the outermost layer."""
    if not layer.is_line:
        return layer.t[0], np.ones(layer.t.shape[1])
    w = layer.centre + layer.scale * np.sinh(layer.t)
    return w[0], (layer.scale * np.cosh(layer.t))[0]


def _exact(rows: Rows, layer: Layer) -> tuple[Any, Any]:
    """Line coordinates, one row for each outer node, and their slopes."""
    if not layer.is_line:
        return rows.numbers(layer.t), rows.numbers(np.ones(layer.t.shape))
    return rows.line(layer.centre, layer.scale, layer.t)


def _collect(rows: Array, step: float, level: int, is_line: bool) -> Array:
    """The sum over the last axis, on every 2**level-th node of a line."""
    if not is_line:
        return rows.sum(axis=-1)
    stride = 2**level
    return stride * step * rows[..., ::stride].sum(axis=-1)


def _block_size(region: BoundRegion, step: float, count: int) -> int:
    inner = 1.0
    for variable in region.variables[1:]:
        inner *= 20.0 / step if not variable.discrete else 30.0
    return max(1, min(count, int(_BLOCK / inner)))


def _inner(region: BoundRegion, rows: Rows, start: Start, step: float, first: Layer) -> Array:
    """Rows over all but the outermost variable, whose nodes are given: at three steps, in size."""
    count = first.t.shape[1]
    nodes, weight = rows.region.nodes(0, _exact(rows, first)[0].reshape(-1, 1), {})
    places, rough = region.nodes(0, _floats(first)[0].reshape(-1, 1), {})
    weight = weight + 0 * rows.numbers(np.zeros((count, 1)))
    shape, kinds = [count], []
    for k in range(1, len(region.variables)):
        height = int(np.prod(shape))
        layer = _layer(_locate(region, start, k, places, height, rough), step)
        exact, slope = _exact(rows, layer)
        width = layer.t.shape[1]
        nodes, jacobian = rows.region.nodes(k, exact, nodes)
        weight = weight + jacobian + rows.region.operations.log(slope)
        shape.append(width)
        kinds.append(layer.is_line)
        if k + 1 < len(region.variables):
            w = layer.centre + layer.scale * np.sinh(layer.t) if layer.is_line else layer.t
            places, jacobian = region.nodes(k, w, places)
            rough = np.broadcast_to(rough + jacobian, (height, width)).reshape(-1, 1)
            places, nodes = _flatten(places, height, width), _flatten(nodes, height, width)
            weight = np.broadcast_to(weight, (height, width)).reshape(-1, 1)
    full = rows.at(nodes, weight)
    full = np.broadcast_to(full, (len(full), int(np.prod(shape[:-1])), shape[-1]))
    full = full.reshape(len(full), *shape)
    levels = [_reduce(full, kinds, step, level) for level in range(3)]
    return np.stack([*levels, _reduce(abs(full), kinds, step, 0)])


def _reduce(full: Array, kinds: list[bool], step: float, level: int) -> Array:
    for is_line in reversed(kinds):
        full = _collect(full, step, level, is_line)
    return full


def _flatten(nodes: Nodes, rows: int, columns: int) -> Nodes:
    """Nodes of shape (rows, columns) as one column."""
    return {
        key: None if a is None else np.broadcast_to(a, (rows, columns)).reshape(-1, 1)
        for key, a in nodes.items()
    }


def _locate(
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
        lower = grid[0, max(inside[0] - 1, 0)]
        upper = min(grid[0, min(inside[-1] + 1, grid.size - 1)], lower + 20 * _WIDEST)
    return np.arange(lower, upper + 1.0).reshape(1, -1)


def _profile(region: BoundRegion, start: Start, k: int, outer: Nodes, w: Array) -> Array:
    best = None
    later = range(k + 1, len(region.variables))
    grids = [_later_grid(region, start, j, len(later)) for j in later]
    for places in product(*grids) if len(grids) != 1 else [(grids[0],)]:
        nodes, total = region.nodes(k, w, outer)
        shape = w.shape
        if len(grids) == 1:
            nodes = {
                key: None if a is None else np.asarray(a)[..., None] for key, a in nodes.items()
            }
            total = np.asarray(total)[..., None] if np.ndim(total) else total
        for j, place in zip(later, places):
            nodes, jacobian = region.nodes(j, np.asarray(place), nodes)
            total = total + jacobian
        values = _finite(region.density.run(nodes)[0] + total)
        if len(grids) == 1:
            values = np.broadcast_to(values, (*shape, len(places[0]))).max(axis=-1)
        best = values if best is None else np.maximum(best, values)
    return np.broadcast_to(best, np.broadcast_shapes(np.shape(best), w.shape))


def _later_grid(region: BoundRegion, start: Start, j: int, count: int) -> Array:
    """Places of a later variable that a profile is taken over."""
    variable = region.variables[j]
    if variable.discrete:
        return start._grid(j) if variable.points is not None else _near(start.places[j])
    grid = np.sinh(np.linspace(-5.0, 5.0, 25 if count == 1 else 11))
    return start.places[j] + start.scales[j] * grid


def _near(place: float) -> Array:
    return np.unique(np.maximum(0.0, place + np.array([-9.0, -4, -2, -1, 0, 1, 2, 4, 9])))


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
    counts_ = (top > joint - _DROP).ravel()
    ranges = []
    for drops in sides:
        reach = _last_within(drops, offsets, _DROP).reshape(-1, 1)
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
