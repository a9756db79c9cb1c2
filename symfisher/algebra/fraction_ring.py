"""Fractions in generators that are bound one by one: arithmetic, factors and roots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd, lcm
from typing import Any

import flint
from sympy import Expr, Function, Pow, Rational, tan

from symfisher.algebra.fraction import Exponents, Fraction, Polynomial, Restart, Unconvertible


class Angle(Function):
    """Marks the root that is wanted of an angle, beside those of ordinary generators."""


class FractionRing:
    """Generators, each named by the expression that it stands for, and fractions in them."""

    def __init__(self, size: int, roots: Mapping[Expr, int]) -> None:
        names = tuple(f"g{index}" for index in range(size))
        self._context = flint.fmpz_mpoly_ctx.get(names, "lex")
        self._gens = self._context.gens()
        self._roots = dict(roots)
        self._index: dict[Expr, int] = {}
        self.keys: list[Expr] = []
        self._relations: list[tuple[int, Polynomial]] = []
        self.zero = Fraction(self, self._context.constant(0), self._context.constant(1))
        self.one = Fraction(self, self._context.constant(1), self._context.constant(1))

    def expression(self, value: Fraction) -> Expr:
        raise NotImplementedError

    # -- fractions ----------------------------------------------------------------------------

    def fraction(self, num: Polynomial, den: Polynomial) -> Fraction:
        """num/den in lowest terms."""
        if num.is_zero():
            return self.zero
        if self._relations:
            num, den = self._reduced(num, den)
            if num.is_zero():
                return self.zero
        common = num.gcd(den)
        if not common.is_one():
            num, den = num / common, den / common
        if den.leading_coefficient() < 0:
            num, den = -num, -den
        return Fraction(self, num, den)

    def monomial(self, exponents: Iterable[int], coefficient: int) -> Fraction:
        polynomial = self._context.from_dict({tuple(exponents): coefficient})
        return self.fraction(polynomial, self._context.constant(1))

    def polynomial(self, terms: Mapping[Exponents, Any]) -> Fraction:
        """The polynomial with these coefficients."""
        return self.fraction(self._context.from_dict(dict(terms)), self._context.constant(1))

    def generator_at(self, index: int) -> Fraction:
        """The generator with this index (a root, where its key has one)."""
        return self.fraction(self._gens[index], self._context.constant(1))

    def factors(self, polynomial: Polynomial) -> list[tuple[Polynomial, int]]:
        """Irreducible factors with their powers, an integer content among them."""
        return self.signed_factors(polynomial, 1)

    def number(self, p: int, q: int = 1) -> Fraction:
        return self.fraction(self._context.constant(int(p)), self._context.constant(int(q)))

    def _reduced(self, num: Polynomial, den: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Square roots rationalised: g**2 replaced by what it is, no g left in ``den``."""
        for index, square in self._relations:
            a, b = self._split_root(den, index, square)
            if not b.is_zero():
                root = self._gens[index]
                num, den = num * (a - b * root), a * a - b * b * square
                if den.is_zero():
                    raise Unconvertible("a square root that is rational")
            else:
                den = a
            c, d = self._split_root(num, index, square)
            num = c + d * self._gens[index]
        return num, den

    def _split_root(
        self, polynomial: Polynomial, index: int, square: Polynomial
    ) -> tuple[Polynomial, Polynomial]:
        """a, b with polynomial = a + b*g under g**2 = square."""
        if polynomial.degrees()[index] <= 0:
            return polynomial, self._context.constant(0)
        parts: dict[int, dict[Any, Any]] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            power = int(exponents[index])
            rest = (*exponents[:index], 0, *exponents[index + 1 :])
            parts.setdefault(power, {})[rest] = coefficient
        halves = [self._context.constant(0), self._context.constant(0)]
        for power, terms in parts.items():
            part = self._context.from_dict(terms)
            halves[power % 2] = halves[power % 2] + part * square ** (power // 2)
        return halves[0], halves[1]

    # -- generators ---------------------------------------------------------------------------

    def generator(self, key: Expr, power: Rational | int = 1) -> Fraction:
        """key**power, where ``key`` is taken as independent of all other generators."""
        power = Rational(power)
        root = self._roots.get(key, 1)
        if root % power.q:
            raise Restart(key=key, root=lcm(root, int(power.q)))
        index = self._bind(key)
        exponent = int(power * root)
        value = self._gens[index] ** abs(exponent)
        one = self._context.constant(1)
        return self.fraction(value, one) if exponent >= 0 else self.fraction(one, value)

    def _bind(self, key: Expr) -> int:
        index = self._index.get(key)
        if index is None:
            index = len(self.keys)
            if index == len(self._gens):
                raise Restart(size=2 * index)
            self._index[key] = index
            self.keys.append(key)
        return index

    def root_of(self, index: int) -> int:
        return self._roots.get(self.keys[index], 1)

    def angle_root(self, angle: Expr) -> int:
        """n, where tan(angle/(2n)) is the generator for this angle."""
        return self._roots.get(Angle(angle), 1)

    def half_angle_tangent(self, angle: Expr, part: int) -> Fraction:
        """tan(angle/(2n)) for an n that ``part`` divides."""
        root = self.angle_root(angle)
        if root % part:
            raise Restart(key=Angle(angle), root=lcm(root, part))
        return self.generator(tan(angle / (2 * root)))

    def _algebraic_root(self, base: Expr, value: Fraction, power: Rational) -> Fraction:
        """base**power for a base that is itself a polynomial in generators or a prime."""
        if power.q != 2 or not value.den.is_constant() or value.den != 1:
            raise Unconvertible(f"{base}**{power}")
        key = Pow(base, Rational(1, 2), evaluate=False)
        if key not in self._index:
            self.relate(key, value)
        root = self.fraction(self._gens[self._index[key]], self._context.constant(1))
        return root ** int(2 * power)

    def relate(self, key: Expr, square: Fraction) -> None:
        """Make ``key`` a generator whose square is the polynomial ``square``."""
        index = self._bind(key)
        self._relations.append((index, square.num))

    def is_bound(self, key: Expr) -> bool:
        return key in self._index

    def index_of_generator(self, polynomial: Polynomial) -> int | None:
        """The index, if the polynomial is a generator itself."""
        if polynomial.total_degree() != 1 or len(polynomial) != 1:
            return None
        if polynomial.leading_coefficient() != 1:
            return None
        return next(i for i, degree in enumerate(polynomial.degrees()) if degree)

    def signed_factors(self, polynomial: Polynomial, sign: int) -> list[tuple[Polynomial, int]]:
        """Irreducible factors with their powers; the integer content is one of them.

        A generator that is a root counts as what it is the root of where it can:
        1 - a, not (1 - sqrt(a))*(1 + sqrt(a)).
        """
        strides = self._strides(polynomial)
        if strides is None:
            content, factors = polynomial.factor()
        else:
            common = polynomial.term_content()
            content, factors = (polynomial / common).deflate(strides).factor()
            factors = [(factor.inflate(strides), power) for factor, power in factors]
            factors += common.factor()[1]
            content = content * common.factor()[0]
        result = [] if content == 1 else [(self._context.constant(content), sign)]
        return result + [(factor, sign * int(power)) for factor, power in factors]

    def _strides(self, polynomial: Polynomial) -> list[int] | None:
        """For each generator a step of its exponents (beyond the lowest) that divides its root."""
        if not self._roots:
            return None
        strides = [1] * len(self._gens)
        exponents = list(polynomial.monoms())
        for key, root in self._roots.items():
            index = self._index.get(key)
            if index is not None:
                lowest = min(e[index] for e in exponents)
                strides[index] = gcd(root, *(int(e[index] - lowest) for e in exponents))
        return strides
