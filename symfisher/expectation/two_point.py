"""Integrals that hold two densities of one continuous variable, by the kernels' masses and tables.

A product p^a q^b of two densities is in most families a kernel again, with other coefficients, so
its integral is that kernel's total mass.  Corners of either density cut the support; where their
order depends on the parameters each order is a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, permutations
from typing import Any

from sympy import (
    Abs,
    And,
    Dummy,
    Expr,
    Integer,
    Lt,
    Max,
    Min,
    Piecewise,
    Symbol,
    exp,
    fraction,
    log,
    oo,
    sign,
    together,
)

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError
from symfisher.expectation import logarithmic_polynomial
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.kernels.beta import BetaKernel
from symfisher.expectation.parts import Part
from symfisher.expectation.powers import as_powers
from symfisher.expectation.search import find_part
from symfisher.expectation.terms import NotConvertible
from symfisher.numerics.evaluate import evaluate
from symfisher.pieces import Piece, kinks

Point = dict[Symbol, Any]

_MOST_CUTS = 3
_TRIES = 6
_KINKED = (Abs, sign, Max, Min, Piecewise)


def total_mass(
    family: Family, log_density: Expr, lower: Expr, upper: Expr, points: Sequence[Point]
) -> tuple[Expr, list[Expr]] | None:
    """The integral of exp(log_density) over (lower, upper), and the logarithms of its parts.

    ``points`` are generic values of all symbols, of which two decide on structure.
    """
    logarithms: list[Expr] = []

    def mass(part: Part | None, piece: Piece) -> Expr | None:
        if part is None:
            return None
        if not (piece.lower.is_finite and piece.upper.is_finite):  # else it is finite anyway
            logarithms.append(part.kernel_constant + part.kernel.log_mass())
        return as_powers(_mass(part))

    whole = _over_pieces(family, log_density, log_density, lower, upper, points, mass)
    return None if whole is None else (whole, logarithms)


def mean(family: Family, integrand: Expr, points: Sequence[Point]) -> Expr | None:
    """E[integrand] under the family, the integrand having corners at places of its own; or None."""
    (variable,) = family.variables
    support = family.supports[0]

    def value(part: Part | None, piece: Piece) -> Expr | None:
        inside = _resolved(integrand, variable, piece.lower, piece.upper, points_of_case[0])
        found = None if part is None else _by_table(part, inside)
        if found is None and part is not None:
            found = _on_unit_interval(part, inside)
        return found if found is not None else _by_parts(piece, inside, variable)

    points_of_case: list[Sequence[Point]] = [points]
    return _over_pieces(
        family,
        family.log_density,
        integrand,
        support.lower,
        support.upper,
        points,
        value,
        points_of_case,
    )


def _mass(part: Part) -> Expr:
    return exp(part.kernel_constant + part.kernel.log_mass())


def _by_table(part: Part, integrand: Expr) -> Expr | None:
    try:
        found = part.expect(part.convert(integrand, part.variable))
    except NotConvertible:
        return None
    return None if found is None else _mass(part) * found


def _on_unit_interval(part: Part, integrand: Expr) -> Expr | None:
    """In v = e^W/(1 + e^W) a beta kernel with whole exponents is a polynomial on (0, 1).

    log(1 + c e^W), as in the ratio of two logistic densities, is log(1 - v + c v) - log(1 - v).
    """
    kernel = part.kernel
    if not isinstance(kernel, BetaKernel) or part.coordinate.lower != -oo:
        return None
    p, q = kernel.p, kernel.q
    if not (p.is_Integer and q.is_Integer) or part.coordinate.upper != oo:
        return None
    v = Dummy("v", positive=True)
    moved = part.coordinate.substituted(integrand, part.variable)
    moved = as_powers(moved.expand()).subs(part.coordinate.w, log(v) - log(1 - v))
    moved = as_powers(moved).replace(log, _of_quotient)
    density = (p - 1) * log(v) + (q - 1) * log(1 - v) - kernel.log_mass()
    found = logarithmic_polynomial.integral(density, moved, v, Integer(0), Integer(1))
    return None if found is None else _mass(part) * found


def _of_quotient(argument: Expr) -> Expr:
    above, below = fraction(together(argument))
    return log(above.expand()) - log(below)


def _by_parts(piece: Piece, integrand: Expr, variable: Symbol) -> Expr | None:
    if not (piece.lower.is_finite and piece.upper.is_finite):
        return None
    return logarithmic_polynomial.integral(
        piece.log_density, integrand, variable, piece.lower, piece.upper
    )


def _over_pieces(
    family: Family,
    log_density: Expr,
    cornered: Expr,
    lower: Expr,
    upper: Expr,
    points: Sequence[Point],
    value: Callable[[Part | None, Piece], Expr | None],
    chosen: list[Sequence[Point]] | None = None,
) -> Expr | None:
    """The sum over the pieces between corners of what ``value`` makes of each."""
    if len(family.variables) != 1 or family.is_mass or family.supports[0].discrete:
        return None
    (variable,) = family.variables
    try:
        cuts = sorted({*kinks(log_density, variable), *kinks(cornered, variable)}, key=str)
    except DerivationError:
        return None
    if len(cuts) > _MOST_CUTS:
        return None
    cases = []
    for order, here in _orders(cuts, lower, upper, points):
        if chosen is not None:
            chosen[0] = here
        total = _sum(family, log_density, [lower, *order, upper], here, value)
        if total is None:
            return None
        cases.append((total, _condition(order)))
    return None if not cases else _joined(cases, cuts, points)


def _orders(
    cuts: Sequence[Expr], lower: Expr, upper: Expr, points: Sequence[Point]
) -> Iterator[tuple[tuple[Expr, ...], Sequence[Point]]]:
    """Each order of the cuts that occurs, and the points at which it does."""
    if not cuts:
        yield (), points
        return
    for order in permutations(cuts):
        here = [p for p in points if _ascending([lower, *order, upper], p)]
        if len(here) >= 2:
            yield order, here


def _ascending(places: Sequence[Expr], point: Point) -> bool:
    return all(bool(b.xreplace(point) - a.xreplace(point) > 0) for a, b in pairwise(places))


def _sum(
    family: Family,
    log_density: Expr,
    ends: Sequence[Expr],
    points: Sequence[Point],
    value: Callable[[Part | None, Piece], Expr | None],
) -> Expr | None:
    (variable,) = family.variables
    total: Expr = Integer(0)
    for lower, upper in pairwise(ends):
        inside = _resolved(log_density, variable, lower, upper, points)
        found = _first_value(family, Piece(lower, upper, inside), points, value)
        if found is None:
            return None
        total += found
    return total


def _first_value(
    family: Family,
    piece: Piece,
    points: Sequence[Point],
    value: Callable[[Part | None, Piece], Expr | None],
) -> Expr | None:
    """By the first two points at which a kernel is recognised: a rate may have either sign."""
    for two in pairwise(points[: _TRIES + 1]):
        part = find_part(family, piece, Fingerprint(two), single=False)
        if part is not None:
            return value(part, piece)
    return value(None, piece)


def _resolved(
    expr: Expr, variable: Symbol, lower: Expr, upper: Expr, points: Sequence[Point]
) -> Expr:
    """The expression without Abs and its kin, as it is between two neighbouring corners."""
    if not expr.has(*_KINKED):
        return expr
    inside = [{**p, variable: _between(lower.xreplace(p), upper.xreplace(p))} for p in points[:2]]

    def first(argument: Expr) -> bool:
        return float(evaluate(argument, inside[0])) > 0

    def piece_of(*cases: tuple[Expr, Any]) -> Expr:
        for branch, condition in cases:
            if condition == True or bool(condition.xreplace(inside[0])):  # noqa: E712
                return branch
        return Piecewise(*cases)

    expr = expr.replace(Piecewise, piece_of)
    expr = expr.replace(Abs, lambda z: z if first(z) else -z)
    return expr.replace(sign, lambda z: Integer(1) if first(z) else Integer(-1))


def _between(lower: Expr, upper: Expr) -> Expr:
    if lower.is_finite and upper.is_finite:
        return lower + (upper - lower) * Integer(3) / 7
    if lower.is_finite:
        return lower + Integer(3) / 7
    return upper - Integer(3) / 7 if upper.is_finite else Integer(3) / 7


def _condition(order: Sequence[Expr]) -> Any:
    return And(*(Lt(a, b) for a, b in pairwise(order)))


def _joined(
    cases: Sequence[tuple[Expr, Any]], cuts: Sequence[Expr], points: Sequence[Point]
) -> Expr:
    """One formula in |second corner - first| where two cases mirror each other, else the cases."""
    if len(cases) == 1:
        return cases[0][0]
    if len(cases) == 2 and all(isinstance(c, Symbol) for c in cuts):
        mirrored = _mirrored([value for value, _ in cases], cases[0][1], points)
        if mirrored is not None:
            return mirrored
    *first, (last, _) = cases
    return Piecewise(*first, (last, True))


def _mirrored(values: Sequence[Expr], ascending: Any, points: Sequence[Point]) -> Expr | None:
    low, high = ascending.args
    distance = Dummy("distance", positive=True)
    there = values[0].subs(high, low + distance)
    back = values[1].subs(high, low - distance)
    apart = [{**p, distance: 1 + Integer(k) / 3} for k, p in enumerate(points[:2])]
    if not Fingerprint(apart).is_zero(there - back):
        return None
    return tidy(there).subs(distance, Abs(low - high))
