"""A quotient of two polynomials in the generators of a field."""

from __future__ import annotations

from typing import Any, Protocol

from sympy import Expr, Rational

Polynomial = Any  # flint.fmpz_mpoly
Exponents = tuple[int, ...]


class Unconvertible(Exception):
    """The expression is not a fraction over independent generators."""


class Restart(Exception):
    """The field needs more generators, or a finer root of one that it has already used."""

    def __init__(self, size: int = 0, key: Expr | None = None, root: int = 1) -> None:
        super().__init__(size, key, root)
        self.size, self.key, self.root = size, key, root


class Arithmetic(Protocol):
    """What a fraction needs of its field."""

    zero: Fraction
    one: Fraction

    def fraction(self, num: Polynomial, den: Polynomial) -> Fraction: ...

    def number(self, p: int, q: int = 1) -> Fraction: ...

    def expression(self, value: Fraction) -> Expr: ...


class Fraction:
    """A quotient of two coprime polynomials, the leading coefficient of ``den`` positive."""

    __slots__ = ("den", "field", "num")

    def __init__(self, field: Arithmetic, num: Polynomial, den: Polynomial) -> None:
        self.field, self.num, self.den = field, num, den

    def __bool__(self) -> bool:
        return not self.num.is_zero()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fraction):
            return NotImplemented
        return bool(self.num == other.num and self.den == other.den)

    __hash__ = None  # type: ignore[assignment]

    def __neg__(self) -> Fraction:
        return Fraction(self.field, -self.num, self.den)

    def __add__(self, other: Fraction) -> Fraction:
        if self.den == other.den:
            return self.field.fraction(self.num + other.num, self.den)
        return self.field.fraction(
            self.num * other.den + other.num * self.den, self.den * other.den
        )

    def __sub__(self, other: Fraction) -> Fraction:
        return self + (-other)

    def __mul__(self, other: Fraction) -> Fraction:
        return self.field.fraction(self.num * other.num, self.den * other.den)

    def __truediv__(self, other: Fraction) -> Fraction:
        if not other:
            raise ZeroDivisionError("division by a fraction that is zero")
        return self.field.fraction(self.num * other.den, self.den * other.num)

    def __pow__(self, power: int) -> Fraction:
        if power >= 0:
            return self.field.fraction(self.num**power, self.den**power)
        return self.field.one / self ** (-power)

    def scaled(self, p: int, q: int = 1) -> Fraction:
        """This fraction times the rational p/q."""
        return self.field.fraction(self.num * p, self.den * q)

    def rational(self) -> Rational | None:
        """Its value if it is a rational number."""
        if not (self.num.is_constant() and self.den.is_constant()):
            return None
        return Rational(constant(self.num), constant(self.den))

    def generators(self) -> list[int]:
        """Indices of the generators that occur."""
        degrees = zip(self.num.degrees(), self.den.degrees(), strict=True)
        return [index for index, (n, d) in enumerate(degrees) if n > 0 or d > 0]

    def __repr__(self) -> str:
        return f"Fraction({self.field.expression(self)})"


def constant(polynomial: Polynomial) -> int:
    """The integer that a constant polynomial is."""
    return 0 if polynomial.is_zero() else int(polynomial.leading_coefficient())
