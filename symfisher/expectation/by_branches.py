"""Expectations under a family whose support has several forms, one for each sign of a parameter."""

from __future__ import annotations

from sympy import Expr, Gt, Piecewise

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.engine import Branch, Engine, Expected, engine, status_of
from symfisher.expectation.truth import ENOUGH_DIGITS
from symfisher.formula import Expectation, Status, Step

Found = tuple[Expr, float, tuple[Step, ...]]


def expect(family: Family, integrand: Expr) -> Expected:
    """E[integrand]: one expression, by cases where none holds on all branches."""
    machine = engine(family)
    if len(machine.branches) == 1:
        return machine.expect(integrand)
    found = [_on_branch(machine, branch, integrand) for branch in machine.branches]
    closed = [each for each in found if each is not None]
    if len(closed) < len(found):
        return Expected(Expectation.under(family, integrand), Status.QUADRATURE, None)
    first, digits, steps = closed[0]
    for branch, (value, agreed, _) in zip(machine.branches[1:], closed[1:]):
        shared = _digits(machine, branch, integrand, first)
        if shared < ENOUGH_DIGITS:
            (split,) = machine._inward(branch)
            first, shared = Piecewise((first, Gt(split, 0)), (value, True)), agreed
        digits = min(digits, shared)
    return Expected(first, status_of(first), digits, steps)


def _on_branch(machine: Engine, branch: Branch, integrand: Expr) -> Found | None:
    """By the first road that closes it truthfully, in the family's own symbols."""
    inside, outward = integrand.xreplace(machine._inward(branch)), machine._outward(branch)
    for frame in branch.frames():
        raw = frame.expect(inside)
        if raw is None:
            continue
        for closed in dict.fromkeys((tidy(raw), raw)):
            digits = branch.truth.digits(inside, closed, [{} for _ in branch.points])
            if digits >= ENOUGH_DIGITS:
                return closed.xreplace(outward), digits, tuple(frame.steps)
    return None


def _digits(machine: Engine, branch: Branch, integrand: Expr, closed: Expr) -> float:
    inward = machine._inward(branch)
    return branch.truth.digits(
        integrand.xreplace(inward), closed.xreplace(inward), [{} for _ in branch.points]
    )
