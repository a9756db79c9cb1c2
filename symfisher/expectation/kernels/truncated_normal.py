"""Quadratic in w beyond one end or between two: half-normal and truncated normal."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, Integer, erf, erfc, exp, log, oo, pi, sqrt

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.normal import standardise
from symfisher.expectation.terms import Monomial


@dataclass
class TruncatedNormalKernel(Kernel):
    """exp(-W^2/2) on an interval with at least one finite end."""

    name = "truncated normal kernel"
    statement = "W is standard normal on an interval: integrate by parts down to its mass"
    lower: Expr = -oo
    upper: Expr = oo
    _moments: dict[int, Expr] = field(default_factory=dict)

    def log_density(self) -> Expr:
        return -(self.algebra.w**2) / 2

    def log_mass(self) -> Expr:
        return log(self._mass())

    def _mass(self) -> Expr:
        """Integral of exp(-W^2/2)."""
        a, b = self.lower / sqrt(2), self.upper / sqrt(2)
        if self.upper == oo:
            return sqrt(pi / 2) * erfc(a)
        if self.lower == -oo:
            return sqrt(pi / 2) * erfc(-b)
        return sqrt(pi / 2) * (erf(b) - erf(a))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        return None if atoms or rate != 0 else self._moment(power)

    def _moment(self, n: int) -> Expr:
        """E[W^n] = (n - 1) E[W^(n-2)] + (a^(n-1) e^(-a^2/2) - b^(n-1) e^(-b^2/2)) / mass."""
        if n == 0:
            return Integer(1)
        if n not in self._moments:
            before = (n - 1) * self._moment(n - 2) if n > 1 else Integer(0)
            edges = self._edge(self.lower, n) - self._edge(self.upper, n)
            self._moments[n] = before + edges / self._mass()
        return self._moments[n]

    def _edge(self, end: Expr, n: int) -> Expr:
        return Integer(0) if end in (oo, -oo) else end ** (n - 1) * exp(-(end**2) / 2)


def recognise(shape: Shape) -> Affine | None:
    return None if shape.on_the_line else standardise(shape)


def bind(shape: Shape) -> Kernel:
    return TruncatedNormalKernel(shape.algebra, lower=shape.lower, upper=shape.upper)
