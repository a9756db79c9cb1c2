"""Bounds on what an expression may make SymPy compute, checked before it computes.

SymPy evaluates numbers as they meet: ``9**9**9**9`` and ``exp(10**9*log(2))`` would fill the
memory from inside one call that no time limit can reach.  Every number that can grow is charged to
a budget by its length in bits; as each part of a text is built once, the sum of the charges bounds
every number that the whole can evaluate to.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow, Product, Rational, Sum, log

LARGEST_EXPONENT = 1_000
LARGEST_ARGUMENT = 1_000_000
LONGEST_RANGE = 10_000  # of a sum or product between two numbers
MOST_BITS = 60_000  # of all the numbers of one expression
MOST_BITS_UNDER_ROOT = 1_000  # SymPy looks for perfect powers in them


class TooLargeError(ValueError):
    """A number that would be too large; the message says what the bound is."""


class Budget:
    """What is left of the bits that one expression may spend on numbers."""

    def __init__(self) -> None:
        self.spent = 0

    def charge(self, bits: int) -> None:
        self.spent += bits
        if self.spent > MOST_BITS:
            raise TooLargeError("its numbers have too many digits to be written out")

    def charge_numbers(self, value: Expr) -> None:
        """Charge every rational number that stands in ``value``."""
        self.charge(sum(_bits(number) for number in value.atoms(Rational)))

    def before_power(self, base: Expr, exponent: Expr) -> None:
        """Charge ``base**exponent``, whose number part may be evaluated."""
        size = sum(map(_coefficient, Add.make_args(exponent)))
        bits = _bits(base.as_coeff_Mul()[0])
        if isinstance(exponent, Rational) and exponent.q > 1 and bits > MOST_BITS_UNDER_ROOT:
            raise TooLargeError("the number under this root has too many digits")
        self.charge(int(bits * max(size, 1)))

    def before_exponential(self, exponent: Expr) -> None:
        """Charge the powers that exp(n*log(2) + ...) turns into."""
        for term in Add.make_args(exponent):
            bits = sum(_bits(number) for of in term.atoms(log) for number in of.atoms(Rational))
            if bits:
                self.charge(int(bits * max(_coefficient(term), 1)))

    def after_power(self, value: Expr) -> None:
        """Charge the powers in a result: (2**(9*x))**9 has become 2**(81*x)."""
        for factor in Mul.make_args(value):
            if isinstance(factor, Pow):
                self.before_power(factor.base, factor.exp)


def check_magnitude(value: Expr, largest: int, what: str) -> None:
    """Raise unless ``value`` still has symbols in it or lies between plus and minus ``largest``."""
    if not value.is_number or value.has(Sum, Product):
        return
    size = abs(value if isinstance(value, Rational) else value.evalf(5))
    if not size.is_finite or (size.is_comparable and size > largest):
        raise TooLargeError(f"{what} must lie between -{largest} and {largest}")


def check_range(lower: Expr, upper: Expr) -> None:
    """Raise if a sum or product has numbers for ends that are too far apart or no integers."""
    ends = [end for end in (lower, upper) if isinstance(end, Rational)]
    if any(end.q != 1 for end in ends):
        raise TooLargeError("the ends of a sum or product must be integers")
    if len(ends) == 2 and abs(upper - lower) > LONGEST_RANGE:
        raise TooLargeError(
            f"between two numbers a sum or product has at most {LONGEST_RANGE} terms"
        )


def _coefficient(term: Expr) -> Rational:
    """The absolute value of the number in front of a term of an exponent, if it is moderate."""
    number = term.as_coeff_Mul()[0]
    check_magnitude(term, LARGEST_EXPONENT, "a number in an exponent")
    check_magnitude(number, LARGEST_EXPONENT, "a number in an exponent")
    return abs(number)


def _bits(number: Expr) -> int:
    """The length of a rational number; 0 for 0, 1, -1, which do not grow, and for what is none."""
    if not isinstance(number, Rational) or (number.q == 1 and abs(number.p) < 2):
        return 0
    return int(number.p).bit_length() + int(number.q).bit_length()
