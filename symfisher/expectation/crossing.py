"""Integrands with a corner of their own, such as |x - mu'| under a Laplace density.

The corner c may lie in any piece of the density.  Each case is integrated by itself, over pieces
that are cut at c too; where the cases are mirror images they become one formula in |c - kink|.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Abs, Dummy, Expr, Integer, Lt, Piecewise, Symbol

from symfisher.declaration import Family
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.parts import Part
from symfisher.expectation.search import find_part
from symfisher.expectation.terms import NotConvertible
from symfisher.numerics.points import sample_points
from symfisher.pieces import Piece, kinks, pieces

_CANDIDATES = 60


def expect_across(family: Family, integrand: Expr) -> Expr | None:
    """E[integrand], the integrand having one corner at a second parameter point; or None."""
    (variable,) = family.variables
    own = pieces(family)
    known = {variable, *family.domains, *family.primed.values()}
    if not integrand.free_symbols <= known:
        return None
    places = set(kinks(integrand, variable)) - {p.upper for p in own}
    if len(places) != 1:
        return None
    (corner,) = places
    values = [_with_corner_in(family, integrand, corner, own, k) for k in range(len(own))]
    closed = [value for value in values if value is not None]
    if len(closed) < len(own) or len(own) > 2:
        return None
    return closed[0] if len(own) == 1 else _together(family, corner, own[0].upper, *closed)


def _with_corner_in(
    family: Family, integrand: Expr, corner: Expr, own: Sequence[Piece], place: int
) -> Expr | None:
    """The expectation where the corner lies in one given piece of the density."""
    fingerprint = _fingerprint(family, corner, own[place])
    if fingerprint is None:
        return None
    cut = own[place]
    halves = [
        Piece(cut.lower, corner, cut.log_density),
        Piece(corner, cut.upper, cut.log_density),
    ]
    total: Expr = Integer(0)
    for piece in (*own[:place], *halves, *own[place + 1 :]):
        part = find_part(family, piece, fingerprint, single=False)
        value = None if part is None else _mean(part, integrand)
        if part is None or value is None:
            return None
        total += part.mass * value
    return total


def _mean(part: Part, integrand: Expr) -> Expr | None:
    try:
        return part.expect(part.convert(integrand, part.variable))
    except NotConvertible:
        return None


def _fingerprint(family: Family, corner: Expr, piece: Piece) -> Fingerprint | None:
    """Values at points of two parameter sets of which the corner lies in the piece."""
    second = {primed: family.domains[p] for p, primed in family.primed.items()}
    points = sample_points(family, _CANDIDATES, seed=17, extra=second)
    inside = [p for p in points if _between(piece, corner, p)]
    return Fingerprint(inside[:2]) if len(inside) >= 2 else None


def _between(piece: Piece, corner: Expr, point: dict[Symbol, Expr]) -> bool:
    place = corner.subs(point)
    return bool(piece.lower.subs(point) < place) and bool(place < piece.upper.subs(point))


def _together(family: Family, corner: Expr, kink: Expr, below: Expr, above: Expr) -> Expr:
    """One formula in |corner - kink| where the two cases mirror each other, else two cases."""
    if isinstance(corner, Symbol):
        distance = Dummy("distance", positive=True)
        left, right = below.subs(corner, kink - distance), above.subs(corner, kink + distance)
        second = {primed: family.domains[p] for p, primed in family.primed.items()}
        points = sample_points(family, 2, seed=19, extra=second)
        apart = [{**p, distance: Integer(1) + 2 * k} for k, p in enumerate(points)]
        if Fingerprint(apart).is_zero(left - right):
            return right.subs(distance, Abs(corner - kink))
    return Piecewise((below, Lt(corner, kink)), (above, True))
