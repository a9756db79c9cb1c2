"""Metrics that square roots of linear functions embed in a Euclidean space."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sympy import (
    Expr,
    ImmutableDenseMatrix,
    Matrix,
    Poly,
    Rational,
    Symbol,
    asin,
    diff,
    factor_list,
    false,
    fraction,
    linsolve,
    sqrt,
    symbols,
    together,
)

from symfisher.algebra.tidy import tidy
from symfisher.expectation.samples import signs_of
from symfisher.geometry.patch import Patch


def embedded_by_roots(patch: Patch) -> tuple[Expr, str] | None:
    """The distance where the metric is sum_i c_i (d sqrt(f_i))^2 with linear f_i and c_i > 0.

    With as many f_i as parameters it is flat; with one more, and sum c_i f_i = R^2, it is a part
    of the sphere of radius R, as for a categorical variable (Amari 2016, section 3.5).
    """
    if not all(entry.is_rational_function(*patch.symbols) for entry in patch.metric):
        return None
    factors = _linear_factors(patch)
    weights = _weights(patch, factors)
    if weights is None or not all(weight.is_positive for weight in weights):
        return None
    chord = sqrt(sum(c * (sqrt(patch.primed(f)) - sqrt(f)) ** 2 for c, f in zip(weights, factors)))
    excess = len(factors) - len(patch.symbols)
    square = tidy(sum(c * f for c, f in zip(weights, factors)))
    if excess == 1 and not square.free_symbols & set(patch.symbols):
        if not _is_simplex(patch, factors, weights, square):
            return None
        return 2 * sqrt(square) * asin(chord / (2 * sqrt(square))), (
            "Square roots map the parameters to the sphere: the distance is along a great circle."
        )
    return None


def _linear_factors(patch: Patch) -> list[Expr]:
    """The irreducible factors of the metric's denominators that hold parameters."""
    found: dict[Expr, None] = {}
    for entry in patch.metric:
        for factor, _ in factor_list(fraction(together(entry))[1])[1]:
            if factor.free_symbols & set(patch.symbols):
                found[_positive(factor, patch)] = None
    return list(found)


def _positive(factor: Expr, patch: Patch) -> Expr:
    return -factor if signs_of(patch.family)(factor) == -1 else factor


def _weights(patch: Patch, factors: Sequence[Expr]) -> list[Expr] | None:
    """c_i with metric = sum_i c_i grad f_i grad f_i^T/(4 f_i)."""
    size = range(len(patch.symbols))
    gradients = [[diff(f, s) for s in patch.symbols] for f in factors]
    if any(g.free_symbols & set(patch.symbols) for row in gradients for g in row):
        return None
    unknown = symbols(f"c:{len(factors)}", cls=Symbol)
    equations: list[Expr] = []
    for i in size:
        for j in range(i + 1):
            model = sum(
                c * row[i] * row[j] / (4 * f) for c, row, f in zip(unknown, gradients, factors)
            )
            above = fraction(together(patch.metric[i, j] - model))[0]
            equations += Poly(above, *patch.symbols).coeffs() if above != 0 else []
    solutions = list(linsolve(equations, *unknown)) if equations else []
    if len(solutions) != 1 or any(set(unknown) & c.free_symbols for c in solutions[0]):
        return None
    return [tidy(c) for c in solutions[0]]


def _is_simplex(
    patch: Patch, factors: Sequence[Expr], weights: Sequence[Expr], square: Expr
) -> bool:
    """Whether the domain is where all factors are positive: a convex part of the sphere."""
    corners = []
    for place, factor in enumerate(factors):
        equations = [f for f in factors if f is not factor]
        equations.append(weights[place] * factor - square)
        (corner,) = linsolve(equations, *patch.symbols) or [None]
        if corner is None:
            return False
        corners.append(Matrix(corner))
    generator = random.Random(5)
    return all(_is_inside(patch, _mixture(corners, generator)) for _ in range(20))


def _mixture(corners: Sequence[Matrix], generator: random.Random) -> ImmutableDenseMatrix:
    shares = [Rational(generator.randint(1, 10_000) ** 2) for _ in corners]
    total = sum((c * s for c, s in zip(corners, shares)), start=Matrix.zeros(*corners[0].shape))
    return ImmutableDenseMatrix(total / sum(shares))


def _is_inside(patch: Patch, place: ImmutableDenseMatrix) -> bool:
    point = dict(zip(patch.symbols, place))
    domains = (patch.family.domains[s].substitute(point) for s in patch.symbols)
    inside = all(d.lower < v and v < d.upper for d, v in zip(domains, place))
    return inside and not any(c.xreplace(point) == false for c in patch.family.constraints)
