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
from symfisher.numerics.layers import Layer, beyond, ends, layer, reduced
from symfisher.numerics.locating import LONG, Line, locate
from symfisher.numerics.profile import Start
from symfisher.numerics.region import BoundRegion
from symfisher.numerics.single import weighted

Array = np.ndarray[Any, Any]

MOST = 4  # variables
_STEPS = (0.25, 0.125, 0.0625)
_TOLERANCE = {2: 10 * rule.TOLERANCE, 3: 5e-11}  # by the number of variables
_OUT_OF_REACH = 55.0  # below the top of the log-density
_BLOCK = 120_000  # nodes that are evaluated at once
_LEVELS = 3
_SAFETY = 3.0  # times estimated errors, as rounding and slopes at an end are rough


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


class Levels(NamedTuple):
    """All rows over all but the outermost variable, at its nodes."""

    rows: Any  # at three steps, the finest first, then their sizes, then what ``ends`` gives
    outer: Layer
    inner: list[Layer]

    def total(self, slope: Any, step: float, level: int) -> Any:
        return self.outer.collect(self.rows[level] * slope, step, level)

    def sizes(self, slope: Any, step: float) -> Any:
        return self.outer.collect(self.rows[_LEVELS] * abs(slope), step)

    def tails(self, slope: Array, step: float, as_floats: Any = np.asarray) -> Array:
        """What is cut off, by estimate, at the ends of the inner variables."""
        sizes = as_floats(self.sizes(slope, step))
        found = [
            as_floats(self.outer.collect(row * abs(slope), step))
            for row in self.rows[_LEVELS + 1 :]
        ]
        parts = [
            beyond(one, step, found[4 * k : 4 * k + 4], sizes) for k, one in enumerate(self.inner)
        ]
        return np.sum(parts, axis=0)

    def outer_tails(self, slope: Array, step: float, as_floats: Any = np.asarray) -> Array:
        found = [as_floats(f) for f in ends(self.rows[_LEVELS] * abs(slope), [self.outer], step)]
        return beyond(self.outer, step, found, as_floats(self.sizes(slope, step)))


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
    found = sums.totals()
    return rule.Totals(found.values, _SAFETY * found.errors, found.sizes)


def _evaluate(region: BoundRegion, start: Start, step: float) -> rule.Sums:
    """All rows at one step and, on every second and fourth node, at two coarser ones."""
    rows = FloatRows(region, start.top)
    levels = inner_levels(region, rows, start, step)
    outer = levels.outer
    places, slope = (part[0] for part in outer.places(rows))
    if outer.terms == outer.t.shape[-1]:
        tails = levels.outer_tails(slope, step)
    else:
        _, tails = rule.trim(levels.rows[0][:, outer.terms :], places[outer.terms :])
    sums = [levels.total(slope, step, i) for i in range(_LEVELS)]
    sizes = levels.sizes(slope, step)
    return rule.Sums(sums[0], sums[1], sums[2], sizes, tails + levels.tails(slope, step))


def total_levels(
    region: BoundRegion, rows: Rows, start: Start, step: float, as_floats: Any
) -> tuple[list[Any], Any, Array]:
    """All rows at three steps, the finest first, the sizes at the finest, and what is cut off."""
    levels = inner_levels(region, rows, start, step)
    slope = levels.outer.places(rows)[1][0]
    sums = [levels.total(slope, step, i) for i in range(_LEVELS)]
    tails = [f(slope, step, as_floats) for f in (levels.tails, levels.outer_tails)]
    return sums, levels.sizes(slope, step), _SAFETY * (tails[0] + tails[1])


def inner_levels(region: BoundRegion, rows: Rows, start: Start, step: float) -> Levels:
    """Rows over all but the outermost variable, at its nodes."""
    floats = FloatRows(region, start.top)
    outer = layer(region, 0, locate(region, start, 0, {}, 1), step, {})
    count = outer.t.shape[-1]
    size = _block_size(region, step, count)
    places, rough = _column(outer, region, outer.places(floats)[0])
    second = locate(region, start, 1, places, count, rough)  # at all outer nodes at once
    blocks = [
        _inner(region, rows, start, step, outer.part(i, i + size), _rows_of(second, i, i + size))
        for i in range(0, count, size)
    ]
    inner = blocks[0][1]
    return Levels(np.concatenate([block for block, _ in blocks], axis=2), outer, inner)


def node_count(region: BoundRegion, start: Start, step: float) -> float:
    """About how many nodes there are: those of the outermost variable times those at its top."""
    total = 1.0
    places: Nodes = {}
    for k in range(len(region.variables)):
        one = layer(region, k, locate(region, start, k, places, 1), step, places)
        total *= one.t.shape[1]
        places, _ = region.nodes(k, np.full((1, 1), start.places[k]), places)
    return total


def _block_size(region: BoundRegion, step: float, count: int) -> int:
    inner = 1.0
    for variable in region.variables[1:]:
        inner *= 20.0 / step if not variable.discrete else 2.0 * LONG
    return max(1, min(count, int(_BLOCK / inner)))


def _rows_of(line: Line | Array, first: int, last: int) -> Line | Array:
    """The part of what has been located that belongs to some of the outer nodes."""
    if not isinstance(line, Line):
        return line
    return line._replace(centre=line.centre[first:last], scale=line.scale[first:last])


def _column(one: Layer, region: BoundRegion, places: Any) -> tuple[Nodes, Any]:
    """Inputs and log-weights of the outermost variable, one row for each of its nodes."""
    nodes, weight = one.nodes(region, 0, places, {})
    height = places.shape[-1]
    return _flatten(nodes, 1, height), np.broadcast_to(weight, (1, height)).reshape(-1, 1)


def _inner(
    region: BoundRegion,
    rows: Rows,
    start: Start,
    step: float,
    first: Layer,
    second: Line | Array,
) -> tuple[Array, list[Layer]]:
    """Rows over all but the outermost variable, whose nodes are given; see ``Levels``."""
    count = first.t.shape[1]
    floats = FloatRows(region, start.top)
    nodes, weight = _column(first, rows.region, first.places(rows)[0])
    places, rough = _column(first, region, first.places(floats)[0])
    weight = weight + 0 * rows.numbers(np.zeros((count, 1)))
    shape, layers = [count], list[Layer]()
    for k in range(1, len(region.variables)):
        height = int(np.prod(shape))
        found = second if k == 1 else locate(region, start, k, places, height, rough)
        one = layer(region, k, found, step, places)
        exact, slope = one.places(rows)
        width = one.t.shape[1]
        nodes, jacobian = one.nodes(rows.region, k, exact, nodes)
        weight = weight + jacobian + rows.region.operations.log(slope)
        shape.append(width)
        layers.append(one)
        if k + 1 < len(region.variables):
            places, jacobian = one.nodes(region, k, one.places(floats)[0], places)
            rough = np.broadcast_to(rough + jacobian, (height, width)).reshape(-1, 1)
            places, nodes = _flatten(places, height, width), _flatten(nodes, height, width)
            weight = np.broadcast_to(weight, (height, width)).reshape(-1, 1)
    full = rows.at(nodes, weight)
    full = np.broadcast_to(full, (len(full), int(np.prod(shape[:-1])), shape[-1]))
    full = full.reshape(len(full), *shape)
    levels = [reduced(full, layers, step, level) for level in range(_LEVELS)]
    sizes = abs(full)
    return np.stack([*levels, reduced(sizes, layers, step), *ends(sizes, layers, step)]), layers


def _flatten(nodes: Nodes, rows: int, columns: int) -> Nodes:
    """Nodes of shape (rows, columns) as one column."""
    return {
        key: None if a is None else np.broadcast_to(a, (rows, columns)).reshape(-1, 1)
        for key, a in nodes.items()
    }
