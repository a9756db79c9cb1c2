"""Values of the function nodes of ``special`` in mpmath, at its working precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath


def zeta_derivative(m: Any, s: Any) -> Any:
    """The m-th derivative of zeta at s."""
    return mpmath.zeta(s, 1, derivative=int(m))


def hurwitz_derivative(m: Any, s: Any, a: Any) -> Any:
    """The m-th derivative of zeta(s, a) by s."""
    return mpmath.zeta(s, a, derivative=int(m))


def bessel_k_order(m: Any, p: Any, z: Any) -> Any:
    """d^m/dp^m K_p(z)."""
    return _derivative(lambda order: mpmath.besselk(order, z), p, int(m))


def bessel_i_order(m: Any, p: Any, z: Any) -> Any:
    """d^m/dp^m I_p(z)."""
    return _derivative(lambda order: mpmath.besseli(order, z), p, int(m))


def _derivative(function: Callable[[Any], Any], at: Any, count: int) -> Any:
    """A derivative of an entire function, by Cauchy's formula on a circle.

    The trapezoidal rule on a circle of radius 1 converges faster than geometrically, and nothing
    cancels (Trefethen & Weideman, 2014).
    """
    if count == 0:
        return function(at)
    digits = mpmath.mp.dps
    nodes = 16 + int(1.2 * digits)
    with mpmath.workdps(digits + 8):
        total = mpmath.mpf(0)
        for k in range(nodes):
            turn = mpmath.expjpi(mpmath.mpf(2 * k + 1) / nodes)
            total += mpmath.re(function(at + turn) * turn**-count)
        return mpmath.factorial(count) * total / nodes


NODES: dict[str, Callable[..., Any]] = {
    "ZetaDerivative": zeta_derivative,
    "HurwitzDerivative": hurwitz_derivative,
    "BesselKOrder": bessel_k_order,
    "BesselIOrder": bessel_i_order,
}
