"""What quadrature says: the measure against which every closed form is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, log10
from typing import Any

import numpy as np
from sympy import (
    Abs,
    Expr,
    Integral,
    Max,
    Min,
    Piecewise,
    Rational,
    Symbol,
    sign,
)

from symfisher.algebra.corners import slope
from symfisher.algebra.indexed_derivatives import indexed_hessian, indexed_score
from symfisher.declaration import Family
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.formula import Expectation
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.quadrature import quadrature

ENOUGH_DIGITS = 10.0
_FLOAT_DIGITS = 16.0
_PRECISE_DIGITS = 20
_MASS_ERROR = 1e-11


def score_of(family: Family) -> list[Expr]:
    """The gradient of the log-density, without what sits on a kink."""
    if family.is_indexed:
        return list(indexed_score(family))
    return [slope(family.log_density, p) for p in family.parameters]


def hessian_of(family: Family) -> list[list[Expr]]:
    """The second derivatives where they exist, without what sits on a kink."""
    if family.is_indexed:
        return [list(row) for row in indexed_hessian(family)]
    score = score_of(family)
    parameters = family.parameters
    upper = {
        (i, j): slope(score[i], parameters[j])
        for i in range(len(parameters))
        for j in range(i, len(parameters))
    }
    size = range(len(parameters))
    return [[upper[min(i, j), max(i, j)] for j in size] for i in size]


def mass_is_one(family: Family, point: Mapping[Symbol, Rational]) -> bool:
    """Whether float64 quadrature sees a density at the point: beyond that it cannot judge."""
    return abs(float(quadrature(family).expect([], point).mass) - 1) < _MASS_ERROR


def can_judge(family: Family, point: Mapping[Symbol, Rational]) -> bool:
    """Whether quadrature is good at the point: a constant that is an integral may be slow."""
    if not mass_is_one(family, point):
        return False
    if not family.log_density.has(Integral):
        return True
    derivatives = [*score_of(family), *(entry for row in hessian_of(family) for entry in row)]
    errors = quadrature(family).expect(derivatives, point).errors
    return bool(np.isfinite(np.asarray(errors, dtype=float)).all())


@dataclass(frozen=True)
class Moments:
    """E[score], E[score score^T] and -E[Hessian] at one point, with error estimates."""

    score_mean: np.ndarray
    outer_product: np.ndarray
    negative_hessian: np.ndarray
    errors: Mapping[str, np.ndarray]

    @property
    def scale(self) -> np.ndarray:
        """sqrt(F_ii F_jj): the size against which an entry's error counts."""
        diagonal = np.sqrt(np.abs(np.diagonal(self.outer_product)))
        curvature = np.sqrt(np.abs(np.diagonal(self.negative_hessian)))
        size = np.where(np.isfinite(diagonal) & (diagonal > 0), diagonal, curvature)
        size = np.where(size > 0, size, 1.0)
        return np.outer(size, size)


class Truth:
    """Numerical expectations of one family at fixed generic points."""

    def __init__(self, family: Family, points: Sequence[Mapping[Symbol, Rational]]) -> None:
        self.family = family
        self.points = [dict(p) for p in points]

    @cached_property
    def closed_values(self) -> Fingerprint:
        """Values of closed forms at the same points."""
        return Fingerprint(self.points)

    @cached_property
    def moments(self) -> list[Moments]:
        return [self._moments(point) for point in self.points]

    @cached_property
    def _integrands(self) -> list[Expr]:
        score, hessian = score_of(self.family), hessian_of(self.family)
        k = len(score)
        pairs = [(i, j) for i in range(k) for j in range(i, k)]
        return [
            *score,
            *(score[i] * score[j] for i, j in pairs),
            *(-hessian[i][j] for i, j in pairs),
        ]

    def _moments(self, point: Mapping[Symbol, Rational]) -> Moments:
        estimate = quadrature(self.family).expect(self._integrands, point)
        k = len(self.family.parameters)
        pairs = k * (k + 1) // 2
        parts = {}
        for what in ("values", "errors"):
            numbers = np.asarray(getattr(estimate, what), dtype=float)
            parts[what] = (
                numbers[:k],
                _symmetric(numbers[k : k + pairs], k),
                _symmetric(numbers[k + pairs :], k),
            )
        names = ("score_mean", "outer_product", "negative_hessian")
        return Moments(*parts["values"], errors=dict(zip(names, parts["errors"], strict=True)))

    # -- how well a closed form agrees ------------------------------------------------------------

    def entry_digits(self, quantity: str, i: int, j: int, closed: Expr) -> float:
        """Decimal digits to which an entry agrees at all points; -inf where it cannot be read."""
        values = self.closed_values.value(closed)
        digits = _FLOAT_DIGITS
        for index, (moments, value) in enumerate(zip(self.moments, values, strict=True)):
            number = float(value.mid()) if value.is_finite() else inf
            truth = float(getattr(moments, quantity)[i, j])
            agreed = agreement(number, truth, float(moments.scale[i, j]))
            if agreed < ENOUGH_DIGITS:
                agreed = self._precise_entry(quantity, i, j, index, value, moments)
            digits = min(digits, agreed)
        return digits

    def _precise_entry(
        self, quantity: str, i: int, j: int, index: int, value: Any, moments: Moments
    ) -> float:
        """Float64 could not decide: the same at more digits."""
        if not value.is_finite():
            return -inf
        k = len(self.family.parameters)
        pairs = [(a, b) for a in range(k) for b in range(a, k)]
        place = pairs.index((min(i, j), max(i, j)))
        start = k if quantity == "outer_product" else k + len(pairs)
        integrand = self._integrands[start + place]
        return self._precise(integrand, self.points[index], value, float(moments.scale[i, j]))

    def _precise(
        self, integrand: Expr, point: Mapping[Symbol, Rational], value: Any, scale: float
    ) -> float:
        estimate = quadrature(self.family).expect_precise([integrand], point, _PRECISE_DIGITS)
        if not float(estimate.errors[0]) <= 10**-ENOUGH_DIGITS * scale:
            return -inf  # it diverges, or its tails are beyond all digits
        return agreement(float(value.mid()), float(estimate.values[0]), scale)

    def digits(self, integrand: Expr, closed: Expr, extra: Sequence[Mapping[Symbol, Any]]) -> float:
        """Digits of agreement of E[integrand], with values for further symbols at each point."""
        points = [{**p, **e} for p, e in zip(self.points, extra, strict=True)]
        values = Fingerprint(points).value(closed)
        digits = _FLOAT_DIGITS
        for point, value in zip(points, values, strict=True):
            number = float(value.mid()) if value.is_finite() else inf
            if has_further_kinks(self.family, integrand):
                node = Expectation.under(self.family, integrand)
                truth = float(evaluate(node, point, digits=_PRECISE_DIGITS))
                digits = min(digits, agreement(number, truth, max(abs(truth), abs(number), 1e-3)))
                continue
            estimate = quadrature(self.family).expect([integrand], point)
            truth = float(estimate.values[0])
            scale = max(abs(truth), abs(number), 1e-3)
            agreed = agreement(number, truth, scale)
            if agreed < ENOUGH_DIGITS and isfinite(float(estimate.errors[0])):
                agreed = self._precise(integrand, point, value, scale)
            digits = min(digits, agreed)
        return digits


def has_further_kinks(family: Family, integrand: Expr) -> bool:
    """Whether the integrand has a kink whose place hangs on symbols that are not the family's."""
    own = {*family.variables, *family.domains}
    if len(family.variables) != 1 or family.supports[0].discrete:
        return False
    return any(k.free_symbols - own for k in integrand.atoms(Abs, sign, Max, Min, Piecewise))


def agreement(a: float, b: float, scale: float) -> float:
    """Decimal digits to which a and b agree in units of ``scale``."""
    if not (isfinite(a) and isfinite(b)):
        return -inf
    gap = abs(a - b) / scale
    return _FLOAT_DIGITS if gap == 0 else min(_FLOAT_DIGITS, -log10(gap))


def _symmetric(upper: np.ndarray, k: int) -> np.ndarray:
    matrix = np.empty((k, k))
    matrix[np.triu_indices(k)] = upper
    matrix.T[np.triu_indices(k)] = upper
    return matrix
