"""The gamma function, its logarithm and derivatives, for positive arguments (NaN elsewhere).

psi, psi_1 and psi_2 are shifted up by seven with their recurrences (DLMF 5.5.2, 5.15.5), as one
rational function with positive coefficients; then their asymptotic series from the middle of a
step (DLMF 5.11, 5.15.8 and 2.4(i), with y = x + 13/2), economised on 1/y^2 <= (2/13)^2.
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import (
    DIGAMMA_ROOT_HIGH,
    DIGAMMA_ROOT_LOW,
    DIGAMMA_START,
    DIGAMMA_START_SQUARE,
    DIGAMMA_SUM,
    DIGAMMA_TAIL_SLOPE,
    HALF_LOG_2_PI,
    LOG_GAMMA_NEAR_2,
    LOGARITHM,
    SQRT_2_PI,
    STIRLING,
    TETRAGAMMA_PAIRS,
    TETRAGAMMA_TAIL,
    TRIGAMMA_BELOW,
    TRIGAMMA_PAIRS,
    TRIGAMMA_TAIL,
)
from symfisher.codegen.runtime.functions.elementary import exp, log1p, log_inside
from symfisher.codegen.runtime.primitives import INFINITY, NAN, horner, power, rint


def trigamma(x: float) -> float:
    """psi_1(x); (x + k)^-2 and (x + 7 - k)^-2 are rational in u = x (x + 7) together."""
    near = x if x < 1e18 else 1.0
    u = near * (near + 7.0)
    c = horner(u, TRIGAMMA_BELOW)
    below = c * near
    terms = (horner(u, TRIGAMMA_PAIRS) * (near * near) + c * c) / (below * below)
    r = 1.0 / (x + 6.5)
    w = r * r
    value = (r + r * w * horner(w, TRIGAMMA_TAIL)) + (terms if x < 1e18 else 0.0)
    return value if x > 0.0 else NAN


def tetragamma(x: float) -> float:
    """psi_2(x); its parts are those of trigamma, and (x + k)^-3 + (x + 7 - k)^-3 has 2x + 7."""
    near = x if x < 1e17 else 1.0
    u = near * (near + 7.0)
    c = horner(u, TRIGAMMA_BELOW)
    both = 1.0 / (near * c)
    p = c * both
    q = near * both
    pairs = (2.0 * near + 7.0) * ((horner(u, TETRAGAMMA_PAIRS) * q) * (q * q))
    terms = p * p * p + pairs
    r = 1.0 / (x + 6.5)
    w = r * r
    tail = w + w * w * horner(w, TETRAGAMMA_TAIL)
    value = -tail - (2.0 * terms if x < 1e17 else 0.0)
    return value if x > 0.0 else NAN


def digamma(x: float) -> float:
    """psi(x) as the difference from psi at its zero x0: each part has the factor x - x0.

    So the relative error is small next to the zero too, with x0 to twice the working precision.
    """
    near = x if x < 1e30 else 1e30
    d = (near - DIGAMMA_ROOT_HIGH) - DIGAMMA_ROOT_LOW
    far = (x - DIGAMMA_ROOT_HIGH) - DIGAMMA_ROOT_LOW
    y = near + 6.5
    u = near * (near + 7.0)
    below = near * ((u + 6.0) * (u + 10.0)) * (u + 12.0)
    square = y * y
    reciprocal = 1.0 / (below * square)
    w = below * reciprocal
    terms = horner(near, DIGAMMA_SUM) * (square * reciprocal)
    slope = (y + 1.0 / DIGAMMA_START) * (w * DIGAMMA_START_SQUARE) * horner(w, DIGAMMA_TAIL_SLOPE)
    value = log1p(far * DIGAMMA_START) + d * (terms - slope)
    small = 0.5 - 1.0 / x if x > 1e-300 else -INFINITY
    value = value if x > 1e-30 else small
    return value if x > 0.0 else NAN


def log_gamma(x: float) -> float:
    """log Gamma(x): Stirling's series from 8 on (DLMF 5.11.1); below, x moves to 2 + t, |t| <= 1/2.

    log Gamma(2 + t)/t is a polynomial, and the moves leave one logarithm; neither part cancels the
    other next to the zeros 1 and 2 (the idea of fdlibm, e_lgamma_r.c).
    """
    s = x if x < 8.0 else 2.0
    nearest = rint(s)
    p = s * (s + 1.0) if s <= 0.5 else (s if s < 1.5 else 1.0)
    first = (s - 1.0 if nearest > 2.5 else 1.0) * (s - 2.0 if nearest > 3.5 else 1.0)
    middle = (s - 3.0 if nearest > 4.5 else 1.0) * (s - 4.0 if nearest > 5.5 else 1.0)
    last = (s - 5.0 if nearest > 6.5 else 1.0) * (s - 6.0 if nearest > 7.5 else 1.0)
    p = (p * first) * (middle * last)
    t = s if s <= 0.5 else s - nearest
    large = x >= 8.0
    logarithm = log_inside(x if large else p)
    moved = logarithm if x >= 1.5 else -logarithm
    reciprocal = 1.0 / (x if large else 8.0)
    w = reciprocal * reciprocal
    series = (
        (x - 0.5) * (logarithm - 1.0) + (HALF_LOG_2_PI - 0.5) + reciprocal * horner(w, STIRLING)
    )
    value = series if large else t * horner(t, LOG_GAMMA_NEAR_2) + moved
    return value if x > 0.0 else (INFINITY if x == 0.0 else NAN)


def gamma(x: float) -> float:
    """Gamma(x), x > 0: the polynomial of log_gamma below 8; above, Stirling's formula.

    The power there is taken as a square, so that it overflows no earlier than the result.
    """
    if x < 8.0:
        nearest = rint(x)
        p = 1.0 / (x * (x + 1.0)) if x <= 0.5 else (1.0 / x if x < 1.5 else 1.0)
        p = p * (x - 1.0 if nearest > 2.5 else 1.0)
        p = p * (x - 2.0 if nearest > 3.5 else 1.0)
        p = p * (x - 3.0 if nearest > 4.5 else 1.0)
        p = p * (x - 4.0 if nearest > 5.5 else 1.0)
        p = p * (x - 5.0 if nearest > 6.5 else 1.0)
        p = p * (x - 6.0 if nearest > 7.5 else 1.0)
        t = x if x <= 0.5 else x - nearest
        value = p * exp(t * horner(t, LOG_GAMMA_NEAR_2))
    else:
        r = 1.0 / x
        root = power(x, 0.5 * x - 0.25)
        value = root * exp(-x) * root * (SQRT_2_PI * exp(r * horner(r * r, STIRLING)))
        value = value if x < 172.0 else INFINITY
    return value if x > 0.0 else (INFINITY if x == 0.0 else NAN)


def log_gamma_remainder(z: float) -> float:
    """log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2: the series of DLMF 5.11.1 after z^0.

    Below 8, z moves up by eight: each step adds (z + k + 1/2) log(1 + 1/(z + k)) - 1.
    """
    y = z if z >= 8.0 else z + 8.0
    r = 1.0 / y
    series = r * horner(r * r, STIRLING)
    below = z if z < 8.0 else 8.0
    steps = 0.0
    for k in range(8):
        s = 1.0 / (2.0 * (below + k) + 1.0)
        square = s * s
        small = 0.5 * (s * s) * horner(square, LOGARITHM)
        large = (below + k + 0.5) * log1p(1.0 / (below + k)) - 1.0
        steps += small if s < 0.1715 else large
    value = series + (steps if z < 8.0 else 0.0)
    return value if z > 0.0 else (INFINITY if z == 0.0 else NAN)
