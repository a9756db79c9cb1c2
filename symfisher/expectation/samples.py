"""Generic joint points of parameters, constants and data, for questions of sign and rank."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from math import exp

from sympy import Expr, Rational, Symbol

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.numerics.points import sample_points

_PRIMES = (101, 103, 107, 109, 113, 127, 131, 137, 139, 149)
_MOST_INTEGERS = 15  # of a support without an end


@lru_cache(maxsize=128)
def joint_points(family: Family, count: int = 6) -> tuple[dict[Symbol, Rational], ...]:
    """``count`` points with a value for every symbol of the family, the data in their support.

    A second parameter point (``Family.primed``) has values too.

    The data lie low and high in their support, on the real line below and above zero, so that an
    expression with one sign at all points has that sign for good reason.
    """
    generator = random.Random(f"joint {count} {family.name}")
    points = [
        {**point, **{primed: other[p] for p, primed in family.primed.items()}}
        for point, other in zip(
            sample_points(family, count, seed=1), sample_points(family, count, seed=4)
        )
    ]
    strata = {v: generator.sample(range(count), count) for v in family.variables}
    return tuple(
        _with_data(family, point, {v: (strata[v][i] + generator.random()) / count for v in strata})
        for i, point in enumerate(points)
    )


def signs_of(family: Family) -> Callable[[Expr], int | None]:
    """The sign of an expression over the family's parameters, constants and data, or None.

    A symbol that the family does not know takes values on both sides of one, and of zero too
    unless it is declared positive or negative.
    """
    fingerprint = Fingerprint(joint_points(family))
    known = set(joint_points(family)[0])

    def sign(expr: Expr) -> int | None:
        for symbol in sorted(expr.free_symbols - known, key=str):
            fingerprint.know(symbol, strangers_values(symbol, len(fingerprint.points)))
            known.add(symbol)
        return fingerprint.sign(expr)

    return sign


def strangers_values(symbol: Symbol, count: int) -> list[Rational]:
    sizes = [Rational(p, 103) for p in (97, 409, 29, 191, 4099, 5)] * (count // 6 + 1)
    if symbol.is_negative:
        return [-size for size in sizes[:count]]
    signs = [1 if symbol.is_positive else (-1) ** i for i in range(count)]
    return [sign * size for sign, size in zip(signs, sizes)]


def _with_data(
    family: Family, point: dict[Symbol, Rational], positions: dict[Symbol, float]
) -> dict[Symbol, Rational]:
    values = dict(point)
    for number, (variable, support) in enumerate(zip(family.variables, family.supports)):
        prime = _PRIMES[(number + int(97 * positions[variable])) % len(_PRIMES)]
        values[variable] = _draw(support.substitute(values), positions[variable], prime)
    return values


def _draw(domain: Domain, position: float, prime: int) -> Rational:
    """The point of a support at ``position`` in (0, 1), with a generic denominator."""
    if domain.points is not None:
        return Rational(domain.points[int(position * len(domain.points))])
    low = float(domain.lower) if domain.lower.is_finite else None
    high = float(domain.upper) if domain.upper.is_finite else None
    if domain.discrete:
        return Rational(_integer(low, high, position))
    if low is not None and high is not None:
        target = low + (high - low) * (0.03 + 0.94 * position)
    elif low is not None:
        target = low + exp(5 * position - 2.5)
    elif high is not None:
        target = high - exp(5 * position - 2.5)
    else:
        target = 7 * (position - 0.5)
    value = Rational(round(target * prime), prime)
    inside = bool(domain.lower < value) and bool(value < domain.upper)
    return value if inside else Rational(target)


def _integer(low: float | None, high: float | None, position: float) -> int:
    if low is None:
        first = -_MOST_INTEGERS // 2 if high is None else round(high) - _MOST_INTEGERS
    else:
        first = round(low)
    last = first + _MOST_INTEGERS if high is None or low is None else round(high)
    return first + int(position * (min(last, first + _MOST_INTEGERS) - first + 1))
