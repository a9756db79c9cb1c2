"""Expectations under a family by quadrature: the truth that every closed form is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import mpmath
import numpy as np
from sympy import Expr, Symbol

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError
from symfisher.numerics import rule
from symfisher.numerics.part import Part
from symfisher.numerics.partition import parts_of
from symfisher.numerics.precise import integrate_precisely
from symfisher.numerics.region import BoundRegion, Region, Variable
from symfisher.numerics.several import integrate_several
from symfisher.numerics.single import integrate_none, integrate_single
from symfisher.pieces import Piece, pieces

Array = np.ndarray[Any, Any]
_ROUNDED = 1e-9  # a mass that is off by no more was meant to be one
_LOST = 1e-3  # one that is off by no more may be, as logarithms of large gamma functions cancel
Integrand = Any  # an expression, or a tuple with one expression for each piece


@dataclass(frozen=True)
class Estimate:
    """Expectations with estimates of their absolute errors; inf where one does not converge."""

    values: Array
    errors: Array
    mass: Any
    mass_error: Any


class Quadrature:
    """Expectations under one family; programs are compiled once and kept.

    ``pieces`` are those of the family, or of its case that was used last where its support has
    several cases.
    """

    def __init__(self, family: Family) -> None:
        self._cases = [_Case.of(family, case) for case in family.cases]
        self.pieces = self._cases[0].pieces

    def expect(self, integrands: Sequence[Integrand], at: Mapping[Symbol, Any]) -> Estimate:
        """E[g] of each integrand g at one point of parameters and constants.

        An integrand is an expression, or a tuple with its form on each of ``pieces``.
        """
        case = self._case_at(at)
        values = {s: np.float64(float(v)) for s, v in at.items()}
        with np.errstate(all="ignore"):
            sums = rule.total(
                [
                    integrate(region.bind(values, case.chosen(integrands, i)))
                    for i, region in enumerate(case.regions)
                ]
            )
            mass = sums.values[0]
            errors = sums.errors[1:] + 10 * _rounding(mass, _LOST) * sums.sizes[1:]
            mass_error = sums.errors[0] + _rounding(mass, _ROUNDED) * sums.sizes[0]
        return Estimate(sums.values[1:], errors, float(mass), float(mass_error))

    def expect_precise(
        self, integrands: Sequence[Integrand], at: Mapping[Symbol, Any], digits: int
    ) -> Estimate:
        """As ``expect``, to ``digits`` digits and more, as mpmath numbers."""
        rough = self.expect(integrands, at)
        case = self._case_at(at)
        with mpmath.workdps(digits + 15):
            parts = [
                integrate_precisely(region, at, case.chosen(integrands, i), digits)
                for i, region in enumerate(case.regions)
            ]
            totals = [mpmath.fsum(column) for column in zip(*(p.values for p in parts))]
            errors = [mpmath.fsum(column) for column in zip(*(p.errors for p in parts))]
        diverges = np.concatenate([[rough.mass_error], rough.errors]) == np.inf
        errors = [mpmath.inf if bad else e for bad, e in zip(diverges, errors)]
        return Estimate(
            np.array(totals[1:], dtype=object),
            np.array(errors[1:], dtype=object),
            totals[0],
            errors[0],
        )

    def regions(self, at: Mapping[Symbol, Any]) -> list[Region]:
        """The pieces of the support that hold at a point, with the density on each."""
        return self._case_at(at).regions

    def _case_at(self, at: Mapping[Symbol, Any]) -> _Case:
        for case in self._cases:
            if all(low < at[s] < high for s, low, high in case.limits):
                self.pieces = case.pieces
                return case
        raise DerivationError(f"no case of the support holds at {at}")


@dataclass(frozen=True)
class _Case:
    """A part of the parameter domain on which the support has one form.

    Everything is in the symbols of the whole family; ``limits`` bound what tells the cases apart.
    """

    pieces: tuple[Piece, ...]
    regions: list[Region]
    limits: tuple[tuple[Symbol, Expr, Expr], ...] = ()
    parts: tuple[Part, ...] = ()

    def chosen(self, integrands: Sequence[Integrand], index: int) -> tuple[Expr, ...]:
        """The integrands as they are on one region."""
        if self.parts:
            return tuple(self.parts[index].resolve(g) for g in integrands)
        return tuple(g[index] if isinstance(g, tuple) else g for g in integrands)

    @classmethod
    def of(cls, family: Family, case: Family) -> _Case:
        if case is family:
            found = pieces(family)
            parts = parts_of(family)
            if len(parts) > 1:
                return cls(found, [region_of_part(part) for part in parts], parts=parts)
            return cls(found, [_region(family, piece) for piece in found])
        mine, theirs = ((*f.variables, *f.parameters, *f.constants) for f in (family, case))
        back = dict(zip(theirs, mine))
        found = tuple(
            Piece(*(e.xreplace(back) for e in (p.lower, p.upper, p.log_density)))
            for p in pieces(case)
        )
        limits = tuple(
            (back[s], case.domains[s].lower, case.domains[s].upper) for s in theirs if back[s] != s
        )
        supports = [support.substitute(back) for support in case.supports]
        return cls(found, [_region(family, piece, supports) for piece in found], limits)


def _region(family: Family, piece: Piece, supports: Sequence[Domain] = ()) -> Region:
    supports = supports or family.supports
    if len(family.variables) == 1 and not supports[0].discrete:
        variable = Variable(family.variables[0], piece.lower, piece.upper)
        return Region((variable,), piece.log_density)
    variables = tuple(
        Variable(v, s.lower, s.upper, s.discrete, s.points)
        for v, s in zip(family.variables, supports)
    )
    return Region(variables, family.log_density)


def region_of_part(part: Part) -> Region:
    """The region that a part of a joint support is."""
    return Region(
        tuple(
            Variable(v, s.lower, s.upper, s.discrete, s.points)
            for v, s in zip(part.variables, part.supports)
        ),
        part.log_density,
    )


def integrate(region: BoundRegion) -> rule.Totals:
    """The density and each integrand times the density, over all variables of a region."""
    if not region.variables:
        return integrate_none(region)
    if len(region.variables) == 1:
        return integrate_single(region)
    return integrate_several(region)


def _rounding(mass: float, most: float) -> float:
    """The relative error of the density, seen in a mass that should be one and nearly is."""
    return abs(mass - 1.0) if abs(mass - 1.0) < most else 0.0


_known: WeakKeyDictionary[Family, Quadrature] = WeakKeyDictionary()


def quadrature(family: Family) -> Quadrature:
    """The quadrature of a family, made once."""
    if family not in _known:
        _known[family] = Quadrature(family)
    return _known[family]
