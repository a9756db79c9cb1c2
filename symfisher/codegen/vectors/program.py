"""A kernel over arrays whose length is known when it runs: passes over the entries, then outputs.

The structure of the formula is kept: a pass adds up sums over the entries, a vector is written
in one more pass, and a matrix from its diagonal and its terms of rank one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symfisher.codegen.program import Argument, Step
from symfisher.formula import Formula


@dataclass(frozen=True)
class VectorArgument(Argument):
    """An argument; ``entries`` is how many less than the length a vector has, None for a number.

    ``last`` stands for its last entry where something reads that, ``padded`` tells that it has
    none: zero is taken for it.
    """

    entries: int | None = None
    last: Symbol | None = None

    @property
    def is_vector(self) -> bool:
        return self.entries is not None

    @property
    def padded(self) -> bool:
        return self.entries == -1


@dataclass(frozen=True)
class Total:
    """``symbol`` = the sum of ``value`` over the entries, or its maximum."""

    symbol: Symbol
    value: Expr
    maximum: bool = False


@dataclass(frozen=True)
class Stage:
    """Assignments before a loop over the entries and inside it, and what the loop is for."""

    before: tuple[Step, ...]
    inside: tuple[Step, ...]
    values: tuple[Expr, ...] = ()
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True)
class Part:
    """The place of a parameter in a result: ``count`` parameters before it are vectors."""

    vectors: int
    numbers: int
    is_vector: bool

    def start(self, size: str) -> str:
        return f"{self.vectors}*{size} + {self.numbers}" if self.vectors else str(self.numbers)

    def length(self, size: str) -> str:
        return size if self.is_vector else "1"


@dataclass(frozen=True)
class Block:
    """One block of a result.

    Of two vectors it is the diagonal ``row.values[0]`` plus the sum of ``row.values[1 + n]`` at the
    row times ``column.values[n]`` at the column; any other is ``row.values[0]`` at its one index.
    """

    row_part: Part
    column_part: Part | None
    row: Stage
    column: Stage | None = None

    @property
    def is_structured(self) -> bool:
        part = self.column_part
        return part is not None and part.is_vector and self.row_part.is_vector


@dataclass(frozen=True)
class VectorGuard:
    condition: Boolean
    of_entries: bool


@dataclass(frozen=True)
class VectorProgram:
    """A formula with free indices as passes over its entries.

    Attributes:
        length: the symbol of the vectors' length, known from the arrays.
        category: the symbols (argument, indicator of an entry, indicator of the last one) of a
            category that stands as an index, or None.
        passes: in order; each reads totals of the ones before.
        parts: of the result along each of its axes; none for a number.
        free: how many less entries than the length a vector has in the result.
    """

    name: str
    formula: Formula
    arguments: tuple[VectorArgument, ...]
    length: Symbol
    category: tuple[Symbol, Symbol, Symbol] | None
    guards: tuple[VectorGuard, ...]
    passes: tuple[Stage, ...]
    blocks: tuple[Block, ...]
    axes: int
    parts: tuple[Part, ...]
    free: int

    @property
    def elements(self) -> frozenset[Symbol]:
        """The symbols that stand for the entry at which a loop is."""
        found = {a.symbol for a in self.arguments if a.is_vector}
        return frozenset(found | ({self.category[1]} if self.category else set()))

    @property
    def vectors(self) -> int:
        """How many of the result's parts along an axis are vectors."""
        return sum(part.is_vector for part in self.parts)

    @property
    def numbers(self) -> int:
        return len(self.parts) - self.vectors
