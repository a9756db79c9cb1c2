"""p w + c e^(aw) on the line: gamma, Weibull, Gumbel, Frechet, inverse gamma, GEV and kin."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp, expint, factorial, gamma, log, loggamma, polygamma

from symfisher.expectation.kernels.base import Affine, Kernel, Shape, moment_from_cumulants
from symfisher.expectation.kernels.ratios import gamma_ratio
from symfisher.expectation.terms import ZERO, Monomial

_MOST_STEPS = 12


@dataclass
class GammaKernel(Kernel):
    """exp(p W - e^W) on the line."""

    name = "gamma kernel"
    statement = "e^W has a gamma law, so E[e^(sW)] = Gamma(p + s)/Gamma(p), differentiated in s"
    p: Expr = ZERO

    def log_density(self) -> Expr:
        return self.p * self.algebra.w - exp(self.algebra.w)

    def log_mass(self) -> Expr:
        return loggamma(self.p) if not self.p.is_Integer else log(gamma(self.p))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if atoms:
            return self._other_logarithm(monomial)
        at = self.algebra.fingerprint.shorten(self.p + rate)
        if self.algebra.fingerprint.sign(at) == 0:
            return None
        moment = moment_from_cumulants([polygamma(n, at) for n in range(power)])
        return gamma_ratio(self.p, at, self.algebra.fingerprint) * moment

    def _other_logarithm(self, monomial: Monomial) -> Expr | None:
        """E[u^s log(1 + c u)], u = e^W, where p + s is a natural number."""
        power, rate, atoms = monomial
        terms = self.algebra.two_terms(atoms[0][0])
        if power or len(atoms) > 1 or atoms[0][1:] != (1, ZERO) or terms is None or terms[1] != 1:
            return None
        at = self.algebra.fingerprint.shorten(self.p + rate)
        if not (at.is_Integer and 0 < at <= _MOST_STEPS):
            return None
        return _mean_logarithm(int(at), terms[0]) / gamma(self.p)


def _mean_logarithm(n: int, c: Expr) -> Expr:
    """The integral of u^(n-1) e^(-u) log(1 + c u), by parts down to the exponential integral."""
    over = exp(1 / c) * expint(1, 1 / c)  # of u^(n-1) e^(-u) c/(1 + c u)
    value = over
    for k in range(2, n + 1):
        over = factorial(k - 2) - over / c
        value = (k - 1) * value + over
    return value


def recognise(shape: Shape) -> Affine | None:
    if shape.sums or shape.quadratic != 0 or len(shape.exponentials) != 1 or not shape.on_the_line:
        return None
    ((rate, coefficient),) = shape.exponentials.items()
    if shape.fingerprint.sign(coefficient) != -1 or not shape.fingerprint.sign(rate):
        return None
    if shape.fingerprint.sign(shape.linear / rate) != 1:
        return None
    return Affine(rate, log(-coefficient))


def bind(shape: Shape) -> Kernel:
    return GammaKernel(shape.algebra, p=shape.linear)
