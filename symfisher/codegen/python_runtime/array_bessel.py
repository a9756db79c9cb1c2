"""Modified Bessel functions of any real order, for arrays; the same in all libraries.

``table`` makes an array of numbers, ``log_gamma`` is log Gamma and ``fast_bessel_i`` is
``scaled_bessel_i`` for the orders 0 and 1: each library's own.
"""

import math

import numpy as np

from symfisher.codegen.python_runtime.numpy_expectation import table
from symfisher.codegen.python_runtime.torch_special import fast_bessel_i, log_gamma

CIRCLE = [i / 50 for i in range(-50, 51)]
WHOLE = range(1, 65)
FRACTIONS = [i / 320 for i in range(321)]


def scaled_bessel_i(v, z):
    """e^-z I_v(z) for v > -1, or any whole v.

    With R = sqrt(v^2 + z^2) and t0 = asinh(v/z), it is e^(R - z - v t0)/(2 pi) times the integral
    of e^(R (cos u - 1)) cos(v (sin u - u)) over a circle (DLMF 10.32.4 along the path through the
    saddle point), up to e^(-2R), and exactly for whole v.  Below R = 21 the power series 10.25.2.
    """
    if isinstance(v, int | float) and v in (0, 1):
        return fast_bessel_i(v, z)
    v, z = table(v, [z]), table(z, [z])
    v = np.where((v < 0.0) & (v == np.floor(v)), -v, v) + 0.0 * z
    z = z + 0.0 * v
    wide = v * v + z * z > 441.0
    order, x = np.where(wide, v, 1.0 + 0.0 * z), np.where(wide, z, 21.0 + 0.0 * z)
    radius = np.sqrt(order * order + x * x)
    u = table(CIRCLE, [z]) * 2.0 * np.arcsin(np.sqrt(21.0 / radius))[..., None]
    weights = np.exp(-2.0 * radius[..., None] * np.sin(0.5 * u) ** 2)
    total = np.sum(weights * np.cos(order[..., None] * (np.sin(u) - u)), -1)
    top = order * (order / (x + radius)) - order * np.arcsinh(order / x)
    far = np.exp(top) * total * (u[..., 1] - u[..., 0]) / (2.0 * math.pi)
    order, x = np.where(wide, 1.0 + 0.0 * z, v), np.where(wide, 1.0 + 0.0 * z, z)
    k = table(WHOLE, [z])
    ratios = (0.25 * x * x)[..., None] / (k * (order[..., None] + k))
    power = np.where(order == 0.0, 1.0, (0.5 * x) ** order)
    near = power * np.exp(-x - log_gamma(order + 1.0)) * (1.0 + np.sum(np.cumprod(ratios, -1), -1))
    return np.where(wide, far, near)


def bessel_i(v, z):
    """I_v(z) for v > -1, or any whole v."""
    return np.exp(z) * scaled_bessel_i(v, z)


def bessel_i_ratio(v, z):
    """I_(v+1)(z)/I_v(z), for z^2 < 4 (v + 1) by the continued fraction DLMF 10.33.1."""
    small = z * z < 4.0 * (v + 1.0) + 0.0 * z
    near, far = np.where(small, z, 0.0 * z), np.where(small, 1.0 + 2.0 * v + 0.0 * z, z)
    fraction = 0.0 * near
    for k in range(20, 0, -1):
        fraction = near / (2.0 * (v + k) + near * fraction)
    return np.where(small, fraction, scaled_bessel_i(v + 1, far) / scaled_bessel_i(v, far))


def bessel_k_sum(m, v, order, z):
    """The m-th derivative by x of the integral over t > 0 of cosh(x t) e^(-z cosh t), at x = order.

    It is divided by the peak of e^(v t - z cosh t), v >= 0: DLMF 10.32.9 by the trapezoidal rule,
    which converges geometrically (Trefethen and Weideman 2014, SIAM Review 56).
    """
    v, order, z = (each[..., None] for each in (v, order, z))
    radius = np.sqrt(v * v + z * z)
    peak = bessel_k_peak(v, z)
    spread = np.sqrt(130.0 / radius)
    start = np.where((spread < 1.0) & (spread < peak), peak - spread, 0.0 * z)
    t = start + (peak + bessel_k_reach(radius) - start) * table(FRACTIONS, [z])
    up, down = np.exp((order - v) * t), np.exp(-(order + v) * t)
    weight = up + down if m % 2 == 0 else -up * np.expm1(-2.0 * order * t)
    values = weight * t**m * np.exp(bessel_k_exponent(radius, v, z, t - peak))
    inner = np.sum(values, -1) - 0.5 * values[..., 0]
    return 0.5 * (t[..., 1] - t[..., 0]) * inner


def both(v, z):
    """|v| and z in one shape."""
    v = np.abs(table(v, [z])) + 0.0 * z
    return v, z + 0.0 * v


def scaled_bessel_k(v, z):
    """e^z K_v(z) for z > 0."""
    v, z = both(v, z)
    top = v * bessel_k_peak(v, z) - v * (v / (z + np.sqrt(v * v + z * z)))
    return np.exp(top) * bessel_k_sum(0, v, v, z)


def bessel_k(v, z):
    """K_v(z) for z > 0."""
    return np.exp(-z) * scaled_bessel_k(v, z)


def bessel_k_ratio(v, z):
    """K_(v+1)(z)/K_v(z) for z > 0: two integrals over the same factor."""
    a, x = both(v, z)
    upper = table(v, [z]) + 1.0 + 0.0 * x
    return bessel_k_sum(0, a, upper, x) / bessel_k_sum(0, a, a, x)


def bessel_k_order(m, v, z):
    """d^m K_v(z)/dv^m for z > 0."""
    a, x = both(v, z)
    top = a * bessel_k_peak(a, x) - np.sqrt(a * a + x * x)
    sign = np.where(table(v, [z]) + 0.0 * x < 0.0, -1.0, 1.0) if m % 2 else 1.0
    return sign * np.exp(top) * bessel_k_sum(m, a, a, x)
