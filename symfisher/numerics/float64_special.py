"""Functions of mathematical physics for float64 scalars and arrays, and their stable logarithms."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

Array = Any

sin, cos, tan = np.sin, np.cos, np.tan
asin, acos, atan, atan2 = np.arcsin, np.arccos, np.arctan, np.arctan2
sinh, cosh, tanh = np.sinh, np.cosh, np.tanh
asinh, acosh, atanh = np.arcsinh, np.arccosh, np.arctanh
gamma, log_gamma, gamma_sign = special.gamma, special.gammaln, special.gammasgn
log_abs_gamma = special.gammaln  # which is log |gamma(x)| of negative x
erf, erfc, erfi, erfinv, erfcinv = (
    special.erf,
    special.erfc,
    special.erfi,
    special.erfinv,
    special.erfcinv,
)
bessel_j, bessel_y = special.jv, special.yv
beta, log_beta = special.beta, special.betaln
ei = special.expi


def cot(x: Array) -> Array:
    return 1.0 / np.tan(x)


def sec(x: Array) -> Array:
    return 1.0 / np.cos(x)


def csc(x: Array) -> Array:
    return 1.0 / np.sin(x)


def sinc(x: Array) -> Array:
    return np.sinc(x / np.pi)


def acot(x: Array) -> Array:
    return np.arctan(1.0 / x)


def coth(x: Array) -> Array:
    return 1.0 / np.tanh(x)


def sech(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return 2.0 * e / (1.0 + e * e)


def csch(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.sign(x) * 2.0 * e / -np.expm1(-2.0 * np.abs(x))


def acoth(x: Array) -> Array:
    return np.arctanh(1.0 / x)


def log_cosh(x: Array) -> Array:
    """Even in x and close to x^2/2 near zero."""
    a = np.abs(x)
    return np.where(
        a < 0.3, np.log1p(2.0 * np.sinh(a / 2.0) ** 2), a + np.log1p(np.exp(-2.0 * a)) - np.log(2.0)
    )[()]


def log_sinh(x: Array) -> Array:
    """log |sinh x|."""
    a = np.abs(x)
    return a + np.log(-np.expm1(-2.0 * a)) - np.log(2.0)


def polygamma(n: Array, x: Array) -> Array:
    """psi_n(x); by the zeta function for n > 0, and by recurrence for small x."""
    order = int(n)
    if order == 0:
        return special.psi(x)
    sign = -1.0 if order % 2 == 0 else 1.0
    return sign * special.gamma(order + 1.0) * special.zeta(order + 1.0, x)


def bessel_i(p: Array, z: Array) -> Array:
    return special.iv(p, z)


def bessel_k(p: Array, z: Array) -> Array:
    return special.kv(p, z)


def log_bessel_i(p: Array, z: Array) -> Array:
    return np.log(special.ive(p, z)) + np.abs(z)


def log_bessel_k(p: Array, z: Array) -> Array:
    """log K_p(z); where K overflows, by its ascending series, whose second part is negligible."""
    direct = np.log(special.kve(p, z)) - z
    if np.all(np.isfinite(direct)):
        return direct
    order, square = np.abs(p), np.asarray(z) ** 2 / 4.0
    total = term = np.ones(np.broadcast(order, square).shape)
    for k in range(1, 40):
        term = np.where(k < order, term * square / (k * (k - order)), 0.0)
        total = total + term
    leading = special.gammaln(order) + (order - 1.0) * np.log(2.0) - order * np.log(z)
    series = np.where(square < order, leading + np.log(total), np.nan)
    missing = np.isnan(series) & ~np.isfinite(direct) & np.isfinite(z) & (z > 0)
    if np.any(missing):
        series = np.where(missing, _vector("log_bessel_k", p, z), series)
    return np.where(np.isfinite(direct), direct, series)[()]


def log_erfc(x: Array) -> Array:
    return special.log_ndtr(-x * np.sqrt(2.0)) + np.log(2.0)


def upper_gamma(s: Array, x: Array) -> Array:
    """The upper incomplete gamma function; s <= 0 by recurrence on s."""
    s_, x_ = np.broadcast_arrays(np.asarray(s, float), np.asarray(x, float))
    if np.all(s_ > 0):
        return (special.gammaincc(s_, x_) * special.gamma(s_))[()]
    return _vector("upper_gamma", s_, x_)


def lower_gamma(s: Array, x: Array) -> Array:
    return special.gammainc(s, x) * special.gamma(s)


def log_upper_gamma(s: Array, x: Array) -> Array:
    if np.all(np.asarray(s) > 0):
        direct = np.log(special.gammaincc(s, x)) + special.gammaln(s)
        if np.all(np.isfinite(direct)):
            return direct
    return _vector("log_upper_gamma", s, x)


def log_lower_gamma(s: Array, x: Array) -> Array:
    """log of the lower incomplete gamma function; at small x by its leading term."""
    direct = np.log(special.gammainc(s, x)) + special.gammaln(s)
    leading = s * np.log(x) - np.log(s)
    return np.where(np.isfinite(direct), direct, leading)[()]


def expint(n: Array, x: Array) -> Array:
    """The generalised exponential integral E_n(x)."""
    if np.ndim(n) == 0 and n == int(n) and n >= 0:
        return special.exp1(x) if n == 1 else special.expn(int(n), x)
    return _vector("expint", n, x)


def li(x: Array) -> Array:
    return special.expi(np.log(x))


def si(x: Array) -> Array:
    return special.sici(x)[0]


def ci(x: Array) -> Array:
    return special.sici(x)[1]


def shi(x: Array) -> Array:
    return special.shichi(x)[0]


def chi(x: Array) -> Array:
    return special.shichi(x)[1]


def fresnel_s(x: Array) -> Array:
    return special.fresnel(x)[0]


def fresnel_c(x: Array) -> Array:
    return special.fresnel(x)[1]


def zeta(s: Array, a: Array) -> Array:
    if np.all(np.asarray(s) > 1):
        return special.zeta(s, a)
    return _vector("zeta", s, a)


def lambert_w(x: Array, k: Array = 0) -> Array:
    return special.lambertw(x, int(k)).real


def binomial(n: Array, k: Array) -> Array:
    return 1.0 / ((n + 1.0) * special.beta(n - k + 1.0, k + 1.0))


def factorial(n: Array) -> Array:
    return special.gamma(n + 1.0)


def rising_factorial(x: Array, n: Array) -> Array:
    return special.poch(x, n)


def falling_factorial(x: Array, n: Array) -> Array:
    return special.poch(x - n + 1.0, n)


def harmonic(n: Array, m: Array = 1) -> Array:
    if np.all(np.asarray(m) == 1):
        return special.psi(n + 1.0) + np.euler_gamma
    return _vector("harmonic", n, m)


def hyper(p: int, q: int, z: Array, *parameters: Array) -> Array:
    if (p, q) == (1, 1):
        return special.hyp1f1(*parameters, z)
    if (p, q) == (2, 1) and np.all(np.abs(z) < 0.9):
        return special.hyp2f1(*parameters, z)
    return _vector("hyper", p, q, z, *parameters)


def polylog(s: Array, z: Array) -> Array:
    if np.ndim(s) == 0 and s == 2:
        return special.spence(1.0 - z)
    return _vector("polylog", s, z)


def lerch(z: Array, s: Array, a: Array) -> Array:
    return _vector("lerch", z, s, a)


def zeta_derivative(m: Array, s: Array) -> Array:
    return _vector("zeta_derivative", m, s)


def hurwitz_derivative(m: Array, s: Array, a: Array) -> Array:
    return _vector("hurwitz_derivative", m, s, a)


def bessel_k_order(m: Array, p: Array, z: Array) -> Array:
    return _vector("bessel_k_order", m, p, z)


def bessel_i_order(m: Array, p: Array, z: Array) -> Array:
    return _vector("bessel_i_order", m, p, z)


def _vector(name: str, *arguments: Array) -> Array:
    """An operation that neither NumPy nor SciPy has, number by number at 20 digits, remembered."""
    arrays = np.broadcast_arrays(*(np.asarray(a, float) for a in arguments))
    flat = zip(*(a.ravel().tolist() for a in arrays))
    values = np.array([_precise(name, numbers) for numbers in flat])
    return values.reshape(arrays[0].shape)[()]


@lru_cache(maxsize=20_000)
def _precise(name: str, numbers: tuple[float, ...]) -> float:
    from flint import arb

    from symfisher.numerics import ball, ball_special

    if not np.all(np.isfinite(numbers)):
        return float("nan")
    with ball.precision(100):
        arguments = [arb(n) for n in numbers]
        counts = [int(n) for n in numbers[:2]] if name == "hyper" else []
        value = getattr(ball_special, name)(*counts, *arguments[len(counts) :])
        return float(value.mid()) if value.is_finite() else float("nan")
