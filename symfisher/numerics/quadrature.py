"""Expectations under a family by quadrature: the truth that every closed form is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sympy import Expr, Symbol

from symfisher.declaration import Family
from symfisher.numerics import counts, rule
from symfisher.numerics.compiler import Ends, compile_program
from symfisher.numerics.coordinates import Coordinate, Nodes, ends_of
from symfisher.numerics.evaluator import FLOAT64, evaluate_arrays
from symfisher.numerics.program import Bound, Program
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
        self.variable = family.variables[0]
        self.pieces = pieces(family)
        self._programs: dict[Any, Program] = {}

    def expect(self, integrands: Sequence[Integrand], at: Mapping[Symbol, Any]) -> Estimate:
        """E[g] of each integrand g at one point of parameters and constants.

        An integrand is an expression, or a tuple with its form on each of ``pieces``.
        """
        values = {s: np.float64(float(v)) for s, v in at.items()}
        with np.errstate(all="ignore"):
            sums = rule.total(
                [self._piece(i, piece, integrands, values) for i, piece in enumerate(self.pieces)]
            )
        mass = sums.values[0]
        errors = sums.errors + _rounding(mass) * sums.sizes
        return Estimate(sums.values[1:], errors[1:], float(mass), float(errors[0]))

    def _piece(
        self, index: int, piece: Piece, integrands: Sequence[Integrand], values: Any
    ) -> rule.Totals:
        chosen = tuple(g[index] if isinstance(g, tuple) else g for g in integrands)
        density = self._program(piece, ()).bind(FLOAT64, values)
        bound = self._program(piece, chosen).bind(FLOAT64, values)
        if self.family.supports[0].discrete:
            return self._counts(bound, density, values)
        return self._continuous(bound, density, self._coordinate(piece, values))

    def _counts(self, bound: Bound, density: Bound, values: Any) -> rule.Totals:
        support = self.family.supports[0]

        def rows(nodes: Nodes, top: float) -> Array:
            return weighted(bound.run(nodes), 0.0, top)

        if support.points is not None:
            points = np.array(list(map(float, evaluate_arrays(support.points, values))))
            return counts.expect_listed(rows, self.variable, points)
        lower, upper = map(float, evaluate_arrays([support.lower, support.upper], values))
        return counts.expect_counts(
            rows, lambda nodes: density.run(nodes)[0], self.variable, lower, upper
        )

    def _continuous(self, bound: Bound, density: Bound, coordinate: Coordinate) -> rule.Totals:
        def log_density(w: Array) -> Array:
            nodes, jacobian = coordinate.nodes(w)
            return density.run(nodes)[0] + jacobian

        window = rule.locate(log_density, coordinate.grid)
        if window is None:
            return rule.empty(len(bound.program.outputs))

        def contributions(w: Array) -> Array:
            nodes, jacobian = coordinate.nodes(w)
            return weighted(bound.run(nodes), jacobian, window.top)

        return rule.integrate(contributions, window).totals()

    def _coordinate(self, piece: Piece, values: Any) -> Coordinate:
        lower, upper, length = map(
            float, evaluate_arrays([piece.lower, piece.upper, piece.upper - piece.lower], values)
        )
        return Coordinate(
            self.variable,
            lower if np.isfinite(lower) else None,
            upper if np.isfinite(upper) else None,
            length,
        )

    def _ends(self, piece: Piece) -> Ends:
        return Ends() if self.family.supports[0].discrete else ends_of(piece.lower, piece.upper)

    def _program(self, piece: Piece, integrands: tuple[Expr, ...]) -> Program:
        key = (piece, integrands)
        if key not in self._programs:
            self._programs[key] = compile_program(
                (piece.log_density, *integrands),
                {self.variable: self._ends(piece)},
            )
        return self._programs[key]


def _rounding(mass: float) -> float:
    """The relative rounding error of the density, seen in a mass that should be one."""
    return abs(mass - 1.0) if abs(mass - 1.0) < 1e-9 else 0.0


def weighted(found: Sequence[Any], jacobian: Any, top: float) -> Array:
    """Rows of density and integrands times density, from a program's outputs.

    Where the density is negligible whatever it multiplies, a row is zero.
    """
    log_p = found[0] + jacobian
    density = np.exp(log_p)
    rows = np.empty((len(found), np.size(log_p)))
    rows[0] = density
    keep = rule.masked(log_p, top)
    for i, g in enumerate(found[1:], start=1):
        rows[i] = np.where(keep, g * density, 0.0)
    return rows


_known: WeakKeyDictionary[Family, Quadrature] = WeakKeyDictionary()


def quadrature(family: Family) -> Quadrature:
    """The quadrature of a family, made once."""
    if family not in _known:
        _known[family] = Quadrature(family)
    return _known[family]
