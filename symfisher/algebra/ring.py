"""Exact fractions over the integers in named generators, and their factored form.

SymPy's own fraction fields do the same in Python; FLINT's multivariate polynomials take their
gcds and factors a hundred times faster, and that decides how fast a result can be written shortly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpz_mpoly_ctx
from sympy import Expr

Polynomial = Any  # flint.fmpz_mpoly
SIZE_LIMIT = 40_000  # terms that one product may have


class UnfitError(Exception):
    """What exact fractions cannot hold: floating-point numbers, infinities, division by zero."""


class TooLargeError(UnfitError):
    """An intermediate polynomial has more terms than can be handled in a bounded time."""


@dataclass(frozen=True)
class Fraction:
    """numerator / denominator, without a common factor."""

    numerator: Polynomial
    denominator: Polynomial


class Factored(NamedTuple):
    """coefficient * product of irreducible polynomials, by their number in the ring, to powers."""

    coefficient: Any  # flint.fmpq
    powers: tuple[tuple[int, int], ...]

    def times(self, other: Factored) -> Factored:
        return Factored(self.coefficient * other.coefficient, _merged(self.powers, other.powers, 1))

    def over(self, other: Factored) -> Factored:
        return Factored(
            self.coefficient / other.coefficient, _merged(self.powers, other.powers, -1)
        )

    def scaled(self, number: Any) -> Factored:
        return Factored(self.coefficient * number, self.powers)


Powers = tuple[tuple[int, int], ...]


def _merged(left: Powers, right: Powers, sign: int) -> Powers:
    exponents = dict(left)
    for number, exponent in right:
        exponents[number] = exponents.get(number, 0) + sign * exponent
    return tuple(sorted((n, e) for n, e in exponents.items() if e))


ONE = Factored(fmpq(1), ())


class Ring:
    """Integer polynomials in ``generators`` (SymPy expressions), and fractions of them."""

    def __init__(self, generators: Sequence[Expr]) -> None:
        self.generators = tuple(generators)
        self.index = {generator: i for i, generator in enumerate(self.generators)}
        names = tuple(f"g{i}" for i in range(len(self.generators))) or ("g",)
        self.context = fmpz_mpoly_ctx.get(names, Ordering.lex)
        self.gens = self.context.gens()
        self.one = self.context.constant(1)
        self._numbers: dict[str, int] = {}
        self.irreducible: list[Polynomial] = []
        self._factored: dict[tuple[str, str], Factored] = {}

    # -- arithmetic of fractions -------------------------------------------------------------

    def constant(self, numerator: int, denominator: int = 1) -> Fraction:
        return Fraction(self.context.constant(numerator), self.context.constant(denominator))

    def generator(self, generator: Expr) -> Fraction:
        return Fraction(self.gens[self.index[generator]], self.one)

    def product(self, left: Fraction, right: Fraction) -> Fraction:
        first = self.reduced(left.numerator, right.denominator)
        second = self.reduced(right.numerator, left.denominator)
        return Fraction(
            multiplied(first.numerator, second.numerator),
            multiplied(first.denominator, second.denominator),
        )

    def sum(self, terms: Sequence[Fraction]) -> Fraction:
        """Their sum, halved again and again so that short fractions meet short ones."""
        if not terms:
            return self.constant(0)
        if len(terms) == 1:
            return terms[0]
        middle = len(terms) // 2
        return self._added(self.sum(terms[:middle]), self.sum(terms[middle:]))

    def _added(self, left: Fraction, right: Fraction) -> Fraction:
        if left.denominator == right.denominator:
            return self.reduced(left.numerator + right.numerator, left.denominator)
        shared = left.denominator.gcd(right.denominator)
        lift_left, lift_right = right.denominator / shared, left.denominator / shared
        numerator = multiplied(left.numerator, lift_left) + multiplied(right.numerator, lift_right)
        return self.reduced(numerator, multiplied(left.denominator, lift_left))

    def power(self, base: Fraction, exponent: int) -> Fraction:
        if exponent < 0:
            base, exponent = self.inverse(base), -exponent
        guard_power(base.numerator, exponent)
        guard_power(base.denominator, exponent)
        return Fraction(base.numerator**exponent, base.denominator**exponent)

    def inverse(self, fraction: Fraction) -> Fraction:
        if fraction.numerator == 0:
            raise UnfitError
        return Fraction(fraction.denominator, fraction.numerator)

    def reduced(self, numerator: Polynomial, denominator: Polynomial) -> Fraction:
        if numerator == 0:
            return Fraction(numerator, self.one)
        shared = numerator.gcd(denominator)
        if denominator.leading_coefficient() < 0:
            shared = -shared
        return Fraction(numerator / shared, denominator / shared)

    # -- the factored form -------------------------------------------------------------------

    def factored(self, fraction: Fraction) -> Factored:
        """Its irreducible factors; the fraction must not vanish."""
        key = (str(fraction.numerator), str(fraction.denominator))
        if key not in self._factored:
            above = self._factored_polynomial(fraction.numerator)
            self._factored[key] = above.over(self._factored_polynomial(fraction.denominator))
        return self._factored[key]

    def _factored_polynomial(self, polynomial: Polynomial) -> Factored:
        content, factors = polynomial.factor()
        powers = sorted((self.number(f), int(e)) for f, e in factors)
        return Factored(fmpq(content), tuple(powers))

    def number(self, irreducible: Polynomial) -> int:
        key = str(irreducible)
        if key not in self._numbers:
            self._numbers[key] = len(self.irreducible)
            self.irreducible.append(irreducible)
        return self._numbers[key]

    def expanded(self, factored: Factored) -> Fraction:
        """The factored form multiplied out."""
        above = self.context.constant(int(factored.coefficient.p))
        below = self.context.constant(int(factored.coefficient.q))
        for number, exponent in factored.powers:
            polynomial = self.irreducible[number]
            guard_power(polynomial, abs(exponent))
            if exponent > 0:
                above = multiplied(above, polynomial**exponent)
            else:
                below = multiplied(below, polynomial**-exponent)
        return Fraction(above, below)

    def polynomial(self, terms: Mapping[tuple[int, ...], Any]) -> Polynomial:
        return self.context.from_dict(dict(terms))


def multiplied(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > SIZE_LIMIT:
        raise TooLargeError
    return left * right


def guard_power(polynomial: Polynomial, exponent: int) -> None:
    """Refuse a power with too many terms before it is computed."""
    if exponent > 200 or comb(len(polynomial) + exponent - 1, exponent) > SIZE_LIMIT:
        raise TooLargeError
