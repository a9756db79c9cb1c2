"""How a density behaves at the ends of its support and at its kinks.

A model whose support moves with a parameter is still differentiable in quadratic mean where the
density vanishes at the moving end like d^rho with rho > 1, d being the distance from the end: the
square root of the density is then absolutely continuous in the parameter and the score's
square is integrable (Ibragimov and Has'minskii 1981, chapter II; van der Vaart 1998, lemma 7.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sympy import (
    Expr,
    Gt,
    Integer,
    Lt,
    Rational,
    Symbol,
    cancel,
    diff,
    exp,
    fraction,
    nan,
    oo,
    solve,
    zoo,
)
from sympy.core.relational import Relational

from symfisher.declaration import Family
from symfisher.expectation.conversion import Converter
from symfisher.expectation.coordinates import Coordinate, place_sample
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import UNIT, ZERO, Element, Kind, NotConvertible
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.pieces import Piece, pieces


@dataclass(frozen=True)
class MovingEnd:
    """An end of the support that depends on parameters.

    ``exponent`` is rho, with oo where the density vanishes faster than any power and None where
    the behaviour was not recognised.
    """

    location: Expr
    parameters: tuple[Symbol, ...]
    exponent: Expr | None


@dataclass(frozen=True)
class Kink:
    """A place inside the support, moving with parameters, where the log-density has a corner.

    ``score_jumps`` is score(+) - score(-) there, ``density`` the density there.
    """

    location: Expr
    parameters: tuple[Symbol, ...]
    score_jumps: tuple[Expr, ...]
    density: Expr


def moving_ends(family: Family, fingerprint: Fingerprint) -> tuple[MovingEnd, ...]:
    """The moving ends of a one-variable family; several variables have ends without exponent."""
    parameters = set(family.parameters)
    found = []
    for variable, support in zip(family.variables, family.supports, strict=True):
        for place, end in enumerate((support.lower, support.upper)):
            moving = tuple(p for p in family.parameters if p in end.free_symbols & parameters)
            if moving:
                exponent = None
                if len(family.variables) == 1 and not support.discrete:
                    exponent = _exponent(family, variable, end, place == 0, fingerprint)
                found.append(MovingEnd(end, moving, exponent))
    return tuple(found)


def _exponent(
    family: Family, variable: Symbol, end: Expr, is_lower: bool, fingerprint: Fingerprint
) -> Expr | None:
    """rho in density ~ d^rho, from the log-density with d = e^w and w -> -oo."""
    w = fingerprint.new_coordinate("w")
    x = end + exp(w) if is_lower else end - exp(w)
    place_sample(Coordinate(w, x, -oo, Integer(-2), w), fingerprint)
    piece = pieces(family)[0 if is_lower else -1]
    algebra = Algebra(fingerprint, w)
    try:
        element = Converter(algebra).convert(piece.log_density.subs(variable, x))
        return _rate_at_minus_infinity(algebra, element)
    except NotConvertible:
        return None


def _rate_at_minus_infinity(algebra: Algebra, element: Element) -> Expr | None:
    """The coefficient of w as w -> -oo; oo where the element falls to -oo faster than w."""
    sign = algebra.fingerprint.sign
    rate: Expr = ZERO
    for monomial, coefficient in element.items():
        power, k, atoms = monomial
        if monomial == UNIT:
            continue
        if not atoms and k == 0 and power == 1:
            rate += coefficient
        elif not atoms and ((k != 0 and sign(k) == -1) or (k == 0 and power > 1)):
            falls = coefficient * (-1) ** power
            return oo if sign(falls) == -1 else None
        elif (power, k) == (0, 0) and len(atoms) == 1 and atoms[0][1:] == (1, 0):
            slope = _slope_of_log(algebra, atoms[0][0])
            if slope is None:
                return None
            rate += coefficient * slope
        elif atoms or sign(k) != 1:
            return None
    return rate


def _slope_of_log(algebra: Algebra, index: int) -> Expr | None:
    """The coefficient of w in log P as w -> -oo, for a sum of exponentials."""
    atom = algebra.atoms[index]
    if atom.kind is not Kind.SUM or any(m[0] or m[2] for m in atom.definition):
        return None
    rates = [m[1] for m in atom.definition]
    smallest = rates[0]
    for rate in rates[1:]:
        if algebra.fingerprint.sign(rate - smallest) == -1:
            smallest = rate
    return smallest


def moving_kinks(family: Family) -> tuple[Kink, ...]:
    """The moving kinks of a one-variable continuous family, with what the score does there."""
    if len(family.variables) != 1 or family.supports[0].discrete:
        return ()
    (variable,) = family.variables
    kinks = []
    for left, right in pairwise(pieces(family)):
        location = left.upper
        moving = tuple(p for p in family.parameters if p in location.free_symbols)
        if moving:
            jumps = tuple(_score_jump(family, left, right, p) for p in family.parameters)
            density = exp(left.log_density.subs(variable, location))
            kinks.append(Kink(location, moving, jumps, density))
    return tuple(kinks)


def _score_jump(family: Family, left: Piece, right: Piece, parameter: Symbol) -> Expr:
    """score(+) - score(-) at the end that two pieces share."""
    (variable,) = family.variables
    difference = diff(right.log_density, parameter) - diff(left.log_density, parameter)
    jump = cancel(difference.subs(variable, left.upper))
    if jump.is_finite is False or jump.has(nan, zoo):  # 0/0: a removable singularity
        return Integer(0) if _closes(family, difference, left.upper) else jump
    return jump


def _closes(family: Family, difference: Expr, location: Expr) -> bool:
    """Whether a difference falls to zero at a place where it reads 0/0, at a generic point."""
    (variable,) = family.variables
    (point,) = sample_points(family, 1, seed=13)
    values = [
        abs(evaluate(difference, {**point, variable: location.subs(point) + step}, digits=30))
        for step in (Rational(1, 10**4), Rational(1, 10**6))
    ]
    return bool(values[1] <= values[0] / 10)


# -- conditions on the parameters -----------------------------------------------------------------


def decide_positive(
    expression: Expr, family: Family, fingerprint: Fingerprint
) -> bool | tuple[Relational, ...]:
    """Whether ``expression`` > 0 on the whole parameter domain, or the condition for it."""
    free = [s for s in family.parameters if s in expression.free_symbols]
    if not free:
        sign = fingerprint.sign(expression)
        return sign == 1 if sign is not None else (Gt(expression, 0),)
    if expression.is_positive:
        return True
    if expression.is_nonpositive:
        return False
    if len(free) > 1:
        return (Gt(expression, 0),)
    return _in_one_parameter(expression, free[0], family)


def _in_one_parameter(
    expression: Expr, parameter: Symbol, family: Family
) -> bool | tuple[Relational, ...]:
    domain = family.domains[parameter]
    numerator, _ = fraction(cancel(expression))
    roots = [r for r in solve(numerator, parameter) if r.is_real]
    inside = [r for r in roots if r > domain.lower and r < domain.upper]
    if not inside:
        probe = _probe(domain.lower, domain.upper)
        return bool(expression.subs(parameter, probe) > 0)
    if len(inside) > 1:
        return (Gt(expression, 0),)
    (root,) = inside
    if expression.subs(parameter, _probe(root, domain.upper)) > 0:
        return (Gt(parameter, root),)
    return (Lt(parameter, root),)


def _probe(lower: Expr, upper: Expr) -> Expr:
    if lower.is_finite and upper.is_finite:
        return (lower + upper) / 2
    if lower.is_finite:
        return lower + 1
    return upper - 1 if upper.is_finite else Integer(0)


def regular_conditions(
    ends: Sequence[MovingEnd], family: Family, fingerprint: Fingerprint
) -> tuple[Relational, ...]:
    """Conditions on the parameters under which the density vanishes fast enough at moving ends."""
    conditions: list[Relational] = []
    for end in ends:
        if end.exponent in (None, oo):
            continue
        decided = decide_positive(end.exponent - 1, family, fingerprint)
        if isinstance(decided, tuple):
            conditions += decided
    return tuple(dict.fromkeys(conditions))
