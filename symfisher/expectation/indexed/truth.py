"""What quadrature says of a family with vectors: of the family written out at small lengths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

from sympy import Expr, IndexedBase, Integer

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.engine import Branch, further_points
from symfisher.expectation.truth import Moments
from symfisher.unrolling import Unrolling
from symfisher.vector_validation import smallest_length
from symfisher.vectors import at_index

# Quadrature over more variables is too slow to go with every derivation.
_MOST_VARIABLES = 2
_LENGTHS = 2


class Witness:
    """A family with vectors at one length, and what quadrature finds there."""

    def __init__(self, family: Family, size: int) -> None:
        self.source = family
        self.unrolling = Unrolling(family, size)
        self.branch = Branch(self.unrolling.family.canonical)

    def expression(self, expr: Any) -> Any:
        """An expression of the source family in the symbols of the branch."""
        renaming = {old: new for new, old in self.unrolling.family.declared_symbols.items()}
        return self.unrolling.expression(expr).xreplace(renaming)

    def places(self, parameter: Any) -> range:
        """The places of a parameter's free entries among the branch's parameters."""
        names = [p.name for p in self.branch.family.parameters]
        entries = self.unrolling.free_entries(parameter)
        first = names.index(entries[0].name)
        return range(first, first + len(entries))

    def entries(self, block: Expr, p: int, q: int) -> Iterator[tuple[int, int, Expr]]:
        """(row, column, entry) of a block of a matrix, in the branch's order."""
        parameters = self.source.parameters
        rows, columns = self.places(parameters[p]), self.places(parameters[q])
        i, j = self.source.indices[:2]
        for (a, row), (b, column) in product(enumerate(rows, 1), enumerate(columns, 1)):
            entry = at_index(at_index(block, i, Integer(a)), j, Integer(b))
            yield row, column, self.expression(entry)


class IndexedTruth:
    """The same questions that ``Truth`` answers, asked of every witness."""

    def __init__(self, family: Family) -> None:
        self.family = family

    @cached_property
    def witnesses(self) -> tuple[Witness, ...]:
        smallest = smallest_length(self.family)
        found = [Witness(self.family, smallest + n) for n in range(_LENGTHS)]
        kept = [w for w in found if len(w.branch.family.variables) <= _MOST_VARIABLES]
        return tuple(kept or found[:1])

    @property
    def moments(self) -> list[Moments]:
        return [m for witness in self.witnesses for m in witness.branch.truth.moments]

    def entry_digits(self, quantity: str, p: int, q: int, closed: Expr) -> float:
        """Decimal digits to which all entries of a block agree at all lengths and points."""
        return min(
            witness.branch.truth.entry_digits(quantity, row, column, entry)
            for witness in self.witnesses
            for row, column, entry in witness.entries(closed, p, q)
        )

    def digits(
        self,
        integrand: Expr,
        closed: Expr,
        extra: Mapping[Any, Domain],
        conditions: Sequence[Any] = (),
    ) -> float:
        """Digits of agreement of E[integrand]; ``extra``: further symbols and their domains."""
        return min(self._digits(w, integrand, closed, extra, conditions) for w in self.witnesses)

    def _digits(
        self,
        witness: Witness,
        integrand: Expr,
        closed: Expr,
        extra: Mapping[Any, Domain],
        conditions: Sequence[Any],
    ) -> float:
        further: dict[Any, Domain] = {}
        constraints: list[Any] = []
        for symbol, domain in extra.items():
            if isinstance(symbol, IndexedBase):
                witness.unrolling.add(symbol, domain)
            entries = witness.unrolling.free_entries(symbol)
            further |= dict.fromkeys(entries, domain.entry)
            if domain.total is not None and domain.lower == 0:
                constraints.append(sum(entries) < domain.total)
        constraints += [witness.expression(c) for c in conditions]
        branch = witness.branch
        values = further_points(branch, further, constraints)
        for symbol in further:
            branch.fingerprint.know(symbol, [v[symbol] for v in values[:2]])
        return branch.truth.digits(
            witness.expression(integrand), witness.expression(closed), values
        )
