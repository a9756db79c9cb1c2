"""Expectations under a family by quadrature: the truth that every closed form is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sympy import Expr, Symbol

from symfisher.declaration import Family
from symfisher.numerics import rule
from symfisher.numerics.region import BoundRegion, Region, Variable
from symfisher.numerics.several import integrate_several
from symfisher.numerics.single import integrate_single
from symfisher.pieces import Piece, pieces

Array = np.ndarray[Any, Any]
Integrand = Expr | tuple[Expr, ...]  # a tuple has one expression for each piece


@dataclass(frozen=True)
class Estimate:
    """Expectations with estimates of their absolute errors; inf where one does not converge."""

    values: Array
    errors: Array
    mass: Any
    mass_error: Any


class Quadrature:
    """Expectations under one family; programs are compiled once and kept."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.pieces = pieces(family)
        self._regions = [self._region(piece) for piece in self.pieces]

    def expect(self, integrands: Sequence[Integrand], at: Mapping[Symbol, Any]) -> Estimate:
        """E[g] of each integrand g at one point of parameters and constants.

        An integrand is an expression, or a tuple with its form on each of ``pieces``.
        """
        values = {s: np.float64(float(v)) for s, v in at.items()}
        with np.errstate(all="ignore"):
            sums = rule.total(
                [
                    integrate(region.bind(values, _chosen(integrands, i)))
                    for i, region in enumerate(self._regions)
                ]
            )
        mass = sums.values[0]
        errors = sums.errors + _rounding(mass) * sums.sizes
        return Estimate(sums.values[1:], errors[1:], float(mass), float(errors[0]))

    def _region(self, piece: Piece) -> Region:
        if len(self.family.variables) == 1 and not self.family.supports[0].discrete:
            variable = Variable(self.family.variables[0], piece.lower, piece.upper)
            return Region((variable,), piece.log_density)
        variables = tuple(
            Variable(v, s.lower, s.upper, s.discrete, s.points)
            for v, s in zip(self.family.variables, self.family.supports)
        )
        return Region(variables, self.family.log_density)


def integrate(region: BoundRegion) -> rule.Totals:
    """The density and each integrand times the density, over all variables of a region."""
    if len(region.variables) == 1:
        return integrate_single(region)
    return integrate_several(region)


def _chosen(integrands: Sequence[Integrand], index: int) -> tuple[Expr, ...]:
    return tuple(g[index] if isinstance(g, tuple) else g for g in integrands)


def _rounding(mass: float) -> float:
    """The relative rounding error of the density, seen in a mass that should be one."""
    return abs(mass - 1.0) if abs(mass - 1.0) < 1e-9 else 0.0


_known: WeakKeyDictionary[Family, Quadrature] = WeakKeyDictionary()


def quadrature(family: Family) -> Quadrature:
    """The quadrature of a family, made once."""
    if family not in _known:
        _known[family] = Quadrature(family)
    return _known[family]
