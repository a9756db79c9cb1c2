"""p w + two opposite exponentials on the line: (generalised, reciprocal) inverse Gaussian."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Rational, besselk, cosh, exp, expint, log

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.terms import ONE, ZERO, Monomial

HALF = Rational(1, 2)
_HIGHEST = 5  # order


@dataclass
class GeneralizedInverseGaussianKernel(Kernel):
    """exp(p W - omega cosh W) on the line."""

    name = "generalised inverse Gaussian kernel"
    statement = "E[e^(sW)] = K_(p+s)(omega)/K_p(omega)"
    p: Expr = ZERO
    omega: Expr = ZERO

    def log_density(self) -> Expr:
        return self.p * self.algebra.w - self.omega * cosh(self.algebra.w)

    def log_mass(self) -> Expr:
        return log(2 * besselk(self.p, self.omega))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if atoms or power > 1:
            return None
        order = self.algebra.fingerprint.shorten(self.p + rate)
        if power:
            return half_integer_slope(order, self.p, self.omega)
        return besselk(order, self.omega) / besselk(self.p, self.omega)


def half_integer_slope(order: Expr, p: Expr, z: Expr) -> Expr | None:
    """dK_v(z)/dv at v = order, over K_p(z), for half-integers: DLMF 10.38.7 and, for the others,
    the recurrence 10.29.1."""
    if not all(2 * v % 2 == 1 and abs(v) <= _HIGHEST for v in (order, p)):
        return None
    _, slope = _of_half_integer(abs(order), z)
    value, _ = _of_half_integer(abs(p), z)
    return (slope if order > 0 else -slope) / value  # K is even in its order


def _of_half_integer(order: Expr, z: Expr) -> tuple[Expr, Expr]:
    """K_v(z) and its derivative by v, both over K_(1/2)(z)."""
    at_half = exp(2 * z) * expint(1, 2 * z)
    below, here = (Integer(1), -at_half), (Integer(1), at_half)
    for k in range(1, int(order + HALF)):
        v = k - HALF  # K_(v+1) = K_(v-1) + (2 v/z) K_v
        above = below[0] + 2 * v * here[0] / z
        below, here = here, (above, below[1] + 2 * here[0] / z + 2 * v * here[1] / z)
    return here


def recognise(shape: Shape) -> Affine | None:
    return None if shape.sums else centre(shape)


def centre(shape: Shape) -> Affine | None:
    """The coordinate in which two opposite exponentials have one coefficient."""
    if shape.quadratic != 0 or len(shape.exponentials) != 2 or not shape.on_the_line:
        return None
    (a, left), (b, right) = shape.exponentials.items()
    sign = shape.fingerprint.sign
    if not shape.fingerprint.is_zero(a + b) or sign(left) != -1 or sign(right) != -1:
        return None
    if sign(a) == -1:
        a, left, right = b, right, left
    # left e^(aw) + right e^(-aw) = -omega cosh(aw + offset), with e^(2 offset) = left/right
    return Affine(a, log(left / right) / 2)


def bind(shape: Shape) -> Kernel:
    omega = shape.fingerprint.shorten(-2 * shape.exponentials[ONE])
    return GeneralizedInverseGaussianKernel(shape.algebra, p=shape.linear, omega=omega)
