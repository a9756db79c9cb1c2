"""Sums whose leading terms cancel at a large argument: their exact series there.

psi_1(nu/2)/4 - psi_1(nu/2 + 1/2)/4 - (nu + 5)/(2 nu (nu + 1) (nu + 3)) of Student's t is of order
nu^-4 where its terms are of order nu^-2.  In w = 1/z every term is a power series with rational
coefficients, so the sum's series is exact, and it is used where z is large.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import ctx, fmpq, fmpq_series
from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    bernoulli,
    besseli,
    factorial,
    polygamma,
)

from symfisher.codegen.nodes import Polynomial

_TERMS = 44  # of a series in 1/z while it is computed
_ENOUGH = 1e-18  # relative size of the first term that is left out
_SHORT = 24  # terms; a series that needs more from some z on is used from a larger z on
_STARTS = (12, 16, 20, 25, 32, 40, 50)  # where the series may take over
_FUNCTIONS = (polygamma, besseli)


@dataclass(frozen=True)
class Laurent:
    """w^shift times a power series in w = 1/z."""

    shift: int
    series: fmpq_series

    def normal(self) -> Laurent:
        """With a constant term that is not zero, unless all terms vanish."""
        first = next((i for i in range(_TERMS) if self.series[i] != 0), None)
        if not first:
            return self
        rest = [self.series[i] for i in range(first, _TERMS)]
        return Laurent(self.shift + first, _series(rest))

    def __add__(self, other: Laurent) -> Laurent:
        low, high = sorted((self, other), key=lambda each: each.shift)
        moved = [fmpq(0)] * (high.shift - low.shift) + [high.series[i] for i in range(_TERMS)]
        return Laurent(low.shift, low.series + _series(moved[:_TERMS]))

    def __mul__(self, other: Laurent) -> Laurent:
        return Laurent(self.shift + other.shift, self.series * other.series)

    def power(self, exponent: int) -> Laurent | None:
        base = self.normal()
        if base.series[0] == 0:
            return None
        series = base.series if exponent >= 0 else _series([fmpq(1)]) / base.series
        total = Laurent(0, _series([fmpq(1)]))
        for _ in range(abs(exponent)):
            total = total * Laurent(0, series)
        return Laurent(base.shift * exponent, total.series)


def _series(coefficients: list[fmpq]) -> fmpq_series:
    return fmpq_series(coefficients, prec=_TERMS)


def series_far_out(e: Add) -> tuple[Expr, Expr] | None:
    """The sum as a series in 1/z and from which z on it may be used; None if nothing cancels."""
    if not e.has(*_FUNCTIONS):
        return None
    before, ctx.cap = ctx.cap, _TERMS
    try:
        return _series_far_out(e)
    finally:
        ctx.cap = before


def _series_far_out(e: Add) -> tuple[Expr, Expr] | None:
    symbols = e.free_symbols
    if len(symbols) != 1 or not all(map(_is_scaled, e.args)):
        return None
    (z,) = symbols
    terms = [_expanded(term, z) for term in e.args] if z.is_positive else [None]
    known = [term.normal() for term in terms if term is not None]
    if len(known) < len(e.args):
        return None
    total = known[0]
    for term in known[1:]:
        total = total + term
    total = total.normal()
    if total.series[0] == 0 or total.shift <= min(term.shift for term in known):
        return None
    for start in _STARTS:
        count = _terms_needed(total, start)
        if count is not None and (count <= _SHORT or start == _STARTS[-1]):
            return _polynomial(total, count, 1 / z), Integer(start)
    return None


def _is_scaled(term: Expr) -> bool:
    """Whether Bessel functions stand in quotients only, where their exponential growth cancels."""
    powers = [factor.as_base_exp() for factor in Mul.make_args(term)]
    bessel = [power for base, power in powers if isinstance(base, besseli)]
    return sum(bessel) == 0 and not any(
        base.has(besseli) for base, _ in powers if not isinstance(base, besseli)
    )


def _polynomial(total: Laurent, count: int, w: Expr) -> Expr:
    coefficients = [
        Rational(int(c.p), int(c.q)) for c in map(total.series.__getitem__, range(count))
    ]
    return w**total.shift * Polynomial(w, *coefficients)


def _terms_needed(total: Laurent, start: int) -> int | None:
    """How many terms are enough from ``start`` on; None where the series does not get there."""
    reliable = _TERMS - total.shift - 4
    sizes = [abs(float(total.series[i])) * float(start) ** -i for i in range(reliable)]
    for count in range(1, reliable - 2):
        if max(sizes[count : count + 3]) < _ENOUGH * sizes[0]:
            return count
    return None


def _expanded(e: Expr, z: Symbol) -> Laurent | None:
    """The expression as a series in 1/z, or None."""
    if e == z:
        return Laurent(-1, _series([fmpq(1)]))
    if isinstance(e, Rational):
        return Laurent(0, _series([fmpq(e.p, e.q)]))
    if isinstance(e, Add | Mul):
        parts = [_expanded(part, z) for part in e.args]
        total = parts[0]
        for part in parts[1:]:
            if total is None or part is None:
                return None
            total = total + part if isinstance(e, Add) else total * part
        return total
    if isinstance(e, Pow) and e.exp.is_Integer:
        base = _expanded(e.base, z)
        return None if base is None else base.power(int(e.exp))
    if isinstance(e, polygamma) and e.args[0].is_Integer and e.args[0] >= 1:
        return _polygamma(int(e.args[0]), _expanded(e.args[1], z))
    if isinstance(e, besseli) and e.args[0].is_Integer and e.args[1] == z:
        return _bessel(int(e.args[0]))
    return None


def _polygamma(n: int, y: Laurent | None) -> Laurent | None:
    """DLMF 5.15.8 at y, which grows like z."""
    if y is None or y.normal().shift != -1 or y.normal().series[0] <= 0:
        return None
    terms = [(n, factorial(n - 1)), (n + 1, factorial(n) / 2)]
    terms += [
        (2 * k + n, bernoulli(2 * k) * factorial(2 * k + n - 1) / factorial(2 * k))
        for k in range(1, _TERMS // 2)
    ]
    total = Laurent(n, _series([fmpq(0)]))
    inverse = y.power(-1)
    assert inverse is not None
    for exponent, coefficient in terms:
        c = Rational(coefficient) * (-1) ** (n + 1)
        power = inverse.power(exponent)
        assert power is not None
        total = total + power * Laurent(0, _series([fmpq(int(c.p), int(c.q))]))
    return total


def _bessel(v: int) -> Laurent:
    """sqrt(2 pi z) e^-z I_v(z), DLMF 10.40.1: the factor is gone in every quotient of two."""
    coefficients, value = [], fmpq(1)
    for k in range(_TERMS):
        coefficients.append(value)
        value = -value * (4 * v * v - (2 * k + 1) ** 2) / (8 * (k + 1))
    return Laurent(0, _series(coefficients))
