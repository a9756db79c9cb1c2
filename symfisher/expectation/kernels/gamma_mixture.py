"""p w + c e^(aw) with a whole power of 1 + d e^(aw): Lindley and kin, mixtures of gamma laws."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb

from sympy import Add, Expr, Integer, exp, log, oo

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.incomplete_gamma import IncompleteGamma, gamma_derivative
from symfisher.expectation.terms import ONE, ZERO, Monomial

_MOST_STEPS = 12


@dataclass
class GammaMixtureKernel(Kernel):
    """exp(p W - b e^W) (1 + e^W)^n on the line, with a whole n."""

    name = "gamma mixture kernel"
    statement = "whole powers of 1 + u are expanded; 1/(1 + u) leaves incomplete gamma functions"
    p: Expr = ZERO
    b: Expr = ZERO
    n: int = 0
    index: int = 0
    _integrals: dict[tuple[Expr, int, int], Expr | None] = field(default_factory=dict, init=False)

    def log_density(self) -> Expr:
        w = self.algebra.w
        return self.p * w - self.b * exp(w) + self.n * log(1 + exp(w))

    def log_mass(self) -> Expr:
        return log(self._integral(self.p, 0, self.n))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if any(j != self.index or k or not r.is_Integer for j, k, r in atoms):
            return None
        extra = int(atoms[0][2]) if atoms else 0
        at = self.algebra.fingerprint.shorten(self.p + rate)
        value = self._integral(at, power, self.n + extra)
        mass = self._integral(self.p, 0, self.n)
        return None if value is None or mass is None else value / mass

    def _integral(self, s: Expr, m: int, r: int) -> Expr | None:
        """Integral of u^(s-1) (log u)^m (1 + u)^r e^(-bu) over (0, oo)."""
        if self.algebra.fingerprint.sign(s) != 1:
            return None
        if (s, m, r) not in self._integrals:
            self._integrals[s, m, r] = self._computed(s, m, r)
        return self._integrals[s, m, r]

    def _computed(self, s: Expr, m: int, r: int) -> Expr | None:
        if abs(r) > _MOST_STEPS:
            return None
        if r >= 0:
            return Add(*(comb(r, k) * self._plain(s + k, m) for k in range(r + 1)))
        if r < -1:  # by parts, from d(u/(1 + u))^q
            q = -r - 1
            return self._combined(
                ((q - s) / q, s, m, r + 1), (Integer(-m) / q, s, m - 1, r + 1),
                (self.b / q, s + 1, m, r + 1),
            )  # fmt: skip
        base = ONE if s.is_Integer else self.p
        steps = self.algebra.fingerprint.shorten(s - base)
        if not steps.is_Integer or steps == 0:
            return self._reciprocal(s, m)
        if abs(steps) > _MOST_STEPS:
            return None
        if steps > 0:  # u/(1 + u) = 1 - 1/(1 + u)
            return self._combined((ONE, s - 1, m, 0), (-ONE, s - 1, m, -1))
        return self._combined((ONE, s, m, 0), (-ONE, s + 1, m, -1))

    def _combined(self, *terms: tuple[Expr, Expr, int, int]) -> Expr | None:
        total: Expr = ZERO
        for factor, s, m, r in terms:
            if factor != 0:
                value = self._integral(self.algebra.fingerprint.shorten(s), m, r)
                if value is None:
                    return None
                total += factor * value
        return total

    def _plain(self, s: Expr, m: int) -> Expr:
        """d^m/ds^m of Gamma(s) b^(-s)."""
        derivatives = [
            comb(m, j) * gamma_derivative(s, m - j) * (-log(self.b)) ** j for j in range(m + 1)
        ]
        return self.b ** (-s) * Add(*derivatives)

    def _reciprocal(self, s: Expr, m: int) -> Expr | None:
        """r = -1: the m-th derivative by s of Gamma(s) Gamma(1 - s, b) e^b."""
        order = self.algebra.fingerprint.shorten(1 - s)
        table = IncompleteGamma(self.b, oo, 1, order, self.algebra.fingerprint)
        total: Expr = ZERO
        for j in range(m + 1):
            value = table.integral(order, j)
            if value is None:
                return None
            total += comb(m, j) * (-1) ** j * gamma_derivative(s, m - j) * value
        return exp(self.b) * total


def recognise(shape: Shape) -> Affine | None:
    if shape.quadratic != 0 or not shape.on_the_line:
        return None
    if len(shape.exponentials) != 1 or len(shape.sums) != 1:
        return None
    ((rate, coefficient),) = shape.exponentials.items()
    ((index, n),) = shape.sums.items()
    terms = shape.algebra.two_terms(index)
    if terms is None or not n.is_Integer or shape.fingerprint.sign(coefficient) != -1:
        return None
    c, a = terms
    if shape.fingerprint.sign(c) != 1:
        return None
    if shape.fingerprint.same(a, rate):
        return Affine(rate, log(c))
    return Affine(rate, -log(c)) if shape.fingerprint.same(a, -rate) else None


def bind(shape: Shape) -> Kernel | None:
    ((index, n),) = shape.sums.items()
    if set(shape.exponentials) != {ONE} or shape.fingerprint.sign(shape.linear) != 1:
        return None
    b = shape.fingerprint.shorten(-shape.exponentials[ONE])
    kernel = GammaMixtureKernel(shape.algebra, p=shape.linear, b=b, n=int(n), index=index)
    return None if kernel.expect((0, ZERO, ((index, 0, -ONE),))) is None else kernel
