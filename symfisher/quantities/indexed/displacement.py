"""Derivatives along a displacement theta + t d: no index is free in them.

They are polynomials in sums over d, whatever the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial
from typing import Any

from sympy import Dummy, Expr, Indexed, IndexedBase, Integer, diff, oo

from symfisher.algebra.indexed import calculus
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.engine import Expected, engine
from symfisher.vectors import named_like


def vector_like_parameters(family: Family, prefix: str) -> dict[str, Any]:
    """Parameter name -> a real symbol or vector for it, such as d_alpha, free of clashes."""
    taken = {s.name for s in family.symbols}
    names = {}
    for parameter in family.parameters:
        name = f"{prefix}_{parameter.name}"
        while name in taken:
            name += "_"
        names[parameter.name] = named_like(parameter, name, real=True)
    return names


def increments_of(family: Family) -> dict[str, Any]:
    return vector_like_parameters(family, "d")


def expansion_term(family: Family, order: int, increments: Mapping[str, Any]) -> Expected:
    """The part of the given order of KL(theta || theta + d): -E[(d/dt)^n log p] / n! at t = 0."""
    time, rules = Dummy("t", real=True), calculus(family)
    steps = {p: increments[p.name] for p in family.parameters}
    moved = displaced(rules.normal(family.log_density), steps, time)
    derivative = diff(moved, time, order).xreplace({time: Integer(0)})
    integrand = rules.normal(-derivative / factorial(order))
    found = engine(family).expect(integrand, domains_of(family, increments))
    return Expected(tidy(found.expr), found.status, found.digits, found.steps)


def displaced(
    expr: Expr, steps: Mapping[Any, Any], time: Dummy, start: Mapping[Any, Any] | None = None
) -> Expr:
    """``expr`` with each key of ``steps`` at its start (itself, unless given) plus time * step."""

    def moved(place: Any) -> Expr:
        symbol = place.base if isinstance(place, Indexed) else place
        origin, step = (start or {}).get(symbol, symbol), steps[symbol]
        if isinstance(place, Indexed):
            return origin[place.indices] + time * step[place.indices]
        return origin + time * step

    def is_moved(node: Any) -> bool:
        if isinstance(node, Indexed):
            return node.base in steps
        return node in steps and not isinstance(node, IndexedBase)

    return expr.replace(is_moved, moved)


def domains_of(family: Family, increments: Mapping[str, Any]) -> dict[Any, Domain]:
    """Increments are real; where a parameter's entries have a total, theirs is zero."""
    found = {}
    for parameter in family.parameters:
        domain = family.domains[parameter]
        total = None if domain.total is None else Integer(0)
        found[increments[parameter.name]] = Domain(-oo, oo, length=domain.length, total=total)
    return found
