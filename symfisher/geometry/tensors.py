"""Connections and curvature of a metric whose entries are fractions of one field.

Index order and sign are those of Misner, Thorne and Wheeler (1973):
R^i_jkl = d_k Gamma^i_lj - d_l Gamma^i_kj + Gamma^i_km Gamma^m_lj - Gamma^i_lm Gamma^m_kj, so that
R_ijij is positive on a sphere.  Only independent components are computed.
"""

# ruff: noqa: E741 - i, j, k, l are the names that indices have in the literature.
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial

from sympy import Symbol

from symfisher.algebra.fraction import Fraction
from symfisher.algebra.fraction_field import Field

Matrix = list[list[Fraction]]
Index = tuple[int, ...]


class Tensors:
    """What follows from the metric ``metric`` in the coordinates ``parameters``."""

    def __init__(self, field: Field, parameters: Sequence[Symbol], metric: Matrix) -> None:
        self.field, self.parameters, self.metric = field, tuple(parameters), metric
        self.size = range(len(self.parameters))

    # -- the metric -------------------------------------------------------------------------------

    @cached_property
    def determinant(self) -> Fraction:
        return determinant(self.field, self.metric)

    @cached_property
    def inverse(self) -> Matrix:
        """g^ij, by cofactors: every entry is one quotient by the determinant."""
        return self._symmetric(self._inverse_entry)

    def _inverse_entry(self, i: int, j: int) -> Fraction:
        rows = [row[:j] + row[j + 1 :] for row in self.metric[:i] + self.metric[i + 1 :]]
        minor = determinant(self.field, rows) / self.determinant
        return -minor if (i + j) % 2 else minor

    @cached_property
    def slopes(self) -> list[Matrix]:
        """d g_ij / d theta^k, at [k][i][j]."""
        return [self._symmetric(partial(self._slope, k)) for k in self.size]

    def _slope(self, k: int, i: int, j: int) -> Fraction:
        return self.field.derivative(self.metric[i][j], self.parameters[k])

    # -- connections ------------------------------------------------------------------------------

    @cached_property
    def levi_civita(self) -> list[Matrix]:
        """Gamma_{ij,k} of the metric, at [k][i][j]."""
        return [self._symmetric(partial(self._lowered, k)) for k in self.size]

    def _lowered(self, k: int, i: int, j: int) -> Fraction:
        d = self.slopes
        return (d[i][j][k] + d[j][i][k] - d[k][i][j]).scaled(1, 2)

    def raised(self, first: list[Matrix]) -> list[Matrix]:
        """Gamma^k_ij, at [k][i][j], of a connection given by Gamma_{ij,k} at [k][i][j]."""

        def entry(k: int, i: int, j: int) -> Fraction:
            return self.total((self.inverse[k][m], first[m][i][j]) for m in self.size)

        return [self._symmetric(partial(entry, k)) for k in self.size]

    # -- curvature --------------------------------------------------------------------------------

    def riemann(self, first: list[Matrix], dual: list[Matrix]) -> dict[Index, Fraction]:
        """R_ijkl for all i, j and k < l of a connection, given it and its dual one.

        With the dual connection it needs no second contraction (Amari and Nagaoka 2000, section
        3.3): R_ijkl = d_k Gamma_{lj,i} - d_l Gamma_{kj,i}
        - Gamma*_{ki,m} Gamma^m_lj + Gamma*_{li,m} Gamma^m_kj.
        """
        second = self.raised(first)
        pairs = [(k, l) for k in self.size for l in self.size if k < l]
        found: dict[Index, Fraction] = {}
        for i, j, (k, l) in ((i, j, pair) for i in self.size for j in self.size for pair in pairs):
            mirrored = self._mirrored(found, (i, j, k, l)) if first is dual else None
            if mirrored is None:
                mirrored = self._curvature(first, dual, second, (i, j, k, l))
            found[i, j, k, l] = mirrored
        return found

    def _mirrored(self, found: dict[Index, Fraction], index: Index) -> Fraction | None:
        """A component of the metric's own connection that others give by its symmetries."""
        i, j, k, l = index
        if i == j:
            return self.field.zero
        if i > j:
            return -found[j, i, k, l]
        return found.get((k, l, i, j))

    def _curvature(
        self, first: list[Matrix], dual: list[Matrix], second: list[Matrix], index: Index
    ) -> Fraction:
        i, j, k, l = index
        derivative = self.field.derivative
        value = derivative(first[i][l][j], self.parameters[k])
        value = value - derivative(first[i][k][j], self.parameters[l])
        value = value + self.total((dual[m][l][i], second[m][k][j]) for m in self.size)
        return value - self.total((dual[m][k][i], second[m][l][j]) for m in self.size)

    def ricci(self, riemann: dict[Index, Fraction]) -> Matrix:
        """R_jl = g^ik R_ijkl."""

        def entry(j: int, l: int) -> Fraction:
            return self.total(
                (self.inverse[i][k], component(riemann, self.field, (i, j, k, l)))
                for i in self.size
                for k in self.size
            )

        return [[entry(j, l) for l in self.size] for j in self.size]

    def trace(self, ricci: Matrix) -> Fraction:
        """g^jl R_jl."""
        return self.total((self.inverse[j][l], ricci[j][l]) for j in self.size for l in self.size)

    def sectional(self, riemann: dict[Index, Fraction], i: int, j: int) -> Fraction:
        """The curvature of the plane of the coordinates i and j."""
        g = self.metric
        area = g[i][i] * g[j][j] - g[i][j] * g[i][j]
        return component(riemann, self.field, (i, j, i, j)) / area

    # -- sums -------------------------------------------------------------------------------------

    def total(self, pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
        """Sum of products."""
        return self.field.sum(a * b for a, b in pairs if a and b)

    def _symmetric(self, entry: Callable[[int, int], Fraction]) -> Matrix:
        upper = {(i, j): entry(i, j) for i in self.size for j in self.size if i <= j}
        return [[upper[min(i, j), max(i, j)] for j in self.size] for i in self.size]


def component(riemann: dict[Index, Fraction], field: Field, index: Index) -> Fraction:
    """R_ijkl for any k and l."""
    i, j, k, l = index
    if k == l:
        return field.zero
    return riemann[index] if k < l else -riemann[i, j, l, k]


def determinant(field: Field, rows: Matrix) -> Fraction:
    """Expanded along the row with most zeros: metrics have blocks."""
    if not rows:
        return field.one
    place = max(range(len(rows)), key=lambda r: sum(1 for entry in rows[r] if not entry))
    rest = rows[:place] + rows[place + 1 :]
    total = field.zero
    for column, entry in enumerate(rows[place]):
        if entry:
            minor = determinant(field, [row[:column] + row[column + 1 :] for row in rest])
            total = total - entry * minor if (place + column) % 2 else total + entry * minor
    return total
