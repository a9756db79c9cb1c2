"""Coordinates on the real line, and the changes of coordinate that a density asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import flint
from sympy import (
    Add,
    Expr,
    Integer,
    Pow,
    Symbol,
    asinh,
    atan,
    cos,
    cosh,
    diff,
    exp,
    expand_mul,
    factor,
    log,
    oo,
    pi,
    sin,
    sinh,
    sqrt,
)

from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.terms import ZERO


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

    def changed(
        self, old: Expr, new: Symbol, ends: tuple[Expr, Expr], log_slope: Expr
    ) -> Coordinate:
        """The same x in a coordinate ``new`` in terms of which w is ``old``."""
        replace = {self.w: old}
        log_jacobian = self.log_jacobian.subs(replace) + log_slope
        x = expand_mul(self.x.subs(replace))
        return Coordinate(new, x, *ends, log_jacobian, self, old)

    def substituted(self, expr: Expr, variable: Symbol) -> Expr:
        """``expr`` with x written in w, by way of the parent, where SymPy simplifies better.

        There w has a sign, and (w^3)^(1/3) is w.
        """
        if self.parent is None or self.parent_w is None:
            return expr.subs(variable, self.x)
        return expr.subs(variable, self.parent.x).subs(self.parent.w, self.parent_w)

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
    lower: Expr,
    upper: Expr,
    log_density: Expr,
    variable: Symbol,
    fingerprint: Fingerprint,
    whole: tuple[Expr, Expr],
) -> Iterator[Coordinate]:
    """Coordinates to try first on the interval (lower, upper), the most useful first.

    ``whole`` is the support of which the interval may be a piece.
    """
    fresh = partial(fingerprint.new_coordinate, "w")  # the last one's value is remembered
    if lower == -oo and upper == oo:
        yield Coordinate(w := fresh(), w, -oo, oo, ZERO)
        yield from _hyperbolic(log_density, variable, fingerprint)
    elif upper == oo:
        yield Coordinate(w := fresh(), lower + exp(w), -oo, oo, w)
        if fingerprint.sign(lower) == 1:
            yield Coordinate(w := fresh(), exp(w), log(lower), oo, w)
        yield Coordinate(w := fresh(), w, lower, oo, ZERO)
    elif lower == -oo:
        yield Coordinate(w := fresh(), upper - exp(w), -oo, oo, w)
        yield Coordinate(w := fresh(), w, -oo, upper, ZERO)
    else:
        yield from _half_angles(lower, upper, log_density, variable, fingerprint)
        if whole != (lower, upper) and not any(end.is_infinite for end in whole):
            yield _logistic_piece(fresh(), lower, upper, whole, fingerprint)
        yield from _on_an_interval(lower, upper, fingerprint)


def _hyperbolic(
    log_density: Expr, variable: Symbol, fingerprint: Fingerprint
) -> Iterator[Coordinate]:
    """g(x) = sinh w, where the density reads asinh(g(x)) or sqrt(1 + g(x)^2) with g linear."""
    for atom in sorted(log_density.atoms(asinh), key=str):
        slope = diff(atom.args[0], variable)
        if slope == 0 or slope.has(variable):
            continue
        w = fingerprint.new_coordinate("w")
        offset = atom.args[0].subs(variable, 0)
        modulus = slope if fingerprint.sign(slope) == 1 else -slope
        yield Coordinate(w, (sinh(w) - offset) / slope, -oo, oo, Add(log(cosh(w)), -log(modulus)))
    for root in sorted(log_density.atoms(Pow), key=str):
        found = _centre_and_width(root, variable, fingerprint)
        if found is not None:
            centre, width = found
            w = fingerprint.new_coordinate("w")
            yield Coordinate(w, centre + width * sinh(w), -oo, oo, Add(log(cosh(w)), log(width)))


def _centre_and_width(
    root: Pow, variable: Symbol, fingerprint: Fingerprint
) -> tuple[Expr, Expr] | None:
    """m and d where ``root`` is a half-integer power of k ((x - m)^2 + d^2)."""
    if not (2 * root.exp).is_Integer or root.exp.is_Integer or not root.base.has(variable):
        return None
    quadratic = root.base.as_poly(variable)
    if quadratic is None or quadratic.degree() != 2:
        return None
    a, b, c = quadratic.all_coeffs()
    square = factor(c / a - (b / a) ** 2 / 4)
    if fingerprint.sign(square) != 1:
        return None
    return -b / (2 * a), sqrt(square)


def _half_angles(
    lower: Expr, upper: Expr, log_density: Expr, variable: Symbol, fingerprint: Fingerprint
) -> Iterator[Coordinate]:
    """w = tan(k (x - phi)/2) for a density of cos(k (x - phi)) on a whole turn.

    The turn starts at phi - pi/k instead of the lower end: the density has that period.
    """
    atoms = sorted(log_density.atoms(cos, sin), key=str)
    shifts = [atom.args[0] for atom in atoms if not atom.has(variable)]  # cos x cos m + sin x sin m
    for atom in (atom for atom in atoms if atom.has(variable)):
        slope = diff(atom.args[0], variable)
        speed = -slope if fingerprint.sign(slope) == -1 else slope
        if not slope.is_number or not fingerprint.is_zero((upper - lower) * speed - 2 * pi):
            continue
        phase = -atom.args[0].subs(variable, 0) / slope
        for shift in (*shifts, Integer(0)):
            w = fingerprint.new_coordinate("w")
            x = phase + shift / slope + 2 * atan(w) / speed
            yield Coordinate(w, x, -oo, oo, log(2 / speed) - log(1 + w**2))


def _on_an_interval(lower: Expr, upper: Expr, fingerprint: Fingerprint) -> Iterator[Coordinate]:
    fresh = partial(fingerprint.new_coordinate, "w")
    width = upper - lower
    yield Coordinate(w := fresh(), lower + width * exp(w), -oo, ZERO, log(width) + w)
    yield Coordinate(w := fresh(), upper - width * exp(w), -oo, ZERO, log(width) + w)
    w = fresh()
    logistic = (lower + upper * exp(w)) / (1 + exp(w))
    yield Coordinate(w, logistic, -oo, oo, log(width) + w - 2 * log(1 + exp(w)))
    if fingerprint.sign(lower) == 1:
        yield Coordinate(w := fresh(), exp(w), log(lower), log(upper), w)
    yield Coordinate(w := fresh(), w, lower, upper, ZERO)


def _logistic_piece(
    w: Symbol, lower: Expr, upper: Expr, whole: tuple[Expr, Expr], fingerprint: Fingerprint
) -> Coordinate:
    """The log-odds of where x stands in the whole support."""
    start, end = whole

    def place(x: Expr) -> Expr:
        if x == start:
            return -oo
        return oo if x == end else fingerprint.shorten(log((x - start) / (end - x)))

    logistic = (start + end * exp(w)) / (1 + exp(w))
    log_jacobian = log(end - start) + w - 2 * log(1 + exp(w))
    return Coordinate(w, logistic, place(lower), place(upper), log_jacobian)


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
