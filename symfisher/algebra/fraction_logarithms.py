"""Logarithms and powers of fractions, over their positive factors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import (
    Expr,
    Integer,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    Symbol,
    exp,
    factorint,
    log,
    tan,
)

from symfisher.algebra.fraction import Fraction, Polynomial, Unconvertible, constant
from symfisher.algebra.fraction_writing import Sign, WritableFractions

LogTerms = list[tuple[Fraction, Expr | None]]  # (c, b): c*log(b); b None: the number e


class FractionLogarithms(WritableFractions):
    """log and power; what is no product becomes a generator.

    Sines and cosines of ``data`` stay as they are; ``registry`` is for the rules of functions, to
    remember the arguments that they have met.
    """

    def __init__(
        self, sign: Sign, data: Iterable[Symbol], size: int, roots: Mapping[Expr, int]
    ) -> None:
        super().__init__(sign, size, roots)
        self.data = frozenset(data)
        self.registry: dict[Any, Any] = {}

    def convert(self, expr: Expr) -> Fraction:
        raise NotImplementedError

    def log(self, value: Fraction) -> Fraction:
        """log of a positive fraction, over its factors."""
        total = self.zero
        for coefficient, base in self.log_terms(value):
            total = total + (
                coefficient if base is None else coefficient * self.generator(log(base))
            )
        return total

    def power(self, base: Fraction | None, exponent: Fraction) -> Fraction:
        """base**exponent for a positive base (None: the number e)."""
        logarithm = [(self.one, None)] if base is None else self.log_terms(base)
        result = self.one
        for coefficient, root in logarithm:
            for number, monomial in self.terms(coefficient * exponent):
                result = result * self._raised(root, number, monomial)
        return result

    def _raised(self, base: Expr | None, number: Rational, monomial: Expr) -> Fraction:
        """base**(number*monomial)."""
        if base is None:
            argument, rest = _logarithmic_factor(monomial)
            if argument is not None:
                return self._raised(argument, number, rest)
            return self.generator(exp(monomial), number)
        if monomial != 1:
            return self.generator(Pow(base, monomial), number)
        value = self.convert(base)
        if number.is_Integer:
            return value ** int(number)
        if base in self._index or isinstance(base, Symbol | NumberSymbol):
            return self.generator(base, number)
        return self._algebraic_root(base, value, number)

    def terms(self, value: Fraction) -> list[tuple[Rational, Expr]]:
        """value as sum of number * monomial, over its own denominator."""
        content = value.den.content()
        denominator = self.polynomial_expression(value.den / self._context.constant(content))
        result = []
        for exponents, coefficient in value.num.terms():
            monomial = self.monomial_expression(exponents)
            result.append((Rational(int(coefficient), int(content)), monomial / denominator))
        return result

    def log_terms(self, value: Fraction) -> LogTerms:
        """(c, b) with log(value) = sum of c*log(b), every b positive, None for the number e."""
        factors = [*self.signed_factors(value.num, 1), *self.signed_factors(value.den, -1)]
        result: LogTerms = []
        negative, unsigned = 0, self.one
        for polynomial, power in factors:
            sign = None if self._holds_tangent(polynomial) else self.sign_of(polynomial)
            if sign is None:
                unsigned = unsigned * self.fraction(polynomial, self._context.constant(1)) ** power
                continue
            if sign < 0:
                negative += power
                polynomial = -polynomial
            result += self._log_of_factor(polynomial, power)
        return result + self._log_of_rest(unsigned.scaled(-1) if negative % 2 else unsigned)

    def _holds_tangent(self, polynomial: Polynomial) -> bool:
        degrees = zip(polynomial.degrees(), self.keys)
        return any(degree > 0 and isinstance(key, tan) for degree, key in degrees)

    def _log_of_rest(self, rest: Fraction) -> LogTerms:
        if rest == self.one:
            return []
        expression = self.expression(rest)
        if self.sign(expression) == -1:
            raise Unconvertible(f"the logarithm of {expression}")
        return [(self.one, expression)]

    def _log_of_factor(self, factor: Polynomial, power: int) -> LogTerms:
        if factor.is_constant():
            primes = factorint(constant(factor))
            return [(self.number(power * k), Integer(p)) for p, k in sorted(primes.items())]
        index = self.index_of_generator(factor)
        if index is None:
            return [(self.number(power), self.polynomial_expression(factor))]
        key, root = self.keys[index], self.root_of(index)
        if isinstance(key, exp):
            return [(self.convert(key.args[0]).scaled(power, root), None)]
        if isinstance(key, Pow):
            base, exponent = key.args
            return [(self.convert(exponent).scaled(power, root), base)]
        return [(self.number(power, root), key)]


def _logarithmic_factor(monomial: Expr) -> tuple[Expr | None, Expr]:
    """a, r with monomial = r*log(a), or None."""
    logarithms = [f for f in Mul.make_args(monomial) if isinstance(f, log)]
    if len(logarithms) != 1:
        return None, monomial
    return logarithms[0].args[0], monomial / logarithms[0]
