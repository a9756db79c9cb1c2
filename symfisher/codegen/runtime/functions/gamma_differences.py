"""Differences of log Gamma and its derivatives at z + d and z, z > 0, without their cancellation.

Every part is a product with the factor d: the moves up by seven or eight are rational functions
with positive coefficients, the logarithms log1p(d/y), the asymptotic series divided differences.
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import (
    DIGAMMA_TAIL,
    HALF_LOG_2_PI,
    LOG_GAMMA_NEAR_2,
    STIRLING,
    TRIGAMMA_TAIL,
)
from symfisher.codegen.runtime.functions.elementary import exp, log, log1p
from symfisher.codegen.runtime.primitives import INFINITY, NAN, horner, rint


def digamma_difference(z: float, d: float) -> float:
    """psi(z + d) - psi(z): DLMF 5.5.2 seven times, then 5.11.2 from the middle of a step."""
    a = z if z < 1e20 else 1e20
    b = d if d < 1e20 else 1e20
    s = a + b
    product = a * s
    below = product
    above = 1.0
    for k in range(1, 7):
        m = product + k * (a + s + k)
        above = above * m + below
        below = below * m
    y = a + 6.5
    x = s + 6.5
    reciprocal = 1.0 / (x * y)
    w = (x * reciprocal) * (x * reciprocal)
    v = (y * reciprocal) * (y * reciprocal)
    value = DIGAMMA_TAIL[7]
    slope = 0.0
    for k in range(7):
        slope = slope * v + value
        value = value * w + DIGAMMA_TAIL[6 - k]
    series = (x + y) * (reciprocal * reciprocal) * slope
    difference = log1p(d / (z + 6.5)) + b * (above / below - series)
    return difference if (z > 0.0) & (z + d > 0.0) else NAN


def trigamma_difference(z: float, d: float) -> float:
    """psi_1(z + d) - psi_1(z): trigamma's parts, each minus itself at z + d, the factor d out."""
    a = z if z < 1e17 else 1e17
    b = d if d < 1e18 else 1e18
    s = a + b
    u = a * (a + 7.0)
    v = s * (s + 7.0)
    both = u + v
    product = u * v
    m6 = product + 6.0 * (both + 6.0)
    m10 = product + 10.0 * (both + 10.0)
    m12 = product + 12.0 * (both + 12.0)
    m6_m10 = m6 * m10
    inverse = 1.0 / (m6_m10 * m12)
    first = 1.0 / (a * s)
    r6 = m10 * m12 * inverse
    r10 = m6 * m12 * inverse
    r12 = m6_m10 * inverse
    pairs = (2.0 * product + 37.0 * both + 372.0) * (r6 * r6)
    pairs = pairs + (2.0 * product + 29.0 * both + 380.0) * (r10 * r10)
    pairs = pairs + (2.0 * product + 25.0 * both + 312.0) * (r12 * r12)
    terms = b * ((a + s) * (first * first) + (a + s + 7.0) * pairs)
    p = 1.0 / (z + 6.5)
    q = 1.0 / (z + d + 6.5)
    w = p * p
    h = q * q
    value = TRIGAMMA_TAIL[6]
    slope = 0.0
    for k in range(6):
        slope = slope * h + value
        value = value * w + TRIGAMMA_TAIL[5 - k]
    at_end = value + (h - w) * slope
    tail = (d * p) * q * (1.0 + h * at_end + (p + q) * p * (value + h * slope))
    difference = -tail - (terms if z < 1e17 else 0.0)
    return difference if (z > 0.0) & (z + d > 0.0) else NAN


def stirling_difference(y: float, d: float) -> float:
    """(y - 1/2) log(1 + d/y) + J(y + d) - J(y), J what Stirling's formula leaves; y >= 8."""
    p = 1.0 / y
    q = 1.0 / (y + d)
    w = p * p
    v = q * q
    value = STIRLING[6]
    slope = 0.0
    for k in range(6):
        slope = slope * v + value
        value = value * w + STIRLING[5 - k]
    at_end = value + (v - w) * slope
    return (y - 0.5) * log1p(d * p) - (d * p) * q * (at_end + p * (p + q) * slope)


def rising_ratio(z: float, d: float) -> float:
    """((z + d)_8/(z)_8 - 1)/d, where (z)_8 = z (z + 1) ... (z + 7).

    With u = z (z + 7), (z)_8 = u (u + 6) (u + 10) (u + 12); u grows by d (2z + d + 7).
    """
    s = z + d
    u = z * (z + 7.0)
    v = s * (s + 7.0)
    above = (v + 6.0) + u
    below = u * (u + 6.0)
    above = above * (v + 10.0) + below
    below = below * (u + 10.0)
    above = above * (v + 12.0) + below
    below = below * (u + 12.0)
    return (z + s + 7.0) * (above / below)


def log_gamma_difference(z: float, d: float) -> float:
    """log Gamma(z + d) - log Gamma(z): DLMF 5.11.1, below z = 8 after moving up by eight."""
    y = z + 8.0 if z < 8.0 else z
    b = d if d < 1e30 else 1e30
    ratio = b * rising_ratio(z if z < 8.0 else 1.0, b)
    correction = log1p(ratio if z < 8.0 else 0.0)
    difference = stirling_difference(y, d) + d * (log(y + d) - 1.0) - correction
    return difference if (z > 0.0) & (z + d > 0.0) else NAN


def log_beta(a: float, b: float) -> float:
    """log B(a, b): log Gamma of the smaller one less log_gamma_difference at the larger.

    Where both are large, log x - log(x + y) in it is log(x/(x + y)) (Didonato & Morris 1992,
    Algorithm 708, section 8); below, the moves to Stirling's range are part of one logarithm.
    """
    x = a if a < b else b
    y = b if a < b else a
    large = y if y >= 8.0 else y + 8.0
    step = x if x < 8.0 else 8.0
    ratio = 1.0 + step * rising_ratio(y if y < 8.0 else 1.0, step)
    ratio = ratio if y < 8.0 else 1.0
    s = x if x < 8.0 else 2.0
    nearest = rint(s)
    p = s * (s + 1.0) if s <= 0.5 else (s if s < 1.5 else 1.0)
    p = p * (s - 1.0 if nearest > 2.5 else 1.0)
    p = p * (s - 2.0 if nearest > 3.5 else 1.0)
    p = p * (s - 3.0 if nearest > 4.5 else 1.0)
    p = p * (s - 4.0 if nearest > 5.5 else 1.0)
    p = p * (s - 5.0 if nearest > 6.5 else 1.0)
    p = p * (s - 6.0 if nearest > 7.5 else 1.0)
    t = s if s <= 0.5 else s - nearest
    below = x + y if x >= 8.0 else (p if x < 1.5 else 1.0)
    above = x if x >= 8.0 else (ratio if x < 1.5 else ratio * p)
    logarithm = log(above / below)
    scale = log(large + x)
    r = 1.0 / (x if x >= 8.0 else 8.0)
    wide = (x - 0.5) * logarithm - 0.5 * scale + HALF_LOG_2_PI + r * horner(r * r, STIRLING)
    narrow = t * horner(t, LOG_GAMMA_NEAR_2) + logarithm - x * (scale - 1.0)
    value = (wide if x >= 8.0 else narrow) - stirling_difference(large, x)
    return value if x > 0.0 else (INFINITY if x == 0.0 else NAN)


def beta(a: float, b: float) -> float:
    """B(a, b), with the relative error of log B(a, b) times its magnitude."""
    return exp(log_beta(a, b))
