"""Gauss's and Lerch's functions as integrals under a beta law, in the simplest form known.

With v ~ Beta(p, q) and z < 1, E[(1 - z v)^(-r)] is 2F1(r, p; p + q; z), Euler's integral (DLMF
15.6.1), and E[log(1 - z v)] its derivative in r at zero, which is 3F2 in general and Lerch's
transcendent (DLMF 25.14) where p or q is one.
"""

from __future__ import annotations

from sympy import Add, Expr, Rational, factorial, hyper, lerchphi, log, rf, sqrt

HALF = Rational(1, 2)
_MOST_TERMS = 12


def gauss(a: Expr, b: Expr, c: Expr, z: Expr) -> Expr:
    """2F1(a, b; c; z), a function in fewer parameters where it is one."""
    for first, second in ((a, b), (b, a)):
        if first.is_Integer and first <= 0 and -first <= _MOST_TERMS:
            return _polynomial(-int(first), first, second, c, z)
        if second == c:
            return (1 - z) ** (-first)
        if second == 1 and c == 2:
            return _over_unit_interval(first, z)
        if first == 1 and c == second + 1:
            return second * lerch(z, second)
    return hyper((a, b), (c,), z)


def _polynomial(degree: int, a: Expr, b: Expr, c: Expr, z: Expr) -> Expr:
    return Add(*(rf(a, k) * rf(b, k) / rf(c, k) * z**k / factorial(k) for k in range(degree + 1)))


def _over_unit_interval(a: Expr, z: Expr) -> Expr:
    """The integral of (1 - z v)^(-a) over 0 < v < 1."""
    if a == 1:
        return -log(1 - z) / z
    return ((1 - z) ** (1 - a) - 1) / ((a - 1) * z)


def lerch(z: Expr, a: Expr) -> Expr:
    """Phi(z, 1, a), the sum of z^k/(a + k), a logarithm where a is a natural number."""
    if not (a.is_Integer and 0 < a <= _MOST_TERMS):
        return lerchphi(z, 1, a)
    known = Add(*(z**k / k for k in range(1, int(a))))
    return (-log(1 - z) - known) / z**a


def mean_logarithm(p: Expr, q: Expr, z: Expr, to_one: bool = False) -> Expr:
    """E[log(1 - z v)] for v ~ Beta(p, q), z < 1, in a form good for z = 1 if ``to_one``."""
    if p == 1 and to_one and not q.is_Integer:
        return -z / (q + 1) * hyper((1, 1), (q + 2,), z)
    if p == 1:
        return lerch(z / (z - 1), q) - 1 / q
    if q == 1:
        return log(1 - z) + lerch(z, p) - 1 / p
    if p == q == HALF:  # Poisson's integral formula
        return 2 * log((1 + sqrt(1 - z)) / 2)
    series = hyper((1, 1, p + 1), (2, p + q + 1), z)
    return -z * p / (p + q) * series
