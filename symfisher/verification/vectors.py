"""The checks of families with vectors, at the small lengths at which quadrature looks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from mpmath import mpf
from sympy import Expr, IndexedBase

from symfisher.expectation.engine import Branch
from symfisher.expectation.indexed.truth import Witness
from symfisher.formula import Formula, Status
from symfisher.quantities.indexed.divergence import kl
from symfisher.quantities.information import negative_hessian, outer_product
from symfisher.verification.checks import Checks, curvatures, nothing_closed, products
from symfisher.verification.report import Check


class VectorChecks(Checks):
    """As for any family, the closed forms being written out at each length.

    That the bound inverts the matrix, and that the Hessian of the divergence is the matrix, is
    seen when they are derived.
    """

    def all(self) -> Iterator[Check]:
        yield self._mass()
        yield self._zero_mean()
        yield self._matrix(outer_product(self.family), products)
        yield self._matrix(negative_hessian(self.family), curvatures)
        yield self._divergence()

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        machine: Any = self.engine
        return tuple(machine.truth.witnesses)

    def _entries(self, formula: Formula, branch: Branch) -> list[Expr]:
        (witness,) = (w for w in self.witnesses if w.branch is branch)
        size = range(len(self.family.parameters))
        found = {
            (row, column): entry
            for p in size
            for q in size
            for row, column, entry in witness.entries(formula.expr[p, q], p, q)
        }
        return [found[pair] for pair in sorted(found) if pair[0] <= pair[1]]

    def _divergence(self) -> Check:
        formula = kl(self.family)
        if formula.status is not Status.CLOSED:
            return nothing_closed(formula)
        found = [c for witness in self.witnesses for c in self._at(witness, formula)]
        return self._check(formula.title, found, len(found))

    def _at(self, witness: Witness, formula: Formula) -> Iterator[Any]:
        """Comparisons at pairs of points of one length."""
        family, density = self.family, self.family.log_density
        further: dict[Any, Any] = {}
        for parameter, prime in family.primed.items():
            if isinstance(prime, IndexedBase):
                witness.unrolling.add(prime, family.domains[parameter])
            own = witness.unrolling.free_entries(parameter)
            further |= dict(zip(own, witness.unrolling.free_entries(prime)))
        closed = witness.expression(formula.expr)
        integrand = witness.expression(density - density.xreplace(family.primed))
        for first, second in list(permutations(self.points[witness.branch], 2))[: self.count]:
            named = {s.name: value for s, value in second.items()}
            point = {**first, **{new: named[old.name] for old, new in further.items()}}
            (truth,), (error,) = self._quadrature(witness.branch, [integrand], point)
            value = self._value(closed, point)
            yield self._compared(value, truth, abs(truth) or mpf(1), error)
