"""Derivatives of incomplete gamma functions by their order, which SymPy writes as Meijer G."""

from __future__ import annotations

from collections import Counter
from math import factorial

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    binomial,
    diff,
    exp,
    gamma,
    hyper,
    log,
    meijerg,
    uppergamma,
)


def without_meijer(expr: Expr) -> Expr:
    """Meijer G functions that come from d/ds Gamma(s, z), in hypergeometric functions."""
    found = {e: _standard(e) for e in expr.atoms(meijerg)}
    known = {e: value for e, value in found.items() if value is not None}
    return expr.xreplace(known) if known else expr


def with_short_meijer(expr: Expr) -> Expr:
    """Meijer G functions as incomplete gamma functions, where they are no more than that."""
    found = {e: _standard(e, most=1) for e in expr.atoms(meijerg)}
    known = {e: value for e, value in found.items() if value is not None}
    return expr.xreplace(known) if known else expr


def _standard(e: Expr, most: int = 9) -> Expr | None:
    """G^(k+1,0)_(k,k+1)(z | 1, ..., 1; 0, ..., 0, s), with parameters on both sides cancelled.

    It is the integral of t^(s-1) log(t/z)^(k-1) e^(-t)/(k-1)! from z on (Geddes, Glasser, Moore and
    Scott 1990, equation 18).
    """
    (first, above), (below, last), z = e.args
    upper, lower = Counter(above), Counter(below)
    upper, lower = upper - lower, lower - upper
    k = upper[Integer(1)]
    rest = list((lower - Counter({Integer(0): k})).elements())
    if first or last or upper.total() != k or lower[Integer(0)] < k or len(rest) != 1 or k > most:
        return None
    (s,) = rest
    if k < 2:
        return uppergamma(s, z) if k else z**s * exp(-z)
    return _logarithmic_tail(s, z, k - 1)


def _logarithmic_tail(s: Expr, z: Expr, m: int) -> Expr:
    """The integral over all of (0, oo) less that over (0, z)."""
    order = Dummy("s", positive=True)
    complete = Add(
        *(
            binomial(m, j) * (-log(z)) ** (m - j) * diff(gamma(order), order, j).subs(order, s)
            for j in range(m + 1)
        )
    )
    series = hyper([s] * (m + 1), [s + 1] * (m + 1), -z)
    return complete / factorial(m) - (-1) ** m * z**s * series / s ** (m + 1)
