"""Fractions written as SymPy expressions, the same in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cos,
    erfc,
    exp,
    log,
    sin,
    tan,
)

from symfisher.algebra.fraction import Fraction, Polynomial, constant
from symfisher.algebra.fraction_ring import FractionRing

Sign = Callable[[Expr], "int | None"]


class WritableFractions(FractionRing):
    """Fractions that can be written out; ``sign`` tells the sign of an expression, or None."""

    def __init__(self, sign: Sign, size: int, roots: Mapping[Expr, int]) -> None:
        super().__init__(size, roots)
        self._sign = sign
        self._signs: dict[Expr, int | None] = {}

    # -- signs --------------------------------------------------------------------------------

    def sign(self, expr: Expr) -> int | None:
        """1 or -1 where the expression has that sign on the whole domain."""
        if expr not in self._signs:
            self._signs[expr] = self._find_sign(expr)
        return self._signs[expr]

    def _find_sign(self, expr: Expr) -> int | None:
        if not expr.is_Add and (expr.is_positive or expr.is_negative):  # slow for a sum
            return 1 if expr.is_positive else -1
        if isinstance(expr, Sum):
            return _sign_of_sum(expr)
        if expr.has(Sum):
            return None  # a question of form is no reason to evaluate a sum
        return self._sign(expr) or None

    def sign_of(self, polynomial: Polynomial) -> int | None:
        if polynomial.is_constant():
            return 1 if constant(polynomial) > 0 else -1
        return self.sign(self.polynomial_expression(polynomial))

    # -- back to SymPy ------------------------------------------------------------------------

    def expression(self, value: Fraction) -> Expr:
        """The fraction over its irreducible factors, each turned positive where its sign is known.

        The order of the generators, which may differ from run to run, does not show.
        """
        if not value:
            return Integer(0)
        value = self._in_sines(value)
        if value.den.is_constant() and len(value.num) == 1:
            return self.polynomial_expression(value.num) / constant(value.den)
        sign, factors, exponent = Integer(1), [], []
        for polynomial, power in (
            *self.signed_factors(value.num, 1),
            *self.signed_factors(value.den, -1),
        ):
            factor, flipped = self._oriented(polynomial)
            if isinstance(factor, exp):
                exponent.append(power * factor.args[0])
            else:
                factors.append(factor**power)
            sign = -sign if flipped and power % 2 else sign
        return Mul(sign, *factors, exp(Add(*exponent)))

    def expanded(self, value: Fraction) -> Expr:
        """The fraction as a sum over its products of logarithms and other special values."""
        value = self._in_sines(value)
        parts: dict[Expr, Fraction] = {}
        special = [not isinstance(key, Symbol | Pow | exp) for key in self.keys]
        for exponents, coefficient in value.num.terms():
            inside = [special[i] if p else False for i, p in enumerate(exponents)]
            name = self.monomial_expression([p if k else 0 for p, k in zip(exponents, inside)])
            rest = self.monomial([0 if k else p for p, k in zip(exponents, inside)], coefficient)
            parts[name] = parts.get(name, self.zero) + rest / self.fraction(value.den, value.den**0)
        return Add(*(name * self.expression(part) for name, part in parts.items()))

    def _in_sines(self, value: Fraction) -> Fraction:
        """tan(a/2) = sin(a)/(1 + cos(a)) wherever such a generator occurs."""
        for index in value.generators():
            if isinstance(self.keys[index], tan):
                sine, cosine = self.kept_sine_cosine(2 * self.keys[index].args[0])
                tangent = sine / (self.one + cosine)
                num, den = (self._replaced(p, index, tangent) for p in (value.num, value.den))
                value = num / den
        return value

    def _replaced(self, polynomial: Polynomial, index: int, value: Fraction) -> Fraction:
        total = self.zero
        for exponents, coefficient in polynomial.terms():
            rest = (*exponents[:index], 0, *exponents[index + 1 :])
            total = total + self.monomial(rest, coefficient) * value ** int(exponents[index])
        return total

    def kept_sine_cosine(self, angle: Expr) -> tuple[Fraction, Fraction]:
        """Sine and cosine as generators of their own, with their one relation."""
        cosine = self.generator(cos(angle))
        if not self.is_bound(sin(angle)):
            self.relate(sin(angle), self.one - cosine * cosine)
        return self.generator(sin(angle)), cosine

    def _oriented(self, polynomial: Polynomial) -> tuple[Expr, bool]:
        """The factor as an expression, and whether its sign was changed."""
        expr = self.polynomial_expression(polynomial)
        if len(polynomial) == 1:
            return expr, False
        mirrored = _mirrored_erfc(expr)
        if mirrored is not None:
            return mirrored
        sign = self.sign(expr) if _is_elementary(expr) else None
        if sign == -1 or (sign is None and _starts_negative(expr)):
            return self.polynomial_expression(-polynomial), True
        return expr, False

    def polynomial_expression(self, polynomial: Polynomial) -> Expr:
        return Add(
            *(
                Integer(int(coefficient)) * self.monomial_expression(exponents)
                for exponents, coefficient in polynomial.terms()
            )
        )

    def monomial_expression(self, exponents: Iterable[int]) -> Expr:
        factors, exponent = [], []
        for index, power in enumerate(exponents):
            if power:
                key, number = self.keys[index], Rational(int(power), self.root_of(index))
                if isinstance(key, exp):
                    exponent.append(number * key.args[0])
                else:
                    factors.append(Pow(key, number))
        return Mul(*factors, exp(Add(*exponent)))


def _sign_of_sum(expr: Expr) -> int | None:
    """1 if the summand is positive at every index; an infinite sum is never evaluated here."""
    summand, (index, lower, _) = expr.args[0], expr.args[1]
    if len(expr.args) > 2 or not lower.is_nonnegative:
        return None
    kind = "positive" if lower.is_positive else "nonnegative"
    return (
        1
        if summand.xreplace({index: Symbol("j", integer=True, **{kind: True})}).is_positive
        else None
    )


def _mirrored_erfc(expr: Expr) -> tuple[Expr, bool] | None:
    """2 - erfc(z) is erfc(-z), which keeps its digits where it is small."""
    number, rest = expr.as_coeff_Add()
    if number == 2 and isinstance(-rest, erfc):
        return erfc(-(-rest).args[0]), False
    return (erfc(-rest.args[0]), True) if number == -2 and isinstance(rest, erfc) else None


def _is_elementary(expr: Expr) -> bool:
    """Whether a sign, wanted for looks alone, is had without a special function."""
    return all(isinstance(f, exp | log) for f in expr.atoms(Function))


def _starts_negative(expr: Expr) -> bool:
    return bool(expr.as_ordered_terms()[0].could_extract_minus_sign())
