"""The nodes of one of several variables: a line, integers, or integers followed by a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.locating import Line
from symfisher.numerics.region import BoundRegion
from symfisher.numerics.summation import Fade

Array = np.ndarray[Any, Any]

FINER = 0.5  # steps in a long sum, relative to those in an integral
_GAP = 6  # nodes over which it is measured how a row falls at an end
_NOTHING = 1e-19  # of a row's size


class Numbers(Protocol):
    """One kind of numbers for nodes."""

    region: BoundRegion

    def line(self, centre: Array, scale: Array, t: Array) -> tuple[Any, Any]:
        """centre + scale sinh(t) and its derivative."""

    def numbers(self, values: Array) -> Any:
        """Floats as these numbers."""


class Layer(NamedTuple):
    """The nodes of one variable, in one row for each node of the variables before it.

    The first ``terms`` columns of ``t`` are integers, or distances from the lower end where a
    ``fade`` says how the sum goes on as an integral; the others are parameters of the line.
    ``cut`` tells at which of its two ends the layer may stop before its support does.
    """

    centre: Array
    scale: Array
    t: Array
    terms: int
    fade: Fade | None
    cut: tuple[bool, bool]

    def part(self, first: int, last: int) -> Layer:
        """Some of the columns."""
        terms = min(max(self.terms - first, 0), last - first)
        return self._replace(t=self.t[..., first:last], terms=terms)

    def places(self, numbers: Numbers) -> tuple[Any, Any]:
        """Line coordinates or integers, and the slopes of the lines."""
        near = np.broadcast_to(self.t[..., : self.terms], (len(self.centre), self.terms))
        w, slope = numbers.line(self.centre, self.scale, self.t[..., self.terms :])
        ones = numbers.numbers(np.ones(near.shape))
        return tuple(
            np.concatenate(p, axis=-1) for p in ((numbers.numbers(near), w), (ones, slope))
        )  # type: ignore[return-value]

    def nodes(self, region: BoundRegion, k: int, places: Any, outer: Nodes) -> tuple[Nodes, Any]:
        """Inputs of all variables up to ``k``, and the log-weight of variable ``k``."""
        if self.fade is None:
            return region.nodes(k, places, outer)
        return region.faded_nodes(k, places, self.terms, outer, self.fade)

    def collect(self, rows: Any, step: float, level: int = 0) -> Any:
        """The sum over the last axis: of all terms, and of every 2**level-th node of the line."""
        if self.terms == rows.shape[-1]:
            return rows.sum(axis=-1)
        stride = 2**level
        step = step if self.fade is None else step * FINER
        total = stride * step * rows[..., self.terms :: stride].sum(axis=-1)
        return total + rows[..., : self.terms].sum(axis=-1) if self.terms else total


def layer(region: BoundRegion, k: int, found: Line | Array, step: float, outer: Nodes) -> Layer:
    """The layer of variable ``k`` where it was located, at one step."""
    if not isinstance(found, Line):
        cut = (False, False)
        if region.variables[k].points is None:
            lower, upper = region.integers(k, outer)
            cut = bool(found[0, 0] > lower), bool(found[0, -1] < upper)
        return Layer(np.zeros((1, 1)), np.ones((1, 1)), found, found.shape[1], None, cut)
    terms, spacing = 0, step
    if found.fade is not None:  # which is narrower than a density may be
        terms, spacing = found.fade.terms, step * FINER
    index = np.arange(np.floor(found.low / spacing) // 4 * 4, np.ceil(found.high / spacing) + 1)
    t = (index + 0.21875) * spacing
    columns = np.concatenate([np.arange(float(terms)), t]).reshape(1, -1)
    return Layer(found.centre, found.scale, columns, terms, found.fade, (not terms, True))


def reduced(full: Any, layers: Sequence[Layer], step: float, level: int = 0) -> Any:
    """The sum over as many last axes as there are layers."""
    for one in reversed(layers):
        full = one.collect(full, step, level)
    return full


def ends(sizes: Any, layers: Sequence[Layer], step: float) -> list[Any]:
    """What stands at the cut ends of each layer and some nodes before, summed over the others.

    Four sums for each layer: at the first and at the last end, the outer node and the inner one.
    """
    found = []
    for axis, one in enumerate(layers):
        place = axis - len(layers)
        others = [*layers[:axis], *layers[axis + 1 :]]
        count = one.t.shape[-1]
        inner = min(_GAP, count - 1)
        for column in (0, inner, count - 1, count - 1 - inner):
            found.append(reduced(np.take(sizes, column, axis=place), others, step))
    return found


def beyond(one: Layer, step: float, found: Sequence[Array], sizes: Array) -> Array:
    """Estimates of what lies beyond the cut ends of a layer, from the sums that ``ends`` made."""
    total = np.zeros(len(sizes))
    count = one.t.shape[-1]
    gap = max(min(_GAP, count - 1), 1)
    for is_cut, last, before in zip(one.cut, found[::2], found[1::2]):
        if is_cut:
            on_line = one.terms < count
            unit, slowest = (step, 0.0) if on_line else (1.0, 1.0 / count)
            with np.errstate(all="ignore"):
                rate = np.log(before / last) / gap - slowest
                rest = np.where(rate > 1e-4, unit * last / rate, np.inf)
            total += np.where(last > _NOTHING * sizes, rest, 0.0)
    return total
