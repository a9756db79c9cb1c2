"""Ratios of gamma functions whose arguments differ by an integer, as rational functions."""

from __future__ import annotations

from sympy import Expr, Integer, Mul, gamma

from symfisher.expectation.fingerprint import Fingerprint

_LONGEST_PRODUCT = 12


def gamma_ratio(p: Expr, at: Expr, fingerprint: Fingerprint) -> Expr:
    """Gamma(at)/Gamma(p): a product where at - p is a small integer."""
    step = fingerprint.shorten(at - p)
    if step.is_Integer and abs(step) <= _LONGEST_PRODUCT:
        if step >= 0:
            return Mul(*(p + j for j in range(int(step))))
        return 1 / Mul(*(at + j for j in range(-int(step))))
    return gamma(at) / gamma(p)


def beta_ratio(p: Expr, q: Expr, s: Expr, t: Expr, fingerprint: Fingerprint) -> Expr:
    """B(p + s, q + t)/B(p, q)."""
    shorten = fingerprint.shorten
    if s == 0 and t == 0:
        return Integer(1)
    above = gamma_ratio(p, shorten(p + s), fingerprint) * gamma_ratio(
        q, shorten(q + t), fingerprint
    )
    return above / gamma_ratio(shorten(p + q), shorten(p + q + s + t), fingerprint)
