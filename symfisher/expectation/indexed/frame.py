"""What the roads have in common: matrices of blocks from the means of statistics."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from symfisher.algebra.indexed import calculus
from symfisher.algebra.indexed_derivatives import at_row, indexed_hessian
from symfisher.declaration import Family
from symfisher.expectation.indexed.statistics import NotLinear, expectation
from symfisher.formula import Step

Blocks = dict[tuple[int, int], Expr | None]


class IndexedFrame:
    """Expectations under a family with vectors; a road overrides ``mean`` or more."""

    name = "indexed"

    def __init__(self, family: Family, steps: list[Step] | None = None) -> None:
        self.family = family
        self.rules = calculus(family)
        self.steps: list[Step] = steps or []

    def mean(self, statistic: Expr) -> Expr | None:
        """E[T(x[POINT])]; of a sum over entries its own mean, where only that is known."""
        raise NotImplementedError

    def expect(self, integrand: Expr) -> Expr | None:
        try:
            return expectation(self.rules.normal(integrand), self.family, self.mean)
        except NotLinear:
            return None

    def score_mean(self) -> list[Expr] | None:
        return None

    def negative_hessian(self) -> Blocks | None:
        hessian = indexed_hessian(self.family)
        return self.blocks(lambda p, q: self.expect(-hessian[p][q]))

    def outer_product(self) -> Blocks | None:
        return None

    def blocks(self, entry: Callable[[int, int], Expr | None]) -> Blocks:
        """The blocks on and above the diagonal."""
        size = range(len(self.family.parameters))
        found = {(p, q): entry(p, q) for p in size for q in size if p <= q}
        return {pair: None if e is None else self._free(e) for pair, e in found.items()}

    def _free(self, block: Expr) -> Expr:
        """A block for free coordinates only, what a delta multiplies at the row's index."""
        if any(p in self.rules.totals for p in self.family.parameters):
            block = self.rules.below_last(block)
        return at_row(block, self.family)
