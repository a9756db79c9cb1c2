"""With which sign a sum is written."""

from __future__ import annotations

from collections.abc import Collection

from sympy import Expr

from symfisher.algebra.products import times
from symfisher.algebra.ring import Polynomial


def orientation(polynomial: Polynomial) -> int:
    """The sign with which a polynomial has fewest minus signs; 1 - p rather than p - 1."""
    terms = polynomial.to_dict()
    negative = sum(1 for c in terms.values() if c < 0)
    if 2 * negative != len(terms):
        return 1 if 2 * negative < len(terms) else -1
    constant = next((c for m, c in terms.items() if not any(m)), 0)
    return -1 if constant == -1 else 1


def imbalance(polynomial: Polynomial) -> int | None:
    """How far its signs are from half and half; None if all are equal."""
    coefficients = polynomial.to_dict().values()
    negative = sum(1 for c in coefficients if c < 0)
    if negative in (0, len(coefficients)):
        return None
    return abs(len(coefficients) - 2 * negative)


def under_square(base: Expr, given: Collection[Expr]) -> Expr:
    """``base`` or its opposite, for an even power: as it was given, else with few minus signs."""
    if base in given or not base.is_Add:
        return base
    opposite = negated(base)
    negative = sum(map(is_negative, base.args))
    if opposite in given or 2 * negative > len(base.args):
        return opposite
    if 2 * negative == len(base.args) and _reads_better_turned(base):
        return opposite
    return base


def _reads_better_turned(difference: Expr) -> bool:
    """A negative number (p - 1), or an observation that is subtracted (mu - x)."""
    return any(
        is_negative(t) and (t.is_Number or (t.is_Mul and str(-t)[0] in "xyz"))
        for t in difference.args
    )


def negated(expr: Expr) -> Expr:
    """-expr with the sign carried into a sum."""
    if not expr.is_Add:
        return -expr
    parts = (term.as_coeff_Mul() for term in expr.args)
    return expr.func(*(times(-number, rest) for number, rest in parts))


def is_negative(term: Expr) -> bool:
    """Whether a summand has a negative coefficient."""
    return bool(term.as_coeff_Mul()[0] < 0)


def has_positive_number(total: Expr) -> bool:
    """Whether a sum holds a positive number, as 1 - p does."""
    return any(t.is_Number and t > 0 for t in total.args)
