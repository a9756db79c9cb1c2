"""Parameter values inside the domain at which a closed form reads 0/0."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, Pow, Symbol, diff

from symfisher.declaration import Family


def removable_note(expr: Any, family: Family) -> tuple[str, ...]:
    """One sentence that names them, or nothing.

    The information is a continuous function of the parameters there, so its value is the limit;
    Kumaraswamy's shape b = 2 is an example, in this form and in the literature's.
    """
    places = sorted(
        {f"{p} = {root}" for base in _denominators(expr) for p, root in _roots(base, family)}
    )
    if not places:
        return ()
    return (f"At {' and at '.join(places)} this reads 0/0: take the limit.",)


def _denominators(expr: Any) -> set[Expr]:
    return {power.base for power in expr.atoms(Pow) if power.exp.is_negative}


def _roots(base: Expr, family: Family) -> list[tuple[Symbol, Expr]]:
    """(parameter, root) where the base is linear in one parameter and vanishes in its domain."""
    free = base.free_symbols
    if len(free) != 1 or not isinstance(base, Add | Symbol):
        return []
    (parameter,) = free
    slope = diff(base, parameter)
    if parameter not in family.parameters or slope.free_symbols:
        return []
    root = -base.subs(parameter, 0) / slope
    domain = family.domains[parameter]
    return [(parameter, root)] if domain.lower < root and root < domain.upper else []
