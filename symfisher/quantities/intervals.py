"""An integral over a domain with linear constraints, carried to a product of intervals."""

from __future__ import annotations

from sympy import Expr, Gt, Integer, Symbol, diff, expand
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points

_POINTS = 24


def on_intervals(function: Expr, family: Family) -> tuple[Expr, Family] | None:
    """The integrand with its Jacobian, and the family with the domains of the new coordinates.

    The last parameter of a constraint is taken from its lower end on as a part, between 0 and 1, of
    the interval that the others leave it: a simplex is a stick that is broken again and again.
    None where an end is not linear, or where constraints and domains cut one another.
    """
    while family.constraints:
        *rest, constraint = family.constraints
        step = _step(constraint, family)
        if step is None:
            return None
        parameter, lower, length = step
        function = tidy(function.subs(parameter, lower + length * parameter) * length)
        domains = {**family.domains, parameter: NAMED_DOMAINS["unit"]}
        kept = [Gt(length, 0)] if not _is_implied(length, family) else []
        if any(parameter in c.free_symbols for c in rest):
            return None
        family = family._twin(domains=domains, constraints=(*rest, *kept))
    plain = not any(family.domains[p].free_symbols for p in family.parameters)
    return (function, family) if plain else None


def _step(constraint: Relational, family: Family) -> tuple[Symbol, Expr, Expr] | None:
    """The parameter, its lower end and the length of the interval that the constraint leaves."""
    gap = expand(constraint.gts - constraint.lts)
    inside = [p for p in family.parameters if p in gap.free_symbols]
    if not inside or diff(gap, inside[-1]) != Integer(-1):
        return None
    parameter = inside[-1]
    domain, upper = family.domains[parameter], expand(gap + parameter)
    if not domain.lower.is_number or not _ends_first(upper, domain, family):
        return None
    return parameter, domain.lower, upper - domain.lower


def _ends_first(upper: Expr, domain: Domain, family: Family) -> bool:
    """Whether the constraint's end is never above the domain's own."""
    points = sample_points(family, _POINTS, seed=31)
    return all(evaluate(upper - domain.upper, point) <= 0 for point in points)


def _is_implied(length: Expr, family: Family) -> bool:
    """Whether a length in one parameter is positive on that parameter's interval."""
    symbols = [p for p in family.parameters if p in length.free_symbols]
    if len(symbols) != 1:
        return not symbols
    domain = family.domains[symbols[0]]
    ends = [length.subs(symbols[0], end) for end in (domain.lower, domain.upper)]
    return all(end.is_nonnegative for end in ends)
