"""Random draws from the bare density of one variable, by inversion of its distribution function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Symbol

from symfisher.codegen import kernel
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.quantities.registry import find_quantity

Array = np.ndarray[Any, Any]

_REACH = 60.0  # of the real line that is searched for mass, in the coordinate of the support
_GRID = 20_001
_NEGLIGIBLE = 35.0  # below the largest log-density: e^-35 of its height
_MOST_COUNTS = 100_000


def log_density(family: Family, at: Mapping[Symbol, float]) -> Any:
    """The log-density as a NumPy function of the data, minus infinity outside the support."""
    function = kernel(find_quantity("log_density")(family.canonical)).function
    rest = [at[s] for s in (*family.parameters, *family.constants)]
    lower, upper = support(family, at)

    def values(x: Array) -> Array:
        inside = (x >= lower) & (x <= upper)
        safe = np.where(inside, x, np.nan)
        with np.errstate(all="ignore"):
            found = function(safe, *rest)
        return np.where(inside & ~np.isnan(found), found, -np.inf)

    return values


def support(family: Family, at: Mapping[Symbol, float]) -> tuple[float, float]:
    """The ends of the first variable's support at a parameter point."""
    domain = family.supports[0]
    return float(domain.lower.subs(dict(at))), float(domain.upper.subs(dict(at)))


def table(family: Family, at: Mapping[Symbol, float]) -> tuple[Array, Array]:
    """(places, distribution function at them), where the mass is.

    Raises:
        InputError: the family has several variables, or no mass was found.
    """
    if len(family.variables) != 1:
        raise InputError(f"family '{family.name}' has several variables; a picture takes one")
    if family.supports[0].discrete:
        return _counts(family, at)
    logs = log_density(family, at)
    w = np.linspace(-_REACH, _REACH, _GRID)
    for _ in range(2):  # the second time where the mass is
        x, slope = _from_line(w, *support(family, at))
        height = logs(x) + np.log(slope)
        high = height > np.nanmax(height) - _NEGLIGIBLE
        if not high.any():
            raise InputError(f"family '{family.name}': no mass was found at this point")
        first, last = np.flatnonzero(high)[[0, -1]]
        ends = w[max(first - 1, 0)], w[min(last + 1, len(w) - 1)]
        w = np.linspace(*ends, _GRID)
    x, slope = _from_line(w, *support(family, at))
    mass = np.exp(logs(x) + np.log(slope))
    steps = (mass[1:] + mass[:-1]) / 2 * np.diff(w)
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    return x, cumulative / cumulative[-1]


def _from_line(w: Array, lower: float, upper: float) -> tuple[Array, Array]:
    """The real line mapped to the support, with the slope of the map."""
    if np.isfinite(lower) and np.isfinite(upper):
        share = 1 / (1 + np.exp(-w))
        return lower + (upper - lower) * share, (upper - lower) * share * (1 - share) + 1e-300
    if np.isfinite(lower):
        return lower + np.exp(w), np.exp(w)
    if np.isfinite(upper):
        return upper - np.exp(-w), np.exp(-w)
    return np.sinh(w / 2), np.cosh(w / 2) / 2


def _counts(family: Family, at: Mapping[Symbol, float]) -> tuple[Array, Array]:
    lower, upper = support(family, at)
    if not np.isfinite(lower):
        raise InputError(f"family '{family.name}': its counts have no lower end; none are drawn")
    x = np.arange(lower, min(upper, lower + _MOST_COUNTS) + 1)
    cumulative = np.cumsum(np.exp(log_density(family, at)(x)))
    last = int(np.searchsorted(cumulative, 1 - 1e-13)) + 1
    return x[:last], cumulative[:last] / cumulative[last - 1 : last]


def draws(family: Family, at: Mapping[Symbol, float], shape: tuple[int, ...], seed: int) -> Array:
    """Independent draws of the one variable, of the given shape.

    Raises:
        InputError: as ``table``.
    """
    places, cumulative = table(family, at)
    uniform = np.random.default_rng(seed).random(shape)
    if family.supports[0].discrete:
        found = places[np.minimum(np.searchsorted(cumulative, uniform), len(places) - 1)]
    else:
        found = np.interp(uniform, cumulative, places)
    values: Array = np.asarray(found)
    return values
