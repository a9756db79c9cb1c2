"""p w + c e^(aw) on the line: gamma, Weibull, Gumbel, Frechet, inverse gamma, GEV and kin."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, exp, gamma, log, loggamma, polygamma

from symfisher.expectation.kernels.base import Affine, Kernel, Shape, moment_from_cumulants
from symfisher.expectation.kernels.ratios import gamma_ratio
from symfisher.expectation.terms import ZERO, Monomial


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
            return None
        at = self.algebra.fingerprint.shorten(self.p + rate)
        if self.algebra.fingerprint.sign(at) == 0:
            return None
        moment = moment_from_cumulants([polygamma(n, at) for n in range(power)])
        return gamma_ratio(self.p, at, self.algebra.fingerprint) * moment


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
