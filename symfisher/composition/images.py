"""Where a function of the parameters takes its values: the domain of a new parameter.

An end is a limit where the function is monotone in one parameter, and otherwise one of -oo, 0, 1
and oo that the values come near at the ends of the domain.  A domain found here may be too wide,
never too narrow at the points that were tried: ``substitution`` adds what is missing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import Any

import numpy as np
from sympy import Expr, Integer, S, Symbol, diff, limit, oo, solveset
from sympy.core.relational import Relational

from symfisher.domains import Domain
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.points import Point

COUNT = 400
_FAR, _NEAR = 1e4, 1e-4
_ROUNDING = 1e-9
_CORNERS = 128
_OVERFLOW = 300.0  # the exponential of which no float holds the square

Array = np.ndarray[Any, Any]


def spread(
    domains: Mapping[Symbol, Domain],
    at: Mapping[Symbol, Any],
    seed: str,
    constraints: Sequence[Relational] = (),
) -> dict[Symbol, Array]:
    """Values all over the domains and close to their ends; ``at`` has values of the constants.

    The ends of a domain may name constants and parameters above it.  The first points are the
    corners of the domain; those that break a constraint are left out.
    """
    generator = random.Random(seed)
    values: dict[Symbol, Array] = {s: np.full(COUNT, float(v)) for s, v in at.items()}
    for bit, (symbol, domain) in enumerate(domains.items()):
        if symbol not in values:
            ends = [_numbers(end, values) for end in (domain.lower, domain.upper)]
            values[symbol] = np.array(
                [
                    _between(a, b, _size(n, bit, generator), generator)
                    for n, (a, b) in enumerate(zip(*ends))
                ]
            )
    kept = np.ones(COUNT, bool)
    for constraint in constraints:
        kept &= values_of(constraint.gts - constraint.lts, values) > 0
    return {s: v[kept] for s, v in values.items()}


def _size(number: int, bit: int, generator: random.Random) -> float:
    """How far out a point lies: one of the corners first, then anything."""
    if number < _CORNERS:
        return exp(generator.uniform(9, 12) * (1 if number >> (bit % 6) & 1 else -1))
    return exp(generator.uniform(-12, 12))


def _numbers(end: Expr, values: Mapping[Symbol, Array]) -> Array:
    if end in (oo, -oo):
        return np.full(COUNT, np.inf if end == oo else -np.inf)
    return np.broadcast_to(values_of(end, values), (COUNT,))


def _between(lower: float, upper: float, size: float, generator: random.Random) -> float:
    """A number in (lower, upper), often near an end."""
    if np.isfinite(lower) and np.isfinite(upper):
        return float(lower + (upper - lower) * size / (1 + size))
    if np.isfinite(lower):
        return float(lower + size)
    if np.isfinite(upper):
        return float(upper - size)
    return float(size if generator.random() < 0.5 else -size)


def values_of(expr: Expr, values: Mapping[Symbol, Array]) -> Array:
    """The expression at each point."""
    count = max((len(v) for v in values.values()), default=1)
    if expr.is_number:
        return np.full(count, float(expr))
    (found,) = evaluate_arrays([expr], {s: values[s] for s in expr.free_symbols})
    return np.broadcast_to(found, (count,))


def image(
    expr: Expr,
    domains: Mapping[Symbol, Domain],
    at: Point,
    constraints: Sequence[Relational] = (),
) -> Domain:
    """An interval that holds the values of ``expr``; as small as can be told."""
    moving = sorted(expr.free_symbols & (set(domains) - set(at)), key=str)
    if len(moving) == 1:
        ends = _limits(expr, moving[0], domains[moving[0]], at)
        if ends is not None:
            return Domain(*ends)
    found = values_of(expr, spread(domains, at, f"image {expr}", constraints))
    found = found[np.isfinite(found)]
    return Domain(_snapped(found.min(), -1), _snapped(found.max(), 1))


def _limits(expr: Expr, symbol: Symbol, domain: Domain, at: Point) -> tuple[Expr, Expr] | None:
    """The limits at both ends, in order, of a function that is monotone in its only parameter."""
    slope = values_of(diff(expr, symbol), spread({symbol: domain}, at, "slope"))
    slope = slope[np.isfinite(slope)]
    if not (bool(np.all(slope >= 0)) or bool(np.all(slope <= 0))):
        return None
    free = Symbol(symbol.name)  # SymPy would use that a positive symbol is not zero
    ends = [
        limit(expr.xreplace({symbol: free}), free, end, side)
        for end, side in ((domain.lower, "+"), (domain.upper, "-"))
    ]
    if any(not e.is_extended_real and not e.free_symbols for e in ends):
        return None
    return (ends[0], ends[1]) if bool(np.all(slope >= 0)) else (ends[1], ends[0])


def _snapped(extreme: float, side: int) -> Expr:
    if abs(extreme) > _FAR:
        return oo * side
    for end in (Integer(0), Integer(1)):
        if abs(extreme - float(end)) < _NEAR:
            return end
    return oo * side


def holds_everywhere(condition: Relational, values: Mapping[Symbol, Array]) -> bool:
    """Whether an inequality holds at all points, but for rounding at its edge and overflow."""
    greater = values_of(condition.gts, values)
    gap = greater - values_of(condition.lts, values)
    holds = gap >= -_ROUNDING * np.abs(greater)
    return bool(np.all(holds | _overflow(gap, values)))


def is_real_everywhere(condition: Relational, values: Mapping[Symbol, Array]) -> bool:
    """Whether both sides are real at all points, but where a float overflows."""
    gap = values_of(condition.gts - condition.lts, values)
    return bool(np.all(~np.isnan(gap) | _overflow(gap, values)))


def _overflow(found: Array, values: Mapping[Symbol, Array]) -> Array:
    far = [(abs(v) > _OVERFLOW) | (abs(v) < 1 / _OVERFLOW) for v in values.values()]
    return np.isnan(found) & np.any(far, axis=0)


def real_part(
    exprs: Sequence[Expr], symbol: Symbol, domain: Domain, values: Mapping[Symbol, Array]
) -> Domain:
    """The part of a parameter's domain on which expressions are real, if a whole number cuts it."""
    real = np.all([~np.isnan(values_of(e, values)) for e in exprs], axis=0)
    place = values[symbol]
    if real.all() or not real.any():
        return domain
    if place[~real].max() < place[real].min():
        cut = np.ceil(place[~real].max())
        return Domain(Integer(int(cut)), domain.upper) if cut <= place[real].min() else domain
    cut = np.floor(place[~real].min())
    fits = place[real].max() <= cut <= place[~real].min()
    return Domain(domain.lower, Integer(int(cut))) if fits else domain


def allowed_interval(
    conditions: Sequence[Relational], symbol: Symbol, domain: Domain, at: Point
) -> Domain | None:
    """The part of an interval on which the conditions, in one symbol, hold; None where it is not
    one interval, or cannot be told."""
    free = Symbol(symbol.name, real=True)
    ends: set[Expr] = {domain.lower, domain.upper}
    for condition in conditions:
        difference = (condition.gts - condition.lts).xreplace({symbol: free})
        roots = solveset(difference, free, S.Reals)
        if not roots.is_FiniteSet:
            if roots is S.EmptySet:
                continue
            return None
        ends |= set(roots)
    numeric = sorted(((_float(e, at), e) for e in ends), key=lambda pair: pair[0])
    cells = [
        (low, high)
        for (a, low), (b, high) in pairwise(numeric)
        if _all_hold(conditions, symbol, _middle(a, b), at) and _inside(_middle(a, b), domain, at)
    ]
    joined = all(left[1] == right[0] for left, right in pairwise(cells))
    return Domain(cells[0][0], cells[-1][1]) if cells and joined else None


def _float(end: Expr, at: Point) -> float:
    return float(end.xreplace(dict(at)))


def _middle(a: float, b: float) -> float:
    if np.isfinite(a) and np.isfinite(b):
        return (a + b) / 2
    if np.isfinite(a):
        return a + 1.37
    return b - 1.37 if np.isfinite(b) else 0.37


def _inside(value: float, domain: Domain, at: Point) -> bool:
    return _float(domain.lower, at) < value < _float(domain.upper, at)


def _all_hold(conditions: Sequence[Relational], symbol: Symbol, value: float, at: Point) -> bool:
    values = {**{s: np.full(COUNT, float(v)) for s, v in at.items()}, symbol: np.full(COUNT, value)}
    return all(bool(np.all(values_of(c.gts - c.lts, values) > 0)) for c in conditions)
