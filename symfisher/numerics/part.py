"""One part of a joint support, and what an expression is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
    Sum,
    Symbol,
    false,
    sign,
    true,
)
from sympy.core.relational import Equality, Relational, Unequality

from symfisher.domains import Domain
from symfisher.numerics.evaluator import evaluate_arrays

Array = np.ndarray[Any, Any]
Point = Mapping[Symbol, Any]

SWITCHES = (Abs, sign, Max, Min, Piecewise, Heaviside)
_INSIDE = (0.13, 0.52, 0.87)
_BEYOND = (0.13, 1.1, 4.7, 11.3, 7919.0)
_LINE = (-8123.0, -9.1, -3.7, -0.31, 0.57, 4.1, 8.3, 9217.0)
ZERO = Integer(0)


@dataclass(frozen=True)
class Part:
    """A part of a joint support: what each variable may be there, and some counts fixed."""

    variables: tuple[Symbol, ...]
    supports: tuple[Domain, ...]
    fixed: Mapping[Symbol, Expr]
    log_density: Expr
    points: tuple[Point, ...]
    integrand: Expr = ZERO

    def resolved(self) -> Part:
        """The part with its log-density and integrand as they are on it."""
        density, integrand = self.resolve(self.log_density), self.resolve(self.integrand)
        return replace(self, log_density=density, integrand=integrand)

    def resolve(self, expr: Expr) -> Expr:
        """The expression as it is on this part, without what sits on its boundary."""
        expr = expr.xreplace(dict(self.fixed))
        moving = {*self.variables}
        if not any(node.free_symbols & moving for node in expr.atoms(*SWITCHES, DiracDelta)):
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
        return Part(
            kept,
            tuple(supports),
            fixed,
            self.log_density.xreplace(change),
            self.points,
            self.integrand.xreplace(change),
        )

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
    steps = np.array(_BEYOND if not support.discrete else (0.0, 1.0, 2.0, 5.0, 7919.0))
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


# -- signs and forms on a part -------------------------------------------------------------------


def signs_on(e: Expr, part: Part) -> set[int]:
    """The signs that an expression has at places inside a part."""
    return {int(v) for v in np.unique(np.sign(values_on(e, part)))}


def values_on(e: Expr, part: Part) -> Array:
    """The values of an expression at places inside a part."""
    probes = part.probes()
    found = evaluate_arrays([e], probes)[0]
    return np.broadcast_to(found, next(iter(probes.values())).shape)


def _resolved(e: Expr, part: Part) -> Expr:
    if not e.args or isinstance(e, Sum | Integral) or not e.has(*SWITCHES, DiracDelta):
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
    signs = signs_on(argument, part) - {0} if argument.free_symbols else set()
    if len(signs) != 1:
        return e.func(argument)
    direction = Integer(signs.pop())
    if isinstance(e, Abs):
        return argument * direction
    return direction if isinstance(e, sign) else (1 + direction) / 2


def _extreme(e: Expr, arguments: Sequence[Expr], part: Part) -> Expr:
    rows = np.array([values_on(a, part) for a in arguments])
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
    signs = signs_on(relation.lhs - relation.rhs, part)
    if {-1, 1} <= signs:
        signs = {*signs, 0}
    numbered = {bool(relation.func(Integer(s), Integer(0))) for s in signs}
    if not all(s.discrete for s in part.supports) and isinstance(relation, Equality | Unequality):
        counts = all(
            s.discrete for v, s in zip(part.variables, part.supports) if v in relation.free_symbols
        )
        if not counts:
            return true if isinstance(relation, Unequality) else false
    return (true if numbered.pop() else false) if len(numbered) == 1 else None
