"""Changes of coordinate that a log-density asks for, one function each, in the order tried.

Each function looks for one thing that stands in the way and returns the change that removes it:
w in terms of the new coordinate, log |dw/dnew|, and what becomes of an end of the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, exp, log, nan, oo, zoo

from symfisher.expectation.coordinates import Coordinate
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import ZERO, Element, Kind, Monomial

Uses = Mapping[int, set[tuple[int, Expr, Monomial]]]  # atom -> its (log power, power, term)s


@dataclass(frozen=True)
class Change:
    """w as an expression in the new coordinate, log |dw/dnew|, and the image of an end."""

    old: Expr
    log_slope: Expr
    forward: Callable[[Expr], Expr]


def requested(coordinate: Coordinate, algebra: Algebra, element: Element) -> Coordinate | None:
    """The coordinate in which what stands in the way of ``element`` becomes simple."""
    used = _used_atoms(algebra, element)
    new = algebra.fingerprint.new_coordinate("w")
    for change in _CHANGES:
        found = change(coordinate, algebra, used, new)
        if found is not None:
            images = [found.forward(coordinate.lower), found.forward(coordinate.upper)]
            if any(image.has(zoo, nan) for image in images):
                return None
            ends = sorted(images, key=_order(algebra))
            signed = _with_sign(algebra, new, ends[0])
            old, slope = (e.xreplace({new: signed}) for e in (found.old, found.log_slope))
            return coordinate.changed(old, signed, (ends[0], ends[1]), slope)
    return None


def _with_sign(algebra: Algebra, new: Symbol, lower: Expr) -> Symbol:
    """The coordinate as a positive symbol where it is one: (t^3)^(1/3) is t then."""
    if lower != -oo and algebra.fingerprint.sign(lower) in (0, 1):
        return algebra.fingerprint.new_coordinate("w", positive=True)
    return new


def _order(algebra: Algebra) -> Callable[[Expr], float]:
    def key(end: Expr) -> float:
        if end in (oo, -oo):
            return float(end)
        return float(algebra.fingerprint.value(end)[0].mid())

    return key


def _used_atoms(algebra: Algebra, element: Element) -> Uses:
    """Atom -> the terms in which it occurs and its powers there, also inside other atoms."""
    used: dict[int, set[tuple[int, Expr, Monomial]]] = {}
    todo = [element]
    while todo:
        for monomial in todo.pop():
            for index, n, r in monomial[2]:
                if index not in used:
                    used[index] = set()
                    todo.append(algebra.atoms[index].definition)
                used[index].add((n, r, monomial))
    return used


def _log_of_log(coordinate: Coordinate, algebra: Algebra, used: Uses, new: Symbol) -> Change | None:
    """log log P: the new coordinate is log P."""
    for index in used:
        atom = algebra.atoms[index]
        if atom.kind is Kind.LOGARITHM:
            ((monomial, _),) = atom.definition.items()
            return _along_sum(algebra, monomial[2][0][0], new)
    return None


def _entangled_sum(
    coordinate: Coordinate, algebra: Algebra, used: Uses, new: Symbol
) -> Change | None:
    """A sum of powers of another sum, such as 1 - (1 + e^w)^(-k)."""
    for index in used:
        atom = algebra.atoms[index]
        if atom.kind is not Kind.SUM:
            continue
        for monomial in atom.definition:
            for j, n, r in monomial[2]:
                if r == 0 and not n:
                    continue
                if algebra.atoms[j].kind is Kind.SUM:
                    return _along_monomial(algebra, j, r, monomial, new)
    return None


def _nested_exponential(
    coordinate: Coordinate, algebra: Algebra, used: Uses, new: Symbol
) -> Change | None:
    """exp(c e^(aw)): the new coordinate is e^(aw)."""
    for index in used:
        atom = algebra.atoms[index]
        if atom.kind is Kind.EXPONENTIAL:
            rates = [m[1] for m in atom.definition]
            if all(m[0] == 0 and not m[2] and m[1] != 0 for m in atom.definition):
                rate = min(rates, key=lambda k: abs(float(algebra.fingerprint.value(k)[0].mid())))
                return Change(
                    log(new) / rate,
                    -log(new) - log(_modulus(algebra, rate)),
                    _exp_end(algebra, rate),
                )
            for monomial in atom.definition:
                for j, n, r in monomial[2]:
                    if algebra.atoms[j].kind is Kind.SUM and (r != 0 or n):
                        along = None if n else _along_monomial(algebra, j, r, monomial, new)
                        return along or _along_sum(algebra, j, new)
    return None


def _modulus(algebra: Algebra, rate: Expr) -> Expr:
    return rate if algebra.fingerprint.sign(rate) == 1 else -rate


def _exp_end(algebra: Algebra, rate: Expr) -> Callable[[Expr], Expr]:
    positive = algebra.fingerprint.sign(rate) == 1

    def forward(end: Expr) -> Expr:
        if end in (oo, -oo):
            return oo if (end == oo) == positive else ZERO
        return exp(rate * end)

    return forward


def _log_of_w(coordinate: Coordinate, algebra: Algebra, used: Uses, new: Symbol) -> Change | None:
    """log |w|, a broken power of w, or log |w + d|: the new coordinate is that logarithm."""
    for index in used:
        atom = algebra.atoms[index]
        linear = _linear(atom.definition)
        if linear is None or atom.kind not in (Kind.COORDINATE, Kind.SUM):
            continue
        slope, offset = linear
        return Change((exp(new) - offset) / slope, new, _log_end(algebra, slope, offset))
    return None


def _log_end(algebra: Algebra, slope: Expr, offset: Expr) -> Callable[[Expr], Expr]:
    def forward(end: Expr) -> Expr:
        if end in (oo, -oo):
            return oo
        value = slope * end + offset
        return -oo if algebra.fingerprint.is_zero(value) else log(value)

    return forward


def _linear(definition: Element) -> tuple[Expr, Expr] | None:
    """(slope, offset) where the definition is slope w + offset with slope 1 or -1."""
    slope: Expr | None = None
    offset: Expr = Integer(0)
    for monomial, coefficient in definition.items():
        if monomial == (1, ZERO, ()):
            slope = coefficient
        elif monomial == (0, ZERO, ()):
            offset = coefficient
        else:
            return None
    return None if slope not in (1, -1) else (slope, offset)


def _power_of_sum(
    coordinate: Coordinate, algebra: Algebra, used: Uses, new: Symbol
) -> Change | None:
    """A broken power of S = 1 + c e^(aw), or of e^(aw)/S: go along its logarithm."""
    for index, terms in used.items():
        if algebra.atoms[index].kind is not Kind.SUM:
            continue
        broken = [(r, term) for _, r, term in sorted(terms, key=str) if not r.is_Integer]
        for r, term in broken:
            if term[1] != 0 and len(term[2]) == 1:
                along = _along_monomial(algebra, index, r, term, new)
                if along is not None:
                    return along
        if broken:
            return _along_sum(algebra, index, new)
    return None


def _vanishing_sum(
    coordinate: Coordinate, algebra: Algebra, used: Uses, new: Symbol
) -> Change | None:
    """On a finite interval, log(1 + c e^(aw)) that falls to -oo at one end: go along it."""
    if coordinate.lower == -oo or coordinate.upper == oo:
        return None
    for index in used:
        found = algebra.two_terms(index)
        if found is not None:
            c, a = found
            ends = (1 + c * exp(a * end) for end in (coordinate.lower, coordinate.upper))
            if any(algebra.fingerprint.is_zero(value) for value in ends):
                return _along_sum(algebra, index, new)
    return None


def _along_sum(algebra: Algebra, index: int, new: Symbol) -> Change | None:
    """t = log(1 + c e^(aw))."""
    found = algebra.two_terms(index)
    if found is None:
        return None
    c, a = found

    def forward(end: Expr) -> Expr:
        positive = algebra.fingerprint.sign(a) == 1
        if end in (oo, -oo):
            return oo if (end == oo) == positive else ZERO
        value = 1 + c * exp(a * end)
        return -oo if algebra.fingerprint.is_zero(value) else log(value)

    grown = (exp(new) - 1) / c if algebra.fingerprint.sign(c) == 1 else (1 - exp(new)) / (-c)
    log_slope = new - log(_positive(algebra, exp(new) - 1, c)) - log(_modulus(algebra, a))
    return Change(log(grown) / a, log_slope, forward)


def _positive(algebra: Algebra, expr: Expr, like: Expr) -> Expr:
    """expr with the sign that makes it positive, where it has the sign of ``like``."""
    return expr if algebra.fingerprint.sign(like) == 1 else -expr


def _along_monomial(
    algebra: Algebra, index: int, r: Expr, monomial: Monomial, new: Symbol
) -> Change | None:
    """t = log S, or t = log(e^(aw)/S) where the monomial is a power of that."""
    found = algebra.two_terms(index)
    rate = monomial[1]
    if found is None or monomial[0]:
        return None
    if rate == 0:
        return _along_sum(algebra, index, new)
    c, a = found
    if not algebra.fingerprint.is_zero(rate + a * r):
        return None

    def forward(end: Expr) -> Expr:
        positive = algebra.fingerprint.sign(a) == 1
        if end in (oo, -oo):
            return -log(c) if (end == oo) == positive else -oo
        sum_there = 1 + c * exp(a * end)
        return oo if algebra.fingerprint.is_zero(sum_there) else a * end - log(sum_there)

    log_slope = -log(1 - c * exp(new)) - log(_modulus(algebra, a))
    return Change((new - log(1 - c * exp(new))) / a, log_slope, forward)


_CHANGES = (
    _log_of_log,
    _entangled_sum,
    _nested_exponential,
    _log_of_w,
    _power_of_sum,
    _vanishing_sum,
)
