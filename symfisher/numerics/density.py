"""Whether a declared log-density is real on its support and integrates to one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import isclose, log, pi, sqrt
from typing import Any

import numpy as np
from sympy import Symbol

from symfisher.declaration import Family
from symfisher.errors import DeclarationError, DerivationError
from symfisher.numerics.points import Point, sample_points
from symfisher.numerics.quadrature import Quadrature, quadrature
from symfisher.numerics.region import BoundRegion, Region

_POINTS = 2
_TOLERANCE = 1e-6
_PLACES = np.linspace(-2.9, 3.1, 13)  # line coordinates at which the density must be real
_FEW = (-1.3, -0.2, 0.9)
_FACTORS = {
    "log(2)": 2.0,
    "log(3)": 3.0,
    "log(4)": 4.0,
    "log(pi)": pi,
    "log(2*pi)": 2 * pi,
    "log(pi)/2": sqrt(pi),
    "log(2*pi)/2": sqrt(2 * pi),
    "log(2/pi)/2": sqrt(2 / pi),
    "log(2/pi)": 2 / pi,
}


def check_normalised(family: Family) -> None:
    """Raise unless the density is real and of mass one at sample points of each case.

    ``family.mass_checked`` records whether the quadrature could decide; a family for which it
    could not passes.

    Raises:
        DeclarationError: says where the density is not real, or what it integrates to.
    """
    family.mass_checked = True
    try:
        rule = quadrature(family)
    except DerivationError as error:
        raise DeclarationError(str(error)) from error
    masses = []
    for case in family.cases:
        for point in sample_points(case, _POINTS):
            names = {s.name: s for s in (*family.parameters, *family.constants)}
            at = {names[s.name]: value for s, value in point.items()}
            _check_real(family, rule, at)
            masses.append((at, _mass(family, rule, at)))
    wrong = [(at, mass) for at, mass in masses if mass is not None]
    if wrong:
        raise DeclarationError(_message(family, wrong, len(masses)))


def _mass(family: Family, rule: Quadrature, at: Point) -> float | None:
    """The mass where it is seen not to be one, otherwise ``None``."""
    estimate = rule.expect([], at)
    mass, error = estimate.mass, estimate.mass_error
    if mass > 1e6 or (np.isinf(error) and mass > 1.5):
        return float("inf")
    if not np.isfinite(error) or np.isnan(mass) or error > 0.01:
        family.mass_checked = False
        return None
    return None if abs(mass - 1.0) <= max(_TOLERANCE, 100.0 * error) else mass


def _check_real(family: Family, rule: Quadrature, at: Point) -> None:
    values = {s: np.float64(float(v)) for s, v in at.items()}
    with np.errstate(all="ignore"):
        for region in rule.regions(at):
            _check_region(family, region, region.bind(values, ()), at)


def _check_region(family: Family, region: Region, bound: BoundRegion, at: Point) -> None:
    if not region.variables:
        return  # a single point: its mass is in the sum
    grids = [_places(region, bound, k) for k in range(len(region.variables))]
    for places in product(*grids) if len(grids) > 1 else [(grids[0],)]:
        columns = [np.reshape(np.asarray(p, float), (1, -1)) for p in places]
        found = np.atleast_2d(bound.log_density(columns))
        if np.any(np.isnan(found)):
            bad = int(np.argmax(np.isnan(found[0])))
            where = _data(region, bound, [c[0, bad if c.size > 1 else 0] for c in columns])
            raise DeclarationError(
                f"family '{family.name}', {_field(family)}: it is not real at {where} with "
                f"{_listed(at)}; check the argument of each log, root and power, and the support"
            )


def _places(region: Region, bound: BoundRegion, k: int) -> Any:
    """Line coordinates of a variable, or integers, well inside its support."""
    variable = region.variables[k]
    single = len(region.variables) == 1
    if variable.points is not None:
        return bound.points(k)
    if not variable.discrete:
        return _PLACES if single else _FEW
    if k > 0:
        return (0.0, 1.0)  # integers outside the support have no mass
    lower, upper = bound.integers(k, {})
    start = lower if np.isfinite(lower) else min(upper, 10.0) - 10.0
    found = start + np.arange(20.0 if single else 2.0)
    return found[found <= upper]


def _data(region: Region, bound: BoundRegion, places: list[float]) -> str:
    """The observation at line coordinates, in words."""
    nodes: dict[Any, Any] = {}
    for k, place in enumerate(places):
        nodes, _ = bound.nodes(k, np.array([[place]]), nodes)
    data = {v.symbol: nodes[v.symbol, "value"].item() for v in region.variables}
    return ", ".join(f"{s} = {value:.4g}" for s, value in data.items())


def _message(family: Family, wrong: list[tuple[Point, float]], count: int) -> str:
    at, mass = wrong[0]
    supports = " x ".join(map(str, family.supports))
    verb = "sums" if family.is_mass else "integrates"
    return (
        f"family '{family.name}', {_field(family)}: it {verb} to {_number(mass)} at "
        f"{_listed(at)} and not to 1 over {supports}; "
        f"{_advice(wrong, count)}check the support and the normalising constant"
    )


def _advice(wrong: list[tuple[Point, float]], count: int) -> str:
    """What to add, where the mass is the same wrong number at all points."""
    mass = wrong[0][1]
    same = len(wrong) == count and all(isclose(m, mass, rel_tol=1e-8) for _, m in wrong)
    if not same or not np.isfinite(mass) or mass <= 0:
        return ""
    for text, factor in _FACTORS.items():
        if isclose(mass * factor, 1.0, rel_tol=1e-8):
            return f"add {text} to it, or "
        if isclose(mass, factor, rel_tol=1e-8):
            return f"subtract {text} from it, or "
    change = -log(mass)
    return f"{'add' if change > 0 else 'subtract'} {abs(change):.6g}, or "


def _number(mass: float) -> str:
    return "infinity" if np.isinf(mass) else f"{mass:.6g}"


def _listed(at: Mapping[Symbol, Any]) -> str:
    named = sorted(at.items(), key=lambda item: str(item[0]))
    return ", ".join(f"{s} = {float(v):.4g}" for s, v in named) or "the declared constants"


def _field(family: Family) -> str:
    return "logpmf" if family.is_mass else "logpdf"
