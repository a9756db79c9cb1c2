"""Fractions as sums over the monomials in some of their generators."""

from __future__ import annotations

from typing import Any

from symfisher.algebra.ring import Factored, Fraction, Polynomial, Ring

Terms = dict[tuple[int, ...], Factored]  # monomial -> coefficient


def sorted_terms(ring: Ring, fraction: Fraction, generators: frozenset[int]) -> Terms:
    """Monomial in ``generators`` -> its coefficient, free of them.

    The denominator may hold these generators as plain powers only.
    """
    below, denominator = _plain_powers(ring, fraction.denominator, generators)
    parts: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in fraction.numerator.to_dict().items():
        inside = (e if i in generators else 0 for i, e in enumerate(exponents))
        outside = tuple(0 if i in generators else e for i, e in enumerate(exponents))
        monomial = tuple(int(a) - b for a, b in zip(inside, below))
        parts.setdefault(monomial, {})[outside] = coefficient
    return {
        m: ring.factored(ring.reduced(ring.polynomial(p), denominator))
        for m, p in sorted(parts.items(), reverse=True)
    }


def _plain_powers(
    ring: Ring, denominator: Polynomial, generators: frozenset[int]
) -> tuple[tuple[int, ...], Polynomial]:
    """The monomial in ``generators`` that divides the denominator, and what is left of it."""
    monomials = denominator.monoms()
    shared = tuple(
        min(int(m[i]) for m in monomials) if i in generators else 0 for i in range(len(ring.gens))
    )
    return shared, denominator / ring.polynomial({shared: 1})


def used_generators(polynomial: Polynomial) -> list[int]:
    """The numbers of the generators that a polynomial holds."""
    return [i for i, degree in enumerate(polynomial.degrees()) if degree]


def is_worth_sorting(polynomial: Polynomial, generators: frozenset[int]) -> bool:
    """Several terms share a monomial in ``generators``, or a square may be completed."""
    inside = [
        tuple(int(e) for i, e in enumerate(m) if i in generators) for m in polynomial.monoms()
    ]
    varying = [m for m in inside if any(m)]
    has_square = any(max(m) == 2 == sum(m) for m in varying)
    return len(set(varying)) < len(varying) or (has_square and any(sum(m) == 1 for m in varying))
