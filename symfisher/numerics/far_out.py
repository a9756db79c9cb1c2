"""Hypergeometric functions at large negative arguments, where their series would need millions of
terms."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import flint
from flint import acb, acb_series, arb

Ball = Any


def repeated_far_out(upper: Sequence[Ball], lower: Sequence[Ball], z: Ball) -> Ball | None:
    """pFp(a, ..., a; a + 1, ..., a + 1; -x) for large x; None for any other.

    It is the m-fold a^m/(m-1)! times the integral of t^(a-1) (-log t)^(m-1) e^(-x t) over (0, 1).
    With u = x t that over (0, oo) is a sum of derivatives of Gamma, and what lies beyond u = x is
    below e^-x x^(a-1) 2^m (m-1)! once x > 2a.
    """
    m, a, x = len(upper), upper[0] if upper else arb(0), -z
    same = all(u == a for u in upper) and all(b == a + 1 for b in lower) and len(lower) == m
    if not (m and same and a > 0 and x > flint.ctx.prec + 2 * a + 40):
        return None
    logarithm = x.log()
    gammas = acb_series([acb(a), acb(1)], m).gamma()  # its coefficients are Gamma^(j)(a)/j!
    total = arb(0)
    for j in range(m):
        term = logarithm ** (m - 1 - j) * gammas[j].real * arb(j).fac() * comb(m - 1, j)
        total += term if j % 2 == 0 else -term
    beyond = (-x).exp() * x ** (a - 1) * arb(2) ** m * arb(m - 1).fac()
    total += arb(0, beyond.abs_upper())
    return total * a**m * x ** (-a) / arb(m - 1).fac()
