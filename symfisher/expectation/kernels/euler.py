"""w and two log(1 + c e^(aw)) of one rate: products of powers of Lomax, logistic, Burr laws."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, exp, log, oo

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.beta import log_beta
from symfisher.expectation.kernels.hypergeometric import gauss
from symfisher.expectation.kernels.ratios import beta_ratio
from symfisher.expectation.terms import ZERO, Monomial


@dataclass
class EulerKernel(Kernel):
    """v^(p-1) (1-v)^(q-1) (1 - z v)^(-r) dv, with W = log(v/(1-v)), or W = log v below zero."""

    name = "Euler kernel"
    statement = "the integral of v^(p-1) (1-v)^(q-1) (1-zv)^(-r) is B(p, q) 2F1(r, p; p+q; z)"
    p: Expr = ZERO
    q: Expr = ZERO
    r: Expr = ZERO
    z: Expr = ZERO
    own: int = 0  # the atom 1 + e^W, or 1 - e^W
    other: int = 0  # the atom 1 + (1 - z) e^W, or 1 - z e^W
    odds: bool = True  # W is the log-odds of v

    def log_density(self) -> Expr:
        w = self.algebra.w
        if self.odds:
            total = self.p + self.q - self.r
            return self.p * w - total * log(1 + exp(w)) - self.r * log(1 + (1 - self.z) * exp(w))
        return self.p * w + (self.q - 1) * log(1 - exp(w)) - self.r * log(1 - self.z * exp(w))

    def log_mass(self) -> Expr:
        p, q = self.p, self.q
        series = gauss(self.r, p, self.algebra.fingerprint.shorten(p + q), self.z)
        return log_beta(p, q) + log(series)

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        powers = {index: exponent for index, n, exponent in atoms if not n}
        if power or len(powers) < len(atoms) or not powers.keys() <= {self.own, self.other}:
            return None
        t, u = powers.get(self.own, ZERO), powers.get(self.other, ZERO)
        # e^W = v/b, 1 + e^W = 1/b and 1 + (1-z) e^W = (1 - z v)/b, or else v, b and 1 - z v
        return self._moment(rate, -rate - t - u if self.odds else t, u)

    def _moment(self, s: Expr, t: Expr, u: Expr) -> Expr | None:
        """E[v^s b^t (1 - z v)^u]."""
        shorten = self.algebra.fingerprint.shorten
        p, q, r = shorten(self.p + s), shorten(self.q + t), shorten(self.r - u)
        if any(self.algebra.fingerprint.sign(each) != 1 for each in (p, q)):
            return None
        ratio = beta_ratio(self.p, self.q, s, t, self.algebra.fingerprint)
        above = gauss(r, p, shorten(p + q), self.z)
        return ratio * above / gauss(self.r, self.p, shorten(self.p + self.q), self.z)


def recognise(shape: Shape) -> Affine | None:
    found = _two_sums(shape)
    if found is None:
        return None
    own, other, rate = found
    c, d = (_coefficient(shape, index) for index in (own, other))
    sign = shape.fingerprint.sign
    if shape.on_the_line:
        return Affine(rate, log(c)) if sign(c) == sign(d) == 1 else None
    end, open_end = (shape.upper, shape.lower) if sign(rate) == 1 else (shape.lower, shape.upper)
    if open_end not in (oo, -oo) or end in (oo, -oo) or sign(c) != -1:
        return None
    return Affine(rate, log(-c)) if shape.fingerprint.is_zero(rate * end + log(-c)) else None


def _two_sums(shape: Shape) -> tuple[int, int, Expr] | None:
    """The two atoms and their rate; the one that vanishes at an end of the interval first."""
    if shape.quadratic != 0 or shape.exponentials or len(shape.sums) != 2:
        return None
    first, second = sorted(shape.sums)
    terms, others = shape.algebra.two_terms(first), shape.algebra.two_terms(second)
    if terms is None or others is None or not shape.fingerprint.is_zero(terms[1] - others[1]):
        return None
    if not shape.on_the_line and not _vanishes(shape, *terms):
        return second, first, terms[1]
    return first, second, terms[1]


def _coefficient(shape: Shape, index: int) -> Expr:
    terms = shape.algebra.two_terms(index)
    assert terms is not None  # it was recognised
    return terms[0]


def _vanishes(shape: Shape, c: Expr, rate: Expr) -> bool:
    ends = [end for end in (shape.lower, shape.upper) if end not in (oo, -oo)]
    return any(shape.fingerprint.is_zero(1 + c * exp(rate * end)) for end in ends)


def bind(shape: Shape) -> Kernel | None:
    found = _two_sums(shape)
    assert found is not None  # it was recognised
    own, other, _ = found
    if shape.on_the_line and not shape.fingerprint.is_zero(_coefficient(shape, own) - 1):
        own, other = other, own  # they may have been met in the other order here
    shorten = shape.fingerprint.shorten
    c = _coefficient(shape, other)
    r = shorten(-shape.sums[other])
    if shape.on_the_line:
        q = shorten(-shape.sums[own] + r - shape.linear)
        z = shorten(1 - c)
        return EulerKernel(shape.algebra, shape.linear, q, r, z, own, other)
    q = shorten(shape.sums[own] + Integer(1))
    return EulerKernel(shape.algebra, shape.linear, q, r, -c, own, other, odds=False)
