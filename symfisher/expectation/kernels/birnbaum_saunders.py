"""Two opposite exponentials and a whole power of 1 + e^w: Birnbaum-Saunders and sinh-normal."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb

from sympy import Add, Expr, Integer, Rational, besselk, cosh, erfc, exp, log, pi, sqrt

from symfisher.expectation.kernels import generalized_inverse_gaussian
from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.terms import ONE, ZERO, Monomial

_HALF = Rational(1, 2)
_MOST_STEPS = 12


@dataclass
class BirnbaumSaundersKernel(Kernel):
    """exp(p W - omega cosh W) (1 + e^W)^n on the line, with whole n and half of an odd p."""

    name = "Birnbaum-Saunders kernel"
    statement = "1/cosh(W/2) leaves the integral of exp(-2 omega y^2)/(1 + y^2), y = sinh(W/2)"
    p: Expr = ZERO
    omega: Expr = ZERO
    n: int = 0
    index: int = 0
    _integrals: dict[tuple[Expr, int], Expr | None] = field(default_factory=dict, init=False)

    def log_density(self) -> Expr:
        w = self.algebra.w
        return self.p * w - self.omega * cosh(w) + self.n * log(1 + exp(w))

    def log_mass(self) -> Expr:
        return log(self._integral(self.p, self.n))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if power or any(j != self.index or k or not r.is_Integer for j, k, r in atoms):
            return None
        extra = int(atoms[0][2]) if atoms else 0
        value = self._integral(self.p + rate, self.n + extra)
        mass = self._integral(self.p, self.n)
        return None if value is None or mass is None else value / mass

    def _integral(self, s: Expr, r: int) -> Expr | None:
        """Integral of exp(s W - omega cosh W) (1 + e^W)^r over the line."""
        if (s, r) not in self._integrals:
            self._integrals[s, r] = self._computed(s, r)
        return self._integrals[s, r]

    def _computed(self, s: Expr, r: int) -> Expr | None:
        steps = s - _HALF
        if not steps.is_Integer or abs(steps) > _MOST_STEPS or abs(r) > _MOST_STEPS:
            return None
        if r >= 0:
            return Add(*(2 * comb(r, k) * besselk(abs(s + k), self.omega) for k in range(r + 1)))
        if r < -1:  # by parts, from d(u/(1 + u))^q
            q = Integer(-r - 1)
            slope = self.omega / (2 * q)
            return self._combined(
                ((q - s) / q, s, r + 1), (slope, s + 1, r + 1), (-slope, s - 1, r + 1)
            )
        if steps == 0:
            return pi * exp(self.omega) * erfc(sqrt(2 * self.omega))
        if steps > 0:  # u/(1 + u) = 1 - 1/(1 + u)
            return self._combined((ONE, s - 1, 0), (-ONE, s - 1, -1))
        return self._combined((ONE, s, 0), (-ONE, s + 1, -1))

    def _combined(self, *terms: tuple[Expr, Expr, int]) -> Expr | None:
        values = [(factor, self._integral(s, r)) for factor, s, r in terms]
        if any(value is None for _, value in values):
            return None
        return Add(*(factor * value for factor, value in values))


def recognise(shape: Shape) -> Affine | None:
    """The centre of the opposite exponentials must be that of the sum."""
    if len(shape.sums) != 1:
        return None
    ((index, n),) = shape.sums.items()
    terms = shape.algebra.two_terms(index)
    if terms is None or not n.is_Integer:
        return None
    affine = generalized_inverse_gaussian.centre(shape)
    c, rate = terms
    if affine is None or shape.fingerprint.sign(c) != 1:
        return None
    if not shape.fingerprint.same(affine.slope, rate):
        return None
    return affine if shape.fingerprint.is_zero(log(c) - affine.offset) else None


def bind(shape: Shape) -> Kernel | None:
    ((index, n),) = shape.sums.items()
    omega = shape.fingerprint.shorten(-2 * shape.exponentials[ONE])
    kernel = BirnbaumSaundersKernel(
        shape.algebra, p=shape.linear, omega=omega, n=int(n), index=index
    )
    return None if kernel._integral(shape.linear, int(n)) is None else kernel
