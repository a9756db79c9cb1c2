"""Inverse of a matrix over vectors of symbolic length: a diagonal plus terms of rank one.

With F = D + U V^T, where D is diagonal in the index, Woodbury's identity gives

    F^-1 = D^-1 - D^-1 U (1 + V^T D^-1 U)^-1 V^T D^-1

(Sherman-Morrison for one term; Golub and Van Loan 2013, section 2.1.4).  Plain parameters beside
the vectors border F and enter by the Schur complement.  Nothing is ever of the vectors' length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    Expr,
    ImmutableDenseMatrix,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Matrix,
    eye,
    log,
    zeros,
)

from symfisher.algebra.indexed import IndexCalculus, calculus, terms_of_sum
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.vectors import at_index


@dataclass(frozen=True)
class Structure:
    """An entry f(i, j) of a matrix as delta_ij diagonal(i) + sum of left(i) right(j)."""

    diagonal: Expr
    terms: tuple[tuple[Expr, Expr], ...]


def structure(entry: Expr, row: Any, column: Any) -> Structure | None:
    """The structured form of an entry; None where it has another."""
    delta = KroneckerDelta(row, column)
    diagonal: list[Expr] = []
    rights: dict[Expr, list[Expr]] = {}
    for term in terms_of_sum(entry):
        if term.has(KroneckerDelta):
            rest = term.xreplace({delta: Integer(1)})
            if rest.has(KroneckerDelta):
                return None
            diagonal.append(at_index(rest, column, row))
            continue
        left, right = term.as_independent(column, as_Add=False)
        if right.has(row):
            return None
        rights.setdefault(right, []).append(left)
    terms = ((Add(*lefts), right) for right, lefts in rights.items())
    return Structure(Add(*diagonal), tuple((u, v) for u, v in terms if u != 0 and v != 0))


@dataclass(frozen=True)
class Inverted:
    """The inverse in the layout of the matrix, or a direction in which the matrix is singular."""

    matrix: ImmutableDenseMatrix | None
    null_direction: tuple[Expr, ...] | None = None  # one entry a parameter, with the row's index
    diagonal: Expr | None = None  # of D^-1, where F = D + U V^T is singular


def indexed_inverse(matrix: ImmutableDenseMatrix, family: Family) -> Inverted | None:
    """The inverse of a family's matrix of blocks; None where it has not the structure."""
    problem = _Problem.of(matrix, family)
    return None if problem is None else problem.solve()


class _Problem:
    """D (m x m, for m vectors), U and V (m x 1 each), the border B and the corner A."""

    def __init__(self, family: Family, matrix: Matrix, parts: dict[tuple[int, int], Structure]):
        self.rules: IndexCalculus = calculus(family)
        self.row, self.column = family.indices[:2]
        kinds = [isinstance(p, IndexedBase) for p in family.parameters]
        self.vectors = [n for n, vector in enumerate(kinds) if vector]
        self.plain = [n for n, vector in enumerate(kinds) if not vector]
        self.last_is_free = not any(p in self.rules.totals for p in family.parameters)
        size = len(self.vectors)
        self.diagonal = Matrix(size, size, lambda a, b: parts[a, b].diagonal)
        self.left, right = _low_rank(parts, size)
        self.right = right.applyfunc(lambda entry: at_index(entry, self.column, self.row))
        self.border = Matrix(size, len(self.plain), lambda a, b: matrix[self.vectors[a],
                                                                        self.plain[b]])  # fmt: skip
        self.corner = matrix.extract(self.plain, self.plain)

    @classmethod
    def of(cls, matrix: ImmutableDenseMatrix, family: Family) -> _Problem | None:
        vectors = [n for n, p in enumerate(family.parameters) if isinstance(p, IndexedBase)]
        totals = [p in calculus(family).totals for p in family.parameters]
        if any(totals) and sum(totals) < len(vectors):
            return None  # some indices run to the length and some do not
        parts = {}
        for a, p in enumerate(vectors):
            for b, q in enumerate(vectors):
                found = structure(matrix[p, q], *family.indices[:2])
                if found is None:
                    return None
                parts[a, b] = found
        return cls(family, Matrix(matrix), parts)

    # -- the algebra -----------------------------------------------------------------------------

    def solve(self) -> Inverted | None:
        inverse = small_inverse(self.diagonal)
        if inverse is None:
            return None
        scaled = _tidy(inverse * self.left)
        core = _tidy(eye(self.left.cols) + self._total(self.right.T * scaled))
        core_inverse = small_inverse(core)
        if core_inverse is None:
            single = inverse[0, 0] if inverse.rows == 1 else None
            return Inverted(None, self._null_direction(scaled, core), single)
        within = _tidy(scaled * core_inverse)
        return self._bordered(inverse, within, self.right.T * inverse)

    def log_determinant(self) -> Expr | None:
        """log det D + log det(1 + V^T D^-1 U) + log det of the Schur complement of the corner."""
        inverse = small_inverse(self.diagonal)
        if inverse is None:
            return None
        core = _tidy(eye(self.left.cols) + self._total(self.right.T * inverse * self.left))
        core_inverse = small_inverse(core)
        if core_inverse is None:
            return None
        within = inverse * self.left * core_inverse
        applied = inverse * self.border - within * self._total(self.right.T * inverse * self.border)
        schur = _tidy(self.corner - self._total(self.border.T * _tidy(applied)))
        constant = tidy(core.det() * schur.det())
        if constant == 0:
            return None
        each = log(tidy(self.diagonal.det()))
        return self.rules.free_total(each, self.row, self.last_is_free) + log(constant)

    def _bordered(self, inverse: Matrix, within: Matrix, right: Matrix) -> Inverted | None:
        """All blocks, from P(i, j) = delta_ij inverse(i) - within(i) right(j)."""
        applied = _tidy(inverse * self.border - within * self._total(right * self.border))
        schur = _tidy(self.corner - self._total(self.border.T * applied))
        corner = small_inverse(schur) if self.plain else schur
        if corner is None:
            return Inverted(None)
        side = _tidy(-applied * corner)
        block = inverse * KroneckerDelta(self.row, self.column)
        block = block - within * self._to_column(right) - side * self._to_column(applied.T)
        return Inverted(self._laid_out(_tidy(block), side, corner))

    def _laid_out(self, block: Matrix, side: Matrix, corner: Matrix) -> ImmutableDenseMatrix:
        size = len(self.vectors) + len(self.plain)
        result = zeros(size, size)
        for a, p in enumerate(self.vectors):
            for b, q in enumerate(self.vectors):
                result[p, q] = block[a, b]
            for b, q in enumerate(self.plain):
                result[p, q] = side[a, b]
                result[q, p] = self._to_column(side[a, b])
        for a, p in enumerate(self.plain):
            for b, q in enumerate(self.plain):
                result[p, q] = corner[a, b]
        return ImmutableDenseMatrix(result)

    def _null_direction(self, scaled: Matrix, core: Matrix) -> tuple[Expr, ...] | None:
        """x = D^-1 U w with (1 + V^T D^-1 U) w = 0, so that F x = 0."""
        if self.plain or core.rows != 1:
            return None
        # Up to a factor: what does not depend on the index goes.
        entries = [tidy(entry) for entry in scaled]
        constants = [entry.as_independent(self.row, as_Add=False)[0] for entry in entries]
        return tuple(tidy(entry / constants[0]) for entry in entries)

    def _total(self, matrix: Matrix) -> Matrix:
        return matrix.applyfunc(
            lambda e: tidy(self.rules.free_total(e, self.row, self.last_is_free))
        )

    def _to_column(self, value: Any) -> Any:
        if isinstance(value, Expr):
            return at_index(value, self.row, self.column)
        return value.applyfunc(lambda entry: at_index(entry, self.row, self.column))


def indexed_determinant(matrix: ImmutableDenseMatrix, family: Family) -> Expr | None:
    """log det of a family's matrix of blocks; None where it is singular or not structured."""
    problem = _Problem.of(matrix, family)
    return None if problem is None else problem.log_determinant()


def _low_rank(parts: dict[tuple[int, int], Structure], size: int) -> tuple[Matrix, Matrix]:
    """U(row) and V(column) with the terms of all blocks as columns, equal ones of V as one."""
    columns: dict[tuple[Expr, ...], list[Expr]] = {}
    for (a, b), part in parts.items():
        for left, right in part.terms:
            key = tuple(right if n == b else Integer(0) for n in range(size))
            column = columns.setdefault(key, [Integer(0)] * size)
            column[a] += left
    left = Matrix(size, len(columns), lambda a, t: list(columns.values())[t][a])
    return left, Matrix(size, len(columns), lambda a, t: list(columns)[t][a])


def small_inverse(matrix: Matrix) -> Matrix | None:
    """The inverse by cofactors, of a matrix of the number of vectors or of terms; None if zero."""
    if matrix.rows == 0:
        return matrix
    determinant = tidy(matrix.det(method="berkowitz"))
    if determinant == 0:
        return None
    if matrix.is_diagonal():
        size = matrix.rows  # SymPy's diag() asks an entry p[K] for its shape
        return Matrix(size, size, lambda a, b: 1 / matrix[a, a] if a == b else Integer(0))
    return _tidy(matrix.adjugate() / determinant)


def _tidy(matrix: Matrix) -> Matrix:
    return matrix.applyfunc(tidy)
