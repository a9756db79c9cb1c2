"""Incomplete gamma functions and exponential integrals of positive arguments.

Series below, Legendre's continued fraction (DLMF 8.9.2, its even part) above.
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import EULER_GAMMA
from symfisher.codegen.runtime.functions.elementary import exp, log
from symfisher.codegen.runtime.functions.gamma import gamma
from symfisher.codegen.runtime.primitives import NAN, floor, power, sqrt


def incomplete_gamma_fraction(a: float, x: float) -> float:
    """e^x x^(1-a) Gamma(a, x) for x >= 1 and x > a - 1 (DLMF 8.9.2), read from its end."""
    k = floor(30.0 + 60.0 / x + 4.0 * sqrt(a if a > 0.0 else -a))
    value = x + 2.0 * k + 1.0 - a
    while k > 0.5:
        value = (x + 2.0 * k - 1.0 - a) - k * (k - a) / value
        k = k - 1.0
    return x / value


def incomplete_gamma_series(a: float, x: float) -> float:
    """e^x x^-a gamma(a, x): DLMF 8.11.4."""
    term = 1.0 / a
    total = term
    k = 1.0
    while term > 1e-18 * total:
        term = term * (x / (a + k))
        total += term
        k += 1.0
    return total


def expint_1_series(x: float) -> float:
    """E_1(x) for 0 < x <= 1 (DLMF 6.6.2)."""
    term = 1.0
    total = 0.0
    for k in range(1, 20):
        term = -term * x / k
        total = total - term / k
    return (total - EULER_GAMMA) - log(x)


def expint(n: float, x: float) -> float:
    """E_n(x), x > 0: DLMF 8.19.1 and, for whole n, 8.19.12 from E_1."""
    if x > 1.0:
        value = exp(-x) * scaled_expint_fraction(n, x)
    elif (x > 0.0) & (n == floor(n)) & (n >= 1.0):
        value = expint_1_series(x)
        k = 1.0
        while k < n:
            value = (exp(-x) - x * value) / k
            k += 1.0
    elif x > 0.0:
        value = power(x, n - 1.0) * upper_gamma(1.0 - n, x)
    else:
        value = NAN
    return value


def scaled_expint_fraction(n: float, x: float) -> float:
    """e^x E_n(x) for x > 1 and x > 1 - n."""
    return incomplete_gamma_fraction(1.0 - n, x) / x


def scaled_expint(n: float, x: float) -> float:
    """e^x E_n(x), x > 0."""
    return scaled_expint_fraction(n, x) if x > 1.0 else exp(x) * expint(n, x)


def upper_gamma(a: float, x: float) -> float:
    """Gamma(a, x), x > 0; for a <= 0 by recurrence (DLMF 8.8.2) from a + k in (0, 1] or E_1."""
    top = a
    if x > (a if a > 1.0 else 1.0):
        value = incomplete_gamma_fraction(a, x) * exp(-x) * power(x, a - 1.0)
    elif (x > 0.0) & (a > 0.0):
        value = gamma(a) - exp(-x) * power(x, a) * incomplete_gamma_series(a, x)
    elif x > 0.0:
        if a == floor(a):
            top = 0.0
            value = expint_1_series(x)
        else:
            top = a - floor(a)
            value = gamma(top) - exp(-x) * power(x, top) * incomplete_gamma_series(top, x)
        while top > a + 0.5:
            top = top - 1.0
            value = (value - power(x, top) * exp(-x)) / top
    else:
        value = NAN
    return value


def lower_gamma(a: float, x: float) -> float:
    """gamma(a, x), a > 0 and x >= 0."""
    if (a > 0.0) & (x >= 0.0) & (x <= a + 1.0):
        value = exp(-x) * power(x, a) * incomplete_gamma_series(a, x)
    elif (a > 0.0) & (x > 0.0):
        value = gamma(a) - upper_gamma(a, x)
    else:
        value = NAN
    return value


def scaled_upper_gamma(a: float, x: float) -> float:
    """e^x x^(1-a) Gamma(a, x), x > 0."""
    if x > (a if a > 1.0 else 1.0):
        value = incomplete_gamma_fraction(a, x)
    elif x > 0.0:
        value = exp(x) * power(x, 1.0 - a) * upper_gamma(a, x)
    else:
        value = NAN
    return value
