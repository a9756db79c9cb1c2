"""Exponential and logarithm without branches or tables, so that loops over them vectorise.

Targets whose own functions do as well (JavaScript, Python) use those.
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import (
    EXPONENTIAL,
    LN_2_HIGH,
    LN_2_LOW,
    LOG2_E,
    LOGARITHM,
)
from symfisher.codegen.runtime.primitives import INFINITY, NAN, Bits, bits, fma, from_bits, horner


def log_reduced(f: float, exponent: float) -> float:
    """log((1 + f) 2^exponent) for |f| < 0.42 (fdlibm, e_log.c, Sun Microsystems 1993)."""
    s = f / (2.0 + f)
    z = s * s
    half_square = 0.5 * f * f
    remainder = fma(z, horner(z, LOGARITHM), half_square)
    correction = fma(s, remainder, exponent * LN_2_LOW)
    return fma(exponent, LN_2_HIGH, f - (half_square - correction))


def log_inside(x: float) -> float:
    """log x for 0 < x < oo: x = m 2^e with m in [sqrt(1/2), sqrt(2)), then log_reduced."""
    scaled = x * 18014398509481984.0 if x < 2.2250738585072014e-308 else x
    offset = 4503599627371573.0 if x < 2.2250738585072014e-308 else 4503599627371519.0
    pattern: Bits = bits(scaled) + 0x00095F619980C433
    exponent = from_bits((pattern >> 52) | 0x4330000000000000) - offset
    f = from_bits((pattern & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD) - 1.0
    return log_reduced(f, exponent)


def log(x: float) -> float:
    """Natural logarithm."""
    value = log_inside(x)
    value = value if x < INFINITY else x
    return value if x > 0.0 else (-INFINITY if x == 0.0 else NAN)


def log1p(x: float) -> float:
    """log(1 + x), with what rounding 1 + x loses given back (fdlibm, s_log1p.c)."""
    u = 1.0 + x
    lost = x - (u - 1.0)
    pattern: Bits = bits(u) + 0x00095F619980C433
    exponent = from_bits((pattern >> 52) | 0x4330000000000000) - 4503599627371519.0
    f = from_bits((pattern & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD) - 1.0
    scale = from_bits(0x7FE0000000000000 - (pattern & 0x7FF0000000000000))
    value = log_reduced(fma(lost, scale, f) if x < 1e15 else f, exponent)
    value = value if x < INFINITY else x
    return value if x > -1.0 else (-INFINITY if x == -1.0 else NAN)


def log1p_remainder(x: float) -> float:
    """log(1 + x) - x; the terms after the first of the series in s = x/(2 + x) near 0."""
    near = x if (x > -0.3) & (x < 0.4) else 0.1
    s = near / (2.0 + near)
    z = s * s
    half_square = 0.5 * near * near
    series = s * (half_square + z * horner(z, LOGARITHM)) - half_square
    return series if (x > -0.3) & (x < 0.4) else log1p(x) - x


def exp(x: float) -> float:
    """e^x = 2^k e^r with |r| <= log(2)/2; 2^k in two factors, for results below 2^-1022."""
    y = x if x > -750.0 else -750.0
    y = y if y < 712.0 else 712.0
    k = (y * LOG2_E + 6755399441055744.0) - 6755399441055744.0
    r = (y - k * LN_2_HIGH) - k * LN_2_LOW
    half: Bits = bits(0.5 * k + 6755399441055744.0)
    half_k = (0.5 * k + 6755399441055744.0) - 6755399441055744.0
    rest: Bits = bits((k - half_k) + 6755399441055744.0)
    first = from_bits((half << 52) + 0x3FF0000000000000)
    second = from_bits((rest << 52) + 0x3FF0000000000000)
    value = (1.0 + (r + r * r * horner(r, EXPONENTIAL))) * first * second
    return value if x == x else x


def expm1(x: float) -> float:
    """e^x - 1 = 2^k (e^r - 1) + (2^k - 1), with r as in exp."""
    y = x if x > -50.0 else -50.0
    y = y if y < 50.0 else 50.0
    k = (y * LOG2_E + 6755399441055744.0) - 6755399441055744.0
    r = (y - k * LN_2_HIGH) - k * LN_2_LOW
    pattern: Bits = bits(k + 6755399441055744.0)
    scale = from_bits((pattern << 52) + 0x3FF0000000000000)
    value = scale * (r + r * r * horner(r, EXPONENTIAL)) + (scale - 1.0)
    return value if x < 40.0 else exp(x)


def log1p_exp(x: float) -> float:
    """log(1 + e^x) without overflow."""
    magnitude = x if x > 0.0 else -x
    return (x if x > 0.0 else 0.0) + log1p(exp(-magnitude))


def log_expm1(x: float) -> float:
    """log(e^x - 1) for x > 0: x + log(1 - e^-x), which cancels nowhere below x = log 2."""
    small = log(expm1(x if x < 1.0 else 1.0))
    large = x + log1p(-exp(-x if x > 0.5 else -0.5))
    return small if x < 1.0 else large
