"""Integrals and sums over several variables: a product rule that follows the conditionals.

The outermost variable is located by its profile (the maximum over the others); each later one is
located again at every node of those before it, all nodes at once, so that correlated variables
and supports that depend on one another need nothing special.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from symfisher.numerics import rule
from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.locating import Line, Start, locate
from symfisher.numerics.region import BoundRegion
from symfisher.numerics.single import weighted

Array = np.ndarray[Any, Any]

MOST = 4  # variables
_STEPS = (0.25, 0.125, 0.0625)
_TOLERANCE = {2: 10 * rule.TOLERANCE, 3: 1e-11}  # by the number of variables
_OUT_OF_REACH = 55.0  # below the top of the log-density
_BLOCK = 120_000  # nodes that are evaluated at once


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
        """An integrand may leave the range of floats where next to no mass is: it is 0 there."""
        rows = weighted(self.region.integrands.run(nodes), weight, self.top)
        rows[~np.isfinite(rows) & (rows[0] < np.exp(self.top - _OUT_OF_REACH))] = 0.0
        return rows


def integrate_several(region: BoundRegion) -> rule.Totals:
    """The density and each integrand times the density, over all variables."""
    if len(region.variables) > MOST:
        return rule.Totals(*(np.full(region.count, v) for v in (np.nan, np.inf, np.nan)))
    start = Start(region)
    if not np.isfinite(start.top):
        return rule.empty(region.count)
    tolerance = _TOLERANCE[min(len(region.variables), 3)]
    sums = None
    for step in _STEPS:
        sums = _evaluate(region, start, step)
        if not np.any(sums.discretisation() > tolerance * sums.sizes):
            break
    assert sums is not None
    return sums.totals()


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
    layer = _layer(locate(region, start, 0, {}, 1), step)
    count = layer.t.shape[-1]
    size = _block_size(region, step, count)
    places, rough = region.nodes(0, _floats(layer)[0].reshape(-1, 1), {})
    second = locate(region, start, 1, places, count, rough)  # at all outer nodes at once
    blocks = [
        _inner(
            region,
            rows,
            start,
            step,
            layer._replace(t=layer.t[..., i : i + size]),
            _rows_of(second, i, i + size),
        )
        for i in range(0, count, size)
    ]
    return np.concatenate(blocks, axis=2), layer


def node_count(region: BoundRegion, start: Start, step: float) -> float:
    """About how many nodes there are: those of the outermost variable times those at its top."""
    total = 1.0
    places: Nodes = {}
    for k in range(len(region.variables)):
        layer = _layer(locate(region, start, k, places, 1), step)
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


def _rows_of(line: Line | Array, first: int, last: int) -> Line | Array:
    """The part of what has been located that belongs to some of the outer nodes."""
    if not isinstance(line, Line):
        return line
    return line._replace(centre=line.centre[first:last], scale=line.scale[first:last])


def _inner(
    region: BoundRegion,
    rows: Rows,
    start: Start,
    step: float,
    first: Layer,
    second: Line | Array,
) -> Array:
    """Rows over all but the outermost variable, whose nodes are given: at three steps, in size."""
    count = first.t.shape[1]
    nodes, weight = rows.region.nodes(0, _exact(rows, first)[0].reshape(-1, 1), {})
    places, rough = region.nodes(0, _floats(first)[0].reshape(-1, 1), {})
    weight = weight + 0 * rows.numbers(np.zeros((count, 1)))
    shape, kinds = [count], []
    for k in range(1, len(region.variables)):
        height = int(np.prod(shape))
        found = second if k == 1 else locate(region, start, k, places, height, rough)
        layer = _layer(found, step)
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
