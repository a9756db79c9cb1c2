"""Expectations under a family whose support has several forms, one for each sign of a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from sympy import Expr, Gt, Piecewise
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.engine import POINTS, Branch, Engine, Expected, engine, status_of
from symfisher.expectation.truth import ENOUGH_DIGITS, Truth, mass_is_one
from symfisher.expectation.two_point import mean
from symfisher.formula import Expectation, Status, Step
from symfisher.numerics.points import sample_points
from symfisher.pieces import pieces

_CANDIDATES = 24
Found = tuple[Expr, float, tuple[Step, ...]]


def expect(family: Family, integrand: Expr, conditions: Sequence[Relational] = ()) -> Expected:
    """E[integrand]: one expression, by cases where none holds on all branches.

    ``conditions`` on the parameters are those under which it is finite, if it is not everywhere.
    """
    machine = engine(family)
    if len(machine.branches) == 1 and not conditions:
        found = machine.expect(integrand)
        return found if found.status is Status.CLOSED else _over_pieces(machine, integrand) or found
    judges = [_judge(machine, branch, conditions) for branch in machine.branches]
    each_found = [_on_branch(machine, *each, integrand) for each in zip(machine.branches, judges)]
    closed = [each for each in each_found if each is not None]
    if len(closed) < len(each_found):
        return Expected(Expectation.under(family, integrand), Status.QUADRATURE, None)
    first, digits, steps = closed[0]
    for branch, judge, (value, agreed, _) in zip(machine.branches[1:], judges[1:], closed[1:]):
        shared = _digits(machine, branch, judge, integrand, first)
        if shared < ENOUGH_DIGITS:
            (split,) = machine._inward(branch)
            first, shared = Piecewise((first, Gt(split, 0)), (value, True)), agreed
        digits = min(digits, shared)
    return Expected(first, status_of(first), digits, steps)


def _over_pieces(machine: Engine, integrand: Expr) -> Expected | None:
    """Piece by piece of a density with corners, by parts where no kernel's table has the entry."""
    (branch,) = machine.branches
    if len(machine.family.variables) != 1 or len(pieces(machine.family)) < 2:
        return None
    raw = mean(machine.family, integrand, branch.points)
    if raw is None:
        return None
    closed = tidy(raw)
    digits = branch.truth.digits(integrand, closed, [{} for _ in branch.points])
    return Expected(closed, status_of(closed), digits) if digits >= ENOUGH_DIGITS else None


def _judge(machine: Engine, branch: Branch, conditions: Sequence[Relational]) -> Truth:
    """Quadrature at points at which the conditions hold."""
    if not conditions:
        return branch.truth
    inward = machine._inward(branch)
    wanted = (*branch.conditions, *(c.xreplace(inward) for c in conditions))
    narrowed = branch.family.restricted([c for c in wanted if c != True])  # noqa: E712
    drawn = sample_points(narrowed, _CANDIDATES, seed=13)
    return Truth(
        branch.family, list(islice((p for p in drawn if mass_is_one(branch.family, p)), POINTS))
    )


def _on_branch(machine: Engine, branch: Branch, judge: Truth, integrand: Expr) -> Found | None:
    """By the first road that closes it truthfully, in the family's own symbols."""
    inside, outward = integrand.xreplace(machine._inward(branch)), machine._outward(branch)
    for frame in branch.frames():
        raw = frame.expect(inside)
        if raw is None:
            continue
        for closed in dict.fromkeys((tidy(raw), raw)):
            digits = judge.digits(inside, closed, [{} for _ in judge.points])
            if digits >= ENOUGH_DIGITS:
                return closed.xreplace(outward), digits, tuple(frame.steps)
    return None


def _digits(machine: Engine, branch: Branch, judge: Truth, integrand: Expr, closed: Expr) -> float:
    inward = machine._inward(branch)
    return judge.digits(
        integrand.xreplace(inward), closed.xreplace(inward), [{} for _ in judge.points]
    )
