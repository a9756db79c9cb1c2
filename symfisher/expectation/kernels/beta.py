"""w and one log(1 + c e^(aw)): beta, beta prime, logistic, Burr, Lomax, Pareto, Kumaraswamy, F."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

from sympy import Add, Expr, Integer, exp, log, loggamma, oo, polygamma

from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.kernels.beta_poles import integral_at_pole
from symfisher.expectation.kernels.hypergeometric import mean_logarithm
from symfisher.expectation.kernels.ratios import beta_ratio
from symfisher.expectation.terms import ZERO, Monomial


def beta_moment(
    p: Expr, q: Expr, i: int, j: int, s: Expr, t: Expr, fingerprint: Fingerprint
) -> Expr | None:
    """E[(log v)^i (log b)^j v^s b^t] for v ~ Beta(p, q) and b = 1 - v.

    The cumulants of (log v, log b) under Beta(P, Q), P = p + s and Q = q + t, are polygammas:
    the log of the Mellin transform is log B(P, Q).
    """
    shorten = fingerprint.shorten
    big_p, big_q = shorten(p + s), shorten(q + t)
    total = shorten(big_p + big_q)
    if any(z.is_Integer and z <= 0 for z in (big_p, big_q)):
        return None
    moments: dict[tuple[int, int], Expr] = {(0, 0): Integer(1)}

    def cumulant(m: int, n: int) -> Expr:
        value = -polygamma(m + n - 1, total)
        if n == 0:
            value += polygamma(m - 1, big_p)
        if m == 0:
            value += polygamma(n - 1, big_q)
        return value

    def moment(m: int, n: int) -> Expr:
        if (m, n) not in moments:
            moments[m, n] = _joint_moment(m, n, cumulant, moment)
        return moments[m, n]

    if any(z.is_Integer and z <= 0 for z in (total,)):
        return None
    return beta_ratio(p, q, s, t, fingerprint) * moment(i, j)


def _joint_moment(
    m: int, n: int, cumulant: Callable[[int, int], Expr], moment: Callable[[int, int], Expr]
) -> Expr:
    """Raw from central: differentiate E[e^(a X + b Y)] = exp(K) once in a (or in b)."""
    if m == 0:
        return Add(*(comb(n - 1, k) * cumulant(0, k + 1) * moment(0, n - 1 - k) for k in range(n)))
    return Add(
        *(
            comb(m - 1, h) * comb(n, k) * cumulant(h + 1, k) * moment(m - 1 - h, n - k)
            for h in range(m)
            for k in range(n + 1)
        )
    )


def log_beta(p: Expr, q: Expr) -> Expr:
    if p == 1:
        return -log(q)
    return -log(p) if q == 1 else loggamma(p) + loggamma(q) - loggamma(p + q)


@dataclass
class BetaKernel(Kernel):
    """v^(p-1) (1-v)^(q-1) dv, with W = log(v/(1-v)) on the line or W = log v below zero."""

    name = "beta kernel"
    statement = (
        "v has a beta law, so E[v^s (1-v)^t] = B(p + s, q + t)/B(p, q), differentiated in s and t"
    )
    p: Expr = ZERO
    q: Expr = ZERO
    index: int | None = None  # the atom 1 + e^W, or 1 - e^W
    odds: bool = True  # W is the log-odds of v

    def log_density(self) -> Expr:
        w = self.algebra.w
        if self.odds:
            return self.p * w - (self.p + self.q) * log(1 + exp(w))
        return self.p * w + (self.q - 1) * log(1 - exp(w))

    def log_mass(self) -> Expr:
        return log_beta(self.p, self.q)

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        n, r = 0, ZERO
        for index, log_power, exponent in atoms:
            if index != self.index:
                return self._other_logarithm(monomial, index)
            n, r = log_power, exponent
        if not self.odds:  # W = log v, log S = log b
            return self._moment(power, n, rate, r)
        # W = log v - log b, log S = -log b, e^W = v/b, S = 1/b
        terms = [
            (comb(power, k) * (-1) ** (power - k + n), k, power - k + n) for k in range(power + 1)
        ]
        values = [(c, self._moment(i, j, rate, -rate - r)) for c, i, j in terms]
        if any(value is None for _, value in values):
            return None
        return Add(*(c * value for c, value in values))

    def _other_logarithm(self, monomial: Monomial, other: int) -> Expr | None:
        """E[v^s b^t log(1 + c e^W)]: (1 - (1 - c) v)/b in the odds, else 1 + c v."""
        power, rate, atoms = monomial
        terms = self.algebra.two_terms(other)
        own = {index: (n, r) for index, n, r in atoms if index != other}
        t = own.get(self.index, (0, ZERO))[1] if self.index is not None else ZERO
        if power or terms is None or (other, 1, ZERO) not in atoms or len(own) > 1:
            return None
        c, times = terms
        if (own and (self.index not in own or own[self.index][0])) or times not in (1, -1):
            return None
        if not self.odds:
            return None if times != 1 else self._mean_logarithm(rate, t, -c)
        inside = self._mean_logarithm(rate, -rate - t, 1 - c, flipped=times == -1)
        odds = self._moment(0, 1, rate, -rate - t) if times == 1 else None
        odds = self._moment(1, 0, rate, -rate - t) if times == -1 else odds
        return None if inside is None or odds is None else inside - odds

    def _mean_logarithm(self, s: Expr, t: Expr, z: Expr, flipped: bool = False) -> Expr | None:
        """E[v^s b^t log(1 - z v)], or log(1 - z b) where ``flipped``."""
        fingerprint = self.algebra.fingerprint
        ratio = self._moment(0, 0, s, t)
        p, q = fingerprint.shorten(self.p + s), fingerprint.shorten(self.q + t)
        if ratio is None or any(fingerprint.sign(each) != 1 for each in (p, q)):
            return None
        z = fingerprint.shorten(z)
        if flipped:
            return ratio * mean_logarithm(q, p, z)
        return ratio * mean_logarithm(p, q, z, to_one=not self.odds)

    def _moment(self, i: int, j: int, s: Expr, t: Expr) -> Expr | None:
        found = beta_moment(self.p, self.q, i, j, s, t, self.algebra.fingerprint)
        return self._at_pole(i, j, s, t) if found is None and 0 in (i, j) else found

    def _at_pole(self, i: int, j: int, s: Expr, t: Expr) -> Expr | None:
        """The same where log v or log b makes up for a power that is too low."""
        fingerprint = self.algebra.fingerprint
        p, q = fingerprint.shorten(self.p + s), fingerprint.shorten(self.q + t)
        args = (p, i, 1 - q) if j == 0 else (q, j, 1 - p)
        found = integral_at_pole(*args, fingerprint)
        return None if found is None else found * exp(-self.log_mass())


def recognise(shape: Shape) -> Affine | None:
    if shape.quadratic != 0 or shape.exponentials or len(shape.sums) > 1:
        return None
    if not shape.sums:
        return _power_law(shape)
    ((index, _),) = shape.sums.items()
    terms = shape.algebra.two_terms(index)
    if terms is None:
        return None
    c, rate = terms
    sign = shape.fingerprint.sign
    if shape.on_the_line and sign(c) == 1:
        return Affine(rate, log(c))
    end = shape.upper if sign(rate) == 1 else shape.lower
    open_end = shape.lower if sign(rate) == 1 else shape.upper
    one_sided = open_end in (oo, -oo) and end not in (oo, -oo)
    if sign(c) == -1 and one_sided and shape.fingerprint.is_zero(rate * end + log(-c)):
        return Affine(rate, log(-c))
    return None


def _power_law(shape: Shape) -> Affine | None:
    """Linear on a half-line: W = log v for a beta law with q = 1."""
    sign = shape.fingerprint.sign(shape.linear)
    if shape.lower == -oo and shape.upper != oo and sign == 1:
        return Affine(Integer(1), -shape.upper)
    if shape.upper == oo and shape.lower != -oo and sign == -1:
        return Affine(Integer(-1), shape.lower)
    return None


def bind(shape: Shape) -> Kernel:
    """The kernel of a shape that is in its own coordinate."""
    if not shape.sums:
        return BetaKernel(shape.algebra, p=shape.linear, q=Integer(1), odds=False)
    ((index, coefficient),) = shape.sums.items()
    shorten = shape.fingerprint.shorten
    if shape.on_the_line:
        return BetaKernel(
            shape.algebra, p=shape.linear, q=shorten(-coefficient - shape.linear), index=index
        )
    q = shorten(coefficient + 1)
    return BetaKernel(shape.algebra, p=shape.linear, q=q, index=index, odds=False)
