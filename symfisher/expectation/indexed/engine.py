"""The expectation engine of families with vectors of symbolic length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Sum
from sympy.core.relational import Relational

from symfisher.algebra.indexed_derivatives import (
    at_column,
    indexed_hessian,
    indexed_score,
    transposed,
)
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.engine import Branch, Engine, Expected, status_of
from symfisher.expectation.indexed import categories, exponential, independent, leave_one_out
from symfisher.expectation.indexed.frame import IndexedFrame
from symfisher.expectation.indexed.truth import IndexedTruth
from symfisher.expectation.truth import ENOUGH_DIGITS
from symfisher.formula import Expectation, Status

_FINITE = "The sum over m is finite: it runs over the counts that one entry can have"
_ROADS = (independent.frame, categories.frame, exponential.frame, leave_one_out.frame)


class IndexedBranch(Branch):
    """All lengths at once; quadrature judges at the small ones."""

    @cached_property
    def truth(self) -> Any:
        return IndexedTruth(self.family)

    @property
    def conditions(self) -> tuple[Relational, ...]:
        return ()

    def frames(self) -> Iterator[Any]:
        for road in _ROADS:
            if road not in self._made:
                self._made[road] = road(self.family)
            if self._made[road] is not None:
                yield self._made[road]

    def _short(self, raw: Expr) -> Expr:
        return tidy(raw)


class IndexedEngine(Engine):
    """Both forms of the Fisher matrix as blocks, and E[g], with indices free."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.branches = (IndexedBranch(family),)

    @property
    def witnesses(self) -> tuple[Branch, ...]:
        return tuple(witness.branch for witness in self.truth.witnesses)

    @property
    def truth(self) -> IndexedTruth:
        (branch,) = self.branches
        truth: Any = branch.truth
        return truth

    def _matrix(self, quantity: str) -> Expected:
        found = super()._matrix(quantity)
        k = len(self.family.parameters)
        upper = found.expr
        expr = ImmutableDenseMatrix(
            k, k, lambda p, q: upper[p, q] if p <= q else transposed(upper[q, p], self.family)
        )
        status = _status(expr)
        finite = (_FINITE,) if _runs_over_counts(expr) else ()
        notes = (*last_entry_notes(self.family), *finite)
        return Expected(expr, status, found.digits, found.steps, notes)

    def _unevaluated(self, quantity: str, pair: tuple[int, int]) -> Expr:
        p, q = pair
        if quantity == "outer_product":
            score = indexed_score(self.family)
            return Expectation.under(self.family, score[p] * at_column(score[q], self.family))
        return Expectation.under(self.family, -indexed_hessian(self.family)[p][q])

    def expect(
        self,
        integrand: Expr,
        extra: Mapping[Any, Domain] | None = None,
        conditions: Sequence[Relational] = (),
        *,
        short: bool = True,
    ) -> Expected:
        (branch,) = self.branches
        for frame in branch.frames():
            raw = frame.expect(integrand)
            if raw is None:
                continue
            for closed in dict.fromkeys((tidy(raw), raw) if short else (raw,)):
                digits = self.truth.digits(integrand, closed, extra or {}, conditions)
                if digits >= ENOUGH_DIGITS:
                    return Expected(closed, _status(closed), digits, tuple(frame.steps))
        return Expected(Expectation.under(self.family, integrand), Status.QUADRATURE, None)


def _status(expr: Any) -> Status:
    """As for any family; a sum over the values of an observation is a series, if a finite one."""
    found = status_of(expr)
    return Status.SERIES if found is Status.CLOSED and _runs_over_counts(expr) else found


def _runs_over_counts(expr: Any) -> bool:
    return any(limit[1] == 0 for s in expr.atoms(Sum) for limit in s.limits)


def last_entry_notes(family: Family) -> tuple[str, ...]:
    """Which coordinates are free, where a parameter's entries have a total."""
    return tuple(
        f"The free coordinates are {p}[1], ..., {p}[{family.length} - 1]; {p}[{family.length}] is "
        f"{family.domains[p].total} less their sum"
        for p in family.parameters
        if family.domains[p].total is not None
    )


__all__ = ["IndexedBranch", "IndexedEngine", "IndexedFrame", "last_entry_notes"]
