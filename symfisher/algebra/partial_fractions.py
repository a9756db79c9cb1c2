"""Partial fractions in one generator over denominators that are linear in a power of it."""

from __future__ import annotations

from math import gcd

from symfisher.algebra.ring import Factored, Fraction, Polynomial, Ring, multiplied


def partial_fractions(ring: Ring, factored: Factored, generator: int) -> list[Factored]:
    """The parts of ``factored`` as a function of one generator; itself if it does not split."""
    poles = [(n, -e) for n, e in factored.powers if e < 0 and _degree(ring, n, generator)]
    whole = ring.expanded(factored)
    stride = _stride(ring, whole, generator)
    if stride == 0 or any(_degree(ring, n, generator) not in (stride, 1) for n, _ in poles):
        return [factored]
    if any(_degree(ring, n, generator) != stride for n, _ in poles if not _is_gen(ring, n)):
        return [factored]
    if len(poles) == 1 and whole.numerator.degrees()[generator] == 0:
        return [factored]
    return _Splitting(ring, whole, generator, stride).parts(poles)


def _is_gen(ring: Ring, number: int) -> bool:
    return len(ring.irreducible[number]) == 1


def _degree(ring: Ring, number: int, generator: int) -> int:
    return int(ring.irreducible[number].degrees()[generator])


def _stride(ring: Ring, whole: Fraction, generator: int) -> int:
    """The largest k such that the fraction is one in generator**k."""
    exponents = [
        int(m[generator]) for p in (whole.numerator, whole.denominator) for m in p.monoms()
    ]
    return gcd(*exponents)


class _Splitting:
    """Takes the poles off one after the other, the highest power first."""

    def __init__(self, ring: Ring, whole: Fraction, generator: int, stride: int) -> None:
        self.ring, self.generator, self.stride = ring, generator, stride
        self.numerator = whole.numerator
        self.whole = whole
        self.constant = ring.one  # the part of the denominator without the generator

    def parts(self, poles: list[tuple[int, int]]) -> list[Factored]:
        bases = [self._base(n, e) for n, e in poles]
        self.constant = self.whole.denominator
        for base, order in bases:
            self.constant = self.constant / base**order
        found = []
        for i, (base, order) in enumerate(bases):
            others = self.ring.one
            for other, power in bases[i + 1 :]:
                others = multiplied(others, other**power)
            found += self._pole(base, order, others)
        rest = self.ring.reduced(self.numerator, self.constant)
        if rest.numerator != 0:
            found += self._polynomial_parts(rest)
        return found

    def _base(self, number: int, order: int) -> tuple[Polynomial, int]:
        """The factor in generator**stride whose power divides the denominator, and that power."""
        polynomial = self.ring.irreducible[number]
        if _is_gen(self.ring, number):
            return polynomial**self.stride, order // self.stride
        return polynomial, order

    def _pole(self, base: Polynomial, order: int, others: Polynomial) -> list[Factored]:
        slope, offset = self._coefficients(base)
        found = []
        for power in range(order, 0, -1):
            residue = self.ring.product(
                self._value(self.numerator, slope, offset),
                self.ring.inverse(self._value(multiplied(others, self.constant), slope, offset)),
            )
            if residue.numerator != 0:
                term = self.ring.reduced(
                    residue.numerator, multiplied(residue.denominator, base**power)
                )
                found.append(self.ring.factored(term))
            self._remove(residue, base, others)
        return found

    def _remove(self, residue: Fraction, base: Polynomial, others: Polynomial) -> None:
        taken = multiplied(multiplied(residue.numerator, self.constant), others)
        left = multiplied(self.numerator, residue.denominator) - taken
        constant = multiplied(self.constant, residue.denominator)
        shared = (left / base).gcd(constant)
        self.numerator, self.constant = (left / base) / shared, constant / shared

    def _coefficients(self, base: Polynomial) -> tuple[Polynomial, Polynomial]:
        """base = slope * generator**stride + offset."""
        parts = self._by_power(base)
        zero = self.ring.context.constant(0)
        return parts.get(1, zero), parts.get(0, zero)

    def _by_power(self, polynomial: Polynomial) -> dict[int, Polynomial]:
        parts: dict[int, dict[tuple[int, ...], int]] = {}
        g = self.generator
        for monomial, coefficient in polynomial.to_dict().items():
            kept = (*monomial[:g], 0, *monomial[g + 1 :])
            parts.setdefault(int(monomial[g]) // self.stride, {})[kept] = coefficient
        return {power: self.ring.polynomial(terms) for power, terms in parts.items()}

    def _value(self, polynomial: Polynomial, slope: Polynomial, offset: Polynomial) -> Fraction:
        """The polynomial where slope * generator**stride + offset vanishes."""
        parts = self._by_power(polynomial)
        top = max(parts, default=0)
        total = self.ring.context.constant(0)
        for power, coefficient in parts.items():
            lifted = multiplied((-offset) ** power, slope ** (top - power))
            total = total + multiplied(coefficient, lifted)
        return self.ring.reduced(total, slope**top)

    def _polynomial_parts(self, rest: Fraction) -> list[Factored]:
        gen = self.ring.gens[self.generator] ** self.stride
        return [
            self.ring.factored(self.ring.reduced(multiplied(c, gen**p), rest.denominator))
            for p, c in sorted(self._by_power(rest.numerator).items(), reverse=True)
        ]
