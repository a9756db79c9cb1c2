"""Two logs of quadratics without real roots: products of powers of Cauchy and Student laws.

A Moebius map of the line takes one Cauchy law into another, so that the integral of Q1^(-a) Q2^(-b)
depends on one invariant of two quadratics where a + b = 1 (McCullagh 1996; Nielsen and Okamura
2023, "On f-divergences between Cauchy distributions").  Two quadratics of one centre are sums in
the square of the distance from it, and Euler's integral.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Rational, log, loggamma, pi, sqrt

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.hypergeometric import gauss
from symfisher.expectation.kernels.student import monic_quadratic
from symfisher.expectation.terms import ZERO, Monomial

HALF = Rational(1, 2)


@dataclass
class TwoQuadratics(Kernel):
    """((W - m)^2 + s^2)^(-a) ((W - n)^2 + t^2)^(-b) on the line: its mass."""

    name = "two quadratics"
    statement = "2F1 in the invariant of two quadratics under Moebius maps, or in their ratio"
    first: tuple[Expr, Expr, Expr] = (ZERO, ZERO, ZERO)  # centre m, scale s and power a
    second: tuple[Expr, Expr, Expr] = (ZERO, ZERO, ZERO)

    def log_density(self) -> Expr:
        w = self.algebra.w
        return -sum((a * log((w - m) ** 2 + s**2) for m, s, a in (self.first, self.second)), ZERO)

    def log_mass(self) -> Expr:
        (m, s, a), (n, t, b) = self.first, self.second
        shorten = self.algebra.fingerprint.shorten
        total = shorten(a + b)
        if total == 1:
            apart = -((m - n) ** 2 + (s - t) ** 2) / (4 * s * t)
            return log(pi) - a * log(s) - b * log(t) + log(gauss(a, b, Integer(1), apart))
        beta = log(pi) / 2 + loggamma(shorten(total - HALF)) - loggamma(total)
        series = gauss(b, HALF, total, shorten(1 - s**2 / t**2))
        return beta + (1 - 2 * a) * log(s) - 2 * b * log(t) + log(series)

    def _expect(self, monomial: Monomial) -> Expr | None:
        return None


def recognise(shape: Shape) -> Affine | None:
    """The line as it is: the kernel has no better coordinate."""
    return None if _quadratics(shape) is None else Affine(Integer(1), ZERO)


def bind(shape: Shape) -> Kernel | None:
    found = _quadratics(shape)
    assert found is not None  # it was recognised
    return TwoQuadratics(shape.algebra, *found)


_Quadratic = tuple[Expr, Expr, Expr]


def _quadratics(shape: Shape) -> tuple[_Quadratic, _Quadratic] | None:
    if shape.linear != 0 or shape.quadratic != 0 or shape.exponentials or not shape.on_the_line:
        return None
    if len(shape.sums) != 2:
        return None
    first, second = (_quadratic(shape, index) for index in sorted(shape.sums))
    if first is None or second is None:
        return None
    total = shape.fingerprint.shorten(first[2] + second[2])
    concentric = shape.fingerprint.is_zero(first[0] - second[0])
    return (first, second) if concentric or total == 1 else None


def _quadratic(shape: Shape, index: int) -> _Quadratic | None:
    """Centre, scale and power of a quadratic without real roots."""
    found = monic_quadratic(shape.algebra.atoms[index].definition)
    if found is None:
        return None
    shorten = shape.fingerprint.shorten
    b, c = found
    squared = shorten((c - b**2 / 4).expand())
    if shape.fingerprint.sign(squared) != 1:
        return None
    return shorten(-b / 2), sqrt(squared), shorten(-shape.sums[index])
