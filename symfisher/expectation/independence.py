"""Which functions of the parameters are combinations of others, with constant coefficients."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from symfisher.algebra.fraction import Exponents, Fraction
from symfisher.algebra.fraction_field import Field
from symfisher.algebra.linear_system import Contradiction, LinearSystem

Vector = dict[Exponents, Fraction]


def parted(exponents: Iterable[int], chosen: list[bool]) -> tuple[Exponents, Exponents]:
    """The exponents of the chosen generators, and those of the others."""
    every = [int(e) for e in exponents]
    mine = [*chosen, *[False] * (len(every) - len(chosen))]
    return (
        tuple(e if c else 0 for e, c in zip(every, mine)),
        tuple(0 if c else e for e, c in zip(every, mine)),
    )


def independent(
    numbers: Field, functions: list[Fraction], parameters: set[Symbol]
) -> tuple[list[int], list[list[Fraction]], list[Fraction]] | None:
    """Which functions of the parameters span the others, together with 1, over the constants.

    Returns the positions kept, each function's coordinates in those, and its constant part;
    None if all are needed.
    """
    vectors = _coordinates(numbers, [numbers.one, *functions], parameters)
    kept: list[int] = [0]
    rows: list[list[Fraction]] = []
    for k, vector in enumerate(vectors):
        solution = _combination(numbers, [vectors[i] for i in kept], vector) if k else None
        if solution is None and k:
            kept.append(k)
            solution = [numbers.zero] * (len(kept) - 1) + [numbers.one]
        if k:
            rows.append(solution or [])
    if len(kept) == len(vectors):
        return None
    width = len(kept)
    padded = [row + [numbers.zero] * (width - len(row)) for row in rows]
    return [i - 1 for i in kept[1:]], [row[1:] for row in padded], [row[0] for row in padded]


def _coordinates(
    numbers: Field, functions: list[Fraction], parameters: set[Symbol]
) -> list[Vector]:
    """Each function times a common denominator, by its monomials in generators with parameters."""
    common = numbers.one
    for f in functions:
        step = f * common
        common = common * numbers.fraction(step.den, step.den**0)
    vectors = []
    for f in functions:
        vector: Vector = {}
        for exponents, coefficient in (f * common).num.terms():
            moving = [bool(key.free_symbols & parameters) for key in numbers.keys]
            name, rest = parted(exponents, moving)
            vector[name] = vector.get(name, numbers.zero) + numbers.monomial(rest, coefficient)
        vectors.append(vector)
    return vectors


def _combination(numbers: Field, basis: list[Vector], vector: Vector) -> list[Fraction] | None:
    """Coefficients that make the vector from the basis, if there are some."""
    system: LinearSystem[int] = LinearSystem(numbers)
    names = sorted({*vector, *(n for b in basis for n in b)}, key=str)
    try:
        for name in names:
            row = {k: b.get(name, numbers.zero) for k, b in enumerate(basis)}
            system.add(row, vector.get(name, numbers.zero))
    except Contradiction:
        return None
    return [system.value(k) or numbers.zero for k in range(len(basis))]
