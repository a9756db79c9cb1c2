"""Rank and null space of an information matrix, decided at generic points of the domain."""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import mul
from typing import Any

import flint
from sympy import Expr, ImmutableDenseMatrix, Matrix, zeros

from symfisher.algebra.inverse import inverse, is_long
from symfisher.algebra.tidy import tidy, tidy_matrix
from symfisher.declaration import Family
from symfisher.expectation.engine import engine
from symfisher.expectation.fingerprint import PRECISION, Fingerprint
from symfisher.formula import Expectation
from symfisher.numerics.points import sample_points

_ZERO = 1e-25  # of a determinant, in units of the product of the diagonal


@lru_cache(maxsize=64)
def generic_values(family: Family) -> Fingerprint:
    """Values at two generic points at which the family is regular."""
    return Fingerprint(sample_points(family.restricted(engine(family).conditions), 2, seed=11))


def null_directions(
    matrix: ImmutableDenseMatrix, family: Family
) -> tuple[ImmutableDenseMatrix, ...]:
    """A basis of the null space, as columns with short entries; empty for a regular matrix."""
    if matrix.has(Expectation):
        return ()
    values = generic_values(family)
    if not _is_singular(matrix, values):
        return ()
    basis = Matrix(matrix).nullspace(simplify=_short, iszerofunc=values.is_zero)
    vectors = tuple(tidy_matrix(v) for v in basis)
    seen = all(values.is_zero(entry) for v in vectors for entry in matrix * v)
    return vectors if seen else ()


def _is_singular(matrix: ImmutableDenseMatrix, values: Fingerprint) -> bool:
    """Whether the determinant vanishes at the generic points, to many digits."""
    entries = [values.value(entry) for entry in matrix]
    return all(
        _has_no_inverse([entry[point] for entry in entries], matrix.rows)
        for point in range(len(values.points))
    )


def _has_no_inverse(entries: list[Any], size: int) -> bool:
    precision = flint.ctx.prec
    flint.ctx.prec = PRECISION
    try:
        numbers = flint.arb_mat(size, size, entries)
        scale = reduce(mul, [abs(numbers[i, i]) for i in range(size)])
        return bool(abs(numbers.det()).upper() <= _ZERO * scale.upper() + flint.arb(10) ** -40)
    finally:
        flint.ctx.prec = precision


def _short(expr: Expr) -> Expr:
    return tidy(expr)


def regular_inverse(matrix: ImmutableDenseMatrix, family: Family) -> ImmutableDenseMatrix | None:
    """The inverse, its entries tidied where that ends; None for a singular matrix."""
    if null_directions(matrix, family):
        return None
    inverted = inverse(matrix)
    if inverted is None or is_long(matrix):
        return inverted
    return tidy_matrix(inverted)


def general_inverse(matrix: ImmutableDenseMatrix, family: Family) -> ImmutableDenseMatrix:
    """A generalised inverse G, F G F = F: the inverse of a largest regular block, else zero.

    J G J^T is the same for all of them wherever the rows of J lie in the row space of F.
    """
    chosen = regular_block(matrix, family)
    result = zeros(*matrix.shape)
    block = inverse(ImmutableDenseMatrix(matrix.extract(chosen, chosen)))
    if block is not None:
        for a, i in enumerate(chosen):
            for b, j in enumerate(chosen):
                result[i, j] = block[a, b]
    return ImmutableDenseMatrix(result)


def regular_block(matrix: ImmutableDenseMatrix, family: Family) -> list[int]:
    """The indices of a largest regular principal block of a positive semidefinite matrix."""
    values = generic_values(family)
    chosen: list[int] = []
    for i in range(matrix.rows):
        tried = [*chosen, i]
        if not _is_singular(matrix.extract(tried, tried), values):
            chosen = tried
    return chosen


def direction_in_words(vector: ImmutableDenseMatrix, family: Family) -> str:
    """A null direction as a sentence's subject: "mu + 1, nu - sigma"."""
    parts = [f"{p} at rate {entry}" for p, entry in zip(family.parameters, vector) if entry != 0]
    return ", ".join(parts)
