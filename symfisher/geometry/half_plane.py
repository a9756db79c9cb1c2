"""Half-plane coordinates of a family, from its height alone, and the part that they fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import (
    Abs,
    Dummy,
    Expr,
    Integer,
    Mul,
    Poly,
    PolynomialError,
    Symbol,
    cancel,
    diff,
    factor,
    oo,
    simplify,
    solve,
    sqrt,
    together,
)
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.clock import time_limit
from symfisher.errors import TimeLimitError
from symfisher.geometry.antiderivative import antiderivative
from symfisher.geometry.horofunction import height
from symfisher.geometry.metric import square_root
from symfisher.geometry.patch import Patch
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points

_SECONDS = 4.0  # for solving for the parameters
_SAME = 1e-8
_DIGITS = 20
_V = Dummy("v", positive=True)


@dataclass(frozen=True)
class HalfPlane:
    """Coordinates u and v > 0 in which the metric is (du^2 + dv^2)/(kappa^2 v^2)."""

    u: Expr
    v: Expr
    kappa: Expr


def from_height(patch: Patch) -> HalfPlane | None:
    """The half-plane that two parameters of constant negative curvature are a convex part of.

    With v known, du_i du_j = kappa^2 v^2 g_ij - dv_i dv_j is the square of a gradient.
    """
    found = height(patch) if len(patch.symbols) == 2 else None
    if found is None:
        return None
    slopes = _level_slopes(patch, found.square, found.rate_square)
    level = _potential(slopes, patch)
    if level is None:
        return None
    level = -level if level.is_negative else level
    plane = HalfPlane(level, square_root(found.square, patch.family), sqrt(found.rate_square))
    return plane if _is_convex(patch, plane, found.square) else None


def _level_slopes(patch: Patch, square: Expr, rate_square: Expr) -> tuple[Expr, Expr]:
    """The gradient of u, its sign chosen."""
    slopes = [diff(square, s) for s in patch.symbols]

    def entry(i: int, j: int) -> Expr:
        return tidy(
            rate_square * square * patch.metric[i, j] - slopes[i] * slopes[j] / (4 * square)
        )

    roots = [square_root(factor(together(entry(i, i))), patch.family) for i in range(2)]
    # A root that changes its sign on the domain comes out as an absolute value.
    place = 0 if roots[0] != 0 and not roots[0].has(Abs) else 1
    other = tidy(entry(0, 1) / roots[place])
    return (roots[0], other) if place == 0 else (other, roots[1])


def _potential(slopes: tuple[Expr, Expr], patch: Patch) -> Expr | None:
    """The function with this gradient, integrated by one parameter and then by the other."""
    for one, other in ((0, 1), (1, 0)):
        x, y = patch.symbols[one], patch.symbols[other]
        along = antiderivative(slopes[one], x, patch.family)
        if along is None:
            continue
        rest = tidy(slopes[other] - diff(along, y))
        if rest.has(x):
            rest = simplify(rest)
        across = None if rest.has(x) else antiderivative(rest, y, patch.family)
        if across is not None:
            return tidy(along + across)
    return None


def _is_convex(patch: Patch, plane: HalfPlane, square: Expr) -> bool:
    """Whether the domain is cut out of the half-plane by vertical geodesics and horocycles."""
    # Where u is positive by its form, u = 0 is one of those geodesics.
    u = Dummy("u", positive=True) if plane.u.is_positive else Dummy("u", real=True)
    try:
        with time_limit(_SECONDS):
            inverse = _inverse(patch, plane, square, u)
            if inverse is None:
                return False
            inside = (expr.subs(inverse) for expr in _positive_where_inside(patch))
            return all(_cuts_convex(expr, u) for expr in inside)
    except (NotImplementedError, TimeLimitError):
        return False


def _positive_where_inside(patch: Patch) -> Iterator[Expr]:
    """Expressions of the parameters that are positive on the domain and nowhere else."""
    own = set(patch.symbols)
    for symbol in patch.symbols:
        domain = patch.family.domains[symbol]
        if domain.lower != -oo:
            yield symbol - domain.lower
        if domain.upper != oo:
            yield domain.upper - symbol
    for condition in patch.family.constraints:
        if condition.free_symbols & own:
            assert isinstance(condition, Relational)
            yield condition.gts - condition.lts


def _inverse(patch: Patch, plane: HalfPlane, square: Expr, u: Symbol) -> dict[Symbol, Expr] | None:
    """The parameters as functions of u and v: the solution that points of the domain satisfy."""
    points = sample_points(patch.family, 2, seed=2)
    for each in solve([plane.u - u, square - _V**2], patch.symbols, dict=True):
        back = [
            symbol - place.xreplace({u: plane.u, _V: plane.v}) for symbol, place in each.items()
        ]
        if len(back) == 2 and all(
            abs(evaluate(gap + 1, at, _DIGITS) - 1) < _SAME for gap in back for at in points
        ):
            return dict(each)
    return None


def _cuts_convex(expr: Expr, u: Symbol) -> bool:
    """Whether expr > 0 holds for all u and v > 0, or cuts off a convex part of the half-plane."""
    parts = Mul.make_args(factor(together(simplify(expr))))
    bases = []
    for part in parts:
        base, power = part.as_base_exp()
        if part.is_positive:
            continue
        if not (part.is_negative or (power.is_Integer and power.is_odd)):
            return False
        bases.append(Integer(-1) if part.is_negative else base)  # of the sign of the part
    rest = cancel(Mul(*bases))
    if rest.is_positive:
        return True
    try:
        polynomial = Poly(rest, u, _V)
    except PolynomialError:
        return False
    if polynomial.total_degree() != 1:
        return False
    return bool(
        polynomial.coeff_monomial(_V) == 0
        or (polynomial.coeff_monomial(u) == 0 and polynomial.coeff_monomial(_V).is_positive)
    )
