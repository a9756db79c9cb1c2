"""Generalised hypergeometric series at argument one, with a proven bound of what is cut off.

The ratio of successive terms t(j+1)/t(j) = prod(j + a)/prod(j + b) =: r(j) tends to one, so that
terms fall like a power only.  A polynomial p of degree M in x = 1/j is chosen such that
u(j) = j p(1/j) satisfies u(j) - r(j) u(j+1) = 1 + e(j) with e(j) = O(j^-M-1).  Summed from N on,
the left side telescopes: sum t(j) = t(N) u(N)/(1 + e) for some |e| <= sup |e(j)|, j >= N, as all
terms have one sign there (a summation by parts; compare Zeilberger, Gosper).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flint
from flint import arb, arb_poly

_ROUNDS = 8


def sum_at_one(upper: Sequence[Any], lower: Sequence[Any]) -> Any:
    """pFq(upper; lower; 1) with p = q + 1 as a ball; nan where it diverges."""
    below = [*lower, arb(1)]
    excess = sum(below, arb(0)) - sum(upper, arb(0))
    if len(upper) != len(below) or not excess > 1:
        return arb.nan()
    bits = flint.ctx.prec
    degree = bits // 8 + 6
    start = degree + int(4 * max(float(abs(v).mid()) for v in (*upper, *below)))
    for _ in range(_ROUNDS):
        tail = _tail_factor(upper, below, degree, start)
        if tail is None or tail.rel_accuracy_bits() > 0.8 * bits:
            break
        start *= 2
    if tail is None:
        return arb.nan()
    total, last = _first_terms(upper, below, start)
    return total + last * tail


def _first_terms(upper: Sequence[Any], lower: Sequence[Any], count: int) -> tuple[Any, Any]:
    """The sum of the first ``count`` terms, and the term after them."""
    total, term = arb(0), arb(1)
    for j in range(count):
        total += term
        for a in upper:
            term *= a + j
        for b in lower:
            term /= b + j
    return total, term


def _tail_factor(upper: Sequence[Any], lower: Sequence[Any], degree: int, start: int) -> Any:
    """The sum from ``start`` on over its first term."""
    if any(not v + start > 0 for v in (*upper, *lower)):
        return None
    top, bottom = _product(upper), _product(lower)
    p = _coefficients(top, bottom, degree)
    x = arb(1) / start
    error = _defect(top, bottom, p, degree, x)
    for b in lower:
        error = error / (1 + b * x if b < 0 else arb(1))
    if not error < arb("0.5"):
        return arb.nan()
    return start * arb_poly(p)(x) / (1 + arb(0, error.abs_upper()))


def _product(roots: Sequence[Any]) -> Any:
    product = arb_poly([1])
    for root in roots:
        product = product * arb_poly([1, root])
    return product


def _coefficients(top: Any, bottom: Any, degree: int) -> list[Any]:
    """p, from bottom(x) p(x) - top(x) (1 + x) p(x/(1 + x)) = x bottom(x) + O(x^(degree + 2))."""
    remainder = arb_poly([0, 1]) * bottom
    p: list[Any] = []
    for k in range(degree + 1):
        moved = _binomial(1 - k, degree + 2 - k)
        change = _truncated(bottom - _truncated(top * moved, degree + 2 - k), degree + 2 - k)
        p.append(remainder[k + 1] / change[1])
        remainder = remainder - arb_poly([0] * k + [1]) * change * p[-1]
    return p


def _binomial(power: int, length: int) -> Any:
    """(1 + x)^power to ``length`` terms."""
    found = [arb(1)]
    for i in range(1, length):
        found.append(found[-1] * (power - i + 1) / i)
    return arb_poly(found)


def _truncated(polynomial: Any, length: int) -> Any:
    return arb_poly([polynomial[i] for i in range(length)])


def _defect(top: Any, bottom: Any, p: list[Any], degree: int, x: Any) -> Any:
    """A bound of |e(j)| bottom(1/j) for j >= 1/x.

    Times (1 + x)^(degree - 1) it is a polynomial over x, whose terms below x^(degree + 2) vanish.
    """
    moved = arb_poly([0])
    for m, coefficient in enumerate(p):
        power = _binomial(degree - m, degree - m + 1)
        moved = moved + arb_poly([0] * m + [1]) * power * coefficient
    still = arb_poly(p) * bottom - arb_poly([0, 1]) * bottom
    whole = still * _binomial(degree - 1, degree) - top * moved
    terms = [abs(whole[k]) * x ** (k - 1) for k in range(degree + 2, whole.degree() + 1)]
    return sum(terms, arb(0))
