"""Integrals of u^(s-1) (log u)^m e^(-su) over an interval: incomplete gamma functions and kin.

By parts, s is moved to a base by whole steps; what is left is a derivative of an incomplete gamma
function by its order, whose power series (DLMF 8.7.1) is differentiated term by term.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb, factorial

from sympy import (
    Add,
    Ei,
    EulerGamma,
    Expr,
    Integer,
    exp,
    expint,
    gamma,
    hyper,
    log,
    lowergamma,
    oo,
    polygamma,
    uppergamma,
)

from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.kernels.base import moment_from_cumulants

_HIGHEST = 4  # power of the logarithm
_MOST_STEPS = 12


@dataclass
class IncompleteGamma:
    """The integrals over ``low`` < u < ``high``, with e^(-u) for ``sign`` 1 and e^u for -1.

    ``low`` may be 0 and, for ``sign`` 1, ``high`` may be oo.
    """

    low: Expr
    high: Expr
    sign: int
    base: Expr
    fingerprint: Fingerprint

    @cached_property
    def _known(self) -> dict[tuple[Expr, int], Expr | None]:
        return {}

    def integral(self, s: Expr, m: int) -> Expr | None:
        """None where the integral diverges or has no such form."""
        if m > _HIGHEST:
            return None
        if self.low == 0 and self.fingerprint.sign(s) != 1:
            return None
        if (s, m) not in self._known:
            self._known[s, m] = self._integral(s, m)
        return self._known[s, m]

    def _integral(self, s: Expr, m: int) -> Expr | None:
        if s.is_Integer:
            steps = int(s)
            if steps == 0:
                return self._over_u(m)
            if steps == 1 and self.low == 0:
                return self._from_zero(m)
        else:
            distance = self.fingerprint.shorten(s - self.base)
            steps = int(distance) if distance.is_Integer else 0
            if steps == 0:
                return self._at_base(s, m)
        if abs(steps) > _MOST_STEPS:
            return None
        return self._lowered(s, m) if steps > 0 else self._raised(s, m)

    # -- by parts ---------------------------------------------------------------------------------

    def _lowered(self, s: Expr, m: int) -> Expr | None:
        """From d(u^(s-1) (log u)^m e^(-u))."""
        total = self._edges(s - 1, m)
        for factor, power in ((s - 1, m), (Integer(m), m - 1)):
            if factor != 0:
                part = self.integral(self.fingerprint.shorten(s - 1), power)
                if part is None:
                    return None
                total += factor * part
        return total * self.sign

    def _raised(self, s: Expr, m: int) -> Expr | None:
        above = self.integral(self.fingerprint.shorten(s + 1), m)
        before = self.integral(s, m - 1) if m else Integer(0)
        if above is None or before is None:
            return None
        return (self.sign * above - self._edges(s, m) - m * before) / s

    def _edges(self, k: Expr, m: int) -> Expr:
        """u^k (log u)^m e^(-u) at the lower end less that at the upper end."""
        return self._edge(self.low, k, m) - self._edge(self.high, k, m)

    def _edge(self, u: Expr, k: Expr, m: int) -> Expr:
        return Integer(0) if u in (0, oo) else u**k * log(u) ** m * exp(-self.sign * u)

    # -- where it ends ----------------------------------------------------------------------------

    def _from_zero(self, m: int) -> Expr:
        """s = 1 over (0, c): integrate (log u)^m against d(1 - e^(-u))."""
        c, edge = self.high, 1 - exp(-self.sign * self.high)
        if m == 0:
            return edge * self.sign
        return (log(c) ** m * edge - m * self._entire(m - 1, c)) * self.sign

    def _over_u(self, m: int) -> Expr:
        """s = 0, away from zero."""
        if m == 0 and self.high == oo:
            return expint(1, self.low)
        upper: Expr = gamma_derivative(Integer(1), m + 1) / (m + 1)
        if self.high != oo:
            upper = self._logarithmic(m, self.high)
        return upper - self._logarithmic(m, self.low)

    def _logarithmic(self, m: int, c: Expr) -> Expr:
        """An antiderivative of (log u)^m e^(-u)/u at c."""
        return log(c) ** (m + 1) / (m + 1) - self._entire(m, c)

    def _entire(self, m: int, c: Expr) -> Expr:
        """Integral of (log u)^m (1 - e^(-u))/u over (0, c)."""
        if m == 0 and self.sign == 1:
            return expint(1, c) + log(c) + EulerGamma
        if m == 0:
            return log(c) + EulerGamma - Ei(c)
        terms = [log(c) ** m * self._entire(0, c)]
        for j in range(1, m + 1):
            above, below = [Integer(1)] * (j + 2), [Integer(2)] * (j + 2)
            series = self.sign * c * hyper(above, below, -self.sign * c)
            terms.append(comb(m, j) * log(c) ** (m - j) * (-1) ** j * factorial(j) * series)
        return Add(*terms)

    def _at_base(self, s: Expr, m: int) -> Expr:
        if m == 0 and self.sign == 1 and self.high == oo:
            return uppergamma(s, self.low)
        upper = gamma_derivative(s, m) if self.high == oo else self._from_zero_at(s, m, self.high)
        return upper if self.low == 0 else upper - self._from_zero_at(s, m, self.low)

    def _from_zero_at(self, s: Expr, m: int, c: Expr) -> Expr:
        """Integral over (0, c), continued analytically in s: d^m/ds^m of c^s/s 1F1(s; s+1; -c)."""
        if m == 0 and self.sign == 1:
            return lowergamma(s, c)
        terms = []
        for j in range(m + 1):
            series = hyper([s] * (j + 1), [s + 1] * (j + 1), -self.sign * c) / s ** (j + 1)
            terms.append(comb(m, j) * log(c) ** (m - j) * (-1) ** j * factorial(j) * series)
        return c**s * Add(*terms)


def gamma_derivative(s: Expr, m: int) -> Expr:
    """The m-th derivative of the gamma function."""
    return gamma(s) * moment_from_cumulants([polygamma(n, s) for n in range(m)])
