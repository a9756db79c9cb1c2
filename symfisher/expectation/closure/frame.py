"""The frame of a family whose wanted expectations follow from identities between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from sympy import Abs, Expr, ImmutableDenseMatrix, Max, Min, Piecewise, sign

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Workspace
from symfisher.algebra.linear_system import Contradiction
from symfisher.declaration import Family
from symfisher.expectation.closure.branches import branches, main_part
from symfisher.expectation.closure.rows import Identity
from symfisher.expectation.closure.system import Closure
from symfisher.expectation.samples import signs_of
from symfisher.formula import Expectation, Step

Entries: TypeAlias = "ImmutableDenseMatrix | dict[tuple[int, int], Expr | None]"
R = TypeVar("R")

STATEMENTS = {
    "normalisation": "The density integrates to one.",
    "mean of the score": "The score has mean zero.",
    "derivative of a mean": "Differentiation of a known mean under the integral.",
    "Stein's identity": "Integration by parts in the data.",
    "telescoping sum": "Summation by parts in the data.",
    "trigamma under a negative binomial": "The mean of trigamma(r + Y) as a hypergeometric value.",
    "hypergeometric series": "The sum is a generalised hypergeometric series.",
    "summation by parts in the data": "Tail probabilities are known: the sum telescopes once.",
    "finite sum": "The mean is kept as its finite sum.",
    "infinite sum": "The mean is kept as its infinite sum.",
}


def frame(family: Family) -> ClosureFrame | None:
    """The frame of a canonical family with a smooth density on a fixed support."""
    moving = set(family.parameters)
    if any(support.free_symbols & moving for support in family.supports):
        return None
    parts = branches(family)
    if parts is None or any(
        kink.free_symbols & moving and kink.free_symbols & set(family.variables)
        for kink in parts.main.atoms(Abs, sign, Max, Min, Piecewise)
    ):
        return None
    workspace = Workspace(
        lambda numbers: Closure(family, parts, numbers),
        signs_of(family),
        family.variables,
    )
    try:
        if not workspace.run(lambda closure: closure.regular):
            return None
    except (Unconvertible, Contradiction):
        return None
    return ClosureFrame(family, workspace)


@dataclass
class ClosureFrame:
    """Expectations by moment closure."""

    family: Family
    workspace: Workspace[Closure]
    steps: list[Step] = field(default_factory=list)
    name: str = "moment closure"

    def score_mean(self) -> list[Expr] | None:
        """Means of the scores: the masses at exceptional points are included."""
        means = self._run(_score_means)
        return None if means is None else list(means)

    def negative_hessian(self) -> Entries | None:
        """-E[Hessian]; where only some entries close, a dict (i, j) -> entry or None."""
        return self._matrix(_hessian_entry)

    def outer_product(self) -> Entries | None:
        """E[score score^T]; where only some entries close, a dict (i, j) -> entry or None."""
        return self._matrix(_outer_entry)

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand], if rows can be found that determine it."""
        return self._run(lambda closure: _expectation(closure, integrand))

    def _matrix(self, entry: Callable[[Closure, int, int], Fraction | None]) -> Entries | None:
        table = self._run(lambda closure: _entries(closure, entry))
        if table is None or all(value is None for value in table.values()):
            return None
        if any(value is None for value in table.values()):
            return table
        size = len(self.family.parameters)
        return ImmutableDenseMatrix(size, size, lambda i, j: table[i, j])

    def _run(self, compute: Callable[[Closure], R]) -> R | None:
        try:
            result = self.workspace.run(compute)
            self._record(self.workspace.run(lambda closure: closure))
        except (Unconvertible, Contradiction):
            return None
        return result

    def _record(self, closure: Closure) -> None:
        """The rules behind what was found so far, each once, in the order of their use."""
        steps: dict[str, Step] = {}
        for number in sorted(closure.used):
            identity = closure.identities[number]
            if identity.rule not in steps:
                steps[identity.rule] = self._step(closure, identity)
        self.steps = list(steps.values())

    def _step(self, closure: Closure, identity: Identity) -> Step:
        """The rule, with the mean that it gives where it gives a single one."""
        rule = identity.rule
        if len(identity.left) != 1 or rule == "normalisation" or closure.model.masses:
            return Step(rule, STATEMENTS[rule])
        ((monomial, coefficient),) = identity.left.items()
        statistic = closure.model.statistics.expression(monomial)
        value = closure.field.expression(identity.right / coefficient)
        return Step(rule, STATEMENTS[rule], Expectation.under(self.family, statistic), value)


def _score_means(closure: Closure) -> list[Expr] | None:
    model, result = closure.model, []
    for i, score in enumerate(model.scores):
        main = closure.mean(score)
        if main is None:
            return None
        points = model.field.sum(m * s[i] for m, s in zip(model.masses, model.point_scores))
        result.append(model.field.expression(main + points))
    return result


def _entries(
    closure: Closure, entry: Callable[[Closure, int, int], Fraction | None]
) -> dict[tuple[int, int], Expr | None]:
    size = len(closure.model.parameters)
    table: dict[tuple[int, int], Expr | None] = {}
    for i in range(size):
        for j in range(i, size):
            value = entry(closure, i, j)
            table[i, j] = None if value is None else closure.field.expression(value)
            table[j, i] = table[i, j]
    return table


def _hessian_entry(closure: Closure, i: int, j: int) -> Fraction | None:
    model, numbers = closure.model, closure.field
    parameter = model.parameters[j]
    main = closure.mean(model.derivative(model.scores[i], parameter))
    if main is None:
        return None
    points = numbers.sum(
        mass * numbers.derivative(score[i], parameter)
        for mass, score in zip(model.masses, model.point_scores)
    )
    return -(main + points)


def _outer_entry(closure: Closure, i: int, j: int) -> Fraction | None:
    model, numbers = closure.model, closure.field
    main = closure.mean(model.statistics.multiply(model.scores[i], model.scores[j]))
    if main is None:
        return None
    return main + numbers.sum(
        mass * score[i] * score[j] for mass, score in zip(model.masses, model.point_scores)
    )


def _expectation(closure: Closure, integrand: Expr) -> Expr | None:
    model, numbers = closure.model, closure.field
    (variable,) = model.family.variables[:1]
    element = model.statistics.element(numbers.convert(main_part(integrand, variable)))
    main = closure.mean(element)
    if main is None:
        return None
    points = numbers.sum(
        mass * numbers.convert(integrand.xreplace({variable: point}))
        for mass, (point, _) in zip(model.masses, model.branches.exceptions)
    )
    return numbers.expression(main + points)
