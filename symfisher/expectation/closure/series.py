"""Hypergeometric terms: products of linear factors in a count, and the series that they sum to."""

from __future__ import annotations

from typing import NamedTuple

from sympy import Symbol, Tuple, hyper

from symfisher.algebra.fraction import Fraction
from symfisher.expectation.closure.rows import Model


class Roots(NamedTuple):
    """factor * prod(y + upper)/prod(y + lower)."""

    upper: list[Fraction]
    lower: list[Fraction]
    factor: Fraction


def roots_of(model: Model, value: Fraction, variable: Symbol) -> Roots | None:
    """a_i, b_j, z with value = z prod(y + a_i)/prod(y + b_j)."""
    field, factor = model.field, model.field.one
    roots: tuple[list[Fraction], list[Fraction]] = ([], [])
    for side, polynomial in enumerate((value.num, value.den)):
        for part, power in field.factors(polynomial):
            fraction = field.fraction(part, part**0)
            slope = field.derivative(fraction, variable)
            if any(variable in field.keys[i].free_symbols for i in slope.generators()):
                return None
            if not slope:
                factor = factor * fraction ** (-power if side else power)
                continue
            factor = factor * slope ** (-power if side else power)
            roots[side].extend([fraction / slope - field.convert(variable)] * power)
    return Roots(roots[0], roots[1], factor)


def series(model: Model, upper: list[Fraction], lower: list[Fraction], z: Fraction) -> Fraction:
    """The sum over j >= 0 of prod (a)_j/prod (b)_j z^j, as the function that it is."""
    field = model.field
    for a in list(upper):
        if a in lower:
            lower.remove(a)
            upper.remove(a)
    if field.one in lower:
        lower.remove(field.one)
    else:
        upper.append(field.one)
    if not upper and not lower:
        return field.power(None, z)
    if len(upper) == 1 and not lower:
        return field.one / field.power(field.one - z, upper[0])
    arguments = [Tuple(*sorted(map(field.expression, side), key=str)) for side in (upper, lower)]
    return field.generator(hyper(*arguments, field.expression(z)))
