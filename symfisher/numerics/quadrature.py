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
from symfisher.numerics.compiler import compile_program
from symfisher.numerics.coordinates import Coordinate, ends_of
from symfisher.numerics.evaluator import FLOAT64, evaluate_arrays
from symfisher.numerics.program import Program
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
        values = {s: np.float64(float(v)) for s, v in at.items()}
        with np.errstate(all="ignore"):
            parts = [
                self._expect_piece(i, piece, integrands, values)
                for i, piece in enumerate(self.pieces)
            ]
        totals = np.sum([sums.values for sums in parts], axis=0)
        errors = np.sum([sums.errors() for sums in parts], axis=0)
        return Estimate(totals[1:], errors[1:], float(totals[0]), float(errors[0]))

    def _expect_piece(
        self, index: int, piece: Piece, integrands: Sequence[Integrand], values: Any
    ) -> rule.Sums:
        chosen = tuple(g[index] if isinstance(g, tuple) else g for g in integrands)
        density = self._program(piece, ()).bind(FLOAT64, values)
        bound = self._program(piece, chosen).bind(FLOAT64, values)
        coordinate = self._coordinate(piece, values)

        def log_density(w: Array) -> Array:
            nodes, jacobian = coordinate.nodes(w)
            return density.run(nodes)[0] + jacobian

        window = rule.locate(log_density, coordinate.grid)

        def contributions(w: Array) -> Array:
            nodes, jacobian = coordinate.nodes(w)
            log_p, *found = bound.run(nodes)
            log_p = log_p + jacobian
            rows = np.empty((len(found) + 1, len(w)))
            rows[0] = np.exp(log_p)
            keep = rule.masked(log_p, window.top)
            for i, g in enumerate(found):
                rows[i + 1] = np.where(keep, g * rows[0], 0.0)
            return rows

        return rule.integrate(contributions, window)

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

    def _program(self, piece: Piece, integrands: tuple[Expr, ...]) -> Program:
        key = (piece, integrands)
        if key not in self._programs:
            self._programs[key] = compile_program(
                (piece.log_density, *integrands),
                {self.variable: ends_of(piece.lower, piece.upper)},
            )
        return self._programs[key]


_known: WeakKeyDictionary[Family, Quadrature] = WeakKeyDictionary()


def quadrature(family: Family) -> Quadrature:
    """The quadrature of a family, made once."""
    if family not in _known:
        _known[family] = Quadrature(family)
    return _known[family]
