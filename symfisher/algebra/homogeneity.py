"""Fewer exponentials for a fraction that depends on their ratios only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction as Q
from typing import Any

from sympy import Expr, Integer, Pow, S, exp

from symfisher.algebra.cost import cost
from symfisher.algebra.lattice import lattice_basis
from symfisher.algebra.products import times
from symfisher.algebra.ring import Fraction, Polynomial, Ring

Exponents = tuple[int, ...]


def with_fewer_powers(
    ring: Ring, fraction: Fraction, count: int, settle: Callable[[Expr], Expr]
) -> tuple[Ring, Fraction]:
    """The fraction in new generators where its last ``count`` ones enter only through ratios.

    exp(a)*exp(b)/(exp(a) + exp(b))**2 depends on exp(a - b) alone.
    """
    first = len(ring.generators) - count
    monomials = [_tail(m, first) for m in fraction.numerator.monoms()]
    monomials += [_tail(m, first) for m in fraction.denominator.monoms()]
    reference = monomials[-1]
    used = [i for i in range(count) if any(m[i] for m in monomials)]
    differences = {tuple(a - b for a, b in zip(m, reference, strict=True)) for m in monomials}
    order = sorted(differences, key=lambda d: (sum(map(abs, d)), d))
    vectors: list[dict[Any, Q]] = [
        {(S.One, Integer(i)): Q(e) for i, e in enumerate(d) if e} for d in order
    ]
    basis, coordinates = lattice_basis(vectors)
    if len(basis) >= len(used):
        return ring, fraction
    table = dict(zip(order, coordinates, strict=True))
    old = ring.generators[first:]
    new, signs = _generators(basis, old, settle)
    reduced = Ring([*ring.generators[:first], *new])
    moved = _Move(reduced, first, reference, table, signs)
    return reduced, moved.fraction(fraction)


def _tail(monomial: Sequence[Any], first: int) -> Exponents:
    return tuple(int(e) for e in monomial[first:])


def _generators(
    basis: Sequence[dict[Any, Q]], old: Sequence[Expr], settle: Callable[[Expr], Expr]
) -> tuple[list[Expr], list[int]]:
    """One generator for each basis vector, or its reciprocal where that is shorter."""
    generators, signs = [], []
    for vector in basis:
        powers = [(old[int(d[1])], int(e)) for d, e in vector.items()]
        options = [_product(powers, sign, settle) for sign in (1, -1)]
        chosen = int(cost(options[1]) < cost(options[0]))
        generators.append(options[chosen])
        signs.append(-1 if chosen else 1)
    return generators, signs


def _product(powers: Sequence[tuple[Expr, int]], sign: int, settle: Callable[[Expr], Expr]) -> Expr:
    product = times(S.One, *(Pow(g, sign * e) for g, e in powers))
    return exp(settle(product.args[0])) if isinstance(product, exp) else product


class _Move:
    """Carries polynomials to the new generators."""

    def __init__(
        self,
        ring: Ring,
        first: int,
        reference: Exponents,
        table: dict[Exponents, list[int]],
        signs: Sequence[int],
    ) -> None:
        self.ring, self.first, self.reference = ring, first, reference
        self.table, self.signs = table, signs

    def fraction(self, fraction: Fraction) -> Fraction:
        above, below = self._terms(fraction.numerator), self._terms(fraction.denominator)
        lowest = [min(m[i] for m in (*above, *below)) for i in range(len(self.ring.generators))]
        return self.ring.reduced(self._polynomial(above, lowest), self._polynomial(below, lowest))

    def _terms(self, polynomial: Polynomial) -> dict[Exponents, Any]:
        return {self._moved(m): c for m, c in polynomial.to_dict().items()}

    def _moved(self, monomial: Sequence[Any]) -> Exponents:
        tail = _tail(monomial, self.first)
        key = tuple(a - b for a, b in zip(tail, self.reference, strict=True))
        row = [s * c for s, c in zip(self.signs, self.table[key], strict=True)]
        return (*(int(e) for e in monomial[: self.first]), *row)

    def _polynomial(self, terms: dict[Exponents, Any], lowest: Sequence[int]) -> Polynomial:
        shifted = {
            tuple(e - low for e, low in zip(m, lowest, strict=True)): c for m, c in terms.items()
        }
        return self.ring.polynomial(shifted)
