"""The frame of a family whose density is one formula on each of several parts of its support."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sympy import Expr, Piecewise

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Workspace
from symfisher.algebra.linear_system import Contradiction
from symfisher.declaration import Family
from symfisher.expectation.closure.frame import STATEMENTS
from symfisher.expectation.closure.parts import PartsClosure, smooth_parts
from symfisher.expectation.samples import signs_of
from symfisher.formula import Step
from symfisher.numerics.part import Part

R = TypeVar("R")
Entries = dict[tuple[int, int], Expr | None]

_STATEMENTS = {
    **STATEMENTS,
    "mass of a point": "The mass of a single point.",
    "factor without parameters": "What is left of the density there integrates to one.",
}


def frame(family: Family) -> PartsFrame | None:
    """The frame of a canonical family with several smooth parts; None for any other."""
    parts = smooth_parts(family)
    if not parts or any(part.log_density.has(Piecewise) for part in parts):
        return None
    workspace = Workspace(
        lambda numbers: PartsClosure(family, parts, numbers), signs_of(family), family.variables
    )
    try:
        workspace.run(lambda closure: closure)
    except (Unconvertible, Contradiction):
        return None
    return PartsFrame(family, parts, workspace)


@dataclass
class PartsFrame:
    """Expectations by moment closure over parts."""

    family: Family
    parts: tuple[Part, ...]
    workspace: Workspace[PartsClosure]
    steps: list[Step] = field(default_factory=list)
    name: str = "moment closure over parts"

    def score_mean(self) -> list[Expr] | None:
        size = range(len(self.family.parameters))
        means = [self._expression(partial(_score_mean, i)) for i in size]
        return None if any(m is None for m in means) else [m for m in means if m is not None]

    def negative_hessian(self) -> Entries:
        """-E[Hessian]: (i, j) -> entry, or None where it is not determined."""
        parameters = self.family.parameters
        return self._entries(lambda i, j, c: _minus(c.mean(c.hessian(i, parameters[j]))))

    def outer_product(self) -> Entries:
        """E[score score^T]: (i, j) -> entry, or None where it is not determined."""
        return self._entries(lambda i, j, c: c.mean(c.product(i, j)))

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand], if rows can be found that determine it."""
        return self._expression(lambda c: c.mean(c.integrand(integrand)))

    def _entries(self, entry: Callable[[int, int, PartsClosure], Fraction | None]) -> Entries:
        size = len(self.family.parameters)
        table: Entries = {}
        for i in range(size):
            for j in range(i, size):
                table[i, j] = self._expression(partial(entry, i, j))
                table[j, i] = table[i, j]
        return table

    def _expression(self, compute: Callable[[PartsClosure], Fraction | None]) -> Expr | None:
        def written(closure: PartsClosure) -> Expr | None:
            value = compute(closure)
            return None if value is None else closure.field.expression(value)

        try:
            result = self.workspace.run(written)
            self._record(self.workspace.run(lambda closure: closure))
        except (Unconvertible, Contradiction):
            return None
        return result

    def _record(self, closure: PartsClosure) -> None:
        rules = dict.fromkeys(closure.rules[k] for k in sorted(closure.used))
        self.steps = [
            Step("parts of the support", self._cut()),
            *(Step(rule, _STATEMENTS[rule]) for rule in rules),
        ]

    def _cut(self) -> str:
        return (
            f"The density is one smooth formula on each of {len(self.parts)} parts of its support."
        )


def _score_mean(i: int, closure: PartsClosure) -> Fraction | None:
    return closure.mean(closure.score(i))


def _minus(value: Fraction | None) -> Fraction | None:
    return None if value is None else -value
