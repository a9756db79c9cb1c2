"""The height of a hyperbolic plane in any coordinates, found from its metric.

In the half-plane (du^2 + dv^2)/(kappa^2 v^2) the function f = 1/v satisfies

    Hess f = kappa^2 f g    and    |grad f| = kappa f

(Ratcliffe 2019, chapter 3: f is a linear function of the hyperboloid that vanishes at infinity).
It is looked for as a product of powers of the factors of the metric; for log f both equations are
polynomials in the exponents, which are tried at generic points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
from sympy import Expr, ImmutableDenseMatrix, Mul, Rational, Symbol, diff, fraction, log, together

from symfisher.algebra.fraction_writing import Sign
from symfisher.errors import DerivationError
from symfisher.expectation.samples import signs_of
from symfisher.geometry.chart import chart, short
from symfisher.geometry.patch import Patch
from symfisher.geometry.tensors import Tensors
from symfisher.numerics.evaluate import evaluate, evaluate_matrix
from symfisher.numerics.points import sample_points

Array = np.ndarray[Any, Any]

_EXPONENTS = [Rational(n, 2) for n in (-4, -3, -2, -1, 1, 2, 3, 4)]
_MOST_FACTORS = 6
_POINTS = 3
_DIGITS = 20
_SAME = 1e-9


@dataclass(frozen=True)
class Height:
    """``square`` is v^2 for the height v of a half-plane of curvature -``rate``^2."""

    square: Expr
    rate_square: Expr


def height(patch: Patch) -> Height | None:
    """The height of a patch of two parameters whose curvature is a negative constant, or None."""
    if len(patch.symbols) != 2:
        return None
    sign = signs_of(patch.family)
    try:
        curvature, second = _curvature(patch)
    except DerivationError:  # derivatives of the metric are not known
        return None
    if curvature.free_symbols & set(patch.symbols) or sign(curvature) != -1:
        return None
    factors = _factors(patch, sign)
    powers = _powers(patch, -curvature, second, factors)
    if powers is None:
        return None
    return Height(Mul(*(base ** (-2 * power) for base, power in powers.items())), -curvature)


def _curvature(patch: Patch) -> tuple[Expr, list[list[list[Expr]]]]:
    """The sectional curvature and Gamma^k_ij at [k][i][j] of the patch."""

    def compute(whole: Tensors) -> tuple[Expr, list[list[list[Expr]]]]:
        field = whole.field
        rows = [[field.convert(entry) for entry in row] for row in patch.metric.tolist()]
        own = Tensors(field, patch.symbols, rows)
        first = own.levi_civita
        sectional = own.sectional(own.riemann(first, first), 0, 1)
        second = [[[*map(field.expression, row)] for row in rows] for rows in own.raised(first)]
        return short(field, sectional), second

    return chart(patch.family).work(compute)


def _factors(patch: Patch, sign: Sign) -> list[Expr]:
    """The positive bases of which the metric and its determinant are products, short ones first."""
    found: dict[Expr, None] = dict.fromkeys(patch.symbols)
    for expr in (patch.metric.det(), *patch.metric):
        for part in fraction(together(expr).factor()):
            found |= dict.fromkeys(f.as_base_exp()[0] for f in Mul.make_args(part))
    own = set(patch.symbols)
    signed = {base: sign(base) for base in found if base.free_symbols & own}
    positive = dict.fromkeys(base * side for base, side in signed.items() if side in (1, -1))
    return sorted(positive, key=lambda base: (base.count_ops(), str(base)))[:_MOST_FACTORS]


def _powers(
    patch: Patch, rate_square: Expr, second: list[list[list[Expr]]], factors: Sequence[Expr]
) -> dict[Expr, Rational] | None:
    """The exponents of f, by the two equations at generic points."""
    conditions = [
        _numbers(patch, rate_square, second, factors, at)
        for at in sample_points(patch.family, _POINTS, seed=5)
    ]
    for powers in _candidates(len(factors)):
        weights = np.array(powers, float)
        if all(_solves(weights, *each) for each in conditions):
            return {base: power for base, power in zip(factors, powers) if power}
    return None


def _candidates(count: int) -> Iterator[tuple[Rational, ...]]:
    """Exponents of which at most three are not zero, few first."""
    for used in range(1, min(3, count) + 1):
        for places in combinations(range(count), used):
            for powers in product(_EXPONENTS, repeat=used):
                chosen = dict(zip(places, powers))
                yield tuple(chosen.get(i, Rational(0)) for i in range(count))


def _numbers(
    patch: Patch,
    rate_square: Expr,
    second: list[list[list[Expr]]],
    factors: Sequence[Expr],
    at: dict[Symbol, Any],
) -> tuple[Array, Array, Array]:
    """Gradients and Hessians of the factors' logarithms, and kappa^2 g, at one point."""
    gradients = [[diff(log(base), s) for s in patch.symbols] for base in factors]
    hessians = [_hessian(slopes, patch.symbols, second) for slopes in gradients]
    slopes = np.array(evaluate_matrix(ImmutableDenseMatrix(gradients), at, _DIGITS), float)
    bends = [evaluate_matrix(each, at, _DIGITS) for each in hessians]
    metric = np.array(evaluate_matrix(patch.metric, at, _DIGITS), float)
    return slopes, np.array(bends, float), float(evaluate(rate_square, at, _DIGITS)) * metric


def _hessian(
    slopes: Sequence[Expr], symbols: Sequence[Symbol], second: list[list[list[Expr]]]
) -> ImmutableDenseMatrix:
    """d_i d_j f - Gamma^k_ij d_k f."""

    def entry(i: int, j: int) -> Expr:
        return diff(slopes[j], symbols[i]) - sum(second[k][i][j] * slopes[k] for k in range(2))

    return ImmutableDenseMatrix(2, 2, entry)


def _solves(weights: Array, slopes: Array, bends: Array, wanted: Array) -> bool:
    gradient = weights @ slopes
    hessian = np.tensordot(weights, bends, 1) + np.outer(gradient, gradient)
    scale = np.abs(wanted).max()
    if np.abs(hessian - wanted).max() > _SAME * scale:
        return False
    return bool(abs(gradient @ np.linalg.solve(wanted, gradient) - 1) < _SAME)
