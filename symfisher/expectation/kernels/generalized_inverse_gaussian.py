"""p w + two opposite exponentials on the line: (generalised, reciprocal) inverse Gaussian."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, besselk, cosh, log

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.terms import ONE, ZERO, Monomial


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
        if atoms or power:
            return None
        order = self.algebra.fingerprint.shorten(self.p + rate)
        return besselk(order, self.omega) / besselk(self.p, self.omega)


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
