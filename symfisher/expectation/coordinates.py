"""Coordinates on the real line, and the changes of coordinate that a density asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flint
from sympy import Add, Expr, Integer, Symbol, asinh, cosh, diff, exp, expand_mul, log, nan, oo, sinh, zoo

from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.terms import ZERO, Algebra, Element, Kind, Monomial


@dataclass(frozen=True)
class Coordinate:
    """x as a monotone function of w on (lower, upper), with log |dx/dw| in ``log_jacobian``.

    A coordinate made from another remembers it as ``parent``, with its w in terms of the new one.
    """

    w: Symbol
    x: Expr
    lower: Expr
    upper: Expr
    log_jacobian: Expr
    parent: Coordinate | None = None
    parent_w: Expr | None = None

    @property
    def orientation(self) -> int:
        """-1 on a half-line that reaches to +oo, else 1: the sign of rates that stay bounded."""
        return -1 if self.upper == oo and self.lower != -oo else 1

    def changed(self, old: Expr, new: Symbol, ends: tuple[Expr, Expr], log_slope: Expr) -> Coordinate:
        """The same x in a coordinate ``new`` in terms of which w is ``old``."""
        replace = {self.w: old}
        log_jacobian = self.log_jacobian.subs(replace) + log_slope
        x = expand_mul(self.x.subs(replace))
        return Coordinate(new, x, *ends, log_jacobian, self, old)

    def flow(self, parameter: Symbol) -> Expr:
        """dw/dtheta at fixed x, as an expression in w."""
        moved = diff(self.x, parameter)
        if moved == 0:
            return ZERO
        if self.parent is None or self.parent_w is None:
            return -moved / diff(self.x, self.w)
        inner = self.parent.flow(parameter).subs(self.parent.w, self.parent_w)
        change = inner - diff(self.parent_w, parameter)
        return ZERO if change == 0 else change / diff(self.parent_w, self.w)


def starting_coordinates(
    lower: Expr, upper: Expr, log_density: Expr, variable: Symbol, fingerprint: Fingerprint
) -> Iterator[Coordinate]:
    """Coordinates to try first on the interval (lower, upper), the most useful first."""
    w = fingerprint.new_coordinate("w")
    if lower == -oo and upper == oo:
        yield Coordinate(w, w, -oo, oo, ZERO)
        yield from _hyperbolic(log_density, variable, fingerprint)
    elif upper == oo:
        yield Coordinate(w, lower + exp(w), -oo, oo, w)
        if fingerprint.sign(lower) == 1:
            yield Coordinate(w, exp(w), log(lower), oo, w)
        yield Coordinate(w, w, lower, oo, ZERO)
    elif lower == -oo:
        yield Coordinate(w, upper - exp(w), -oo, oo, w)
        yield Coordinate(w, w, -oo, upper, ZERO)
    else:
        yield from _on_an_interval(w, lower, upper, fingerprint)


def _hyperbolic(
    log_density: Expr, variable: Symbol, fingerprint: Fingerprint
) -> Iterator[Coordinate]:
    """g(x) = sinh w, where the density reads asinh(g(x)) with g linear."""
    for atom in sorted(log_density.atoms(asinh), key=str):
        slope = diff(atom.args[0], variable)
        if slope == 0 or slope.has(variable):
            continue
        w = fingerprint.new_coordinate("w")
        offset = atom.args[0].subs(variable, 0)
        modulus = slope if fingerprint.sign(slope) == 1 else -slope
        yield Coordinate(w, (sinh(w) - offset) / slope, -oo, oo, Add(log(cosh(w)), -log(modulus)))


def _on_an_interval(
    w: Symbol, lower: Expr, upper: Expr, fingerprint: Fingerprint
) -> Iterator[Coordinate]:
    width = upper - lower
    yield Coordinate(w, lower + width * exp(w), -oo, ZERO, log(width) + w)
    yield Coordinate(w, upper - width * exp(w), -oo, ZERO, log(width) + w)
    logistic = (lower + upper * exp(w)) / (1 + exp(w))
    yield Coordinate(w, logistic, -oo, oo, log(width) + w - 2 * log(1 + exp(w)))
    if fingerprint.sign(lower) == 1:
        yield Coordinate(w, exp(w), log(lower), log(upper), w)
    yield Coordinate(w, w, lower, upper, ZERO)


def place_sample(coordinate: Coordinate, fingerprint: Fingerprint) -> None:
    """Give the coordinate a value inside its interval at each parameter point."""
    values = []
    for index in range(len(fingerprint.points)):
        low = None if coordinate.lower == -oo else fingerprint.value(coordinate.lower)[index]
        high = None if coordinate.upper == oo else fingerprint.value(coordinate.upper)[index]
        values.append(_inside(low, high, index))
    fingerprint.know(coordinate.w, values)


def _inside(low: Any, high: Any, index: int) -> Any:
    shift = flint.arb(flint.fmpq(37 + 50 * index, 71))
    if low is None and high is None:
        return flint.arb(flint.fmpq(41 - 67 * index, 89))
    if high is None:
        return low.mid() + shift
    if low is None:
        return high.mid() - shift
    return (low.mid() * (41 + 7 * index) + high.mid() * (48 - 7 * index)) / 89


def requested(
    coordinate: Coordinate, algebra: Algebra, element: Element
) -> Coordinate | None:
    """The coordinate in which what stands in the way of ``element`` becomes simple."""
    used = _used_atoms(algebra, element)
    w, new = coordinate.w, algebra.fingerprint.new_coordinate("w")
    for change in (_log_of_log, _entangled_sum, _nested_exponential, _log_of_w, _power_of_sum):
        found = change(coordinate, algebra, used, new)
        if found is not None:
            old, log_slope, forward = found
            images = [forward(coordinate.lower), forward(coordinate.upper)]
            if any(image.has(zoo, nan) for image in images):
                return None
            ends = sorted(images, key=_order(algebra))
            return coordinate.changed(old.subs(w, new), new, (ends[0], ends[1]), log_slope)
    return None


def _order(algebra: Algebra):
    def key(end: Expr) -> float:
        if end in (oo, -oo):
            return float(end)
        return float(algebra.fingerprint.value(end)[0].mid())

    return key


def _used_atoms(algebra: Algebra, element: Element) -> dict[int, set[tuple[int, Expr]]]:
    """Atom -> the (log power, power) pairs with which it occurs, also inside other atoms."""
    used: dict[int, set[tuple[int, Expr]]] = {}
    todo = [element]
    while todo:
        for monomial in todo.pop():
            for index, n, r in monomial[2]:
                if index not in used:
                    used[index] = set()
                    todo.append(algebra.atoms[index].definition)
                used[index].add((n, r))
    return used


def _log_of_log(coordinate, algebra, used, new):
    """log log P: the new coordinate is log P."""
    for index in used:
        atom = algebra.atoms[index]
        if atom.kind is Kind.LOGARITHM:
            ((monomial, _),) = atom.definition.items()
            return _along_sum(coordinate, algebra, monomial[2][0][0], new)
    return None


def _entangled_sum(coordinate, algebra, used, new):
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
                    return _along_monomial(coordinate, algebra, j, r, monomial, new)
    return None


def _nested_exponential(coordinate, algebra, used, new):
    """exp(c e^(aw)): the new coordinate is e^(aw)."""
    for index in used:
        atom = algebra.atoms[index]
        if atom.kind is Kind.EXPONENTIAL:
            rates = [m[1] for m in atom.definition]
            if all(m[0] == 0 and not m[2] and m[1] != 0 for m in atom.definition):
                rate = min(rates, key=lambda k: abs(float(algebra.fingerprint.value(k)[0].mid())))
                return log(new) / rate, -log(new) - log(_modulus(algebra, rate)), _exp_end(algebra, rate)
            for monomial in atom.definition:
                for j, n, r in monomial[2]:
                    if algebra.atoms[j].kind is Kind.SUM and (r != 0 or n):
                        return _along_sum(coordinate, algebra, j, new)
    return None


def _modulus(algebra: Algebra, rate: Expr) -> Expr:
    return rate if algebra.fingerprint.sign(rate) == 1 else -rate


def _exp_end(algebra: Algebra, rate: Expr):
    positive = algebra.fingerprint.sign(rate) == 1

    def forward(end: Expr) -> Expr:
        if end in (oo, -oo):
            return oo if (end == oo) == positive else ZERO
        return exp(rate * end)

    return forward


def _log_of_w(coordinate, algebra, used, new):
    """log |w|, a broken power of w, or log |w + d|: the new coordinate is that logarithm."""
    for index in used:
        atom = algebra.atoms[index]
        linear = _linear(atom.definition)
        if linear is None or atom.kind not in (Kind.COORDINATE, Kind.SUM):
            continue
        slope, offset = linear

        def forward(end: Expr, slope=slope, offset=offset) -> Expr:
            if end in (oo, -oo):
                return oo
            value = slope * end + offset
            return -oo if algebra.fingerprint.is_zero(value) else log(value)

        return (exp(new) - offset) / slope, new, forward
    return None


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


def _power_of_sum(coordinate, algebra, used, new):
    """A broken power of 1 + c e^(aw): the new coordinate is its logarithm."""
    for index, powers in used.items():
        broken = any(not r.is_Integer for _, r in powers)
        if algebra.atoms[index].kind is Kind.SUM and broken:
            return _along_sum(coordinate, algebra, index, new)
    return None


def _along_sum(coordinate, algebra, index, new):
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
    return log(grown) / a, log_slope, forward


def _positive(algebra: Algebra, expr: Expr, like: Expr) -> Expr:
    """expr with the sign that makes it positive, where it has the sign of ``like``."""
    return expr if algebra.fingerprint.sign(like) == 1 else -expr


def _along_monomial(coordinate, algebra, index, r, monomial, new):
    """t = log S, or t = log(e^(aw)/S) where the monomial is a power of that."""
    found = algebra.two_terms(index)
    rate = monomial[1]
    if found is None or monomial[0]:
        return None
    if rate == 0:
        return _along_sum(coordinate, algebra, index, new)
    c, a = found
    if not algebra.fingerprint.is_zero(rate + a * r):
        return None

    def forward(end: Expr) -> Expr:
        positive = algebra.fingerprint.sign(a) == 1
        if end in (oo, -oo):
            return -log(c) if (end == oo) == positive else -oo
        return a * end - log(1 + c * exp(a * end))

    log_slope = -log(1 - c * exp(new)) - log(_modulus(algebra, a))
    return (new - log(1 - c * exp(new))) / a, log_slope, forward


