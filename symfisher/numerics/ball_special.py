"""Functions of mathematical physics on balls; those that Arb lacks go through mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import mpmath
from flint import acb, acb_series, arb
from mpmath.libmp import from_man_exp

from symfisher.numerics import ball_bessel, multiple
from symfisher.numerics.ball import each, from_exact, log_abs
from symfisher.numerics.far_out import repeated_far_out
from symfisher.numerics.unit_argument import sum_at_one

Ball = Any


def _unary(name: str) -> Callable[[Ball], Ball]:
    method = getattr(arb, name)

    def operation(x: Ball) -> Ball:
        return each(method, x)

    return operation


sin, cos, tan, cot, sec, csc = map(_unary, ["sin", "cos", "tan", "cot", "sec", "csc"])
sinc, asin, acos, atan = map(_unary, ["sinc", "asin", "acos", "atan"])
sinh, cosh, tanh, coth, sech, csch = map(_unary, ["sinh", "cosh", "tanh", "coth", "sech", "csch"])
asinh, acosh, atanh = map(_unary, ["asinh", "acosh", "atanh"])
gamma, log_gamma = map(_unary, ["gamma", "lgamma"])
erf, erfc, erfi, erfinv, erfcinv = map(_unary, ["erf", "erfc", "erfi", "erfinv", "erfcinv"])
ei, li, si, ci, shi, chi = map(_unary, ["ei", "li", "si", "ci", "shi", "chi"])
fresnel_s, fresnel_c = map(_unary, ["fresnel_s", "fresnel_c"])


def acot(x: Ball) -> Ball:
    return atan(1 / x)


def acoth(x: Ball) -> Ball:
    return atanh(1 / x)


def atan2(y: Ball, x: Ball) -> Ball:
    return each(arb.atan2, y, x)


def log_cosh(x: Ball) -> Ball:
    return each(lambda v: v.cosh().log(), x)


def log_sinh(x: Ball) -> Ball:
    return log_abs(sinh(x))


def log_abs_gamma(x: Ball) -> Ball:
    """log |gamma(x)|, of negative x too."""
    return each(lambda v: v.lgamma() if v > 0 else abs(v.gamma()).log(), x)


def gamma_sign(x: Ball) -> Ball:
    return each(
        lambda v: arb(1 if v.mid() > 0 or int(v.mid().floor().unique_fmpz()) % 2 == 0 else -1), x
    )


def polygamma(n: Ball, x: Ball) -> Ball:
    order = int(n.unique_fmpz())
    if order == 0:
        return each(arb.digamma, x)
    factor = arb(order).fac() if order > 1 else arb(1)
    return each(lambda v: (-1) ** (order + 1) * factor * _real(acb(order + 1).zeta(acb(v))), x)


def _real(value: Any) -> Any:
    """The real part of a number that should be real; nan otherwise."""
    return value.real if value.imag.contains(0) else arb.nan()


def log_beta(a: Ball, b: Ball) -> Ball:
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def beta(a: Ball, b: Ball) -> Ball:
    return gamma(a) * gamma(b) * each(arb.rgamma, a + b)


def bessel_j(p: Ball, z: Ball) -> Ball:
    return each(lambda n, x: x.bessel_j(n), p, z)


def bessel_y(p: Ball, z: Ball) -> Ball:
    return each(lambda n, x: x.bessel_y(n), p, z)


def bessel_i(p: Ball, z: Ball) -> Ball:
    return each(lambda n, x: x.bessel_i(n), p, z)


def bessel_k(p: Ball, z: Ball) -> Ball:
    return each(ball_bessel.bessel_k, p, z)


def log_bessel_i(p: Ball, z: Ball) -> Ball:
    return log_abs(bessel_i(p, z))


def log_bessel_k(p: Ball, z: Ball) -> Ball:
    return log_abs(bessel_k(p, z))


def log_erfc(x: Ball) -> Ball:
    return log_abs(erfc(x))


def upper_gamma(s: Ball, x: Ball) -> Ball:
    return each(lambda a, v: v.gamma_upper(a), s, x)


def lower_gamma(s: Ball, x: Ball) -> Ball:
    return each(lambda a, v: v.gamma_lower(a), s, x)


def log_upper_gamma(s: Ball, x: Ball) -> Ball:
    return log_abs(upper_gamma(s, x))


def log_lower_gamma(s: Ball, x: Ball) -> Ball:
    return log_abs(lower_gamma(s, x))


def expint(n: Ball, x: Ball) -> Ball:
    return each(lambda a, v: v.expint(a), n, x)


def zeta(s: Ball, a: Ball) -> Ball:
    return each(lambda t, v: _real(acb(t).zeta(acb(v))), s, a)


def polylog(s: Ball, z: Ball) -> Ball:
    return each(lambda t, v: _real(acb(v).polylog(acb(t))), s, z)


def lerch(z: Ball, s: Ball, a: Ball) -> Ball:
    return each(lambda x, t, v: _real(acb(x).lerch_phi(acb(t), acb(v))), z, s, a)


def lambert_w(x: Ball, k: Ball = None) -> Ball:
    branch = 0 if k is None else int(k.unique_fmpz())
    return each(lambda v: v.lambertw(branch), x)


def binomial(n: Ball, k: Ball) -> Ball:
    reciprocal = each(arb.rgamma, k + 1) * each(arb.rgamma, n - k + 1)
    return gamma(n + 1) * reciprocal


def factorial(n: Ball) -> Ball:
    return gamma(n + 1)


def rising_factorial(x: Ball, n: Ball) -> Ball:
    return gamma(x + n) * each(arb.rgamma, x)


def falling_factorial(x: Ball, n: Ball) -> Ball:
    return gamma(x + 1) * each(arb.rgamma, x - n + 1)


def harmonic(n: Ball, m: Ball = None) -> Ball:
    if m is None:
        return each(arb.digamma, n + 1) + arb.const_euler()
    return _through_mpmath("harmonic", n, m)


def hyper(p: int, q: int, z: Ball, *parameters: Ball) -> Ball:
    """pFq by Arb, and where its ball is too wide by mpmath."""

    def one(*numbers: Any) -> Any:
        upper, lower = list(numbers[1 : 1 + p]), list(numbers[1 + p :])
        if p == q + 1 and numbers[0] == 1:
            return sum_at_one(upper, lower)
        far = repeated_far_out(upper, lower, numbers[0])
        if far is not None:
            return far
        value = _real(acb(numbers[0]).hypgeom(list(map(acb, upper)), list(map(acb, lower))))
        if value.is_finite() and value.rel_accuracy_bits() > flint.ctx.prec / 2:
            return value
        return _by_mpmath("hyper", arb(p), arb(q), *numbers)

    return each(one, z, *parameters)


def zeta_derivative(m: Ball, s: Ball) -> Ball:
    return hurwitz_derivative(m, s, arb(1))


def hurwitz_derivative(m: Ball, s: Ball, a: Ball) -> Ball:
    """d^m/ds^m zeta(s, a): a coefficient of its power series at s."""

    def one(times: Any, at: Any, shift: Any) -> Any:
        order = int(times.unique_fmpz())
        series = acb_series([acb(at), acb(1)], order + 1).zeta(acb(shift))
        return _real(series[order]) * arb(order).fac()

    return each(one, m, s, a)


def bessel_k_order(m: Ball, p: Ball, z: Ball) -> Ball:
    return each(lambda *n: _order_derivative(acb.bessel_k, *n), m, p, z)


def bessel_i_order(m: Ball, p: Ball, z: Ball) -> Ball:
    return each(lambda *n: _order_derivative(acb.bessel_i, *n), m, p, z)


def _order_derivative(function: Callable[[Any, Any], Any], m: Any, p: Any, z: Any) -> Any:
    """d^m/dp^m of a function entire in p: Cauchy's formula, by the trapezoidal rule on a circle.

    The rule's error falls faster than geometrically; the last bits are taken as uncertain.
    """
    order, bits = int(m.unique_fmpz()), flint.ctx.prec
    if not (p.is_finite() and z.is_finite()):
        return arb.nan()
    nodes = 24 + bits // 2
    flint.ctx.prec = bits + 32
    try:
        total = arb(0)
        for k in range(nodes):
            turn = (acb(2 * k + 1) / nodes).exp_pi_i()
            total += (function(acb(z), acb(p) + turn) * turn ** (-order)).real
        value = total * arb(order).gamma() * max(order, 1) / nodes if order else total / nodes
    finally:
        flint.ctx.prec = bits
    return value + arb(0, abs(value.mid()) * arb(2) ** (8 - bits))


def _through_mpmath(name: str, *arguments: Ball) -> Ball:
    return each(lambda *numbers: _by_mpmath(name, *numbers), *arguments)


def _by_mpmath(name: str, *numbers: Any) -> Any:
    """A function of mpmath at the working precision; its last bits are taken as uncertain."""
    if not all(n.is_finite() for n in numbers):
        return arb.nan()
    with mpmath.workprec(flint.ctx.prec + 10):
        try:
            value = getattr(multiple, name)(*map(to_mpmath, numbers))
        except mpmath.libmp.NoConvergence:  # a hypergeometric function far out
            return arb.nan()
        if mpmath.im(value) != 0 or not mpmath.isfinite(value):
            return arb.nan()
        return from_mpmath(mpmath.re(value), flint.ctx.prec - 8)


def to_mpmath(value: Any) -> Any:
    """The midpoint of a ball as an mpmath number."""
    if not value.is_finite():
        return mpmath.nan if value.is_nan() else mpmath.inf * (1 if value > 0 else -1)
    mantissa, exponent = value.mid().man_exp()
    return mpmath.mp.make_mpf(from_man_exp(int(mantissa), int(exponent)))


def from_mpmath(value: Any, bits: int) -> Any:
    """An mpmath number as a ball whose relative radius is 2**-bits."""
    middle = from_exact(value)
    return middle + arb(0, abs(middle) * arb(2) ** (-bits))
