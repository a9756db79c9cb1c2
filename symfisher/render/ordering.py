"""The order of terms and the common factors that a textbook would show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow


def leading_positive(terms: Sequence[Expr]) -> list[Expr]:
    """The terms with a positive one in front, where there is one: ``b - a``, not ``-a + b``."""
    terms = list(terms)
    for position, term in enumerate(terms):
        if not term.could_extract_minus_sign():
            return [term, *terms[:position], *terms[position + 1 :]]
    return terms


def common_denominator(matrix: Any) -> tuple[Expr, Any]:
    """(factor, rest) with matrix = factor * rest, where all entries share a denominator.

    Only a sum is worth taking out of a matrix, as in the inverse of the gamma family's Fisher
    matrix; otherwise the factor is 1.
    """
    entries = [entry for entry in matrix if entry != 0]
    if len(entries) < 2:
        return Integer(1), matrix
    shared = _denominator_sums(entries[0])
    for entry in entries[1:]:
        powers = _denominator_sums(entry)
        shared = {base: min(n, powers[base]) for base, n in shared.items() if base in powers}
    if not shared:
        return Integer(1), matrix
    below = Mul(*(Pow(base, power) for base, power in shared.items()))
    return 1 / below, matrix.applyfunc(lambda entry: Mul(*_cancel(entry, shared)))


def _denominator_sums(expr: Expr) -> dict[Expr, Integer]:
    """Sum -> its power in the denominator; of a sum and its negative, one stands for both."""
    powers = (factor.as_base_exp() for factor in Mul.make_args(expr))
    return {
        _unsigned(base): -power
        for base, power in powers
        if isinstance(base, Add) and power.is_Integer and power.is_negative
    }


def _unsigned(base: Expr) -> Expr:
    return -base if base.could_extract_minus_sign() else base


def _cancel(expr: Expr, shared: dict[Expr, Integer]) -> list[Expr]:
    factors = []
    for factor in Mul.make_args(expr):
        base, power = factor.as_base_exp()
        positive = _unsigned(base) if isinstance(base, Add) else base
        if positive not in shared:
            factors.append(factor)
            continue
        sign = 1 if positive == base else (-1) ** power
        factors.append(sign * Pow(positive, power + shared[positive]))
    return factors
