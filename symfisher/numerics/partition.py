"""A joint support cut where a density of several variables has a corner or a case of its own.

Abs, sign, Max, Min and Piecewise change their form where an expression in the data has a zero:
along y = x, at a count of 0, on one side of a threshold.  The support is cut there, each part a
range of the last variable in that expression between ends that earlier variables may give, and on
each part the density is one smooth formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sympy import (
    Abs,
    DiracDelta,
    Expr,
    Heaviside,
    Integer,
    Integral,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    false,
    sign,
    true,
)
from sympy.core.relational import Equality, Relational, Unequality

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.points import sample_points
from symfisher.pieces import zeros

Array = np.ndarray[Any, Any]
Point = Mapping[Symbol, Any]

_SWITCHES = (Abs, sign, Max, Min, Piecewise, Heaviside)
_MOST_PARTS = 24
_POINTS = 4
_INSIDE = (0.13, 0.52, 0.87)
_BEYOND = (0.13, 1.1, 4.7, 11.3)
_LINE = (-9.1, -3.7, -0.31, 0.57, 4.1, 8.3)


@dataclass(frozen=True)
class Part:
    """A part of a joint support: what each variable may be there, and some counts fixed."""

    variables: tuple[Symbol, ...]
    supports: tuple[Domain, ...]
    fixed: Mapping[Symbol, Expr]
    log_density: Expr
    points: tuple[Point, ...]

    def resolve(self, expr: Expr) -> Expr:
        """The expression as it is on this part, without what sits on its boundary."""
        expr = expr.xreplace(dict(self.fixed))
        moving = {*self.variables}
        if not any(node.free_symbols & moving for node in expr.atoms(*_SWITCHES, DiracDelta)):
            return expr
        return _resolved(expr, self)

    def between(self, variable: Symbol, lower: Expr, upper: Expr) -> Part:
        """The part of it with other ends of one variable."""
        k = self.variables.index(variable)
        narrowed = replace(self.supports[k], lower=lower, upper=upper)
        return replace(self, supports=(*self.supports[:k], narrowed, *self.supports[k + 1 :]))

    def at(self, variable: Symbol, value: Expr) -> Part:
        """The part of it where a count has one value."""
        k = self.variables.index(variable)
        change = {variable: value}
        supports = [s.substitute(change) for s in (*self.supports[:k], *self.supports[k + 1 :])]
        kept = (*self.variables[:k], *self.variables[k + 1 :])
        fixed = {**{v: e.xreplace(change) for v, e in self.fixed.items()}, variable: value}
        return Part(kept, tuple(supports), fixed, self.log_density.xreplace(change), self.points)

    def probes(self) -> dict[Symbol, Array]:
        """Values of all symbols at places inside the part, at each parameter point."""
        found = [self._probes_at(point) for point in self.points]
        return {s: np.concatenate([f[s] for f in found]) for s in found[0]}

    def _probes_at(self, point: Point) -> dict[Symbol, Array]:
        values = {s: np.array([float(v)]) for s, v in point.items()}
        for variable, support in zip(self.variables, self.supports):
            ends = evaluate_arrays([support.lower, support.upper], values)
            count = len(next(iter(values.values()))) if values else 1
            lower, upper = (np.broadcast_to(end, (count,)) for end in ends)
            columns = _places(support, lower, upper)
            values = {s: np.repeat(v, columns.shape[1]) for s, v in values.items()}
            values[variable] = columns.ravel()
            inside = np.isfinite(values[variable])
            values = {s: v[inside] for s, v in values.items()}
        return values


def _places(support: Domain, lower: Array, upper: Array) -> Array:
    """Places inside each of several ranges, one row for each; nan for those that do not exist."""
    a, b = lower[:, None], upper[:, None]
    if support.points is not None:
        return np.tile([float(p) for p in support.points], (len(a), 1))
    unit = np.array(_INSIDE if not support.discrete else (0.0, 0.49, 1.0))
    steps = np.array(_BEYOND if not support.discrete else (0.0, 1.0, 2.0, 5.0))
    line = np.array(_LINE if not support.discrete else (-7.0, -2.0, -1.0, 0.0, 1.0, 2.0, 6.0))
    if np.all(np.isfinite(a)) and np.all(np.isfinite(b)):
        found = a + (b - a) * unit
        found = np.where(b >= a, found, np.nan)
    elif np.all(np.isfinite(a)):
        found = a + steps
    elif np.all(np.isfinite(b)):
        found = b - steps
    else:
        found = np.tile(line, (len(a), 1))
    return np.floor(found) if support.discrete else found


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
) -> tuple[Part, ...]:
    """The parts on each of which the log-density is one smooth formula.

    One part, as it was given, where there is nothing to cut or no way to do it.
    """
    whole = Part(tuple(variables), tuple(supports), {}, log_density, tuple(points))
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
        part = replace(part, log_density=part.resolve(part.log_density))
        switch = next((e for e in _switches(part) if _signs(e, part) not in ({1}, {-1})), None)
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
    for node in sorted(_outside_sums(part.log_density), key=str):
        for e in _arguments(node, part):
            if e.free_symbols & moving and e not in seen:
                seen.add(e)
                yield e


def _outside_sums(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Sum | Integral):
        return
    if isinstance(expr, _SWITCHES):
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


def _signs(e: Expr, part: Part) -> set[int]:
    return {int(v) for v in np.unique(np.sign(_values(e, part)))}


def _values(e: Expr, part: Part) -> Array:
    probes = part.probes()
    found = evaluate_arrays([e], probes)[0]
    return np.broadcast_to(found, next(iter(probes.values())).shape)


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
            signs = _signs(distance, part)
            if signs <= {-1, 0} and not (support.discrete and 0 in signs):
                break  # it is outside
            if len(signs - {0}) > 1:
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
    values = _values(place, part) if place.free_symbols else np.array([float(place)])
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
        if any(len(_signs(e, side)) > 1 for e in _switches(side)):
            continue
        formula = side.resolve(side.log_density)
        if formula.xreplace({variable: place}) != alone:
            continue
        k = side.variables.index(variable)
        low, high = side.supports[k].lower, side.supports[k].upper
        wider = (place, high) if low == place + 1 else (low, place)
        rest = [s for s in sides if s is not exact and s is not side]
        merged = replace(side.between(variable, *wider), log_density=formula)
        return [*rest, merged]
    return sides


# -- what an expression is on one part ------------------------------------------------------------


def _resolved(e: Expr, part: Part) -> Expr:
    if not e.args or isinstance(e, Sum | Integral) or not e.has(*_SWITCHES, DiracDelta):
        return e
    if isinstance(e, DiracDelta):
        return Integer(0)
    if isinstance(e, Piecewise):
        return _branch(e, part)
    arguments = [_resolved(a, part) for a in e.args]
    if isinstance(e, Max | Min):
        return _extreme(e, arguments, part)
    if isinstance(e, Abs | sign | Heaviside):
        return _signed(e, arguments[0], part)
    return e.func(*arguments)


def _signed(e: Expr, argument: Expr, part: Part) -> Expr:
    signs = _signs(argument, part) - {0} if argument.free_symbols else set()
    if len(signs) != 1:
        return e.func(argument)
    direction = Integer(signs.pop())
    if isinstance(e, Abs):
        return argument * direction
    return direction if isinstance(e, sign) else (1 + direction) / 2


def _extreme(e: Expr, arguments: Sequence[Expr], part: Part) -> Expr:
    rows = np.array([_values(a, part) for a in arguments])
    target = rows.max(axis=0) if isinstance(e, Max) else rows.min(axis=0)
    for argument, row in zip(arguments, rows):
        if np.all(row == target):
            return argument
    return e.func(*arguments)


def _branch(e: Piecewise, part: Part) -> Expr:
    decided = {r: _decided(r, part) for _, c in e.args for r in c.atoms(Relational)}
    known = {r: value for r, value in decided.items() if value is not None}
    kept = [(_resolved(branch, part), c.xreplace(known)) for branch, c in e.args]
    return Piecewise(*kept)


def _decided(relation: Relational, part: Part) -> Any:
    """True or false where a relation has one truth value on the whole part."""
    if not relation.free_symbols & {*part.variables}:
        return None
    signs = _signs(relation.lhs - relation.rhs, part)
    numbered = {bool(relation.func(Integer(s), Integer(0))) for s in signs}
    if not all(s.discrete for s in part.supports) and isinstance(relation, Equality | Unequality):
        counts = all(
            s.discrete for v, s in zip(part.variables, part.supports) if v in relation.free_symbols
        )
        if not counts:
            return true if isinstance(relation, Unequality) else false
    return (true if numbered.pop() else false) if len(numbered) == 1 else None
