"""Where a density of several variables is highest: a first top, and the profile of a variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symfisher.numerics import rule
from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.region import BoundRegion
from symfisher.numerics.summation import Fade

Array = np.ndarray[Any, Any]

_START = np.sinh(np.linspace(-4.5, 4.5, 31))
_ROUNDS = 5
_HALVES = 0.5 ** np.array([1, 2, 4, 6, 8])
_STEPS = np.concatenate([-_HALVES, [0.0], _HALVES[::-1], [1.0]])


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

    def grid(self, k: int) -> Array:
        variable = self.region.variables[k]
        if variable.points is not None:
            return self.region.points(k)
        if variable.discrete:
            return np.floor(np.concatenate([np.arange(8.0), 8 * 1.6 ** np.arange(1.0, 14.0)]))
        return _START

    def _first(self) -> list[float]:
        """The highest point of a coarse grid."""
        grids = [self.grid(k) for k in range(len(self.region.variables))]
        if len(grids) > 2:
            grids = [g[:: 2 ** (len(grids) - 2)] for g in grids]
        columns = [c.reshape(-1, 1) for c in np.meshgrid(*grids, indexing="ij")]
        values = finite(self.region.log_density(columns))
        best = int(np.argmax(values))
        return [float(c[best, 0]) for c in columns]

    def _improve(self, k: int) -> None:
        """Move variable ``k`` to the top of its conditional."""

        def along(w: Array) -> Array:
            columns = [np.full((1, 1), p) for p in self.places]
            columns[k] = w.reshape(1, -1)
            return finite(np.broadcast_to(self.region.log_density(columns), (1, len(w))))[0]

        variable = self.region.variables[k]
        if variable.discrete:
            grid = self.grid(k) if variable.points is not None else self._integers(k)
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


def finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, -np.inf)


def profile(
    region: BoundRegion, start: Start, k: int, outer: Nodes, w: Array, fade: Fade | None = None
) -> Array:
    """The largest log-density over a grid of the later variables, which is one further axis."""
    later = range(k + 1, len(region.variables))
    nodes, total = (
        region.nodes(k, w, outer) if fade is None else region.faded_nodes(k, w, 0, outer, fade)
    )
    if later:
        nodes = {key: None if a is None else np.asarray(a)[..., None] for key, a in nodes.items()}
        total = np.asarray(total)[..., None] if np.ndim(total) else total
    if not later:
        values = finite(region.density.run(nodes)[0] + total)
        return np.broadcast_to(values, np.broadcast_shapes(values.shape, w.shape))
    grids = [_later_grid(region, start, j, len(later)) for j in later]
    columns = {j: c.ravel() for j, c in zip(later, np.meshgrid(*grids, indexing="ij"))}
    values = _density_at(region, columns, nodes, total)
    values = np.broadcast_to(
        values, (*np.broadcast_shapes(values.shape[:-1], w.shape), values.shape[-1])
    )
    if any(region.smooth[j] for j in later):
        return _climbed(region, columns, nodes, total, values)
    return values.max(axis=-1)


def _density_at(
    region: BoundRegion, columns: Mapping[int, Array], nodes: Nodes, total: Any
) -> Array:
    """The log-density with all log-weights at places of the later variables."""
    for j, places in columns.items():
        nodes, jacobian = region.nodes(j, places, nodes)
        total = total + jacobian
    return finite(region.density.run(nodes)[0] + total)


def _climbed(
    region: BoundRegion, columns: Mapping[int, Array], nodes: Nodes, total: Any, values: Array
) -> Array:
    """The top near the best of some places: a far ridge of a long sum is narrower than a grid."""
    best = np.argmax(values, axis=-1)[..., None]
    top = np.take_along_axis(values, best, axis=-1)
    columns = {j: c[best] for j, c in columns.items()}
    for _ in range(_ROUNDS):
        for j in columns:
            if region.smooth[j]:
                moved = {**columns, j: columns[j] + (columns[j] + 1.0) * _STEPS}
                found = _density_at(region, moved, nodes, total)
                found = np.broadcast_to(found, np.broadcast_shapes(found.shape, moved[j].shape))
                best = np.argmax(found, axis=-1)[..., None]
                columns[j] = np.take_along_axis(moved[j], best, axis=-1)
                top = np.take_along_axis(found, best, axis=-1)
    return top[..., 0]


def _later_grid(region: BoundRegion, start: Start, j: int, count: int) -> Array:
    """Places of a later variable that a profile is taken over."""
    variable = region.variables[j]
    if variable.discrete:
        if variable.points is not None:
            return start.grid(j)
        return _near(start.places[j], count, region.smooth[j])
    grid = np.sinh(np.linspace(-5.0, 5.0, 25 if count == 1 else 11))
    return start.places[j] + start.scales[j] * grid


def _near(place: float, count: int, is_long: bool) -> Array:
    """Integers around a place, far ones too: where another count is large its mode is elsewhere."""
    base, powers = (2.0, np.arange(3.0, 40.0)) if count == 1 else (4.0, np.arange(1.5, 20.0))
    if not is_long:
        base, powers = 2.2, np.arange(3.0, 9.0)
    steps = np.concatenate([[0.0, 1, 2, 4], np.floor(base**powers)])
    return np.unique(np.concatenate([place - steps[:12], [0.0], place + steps]))
