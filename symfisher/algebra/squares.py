"""Completing the square in one generator."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from symfisher.algebra.ring import ONE, Factored, Ring
from symfisher.algebra.sorting import Terms


@dataclass(frozen=True)
class Square:
    """lead * (sum of ``linear``)**2 + rest."""

    lead: Factored
    linear: Terms
    rest: Terms


def squares(ring: Ring, terms: Terms) -> list[Square]:
    """The ways in which a quadratic part of rank one becomes a square; pi is never squared."""
    found: list[Square] = []
    for index, generator in enumerate(ring.generators):
        covered = any(_unit(ring, index, 1) in square.linear for square in found)
        if _unit(ring, index, 2) in terms and str(generator) != "pi" and not covered:
            found += _completed(ring, terms, index)
    return found


def _unit(ring: Ring, index: int, power: int) -> tuple[int, ...]:
    return tuple(power if i == index else 0 for i in range(len(ring.gens)))


def _completed(ring: Ring, terms: Terms, index: int) -> list[Square]:
    """The square in one generator, if it leaves fewer terms."""
    lead = terms[_unit(ring, index, 2)]
    linear: Terms = {_unit(ring, index, 1): ONE}
    for monomial, coefficient in terms.items():
        if monomial[index] == 1 and all(e >= 0 for e in monomial) and sum(monomial) <= 2:
            partner = tuple(e - (i == index) for i, e in enumerate(monomial))
            linear[partner] = coefficient.over(lead).scaled(fmpq(1, 2))
    if len(linear) < 2:
        return []
    rest = _without_square(ring, terms, lead, linear)
    return [Square(lead, linear, rest)] if len(rest) < len(terms) else []


def _without_square(ring: Ring, terms: Terms, lead: Factored, linear: Terms) -> Terms:
    """terms - lead*linear**2."""
    fractions = {m: [ring.expanded(c)] for m, c in terms.items()}
    for left, a in linear.items():
        for right, b in linear.items():
            monomial = tuple(x + y for x, y in zip(left, right))
            value = ring.expanded(lead.times(a).times(b).scaled(-1))
            fractions.setdefault(monomial, []).append(value)
    sums = {m: ring.sum(parts) for m, parts in fractions.items()}
    return {m: ring.factored(f) for m, f in sums.items() if f.numerator != 0}
