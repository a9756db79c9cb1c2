"""Integrals and sums over one variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symfisher.numerics import counts, rule
from symfisher.numerics.coordinates import Nodes
from symfisher.numerics.region import BoundRegion

Array = np.ndarray[Any, Any]

_OVERFLOW = 600.0


def integrate_none(region: BoundRegion) -> rule.Totals:
    """The density and each integrand times the density where all variables are fixed."""
    rows = weighted([np.reshape(f, (1,)) for f in region.integrands.run({})], 0.0, 0.0)[:, 0]
    return rule.Totals(rows, 10.0 * rule.ROUNDING * np.abs(rows), np.abs(rows))


def integrate_single(region: BoundRegion) -> rule.Totals:
    """The density and each integrand times the density, over the only variable."""
    (variable,) = region.variables
    if variable.discrete:
        return _sum(region)
    coordinate = region.coordinate(0, {})

    def log_density(w: Array) -> Array:
        nodes, jacobian = coordinate.nodes(w)
        return region.density.run(nodes)[0] + jacobian

    window = rule.locate(log_density, coordinate.grid)
    if window is None:
        return rule.empty(region.count)

    def contributions(w: Array) -> Array:
        nodes, jacobian = coordinate.nodes(w)
        return weighted(region.integrands.run(nodes), jacobian, window.top)

    return rule.integrate(contributions, window).totals()


def _sum(region: BoundRegion) -> rule.Totals:
    (variable,) = region.variables

    def rows(nodes: Nodes, jacobian: Any, top: float) -> Array:
        return weighted(region.integrands.run(nodes), jacobian, top)

    if variable.points is not None:
        return counts.expect_listed(rows, variable.symbol, region.points(0))
    lower, upper = region.integers(0, {})

    def log_mass(nodes: Nodes) -> Array:
        return np.broadcast_to(
            region.density.run(nodes)[0], np.shape(nodes[variable.symbol, "value"])
        )

    return counts.expect_counts(rows, log_mass, variable.symbol, lower, upper)


def weighted(found: Sequence[Any], jacobian: Any, top: float) -> Array:
    """Rows of density and integrands times density, from a program's outputs.

    Where the density is negligible whatever it multiplies, a row is zero.
    """
    shape = np.broadcast_shapes(*(np.shape(f) for f in found), np.shape(jacobian))
    log_p = found[0] + jacobian
    density = np.exp(np.minimum(log_p, _OVERFLOW))  # a mass that overflows is seen to be no mass
    rows = np.empty((len(found), *shape))
    rows[0] = density
    keep = rule.masked(log_p, top)
    for i, g in enumerate(found[1:], start=1):
        rows[i] = np.where(keep, g * density, 0.0)
    return rows
