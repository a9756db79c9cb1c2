"""Whether a closed form is a distance of the metric: its gradient has length one."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, log10
from typing import Any

import mpmath
from sympy import Abs, Expr, ImmutableDenseMatrix, Rational, Symbol, diff, sqrt

from symfisher.declaration import Family
from symfisher.errors import MismatchError
from symfisher.numerics.evaluate import evaluate, evaluate_many, evaluate_matrix
from symfisher.numerics.points import sample_points

_POINTS = 3
_DIGITS = 25
_ENOUGH = 12.0
_NEAR = Rational(1, 10**8)  # of which the curvature of the geodesic leaves its square
_NEAR_FLOAT = mpmath.mpf(10) ** -8


def check_distance(family: Family, metric: ImmutableDenseMatrix, distance: Expr) -> float:
    """Decimal digits to which g^ij (d_i d)(d_j d) is one at generic pairs of points.

    The solution of this equation that vanishes with its points is the distance (do Carmo 1992,
    chapter 3); that it vanishes is checked at a pair of points close to each other.

    Raises:
        MismatchError: it is not one.
    """
    primes = [family.primed[p] for p in family.parameters]
    smooth = distance.replace(Abs, lambda z: z)  # the sign of a gradient plays no part
    slopes = [diff(smooth, q) for q in primes]
    second = metric.xreplace(family.primed)
    worst = 16.0
    for pair in _pairs(family):
        worst = min(
            worst, _agreement(slopes, second, pair), _closeness(distance, metric, pair, family)
        )
    if worst < _ENOUGH:
        raise MismatchError(
            f"family '{family.name}': the gradient of the distance that was found has length one "
            f"to {worst:.1f} digits only; nothing is shown"
        )
    return worst


def _pairs(family: Family) -> list[dict[Symbol, Any]]:
    first = sample_points(family, _POINTS, seed=3)
    second = sample_points(family, _POINTS, seed=8)
    return [
        {**a, **{family.primed[p]: b[p] for p in family.parameters}} for a, b in zip(first, second)
    ]


def _agreement(
    slopes: list[Expr], metric: ImmutableDenseMatrix, pair: Mapping[Symbol, Any]
) -> float:
    with mpmath.workdps(_DIGITS + 10):
        gradient = mpmath.matrix(evaluate_many(slopes, pair, _DIGITS))
        matrix = mpmath.matrix(evaluate_matrix(metric, pair, _DIGITS))
        length = (gradient.T * mpmath.lu_solve(matrix, gradient))[0]
        return _digits(abs(length - 1))


def _closeness(
    distance: Expr, metric: ImmutableDenseMatrix, pair: Mapping[Symbol, Any], family: Family
) -> float:
    """Digits, at most those that are wanted, to which d(p, p + e v) is e |v| for a small e."""
    step = [Rational(2 * n + 3, n + 5) for n in range(len(family.parameters))]
    first = {s: v for s, v in pair.items() if s not in family.primed.values()}
    near = {family.primed[p]: first[p] + _NEAR * v for p, v in zip(family.parameters, step)}
    found = evaluate(distance, {**first, **near}, _DIGITS)
    vector = ImmutableDenseMatrix(step)
    length = evaluate(sqrt((vector.T * metric * vector)[0, 0]), first, _DIGITS)
    return min(16.0, _digits(abs(found / (_NEAR_FLOAT * length) - 1)) + 8.0)


def _digits(gap: Any) -> float:
    value = float(gap)
    if not isfinite(value):
        return -1.0
    return 16.0 if value == 0 else min(16.0, -log10(value))
