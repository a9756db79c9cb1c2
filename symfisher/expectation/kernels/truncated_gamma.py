"""p w + c e^(aw) beyond one end: Gompertz, left-truncated exponential and Weibull."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import EulerGamma, Expr, Integer, exp, expint, hyper, log, oo, pi, uppergamma

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.terms import ZERO, Monomial


@dataclass
class TruncatedGammaKernel(Kernel):
    """exp(p W - e^W) for W > log c: e^W has a gamma law truncated below at c."""

    name = "truncated gamma kernel"
    statement = "e^W has a gamma law above c: integrate by parts down to E_1(c)"
    p: Expr = ZERO
    c: Expr = ZERO

    def log_density(self) -> Expr:
        return self.p * self.algebra.w - exp(self.algebra.w)

    def log_mass(self) -> Expr:
        return -self.c if self.p == 1 else log(uppergamma(self.p, self.c))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if atoms:
            return None
        s = self.algebra.fingerprint.shorten(self.p + rate)
        value = _integral(s, power, self.c)
        if value is None or self.p == 1:
            return value
        return value / (uppergamma(self.p, self.c) * exp(self.c))


def _integral(s: Expr, m: int, c: Expr) -> Expr | None:
    """Integral of u^(s-1) (log u)^m e^(c-u) over (c, oo)."""
    if not s.is_Integer or s < 0:
        return uppergamma(s, c) * exp(c) if m == 0 else None
    if s == 0:
        value = _over_u(m, c)
        return None if value is None else exp(c) * value
    total = c ** (s - 1) * log(c) ** m
    for factor, power in ((s - 1, m), (Integer(m), m - 1)):
        if factor == 0:
            continue
        lower = _integral(s - 1, power, c)
        if lower is None:
            return None
        total += factor * lower
    return total


def _over_u(m: int, c: Expr) -> Expr | None:
    """Integral of (log u)^m e^(-u)/u over (c, oo).

    For m = 1 it is the derivative of Gamma(s, c) at s = 0, read off
    Gamma(s, c) = Gamma(s) - sum_n (-1)^n c^(s+n) / (n! (s+n)).
    """
    if m == 0:
        return expint(1, c)
    if m == 1:
        series = c * hyper([1, 1, 1], [2, 2, 2], -c)
        constant = EulerGamma**2 / 2 + pi**2 / 12
        return constant + log(c) ** 2 / 2 + log(c) * (expint(1, c) + EulerGamma) - series
    return None


def recognise(shape: Shape) -> Affine | None:
    if shape.sums or shape.quadratic != 0 or len(shape.exponentials) != 1:
        return None
    ((rate, coefficient),) = shape.exponentials.items()
    if shape.fingerprint.sign(coefficient) != -1:
        return None
    growing = shape.fingerprint.sign(rate)
    beyond = (
        (shape.lower != -oo and shape.upper == oo)
        if growing == 1
        else (shape.lower == -oo and shape.upper != oo)
    )
    return Affine(rate, log(-coefficient)) if beyond and growing else None


def bind(shape: Shape) -> Kernel:
    c = shape.fingerprint.shorten(exp(shape.lower))
    return TruncatedGammaKernel(shape.algebra, p=shape.linear, c=c)
