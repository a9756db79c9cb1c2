"""Entries that are independent given the parameters: each one is a scalar family of its own.

Where the log-density is a sum over the entries of one function of theirs, the family written out
at length one is the family of one entry.  The score of an entry reads that entry alone, so the
matrices of the whole are those of the one at each index, and their sums for plain parameters.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, IndexedBase, KroneckerDelta, Mul, Sum, Symbol

from symfisher.algebra.indexed import calculus
from symfisher.algebra.indexed_derivatives import at_column, normal_log_density
from symfisher.declaration import Family
from symfisher.expectation.engine import Expected, engine
from symfisher.expectation.indexed.frame import Blocks, IndexedFrame
from symfisher.expectation.indexed.statistics import POINT
from symfisher.formula import Expectation, Step
from symfisher.unrolling import Unrolling
from symfisher.vectors import at_index


class IndependentFrame(IndexedFrame):
    name = "independent entries"

    def __init__(self, family: Family) -> None:
        super().__init__(family)
        self.single = Unrolling(family, 1)
        self.scalar = self.single.family.canonical
        for parameter, prime in family.primed.items():
            if isinstance(prime, IndexedBase):
                self.single.add(prime, family.domains[parameter])
        self.engine = engine(self.scalar)
        self.steps = [
            Step(
                self.name,
                "The log-density is a sum over the entries, which are independent: each is an "
                "observation of the same scalar family.",
                family.log_density,
                self._lifted(self.scalar.log_density),
            )
        ]

    def _lifted(self, expr: Expr) -> Expr:
        """An expression of the scalar family, written at ``POINT``."""
        back = {
            entry: vector[POINT]
            for vector, entries in self.single.entries.items()
            for entry in entries
        }
        return expr.xreplace(back)

    def negative_hessian(self) -> Blocks | None:
        return self._whole(self.engine.negative_hessian)

    def outer_product(self) -> Blocks | None:
        return self._whole(self.engine.outer_product)

    def _whole(self, found: Expected) -> Blocks | None:
        self.steps += [step for step in found.steps if step not in self.steps]
        return self.blocks(lambda p, q: self._block(p, q, found.expr[p, q]))

    def _block(self, p: int, q: int, entry: Expr) -> Expr | None:
        if entry.has(Expectation):
            return None
        lifted = self._lifted(entry)
        row, column = self.family.indices[:2]
        kinds = [isinstance(self.family.parameters[n], IndexedBase) for n in (p, q)]
        if not any(kinds):
            return self.rules.total(lifted, POINT)
        here = at_index(lifted, POINT, row)
        if all(kinds):
            return here * KroneckerDelta(row, column)
        return here if kinds[0] else at_column(here, self.family)

    def mean(self, statistic: Expr) -> Expr | None:
        if isinstance(statistic, Sum):
            return None
        expr = self.single.expression(at_index(statistic, POINT, 1))
        further = {
            symbol: domain.entry
            for symbol, domain in self._second_point().items()
            if expr.has(symbol)
        }
        found = self.engine.expect(expr, further)
        return None if found.expr.has(Expectation) else self._lifted(found.expr)

    def _second_point(self) -> dict[Any, Any]:
        """The symbols of a second parameter point in the scalar family, and where they live."""
        found = {}
        for parameter, prime in self.family.primed.items():
            (symbol,) = self.single.entries.get(prime, (prime,))
            found[symbol] = self.family.domains[parameter]
        return found


def frame(family: Family) -> IndependentFrame | None:
    """The frame of a family whose log-density is a sum over the entries."""
    if family.category is not None or calculus(family).totals:
        return None
    if not all(isinstance(v, IndexedBase) for v in family.variables):
        return None
    density = normal_log_density(family)
    if not all(_is_of_entries(term, family.length) for term in density.as_ordered_terms()):
        return None
    return IndependentFrame(family)


def _is_of_entries(term: Expr, length: Symbol | None) -> bool:
    """Whether it is a sum over the entries, or the same for each of them."""
    sums = term.atoms(Sum)
    if not sums:
        rest = term / length
        return not rest.has(length)
    factors = Mul.make_args(term)
    alone = [f for f in factors if isinstance(f, Sum)]
    return len(sums) == 1 and len(alone) == 1 and not Mul(*factors, 1 / alone[0]).has(Sum, length)
