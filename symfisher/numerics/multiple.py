"""The operations that need mpmath: functions that NumPy, SciPy or Arb lack, at any precision.

Named as the compiler names operations; arguments and results are mpmath numbers.
"""

from __future__ import annotations

from typing import Any

import mpmath

from symfisher.algebra.special_values import bessel_i_order, bessel_k_order, zeta_derivative

Number = Any

erfinv, erfi = mpmath.erfinv, mpmath.erfi
expint, zeta, polylog = mpmath.expint, mpmath.zeta, mpmath.polylog


def erfcinv(x: Number) -> Number:
    return mpmath.erfinv(1 - x)


def gammainc(s: Number, x: Number) -> Number:
    return mpmath.gammainc(s, x)


def log_gammainc(s: Number, x: Number) -> Number:
    return mpmath.log(mpmath.gammainc(s, x))


def log_bessel_k(p: Number, z: Number) -> Number:
    return mpmath.log(mpmath.besselk(p, z))


def lower_gamma(s: Number, x: Number) -> Number:
    return mpmath.gammainc(s, 0, x)


def lerch(z: Number, s: Number, a: Number) -> Number:
    return mpmath.lerchphi(z, s, a)


def harmonic(n: Number, m: Number = 1) -> Number:
    return mpmath.harmonic(n) if m == 1 else mpmath.zeta(m) - mpmath.zeta(m, n + 1)


def hyper(p: Number, q: Number, z: Number, *parameters: Number) -> Number:
    upper = parameters[: int(p)]
    return mpmath.hyper(list(upper), list(parameters[int(p) : int(p) + int(q)]), z)


def polygamma(n: Number, x: Number) -> Number:
    return mpmath.polygamma(int(n), x)


def lambert_w(x: Number, k: Number = 0) -> Number:
    return mpmath.lambertw(x, int(k))


def fresnel_s(x: Number) -> Number:
    return mpmath.fresnels(x)


def fresnel_c(x: Number) -> Number:
    return mpmath.fresnelc(x)


__all__ = ["bessel_i_order", "bessel_k_order", "zeta_derivative"]
