"""Generic joint points of parameters, constants and data, for questions of sign and rank."""

from __future__ import annotations

import random
from functools import cache

from sympy import Rational, Symbol

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.numerics.points import sample_points

_PRIMES = (101, 103, 107, 109, 113, 127, 131, 137, 139, 149)


@cache
def joint_points(family: Family, count: int = 3) -> tuple[dict[Symbol, Rational], ...]:
    """``count`` points with a value for every symbol of the family, the data in their support."""
    generator = random.Random(f"joint {count} {family.name}")
    points = sample_points(family, count, seed=1)
    second = sample_points(family, count, seed=4)
    return tuple(
        {**point, **_primed(family, other), **_data(family, point, generator)}
        for point, other in zip(points, second, strict=True)
    )


def _primed(family: Family, point: dict[Symbol, Rational]) -> dict[Symbol, Rational]:
    return {primed: point[parameter] for parameter, primed in family.primed.items()}


def data_points(family: Family, count: int) -> list[dict[Symbol, Rational]]:
    """``count`` points of the data at one and the same point of parameters and constants."""
    generator = random.Random(f"data {count} {family.name}")
    (point,) = sample_points(family, 1, seed=2)
    return [{**point, **_data(family, point, generator)} for _ in range(count)]


def joint_fingerprint(family: Family, count: int = 3) -> Fingerprint:
    return Fingerprint(joint_points(family, count))


def _data(
    family: Family, point: dict[Symbol, Rational], generator: random.Random
) -> dict[Symbol, Rational]:
    values = dict(point)
    for variable, support in zip(family.variables, family.supports, strict=True):
        values[variable] = _draw(support.substitute(values), generator)
    return {variable: values[variable] for variable in family.variables}


def _draw(domain: Domain, generator: random.Random) -> Rational:
    if domain.points is not None:
        return Rational(generator.choice(domain.points))
    low = float(domain.lower) if domain.lower.is_finite else None
    high = float(domain.upper) if domain.upper.is_finite else None
    if domain.discrete:
        first = round(low) if low is not None else -7 if high is None else round(high) - 15
        return Rational(generator.randint(first, round(high) if high is not None else first + 15))
    if low is not None and high is not None:
        position = low + (high - low) * generator.uniform(0.05, 0.95)
    elif low is not None:
        position = low + generator.uniform(0.1, 3)
    else:
        position = (high - 3.1 if high is not None else -1.5) + generator.uniform(0, 3)
    prime = generator.choice(_PRIMES)
    value = Rational(round(position * prime), prime)
    inside = bool(domain.lower < value) and bool(value < domain.upper)
    return value if inside else Rational(position)
