"""Linear on a half-line with one log(1 - c e^w): half-logistic, Marshall-Olkin and kin."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, factorial

from sympy import Add, Expr, Integer, Rational, exp, log, oo, polylog, zeta

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.terms import ONE, ZERO, Monomial


@dataclass
class PolylogarithmKernel(Kernel):
    """v^(p-1) (1 - c v)^(-q) dv on (0, 1) with W = log v; p and q natural numbers, c < 1."""

    name = "polylogarithm kernel"
    statement = (
        "partial fractions in 1 - c v leave the integral of (log v)^m/(1 - c v): Li_(m+1)(c)"
    )
    p: int = 1
    q: int = 0
    c: Expr = ZERO
    index: int = 0

    def log_density(self) -> Expr:
        w = self.algebra.w
        return self.p * w - self.q * log(1 - self.c * exp(w))

    def log_mass(self) -> Expr:
        return log(self._integral(0, self.p - 1, self.q))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        exponent: Expr = ZERO
        for index, log_power, r in atoms:
            if index != self.index or log_power:
                return None
            exponent = r
        degree = self.p - 1 + rate
        if not (degree.is_Integer and degree >= 0 and exponent.is_Integer):
            return None
        value = self._integral(power, int(degree), self.q - int(exponent))
        return value / self._integral(0, self.p - 1, self.q)

    def _integral(self, m: int, degree: int, r: int) -> Expr:
        """Integral of (log v)^m v^degree (1 - c v)^(-r), with v = (1 - (1 - c v))/c."""
        if r <= 0:
            terms = [comb(-r, j) * (-self.c) ** j * _moment(m, degree + j) for j in range(1 - r)]
            return Add(*terms)
        terms = [comb(degree, j) * (-1) ** j * self._pole(m, r - j) for j in range(degree + 1)]
        return Add(*terms) / self.c**degree

    def _pole(self, m: int, r: int) -> Expr:
        """Integral of (log v)^m (1 - c v)^(-r); by parts down to r = 1."""
        c = self.c
        if r <= 0:
            return self._integral(m, 0, r)
        if r == 1:
            if m == 0:
                return -log(1 - c) / c
            return (-1) ** m * factorial(m) * _li(m + 1, c) / c
        if m == 0:
            return ((1 - c) ** (1 - r) - 1) / (c * (r - 1))
        return Add(*(self._pole(m - 1, i) for i in range(1, r))) * Integer(-m) / (r - 1)


def _moment(m: int, degree: int) -> Expr:
    """Integral of (log v)^m v^degree over (0, 1)."""
    return Integer((-1) ** m * factorial(m)) / (degree + 1) ** (m + 1)


def recognise(shape: Shape) -> Affine | None:
    if shape.quadratic != 0 or shape.exponentials or len(shape.sums) != 1:
        return None
    ((index, coefficient),) = shape.sums.items()
    terms = shape.algebra.two_terms(index)
    if terms is None or not coefficient.is_Integer:
        return None
    _, rate = terms
    growing = shape.fingerprint.sign(rate)
    end, open_end = (shape.upper, shape.lower) if growing == 1 else (shape.lower, shape.upper)
    if open_end not in (oo, -oo) or end in (oo, -oo):
        return None
    ratio = shape.fingerprint.shorten(shape.linear / rate)
    if not (ratio.is_Integer and ratio >= 1):
        return None
    return Affine(rate, -rate * end)


def bind(shape: Shape) -> Kernel:
    ((index, coefficient),) = shape.sums.items()
    definition = shape.algebra.atoms[index].definition
    c = -definition[(0, ONE, ())]
    return PolylogarithmKernel(
        shape.algebra, p=int(shape.linear), q=-int(coefficient), c=c, index=index
    )


def _li(order: int, c: Expr) -> Expr:
    """Li_n(c); at c = -1 by zeta, where SymPy would write dirichlet_eta."""
    if c == -1:
        return -(1 - Rational(2) ** (1 - order)) * zeta(order)
    return polylog(order, c)
