"""Quadratic in w on the line: normal, log-normal, Johnson, logit-normal and kin."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, binomial, exp, factorial2, log, pi, sqrt

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.terms import Monomial


@dataclass
class NormalKernel(Kernel):
    """exp(-W^2/2) on the line."""

    name = "normal kernel"
    statement = "W is standard normal, so E[W^(2n)] = (2n - 1)!! and E[e^(sW)] = e^(s^2/2)"

    def log_density(self) -> Expr:
        return -(self.algebra.w**2) / 2

    def log_mass(self) -> Expr:
        return log(2 * pi) / 2

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if atoms:
            return None
        shifted = [
            binomial(power, k) * rate ** (power - k) * factorial2(k - 1)
            for k in range(0, power + 1, 2)
        ]
        return exp(rate**2 / 2) * Add(*shifted)


def recognise(shape: Shape) -> Affine | None:
    return standardise(shape) if shape.on_the_line else None


def standardise(shape: Shape) -> Affine | None:
    """Mean and scale of a density that is quadratic in w."""
    if shape.sums or shape.exponentials or shape.fingerprint.sign(shape.quadratic) != -1:
        return None
    scale = 1 / sqrt(-2 * shape.quadratic)
    mean = -shape.linear / (2 * shape.quadratic)
    return Affine(1 / scale, -mean / scale)


def bind(shape: Shape) -> Kernel:
    return NormalKernel(shape.algebra)
