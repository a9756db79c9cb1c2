"""A sparse system of linear equations over a fraction field, solved as its rows come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from symfisher.algebra.fraction import Fraction
from symfisher.algebra.fraction_field import Field

# Unknowns are sortable keys, all of one kind.
U = TypeVar("U", bound=Any)


class Contradiction(Exception):
    """The rows imply 0 = c: one of the identities behind them is false."""


@dataclass
class Row(Generic[U]):
    """unknown-by-unknown coefficients, the value of their sum, and the rows that it came from."""

    coefficients: dict[U, Fraction]
    value: Fraction
    sources: frozenset[int] = frozenset()


class LinearSystem(Generic[U]):
    """Rows in reduced echelon form: each pivot occurs in its own row alone.

    A row is solved for the unknown with the shortest coefficient, the least one among equals.
    """

    def __init__(self, field: Field) -> None:
        self.field = field
        self._rows: dict[U, Row[U]] = {}

    def add(
        self,
        coefficients: Mapping[U, Fraction],
        value: Fraction,
        sources: frozenset[int] = frozenset(),
    ) -> bool:
        """Take in sum(coefficients * unknowns) = value; whether it says anything new.

        ``sources`` are handed on to whatever follows from the row.

        Raises:
            Contradiction: the rows so far imply that it is false.
        """
        row = self.reduce(coefficients, value)
        if not row.coefficients:
            if row.value:
                raise Contradiction(str(row.value))
            return False
        pivot = min(row.coefficients, key=lambda u: (_size(row.coefficients[u]), u))
        lead = row.coefficients.pop(pivot)
        others = {u: c / lead for u, c in row.coefficients.items()}
        solved = Row(others, row.value / lead, row.sources | sources)
        for other in self._rows.values():
            factor = other.coefficients.pop(pivot, None)
            if factor is not None:
                _subtract(other, solved, factor)
        self._rows[pivot] = solved
        return True

    def reduce(self, coefficients: Mapping[U, Fraction], value: Fraction) -> Row[U]:
        """The same equation with all pivots replaced."""
        row = Row({u: c for u, c in coefficients.items() if c}, value)
        for unknown in [u for u in row.coefficients if u in self._rows]:
            factor = row.coefficients.pop(unknown)
            _subtract(row, self._rows[unknown], factor)
        return row

    def value(self, unknown: U) -> Fraction | None:
        """What the unknown is, if the rows so far determine it."""
        row = self._rows.get(unknown)
        return None if row is None or row.coefficients else row.value

    def combination(self, coefficients: Mapping[U, Fraction]) -> Fraction | None:
        """sum(coefficients * unknowns), if the rows so far determine it."""
        row = self.reduce(coefficients, self.field.zero)
        return None if row.coefficients else -row.value


def _subtract(row: Row[U], solved: Row[U], factor: Fraction) -> None:
    """row - factor * (pivot + solved - value), the pivot's own entry taken out before."""
    row.sources = row.sources | solved.sources
    row.value = row.value - factor * solved.value
    for unknown, coefficient in solved.coefficients.items():
        old = row.coefficients.get(unknown)
        new = -(factor * coefficient) if old is None else old - factor * coefficient
        if new:
            row.coefficients[unknown] = new
        elif old is not None:
            del row.coefficients[unknown]


def _size(fraction: Fraction) -> int:
    return len(fraction.num) + len(fraction.den)
