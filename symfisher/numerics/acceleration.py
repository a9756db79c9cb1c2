"""Sums of terms that fall like a power of the index: Levin's u transformation.

For terms a(j) = j^-s (c0 + c1/j + c2/j^2 + ...) a sum from j = n on is a limit of ratios of
weighted partial sums that converges geometrically (D. Levin, 1973; DLMF 3.9.v).  Weights of
alternating sign cancel many digits, which the balls keep account of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb

ORDERS = 6  # how many successive orders have to agree


def power_tail(terms: Sequence[Any], first: int) -> tuple[Any, Any]:
    """The sum of all terms from index ``first`` > 0 on, and its error, as balls.

    ``terms`` are the first ones; the error is what the last orders of the transformation disagree
    by, with the rounding errors.  It is large where the terms hold logarithms or fall otherwise.
    """
    if all(term.contains(0) for term in terms):
        return arb(0), sum((abs(term) for term in terms), arb(0))
    if any(term.contains(0) or not term.is_finite() for term in terms):
        return arb.nan(), arb.pos_inf()
    partial: list[Any] = []
    for term in terms:
        partial.append(partial[-1] + term if partial else term)
    last = len(terms) - 1
    found = [_order(k, terms, partial, first) for k in range(last - ORDERS, last + 1)]
    value = found[-1]
    error = sum((abs(value - other).abs_upper() for other in found[:-1]), arb(0))
    return arb(value.mid()), error


def _order(k: int, terms: Sequence[Any], partial: Sequence[Any], first: int) -> Any:
    """The ratio of k-th differences, each weighted with the reciprocal of j a(j)."""
    above, below = arb(0), arb(0)
    binomial = 1
    for i in range(k + 1):
        weight = arb(first + i) ** (k - 2) * binomial / terms[i]
        above += weight * partial[i]
        below += weight
        binomial = -binomial * (k - i) // (i + 1)
    return above / below
