"""Modified Bessel functions of real order and positive argument, and their ratios.

K_v is the integral of e^(v t - z cosh t) over the line, halved (DLMF 10.32.9): analytic and
doubly exponentially small at both ends, so the trapezoidal rule converges geometrically
(Trefethen and Weideman 2014, SIAM Review 56).  All is measured from the peak of the integrand, at
sinh(t) = v/z, and the exponent written so that it does not cancel.
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import PI
from symfisher.codegen.runtime.functions.elementary import exp, expm1, log, log1p
from symfisher.codegen.runtime.functions.gamma import gamma, log_gamma
from symfisher.codegen.runtime.primitives import NAN, floor, power, sqrt


def sinh_positive(x: float) -> float:
    """sinh(x) for x >= 0, from expm1."""
    e = expm1(x)
    return 0.5 * (e + e / (1.0 + e))


def bessel_k_peak(v: float, z: float) -> float:
    """asinh(v/z) for v >= 0: where e^(v t - z cosh t) is largest."""
    u = v / z
    return log1p(u + u * u / (1.0 + sqrt(1.0 + u * u))) if u < 1e100 else log(2.0 * v) - log(z)


def bessel_k_exponent(radius: float, v: float, z: float, t: float) -> float:
    """v t - z cosh t at a distance t from the peak, less its value there.

    With radius = sqrt(v^2 + z^2) it is -radius (cosh t - 1) - v (sinh t - t); below the peak, with
    u = -t, the nearly equal terms are one: -z^2/(radius + v) (cosh u - 1) - v (e^-u - 1 + u).
    """
    u = t if t > 0.0 else -t
    half = sinh_positive(0.5 * u)
    q = u * u
    odd = 1.0 + q / 72.0 * (1.0 + q / 110.0 * (1.0 + q / 156.0))
    odd = u * q / 6.0 * (1.0 + q / 20.0 * (1.0 + q / 42.0 * odd))
    even = 1.0 + q / 56.0 * (1.0 + q / 90.0 * (1.0 + q / 132.0 * (1.0 + q / 182.0)))
    even = q * 0.5 * (1.0 + q / 12.0 * (1.0 + q / 30.0 * even))
    sine = odd if u < 0.5 else sinh_positive(u) - u
    decay = even - odd if u < 0.5 else expm1(-u) + u
    above = radius * (2.0 * half * half) + v * sine
    below = z * (z / (radius + v)) * (2.0 * half * half) + v * decay
    return -above if t > 0.0 else -below


def bessel_k_reach(radius: float) -> float:
    """Beyond this distance above the peak the integrand is below e^-42 of it."""
    u = 42.0 / radius
    return log1p(u + sqrt(u * (u + 2.0)))


def bessel_k_integral(m: int, v: float, order: float, z: float) -> float:
    """The m-th derivative by x of the integral over t > 0 of cosh(x t) e^(-z cosh t), at x = order.

    It is divided by the peak of e^(v t - z cosh t), v >= 0.
    """
    radius = sqrt(v * v + z * z)
    peak = bessel_k_peak(v, z)
    width = 0.5 / sqrt(radius)
    step = width if width < 0.16 else 0.16
    last = floor((peak + bessel_k_reach(radius)) / step) + 1.0
    spread = sqrt(130.0 / radius)
    start = floor((peak - spread) / step) if (spread < 1.0) & (spread < peak) else 0.0
    total = 0.0
    index = start
    while index <= last:
        t = index * step
        up = exp((order - v) * t)
        down = exp(-(order + v) * t)
        weight = up + down
        if m % 2 == 1:
            weight = -up * expm1(-2.0 * order * t)
        for _ in range(m):
            weight = weight * t
        end = 0.5 if index == 0.0 else 1.0
        total += end * weight * exp(bessel_k_exponent(radius, v, z, t - peak))
        index += 1.0
    return 0.5 * step * total


def bessel_k_order(m: int, v: float, z: float) -> float:
    """d^m K_v(z)/dv^m, z > 0."""
    if z > 0.0:
        a = v if v > 0.0 else -v
        top = a * bessel_k_peak(a, z) - sqrt(a * a + z * z)
        half = exp(0.5 * top)
        value = half * bessel_k_integral(m, a, a, z) * half
        value = -value if (m % 2 == 1) & (v < 0.0) else value
    else:
        value = NAN
    return value


def bessel_k(v: float, z: float) -> float:
    """K_v(z), z > 0."""
    return bessel_k_order(0, v, z)


def scaled_bessel_k(v: float, z: float) -> float:
    """e^z K_v(z), z > 0."""
    if z > 0.0:
        a = v if v > 0.0 else -v
        top = a * bessel_k_peak(a, z) - a * (a / (z + sqrt(a * a + z * z)))
        half = exp(0.5 * top)
        value = half * bessel_k_integral(0, a, a, z) * half
    else:
        value = NAN
    return value


def bessel_k_ratio(v: float, z: float) -> float:
    """K_(v+1)(z)/K_v(z), z > 0: two integrals over the same factor."""
    if z > 0.0:
        a = v if v > 0.0 else -v
        value = bessel_k_integral(0, a, v + 1.0, z) / bessel_k_integral(0, a, a, z)
    else:
        value = NAN
    return value


def bessel_i_asymptotic(v: float, z: float) -> float:
    """sqrt(2 pi z) e^-z I_v(z) for z > 30 + v^2 (DLMF 10.40.1)."""
    total = 1.0
    term = 1.0
    for k in range(1, 40):
        odd = 2.0 * k - 1.0
        term = term * (odd * odd - 4.0 * v * v) / (8.0 * k * z)
        total += term
    return total


def scaled_bessel_i(order: float, z: float) -> float:
    """e^-z I_v(z), v > -1 or whole: the power series (DLMF 10.25.2), far out the asymptotic one."""
    v = -order if (order < 0.0) & (order == floor(order)) else order
    if z > 30.0 + v * v:
        value = bessel_i_asymptotic(v, z) / sqrt(2.0 * PI * z)
    elif (z >= 0.0) & (v > -1.0):
        square = 0.25 * z * z
        total = 1.0
        term = 1.0
        scale = -z
        k = 1.0
        while term > 1e-18 * total:
            term = term * (square / (k * (v + k)))
            total += term
            if total > 1e200:
                total = total * 1e-200
                term = term * 1e-200
                scale += 460.51701859880914
            k += 1.0
        if v == 0.0:
            value = total * exp(scale)
        elif v < 18.0:
            root = power(0.5 * z, 0.5 * v)
            value = root * (total * exp(scale) / gamma(v + 1.0)) * root
        else:
            half = exp(0.5 * (v * log(0.5 * z) - log_gamma(v + 1.0) + scale))
            value = half * total * half
    else:
        value = NAN
    return value


def bessel_i(v: float, z: float) -> float:
    """I_v(z), v > -1 or whole."""
    half = exp(0.5 * z)
    return half * scaled_bessel_i(v, z) * half


def bessel_i_ratio(v: float, z: float) -> float:
    """I_(v+1)(z)/I_v(z), v > -1: the continued fraction DLMF 10.33.1, read from its end."""
    if z > 30.0 + (v + 1.0) * (v + 1.0):
        value = bessel_i_asymptotic(v + 1.0, z) / bessel_i_asymptotic(v, z)
    elif (z >= 0.0) & (v > -1.0):
        k = floor(1.5 * z) + 25.0
        value = 0.0
        while k > 0.5:
            value = z / (2.0 * (v + k) + z * value)
            k = k - 1.0
    else:
        value = NAN
    return value
