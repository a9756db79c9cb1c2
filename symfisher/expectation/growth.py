"""Whether a mean exists: growth of the integrand against the fall of the density at each end.

Towards an end of the support, written as w -> oo (x = w, or x at a distance e^(-w) from a finite
end), the logarithm of the density and that of each term of the integrand behave like
c w^r (log w)^n or c e^(kw).  Whichever of the two is of higher rank decides; at equal rank the
coefficients do, and that is the condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sympy import (
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Piecewise,
    Symbol,
    exp,
    false,
    log,
    loggamma,
    oo,
    true,
)

from symfisher.declaration import Family
from symfisher.expectation.conversion import Converter
from symfisher.expectation.coordinates import Coordinate, place_sample
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import UNIT, ZERO, Element, Kind, Monomial, NotConvertible

_FAR, _NEAR = Integer(50), Integer(12)  # w from which on signs are read: beyond every corner


class Undecided(Exception):
    """The behaviour towards an end is not of a kind that is known here."""


@dataclass(frozen=True)
class Rank:
    """Of c w^r (log w)^n; ``nested`` of c e^(kw), which is above all of those."""

    nested: bool
    r: Expr
    n: int


LINEAR, LOGARITHMIC = Rank(False, Integer(1), 0), Rank(False, ZERO, 1)


@dataclass(frozen=True)
class Existence:
    """The mean exists where all of ``positive`` are; never, by what happens at ``end``, if set."""

    positive: tuple[Expr, ...] = ()
    end: Expr | None = None


def existence(family: Family, integrand: Expr, fingerprint: Fingerprint) -> Existence | None:
    """Where E|integrand| is finite under a family of one variable; None where it is not decided."""
    if len(family.variables) != 1 or family.supports[0].points is not None:
        return None
    positive: list[Expr] = []
    try:
        for end, sign in _ends(family):
            needed = _at_end(family, integrand, end, sign, fingerprint)
            if needed is None:
                return Existence(end=end)
            positive += needed
    except (NotConvertible, Undecided):
        return None
    return Existence(tuple(dict.fromkeys(positive)))


def _ends(family: Family) -> Iterator[tuple[Expr, int]]:
    """The ends towards which something may grow; of counts the infinite ones."""
    support = family.supports[0]
    for end, sign in ((support.lower, -1), (support.upper, 1)):
        if not support.discrete or end in (oo, -oo):
            yield end, sign


def _at_end(
    family: Family, integrand: Expr, end: Expr, sign: int, fingerprint: Fingerprint
) -> list[Expr] | None:
    """What has to be positive; None where the mean is infinite."""
    (variable,) = family.variables
    w = fingerprint.new_coordinate("w", positive=True)
    infinite = end in (oo, -oo)
    x = sign * w if infinite else end - sign * exp(-w)
    place_sample(Coordinate(w, x, _FAR if infinite else _NEAR, oo, ZERO), fingerprint)
    algebra = Algebra(fingerprint, w)

    def convert(expr: Expr) -> Element:
        plain = _without_gamma(expr, variable).subs(variable, x)
        return Converter(algebra).convert(_without_cases(plain, fingerprint))

    fall = convert(family.log_density)
    if not infinite:
        fall = algebra.add(fall, {(1, ZERO, ()): Integer(-1)})  # log |dx/dw|
    rank, coefficient = _leading(algebra, fall)
    needed = []
    for monomial in convert(integrand):
        answer = _outweighs(algebra, rank, coefficient, monomial)
        if answer is False:
            return None
        needed += [] if answer is True else [answer]
    return needed


def _without_gamma(expr: Expr, variable: Symbol) -> Expr:
    """Log-gamma functions of counts by Stirling's formula: they grow like x log x."""
    return expr.replace(lambda e: isinstance(e, loggamma) and e.has(variable), _stirling(variable))


def _stirling(variable: Symbol) -> Callable[[Expr], Expr]:
    return lambda e: e.args[0] * log(variable)


def _without_cases(expr: Expr, fingerprint: Fingerprint) -> Expr:
    """A Piecewise as it is towards the end."""

    def case(*cases: Any) -> Expr:
        for value, condition in cases:
            if _holds(condition, fingerprint):
                return value
        raise Undecided

    return expr.replace(Piecewise, case)


def _holds(condition: Any, fingerprint: Fingerprint) -> bool:
    if condition in (true, false):
        return bool(condition)
    if not isinstance(condition, Gt | Ge | Lt | Le):
        raise Undecided
    sign = fingerprint.sign(condition.gts - condition.lts)
    if not sign:
        raise Undecided
    return sign > 0


def _outweighs(algebra: Algebra, rank: Rank, coefficient: Expr, monomial: Monomial) -> Expr | bool:
    """Whether density times monomial is integrable: yes, no, or if an expression is positive."""
    rate, degree = _growth(algebra, monomial)
    direction = _sign(algebra, rate)
    of_term = LINEAR if direction else LOGARITHMIC
    higher = _compare(algebra, rank, of_term)
    if higher > 0:
        return True
    if higher < 0:
        return direction <= 0
    left = -coefficient - (rate if direction else degree + 1)
    sign = algebra.fingerprint.sign(left)
    if not left.free_symbols or sign == 0 or left.is_negative:
        return sign == 1
    return left


def _leading(algebra: Algebra, element: Element) -> tuple[Rank, Expr]:
    """The rank and the coefficient with which a log-density falls."""
    found: dict[Rank, Expr] = {}
    for monomial, coefficient in element.items():
        for rank, factor in _of_logarithm(algebra, monomial):
            found[rank] = found.get(rank, ZERO) + coefficient * factor
    found = {rank: c for rank, c in found.items() if algebra.fingerprint.sign(c) != 0}
    if not found:
        raise Undecided
    top = next(iter(found))
    for rank in found:
        if _compare(algebra, rank, top) > 0:
            top = rank
    same = [c for rank, c in found.items() if _compare(algebra, rank, top) == 0]
    total = sum(same, ZERO)
    if top not in (LINEAR, LOGARITHMIC) and algebra.fingerprint.sign(total) != -1:
        raise Undecided
    return top, total


def _of_logarithm(algebra: Algebra, monomial: Monomial) -> Iterator[tuple[Rank, Expr]]:
    """The ranks of a term of a log-density, with their factors; none of what stays bounded."""
    power, rate, atoms = monomial
    if (power, rate, len(atoms)) == (0, ZERO, 1) and atoms[0][1:] == (1, ZERO):
        slope, degree = _growth_of_atom(algebra, atoms[0][0])
        yield LINEAR, slope
        yield LOGARITHMIC, degree
        return
    slope, degree = _growth(algebra, monomial)
    count = 0
    for index, n, _ in atoms:  # log P grows like w where P does like e^(kw)
        exponential = n and _sign(algebra, _growth_of_atom(algebra, index)[0])
        degree, count = (degree + n, count) if exponential else (degree, count + n)
    direction = _sign(algebra, slope)
    if direction > 0:
        yield Rank(True, slope, 0), Integer(1)
    elif direction == 0 and (_sign(algebra, degree), count) > (0, 0):
        yield Rank(False, degree, count), Integer(1)


def _growth(algebra: Algebra, monomial: Monomial) -> tuple[Expr, Expr]:
    """(k, d) where the monomial grows like e^(kw) w^d, its logarithms left out."""
    power, rate, atoms = monomial
    slope, degree = rate, Integer(power)
    for index, _, exponent in atoms:
        if exponent != 0:
            inner, own = _growth_of_atom(algebra, index)
            slope, degree = slope + exponent * inner, degree + exponent * own
    return algebra.fingerprint.shorten(slope), algebra.fingerprint.shorten(degree)


def _growth_of_atom(algebra: Algebra, index: int) -> tuple[Expr, Expr]:
    """(k, d) where the atom grows like e^(kw) w^d."""
    atom = algebra.atoms[index]
    if atom.kind is Kind.COORDINATE:
        return ZERO, Integer(1)
    if atom.kind is Kind.EXPONENTIAL:
        return _growth_of_exponential(algebra, atom.definition)
    if atom.kind is not Kind.SUM:
        raise Undecided
    found = [_growth(algebra, monomial) for monomial in atom.definition]
    top = found[0]
    for each in found[1:]:
        slope = _sign(algebra, each[0] - top[0])
        if slope > 0 or (slope == 0 and _sign(algebra, each[1] - top[1]) > 0):
            top = each
    return top


def _growth_of_exponential(algebra: Algebra, exponent: Element) -> tuple[Expr, Expr]:
    """Of e^E: a constant where all terms of E die out."""
    for monomial in exponent:
        slope, degree = _growth(algebra, monomial)
        towards = _sign(algebra, slope) or _sign(algebra, degree)
        if monomial != UNIT and towards >= 0:
            raise Undecided
    return ZERO, ZERO


def _compare(algebra: Algebra, a: Rank, b: Rank) -> int:
    if a.nested != b.nested:
        return 1 if a.nested else -1
    difference = _sign(algebra, a.r - b.r)
    return difference if difference else (a.n > b.n) - (a.n < b.n)


def _sign(algebra: Algebra, expr: Expr) -> int:
    sign = algebra.fingerprint.sign(expr)
    if sign is None:
        raise Undecided
    return sign
