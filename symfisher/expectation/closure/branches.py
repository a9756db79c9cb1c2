"""A mass function that is given apart at single points, such as a zero-inflated one.

The main branch is a formula that holds everywhere else; the exceptional points carry known
masses.  Expectations then split: E[g] = sum_k p_k g(k) + (the rest, over the main branch).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Eq, Expr, Integer, Piecewise, Symbol, false, oo, true
from sympy.core.relational import Relational

from symfisher.declaration import Family

_FAR = 10_000  # beyond every point that a condition names


@dataclass(frozen=True)
class Branches:
    """The main branch's log-density, and the exceptional points with their log-masses."""

    main: Expr
    exceptions: tuple[tuple[Expr, Expr], ...] = ()


def branches(family: Family) -> Branches | None:
    """The branches of a family; None if its log-density is given apart on more than points."""
    density = family.log_density
    conditions = density.atoms(Relational)
    if not density.has(Piecewise):
        return Branches(density)
    if len(family.variables) != 1 or not family.supports[0].discrete:
        return None
    (variable,) = family.variables
    points = _points(family, variable, conditions)
    if points is None:
        return None
    main = _resolved(density, {c: _far_away(c, variable) for c in conditions})
    special = [
        (k, _resolved(density, {c: c.xreplace({variable: k}) for c in conditions})) for k in points
    ]
    exceptions = [(k, branch.xreplace({variable: k})) for k, branch in special if branch != main]
    if main.has(Piecewise) or any(mass.has(Piecewise) for _, mass in exceptions):
        return None
    return Branches(main, tuple((k, mass) for k, mass in exceptions if mass != -oo))


def main_part(expr: Expr, variable: Symbol) -> Expr:
    """The expression as it reads away from single points."""
    return _resolved(expr, {c: _far_away(c, variable) for c in expr.atoms(Relational)})


def _points(family: Family, variable: Symbol, conditions: set[Relational]) -> list[Expr] | None:
    """The points that conditions single out: all from the lower end to the largest named one."""
    moving = set(family.parameters)
    named = [_other_side(condition, variable) for condition in conditions]
    if any(point is None or point.free_symbols & moving for point in named):
        return None
    numbers = [int(p) for p in named if p is not None and p.is_Integer]
    symbols = [p for p in named if p is not None and not p.is_Integer]
    equalities = all(isinstance(c, Eq) for c in conditions if _other_side(c, variable) in symbols)
    lower = family.supports[0].lower
    if not equalities or not isinstance(lower, Integer) or max(numbers, default=0) > 20:
        return None
    low = range(int(lower), max(numbers, default=int(lower) - 1) + 1)
    return [Integer(k) for k in low] + sorted(set(symbols), key=str)


def _other_side(condition: Relational, variable: Symbol) -> Expr | None:
    if condition.lhs == variable:
        return condition.rhs
    return condition.lhs if condition.rhs == variable else None


def _far_away(condition: Relational, variable: Symbol) -> object:
    """Whether the condition holds at a general point."""
    if isinstance(condition, Eq):
        return false
    return condition.xreplace({variable: Integer(_FAR)})


def _resolved(density: Expr, decided: dict[Relational, object]) -> Expr:
    return density.xreplace({c: value for c, value in decided.items() if value in (true, false)})
