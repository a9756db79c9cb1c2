"""A joint support cut where a density of several variables has a corner or a case of its own.

Abs, sign, Max, Min and Piecewise change their form where an expression in the data has a zero:
along y = x, at a count of 0, on one side of a threshold.  The support is cut there, each part a
range of the last variable in that expression between ends that earlier variables may give, and on
each part the density is one smooth formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sympy import (
    Expr,
    Integer,
    Integral,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    Symbol,
)
from sympy.core.relational import Equality, Relational, Unequality

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError
from symfisher.numerics.part import SWITCHES, ZERO, Part, Point, signs_on, values_on
from symfisher.numerics.points import sample_points
from symfisher.pieces import zeros

Array = np.ndarray[Any, Any]

_MOST_PARTS = 24
_POINTS = 4


_known: WeakKeyDictionary[Family, tuple[Part, ...]] = WeakKeyDictionary()


def parts_of(family: Family) -> tuple[Part, ...]:
    """The parts of the joint support of a family of several variables; else one part."""
    if family not in _known:
        several = len(family.variables) > 1 and not family.is_indexed
        points = sample_points(family, _POINTS) if several else []
        _known[family] = partition(family.variables, family.supports, family.log_density, points)
    return _known[family]


def partition(
    variables: Sequence[Symbol],
    supports: Sequence[Domain],
    log_density: Expr,
    points: Sequence[Point],
    integrand: Expr = ZERO,
) -> tuple[Part, ...]:
    """The parts on each of which the log-density and the integrand are one smooth formula each.

    One part, as it was given, where there is nothing to cut or no way to do it.
    """
    whole = Part(tuple(variables), tuple(supports), {}, log_density, tuple(points), integrand)
    if not points or not any(True for _ in _switches(whole)):
        return (whole,)
    try:
        return tuple(_cut(whole))
    except DerivationError:
        return (whole,)


def _cut(whole: Part) -> list[Part]:
    waiting, done = [whole], list[Part]()
    while waiting:
        part = _without_constants(waiting.pop(0))
        part = part.resolved()
        switch = next((e for e in _switches(part) if signs_on(e, part) not in ({1}, {-1})), None)
        if switch is None:
            done.append(part)
        else:
            waiting = [*_sides(part, switch), *waiting]
        if len(waiting) + len(done) > _MOST_PARTS:
            raise DerivationError("too many parts")
    return done


def _without_constants(part: Part) -> Part:
    """With counts that can have one value only among what is fixed."""
    for variable, support in zip(part.variables, part.supports):
        if support.discrete and support.points is None and support.lower == support.upper:
            return _without_constants(part.at(variable, support.lower))
    return part


def _switches(part: Part) -> Iterator[Expr]:
    """Expressions in the data at whose zeros the log-density changes its form."""
    moving, seen = {*part.variables}, set[Expr]()
    nodes = [*_outside_sums(part.log_density), *_outside_sums(part.integrand)]
    for node in sorted(nodes, key=str):
        for e in _arguments(node, part):
            if e.free_symbols & moving and e not in seen:
                seen.add(e)
                yield e


def _outside_sums(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Sum | Integral):
        return
    if isinstance(expr, SWITCHES):
        yield expr
    for argument in expr.args:
        yield from _outside_sums(argument)


def _arguments(node: Expr, part: Part) -> Iterator[Expr]:
    if isinstance(node, Max | Min):
        yield from (a - b for a, b in combinations(node.args, 2))
    elif isinstance(node, Piecewise):
        for _, condition in node.args:
            for relation in sorted(condition.atoms(Relational), key=str):
                counts = all(
                    s.discrete
                    for v, s in zip(part.variables, part.supports)
                    if v in relation.free_symbols
                )
                if counts or not isinstance(relation, Equality | Unequality):
                    yield relation.lhs - relation.rhs
    else:
        yield node.args[0]


def _sides(part: Part, switch: Expr) -> list[Part]:
    """The part cut at the zero of a switch in its last variable that the switch reads."""
    variable = next(v for v in reversed(part.variables) if v in switch.free_symbols)
    support = part.supports[part.variables.index(variable)]
    if support.points is not None:
        return [part.at(variable, p) for p in support.points]
    for place in sorted(set(zeros(switch, Integer(0), variable)), key=str):
        for distance in (place - support.lower, support.upper - place):
            if distance.is_infinite:
                continue
            signs = signs_on(distance, part)
            if signs <= {-1, 0} and not (support.discrete and 0 in signs):
                break  # it is outside
            if len(signs - {0}) > 1 or (support.discrete and {-1, 0} <= signs):
                return _sides(part, distance)
        else:
            return _at_place(part, variable, support, place)
    raise DerivationError("no place to cut")


def _at_place(part: Part, variable: Symbol, support: Domain, place: Expr) -> list[Part]:
    if not support.discrete:
        return [
            part.between(variable, support.lower, place),
            part.between(variable, place, support.upper),
        ]
    counts = {v for v, s in zip(part.variables, part.supports) if s.discrete}
    if isinstance(place, Rational) and not place.is_integer:
        below = part.between(variable, support.lower, Integer(place.floor()))
        return [below, part.between(variable, Integer(place.floor()) + 1, support.upper)]
    if not place.free_symbols <= counts or not _is_integral(place, part):
        raise DerivationError("a count cannot be cut there")
    below = part.between(variable, support.lower, place - 1)
    above = part.between(variable, place + 1, support.upper)
    exact = part.at(variable, place)
    return _merged(part, variable, [p for p in (below, exact, above) if not _is_empty(p)], place)


def _is_integral(place: Expr, part: Part) -> bool:
    values = values_on(place, part) if place.free_symbols else np.array([float(place)])
    return bool(np.all(values == np.floor(values)))


def _is_empty(part: Part) -> bool:
    return any(s.points is None and (s.upper - s.lower).is_negative for s in part.supports)


def _merged(part: Part, variable: Symbol, sides: list[Part], place: Expr) -> list[Part]:
    """The single place taken into a side on which the density has the same formula."""
    exact = next((p for p in sides if variable in p.fixed), None)
    if exact is None:
        return sides
    alone = exact.resolve(part.log_density.xreplace({variable: place}))
    for side in (s for s in sides[::-1] if s is not exact):
        if any(len(signs_on(e, side)) > 1 for e in _switches(side)):
            continue
        formula = side.resolve(side.log_density)
        if formula.xreplace({variable: place}) != alone or part.integrand != 0:
            continue
        k = side.variables.index(variable)
        low, high = side.supports[k].lower, side.supports[k].upper
        wider = (place, high) if low == place + 1 else (low, place)
        rest = [s for s in sides if s is not exact and s is not side]
        merged = replace(side.between(variable, *wider), log_density=formula)
        return [*rest, merged]
    return sides
