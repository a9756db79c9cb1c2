"""Moments of a beta law where a power of 1 - v is too low for its Mellin transform.

The integral of v^(P-1) (log v)^m (1 - v)^(-r) over (0, 1) exists for a whole r <= m, because log v
vanishes like v - 1, while the transform B(P, 1 - r) has a pole there.  By geometric series it is
-psi_m(P) for r = 1, and integration by parts leads down to that.
"""

from __future__ import annotations

from sympy import Expr, Integer, polygamma

from symfisher.expectation.fingerprint import Fingerprint

_MOST = 6


def integral_at_pole(p: Expr, m: int, r: Expr, fingerprint: Fingerprint) -> Expr | None:
    """Integral of v^(p-1) (log v)^m (1 - v)^(-r) over (0, 1) for a whole r from 1 to m."""
    if not r.is_Integer or not 1 <= r <= min(m, _MOST) or fingerprint.sign(p) != 1:
        return None
    return _integral(p, m, int(r), fingerprint)


def _integral(p: Expr, m: int, r: int, fingerprint: Fingerprint) -> Expr:
    if r == 1:
        return -polygamma(m, p)
    below = fingerprint.shorten(p - 1)
    if fingerprint.sign(below) != 1:  # 1 = (1 - v) + v
        raised = fingerprint.shorten(p + 1)
        return _integral(p, m, r - 1, fingerprint) + _integral(raised, m, r, fingerprint)
    same, lower = (_integral(below, k, r - 1, fingerprint) for k in (m, m - 1))
    return -(below * same + m * lower) / Integer(r - 1)
