"""One log of a quadratic without real roots: Student t, Cauchy, Pearson VII."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Rational, log, loggamma, pi, sqrt

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.beta import beta_moment
from symfisher.expectation.kernels.hypergeometric import mean_logarithm
from symfisher.expectation.terms import UNIT, ZERO, Element, Monomial

HALF = Rational(1, 2)


@dataclass
class StudentKernel(Kernel):
    """(1 + W^2)^(-q - 1/2) on the line: v = W^2/(1 + W^2) ~ Beta(1/2, q)."""

    name = "Student kernel"
    statement = "odd powers of W vanish, and W^2/(1 + W^2) has the law Beta(1/2, q)"
    q: Expr = ZERO
    index: int = 0

    def log_density(self) -> Expr:
        return -(self.q + HALF) * log(1 + self.algebra.w**2)

    def log_mass(self) -> Expr:
        return log(pi) / 2 + loggamma(self.q) - loggamma(self.q + HALF)

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if rate == 0 and power == 0 and len(atoms) == 1 and atoms[0][0] != self.index:
            return self._other_logarithm(*atoms[0])
        if rate != 0 or any(index != self.index for index, _, _ in atoms):
            return None
        if power % 2:
            return Integer(0)
        n, r = (atoms[0][1], atoms[0][2]) if atoms else (0, ZERO)
        half = Integer(power // 2)  # W^2 = v/b and 1 + W^2 = 1/b
        value = beta_moment(HALF, self.q, 0, n, half, -half - r, self.algebra.fingerprint)
        return None if value is None else (-1) ** n * value

    def _other_logarithm(self, index: int, n: int, r: Expr) -> Expr | None:
        """E[log((W - m)^2 + t^2)] = log(m^2 + (1 + t)^2) for Cauchy: Poisson's integral formula.

        For m = 0 it is log t^2 + E[log(1 - z v)] - E[log(1 - v)] with z = 1 - 1/t^2.
        """
        quadratic = monic_quadratic(self.algebra.atoms[index].definition)
        if quadratic is None or (n, r) != (1, 0):
            return None
        b, c = quadratic
        fingerprint = self.algebra.fingerprint
        squared = fingerprint.shorten((c - b**2 / 4).expand())
        if fingerprint.sign(squared) != 1:
            return None
        if self.q == HALF:
            return log(b**2 / 4 + (1 + sqrt(squared)) ** 2)
        if not fingerprint.is_zero(b):
            return None
        own = beta_moment(HALF, self.q, 0, 1, ZERO, ZERO, fingerprint)
        assert own is not None  # E[log(1 - v)]
        z = fingerprint.shorten(1 - 1 / squared)
        return log(squared) + mean_logarithm(HALF, self.q, z) - own


def recognise(shape: Shape) -> Affine | None:
    if shape.linear != 0 or shape.quadratic != 0 or shape.exponentials or not shape.on_the_line:
        return None
    if len(shape.sums) != 1:
        return None
    ((index, _),) = shape.sums.items()
    quadratic = monic_quadratic(shape.algebra.atoms[index].definition)
    if quadratic is None:
        return None
    b, c = quadratic
    squared_scale = c - b**2 / 4
    if shape.fingerprint.sign(squared_scale) != 1:
        return None
    scale = sqrt(shape.fingerprint.shorten(squared_scale.expand()))
    return Affine(1 / scale, b / (2 * scale))


def monic_quadratic(definition: Element) -> tuple[Expr, Expr] | None:
    """(b, c) where the sum is w^2 + b w + c."""
    square: Monomial = (2, ZERO, ())
    line: Monomial = (1, ZERO, ())
    if definition.get(square) != 1 or any(m not in (square, line, UNIT) for m in definition):
        return None
    return definition.get(line, ZERO), definition.get(UNIT, ZERO)


def bind(shape: Shape) -> Kernel:
    ((index, coefficient),) = shape.sums.items()
    return StudentKernel(
        shape.algebra, q=shape.fingerprint.shorten(-coefficient - HALF), index=index
    )
