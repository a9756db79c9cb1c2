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
    found = {e: _standard(e, most=0) for e in expr.atoms(meijerg)}
    known = {e: value for e, value in found.items() if value is not None}
    return expr.xreplace(known) if known else expr


def tail_parameters(e: meijerg) -> tuple[Expr, int, Expr] | None:
    """s, m and z where it is the integral of t^(s-1) log(t/z)^m e^(-t)/m! from z on, m >= -1.

    That is G^(m+2,0)_(m+1,m+2)(z | 1, ..., 1; 0, ..., 0, s), with parameters on both sides
    cancelled (Geddes, Glasser, Moore and Scott 1990, equation 18); with m = -1, z^s e^(-z).
    """
    (first, above), (below, last), z = e.args
    upper, lower = Counter(above), Counter(below)
    upper, lower = upper - lower, lower - upper
    k = upper[Integer(1)]
    rest = list((lower - Counter({Integer(0): k})).elements())
    if first or last or upper.total() != k or lower[Integer(0)] < k or len(rest) != 1:
        return None
    return rest[0], k - 1, z


def _standard(e: meijerg, most: int = 9) -> Expr | None:
    found = tail_parameters(e)
    if found is None or found[1] > most:
        return None
    s, m, z = found
    if m > 0:
        return _logarithmic_tail(s, z, m)
    return z**s * exp(-z) if m < 0 else uppergamma(s, z)


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
