"""p w + c e^(aw) on part of the line: Gompertz, truncated gamma, Weibull, Gumbel and kin."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, exp, expand_mul, log, oo

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.incomplete_gamma import IncompleteGamma
from symfisher.expectation.terms import ONE, ZERO, Monomial


@dataclass
class TruncatedGammaKernel(Kernel):
    """exp(p W - e^W), or exp(p W + e^W), on an interval with at least one finite end."""

    name = "truncated gamma kernel"
    statement = "e^W has a gamma law on an interval: integrate by parts, then its power series"
    p: Expr = ZERO
    sign: int = 1
    lower: Expr = -oo
    upper: Expr = oo
    table: IncompleteGamma = field(init=False)

    def __post_init__(self) -> None:
        fingerprint = self.algebra.fingerprint
        low, high = (fingerprint.shorten(exp(end)) for end in (self.lower, self.upper))
        self.table = IncompleteGamma(low, high, self.sign, self.p, fingerprint)

    def log_density(self) -> Expr:
        return self.p * self.algebra.w - self.sign * exp(self.algebra.w)

    def log_mass(self) -> Expr:
        return log(self.table.integral(self.p, 0))

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if atoms:
            return None
        value = self.table.integral(self.algebra.fingerprint.shorten(self.p + rate), power)
        mass = self.table.integral(self.p, 0)
        if value is None or mass is None:
            return None
        return expand_mul(value / mass) if isinstance(mass, exp) else value / mass


def recognise(shape: Shape) -> Affine | None:
    if shape.sums or shape.quadratic != 0 or len(shape.exponentials) != 1 or shape.on_the_line:
        return None
    ((rate, coefficient),) = shape.exponentials.items()
    sign = shape.fingerprint.sign(coefficient)
    growing = shape.fingerprint.sign(rate)
    if not sign or not growing:
        return None
    low, high = (shape.lower, shape.upper) if growing == 1 else (shape.upper, shape.lower)
    if high in (oo, -oo) and sign == 1:
        return None
    if low in (oo, -oo) and shape.fingerprint.sign(shape.linear / rate) != 1:
        return None
    return Affine(rate, log(sign * coefficient))


def bind(shape: Shape) -> Kernel | None:
    sign = -int(shape.exponentials[ONE])
    kernel = TruncatedGammaKernel(
        shape.algebra, p=shape.linear, sign=sign, lower=shape.lower, upper=shape.upper
    )
    return None if kernel.table.integral(kernel.p, 0) is None else kernel
