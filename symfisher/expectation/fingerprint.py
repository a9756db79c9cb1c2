"""Numbers that decide structure: the value of an expression at generic parameter points.

Whether a coefficient vanishes, which of two exponents is larger, whether two expressions are the
same: all of it is read off interval-arithmetic values at random points of the parameter domain
instead of being asked of a simplifier.  These are decisions on structure only; every result is
compared with quadrature afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, mul
from typing import Any

import flint
from sympy import Add, Expr, Float, Integer, Mul, Number, Pow, Rational, Symbol, count_ops
from sympy.core.numbers import Catalan, EulerGamma, Exp1, GoldenRatio, Pi

from symfisher.numerics.ball_bessel import bessel_k
from symfisher.numerics.unit_argument import sum_at_one

PRECISION = 160  # bits: 48 digits, of which cancellation may eat a good part
_KEY_DIGITS = 24

Value = tuple[Any, ...]


def _acb_real(value: Any) -> Any:
    return value.real


_UNARY: dict[str, Callable[[Any], Any]] = {
    "exp": lambda z: z.exp(),
    "log": lambda z: z.log(),
    "gamma": lambda z: z.gamma(),
    "loggamma": lambda z: z.lgamma(),
    "erf": lambda z: z.erf(),
    "erfc": lambda z: z.erfc(),
    "sin": lambda z: z.sin(),
    "cos": lambda z: z.cos(),
    "tan": lambda z: z.tan(),
    "sinh": lambda z: z.sinh(),
    "cosh": lambda z: z.cosh(),
    "tanh": lambda z: z.tanh(),
    "asinh": lambda z: z.asinh(),
    "acosh": lambda z: z.acosh(),
    "atanh": lambda z: z.atanh(),
    "asin": lambda z: z.asin(),
    "acos": lambda z: z.acos(),
    "atan": lambda z: z.atan(),
    "Abs": lambda z: abs(z),
    "sign": lambda z: z.sgn(),
    "zeta": lambda z: z.zeta(),
    "Ei": lambda z: z.ei(),
}

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "polygamma": lambda m, z: _acb_real(flint.acb(z).polygamma(flint.acb(m))),
    "besseli": lambda v, z: z.bessel_i(v),
    "besselk": bessel_k,
    "beta": lambda a, b: a.gamma() * b.gamma() * (a + b).rgamma(),
    "uppergamma": lambda s, z: z.gamma_upper(s),
    "lowergamma": lambda s, z: z.gamma_lower(s),
    "expint": lambda s, z: z.expint(s),
    "polylog": lambda s, z: _acb_real(flint.acb(z).polylog(flint.acb(s))),
    "zeta": lambda s, a: s.zeta(a),
}

_CONSTANTS: dict[type, Callable[[], Any]] = {
    Pi: flint.arb.pi,
    Exp1: lambda: flint.arb(1).exp(),
    EulerGamma: flint.arb.const_euler,
    Catalan: flint.arb.const_catalan,
    GoldenRatio: lambda: (1 + flint.arb(5).sqrt()) / 2,
}


class Fingerprint:
    """Values of expressions at a few generic points, with equal values made one expression."""

    def __init__(self, points: Sequence[Mapping[Symbol, Rational]]) -> None:
        self.points = [dict(point) for point in points]
        self._values: list[dict[Expr, Any]] = [{} for _ in points]
        self._shortest: dict[tuple[str, ...], Expr] = {}
        self._size: dict[Expr, int] = {}
        self._coordinates = 0

    def new_coordinate(self, name: str, **assumptions: bool) -> Symbol:
        """A real symbol that no expression with remembered values holds yet."""
        self._coordinates += 1
        return Symbol(f"{name}_{self._coordinates}", **(assumptions or {"real": True}))

    def know(self, symbol: Symbol, values: Sequence[Rational]) -> None:
        """Give a further symbol a value at each point."""
        for point, value in zip(self.points, values, strict=True):
            point[symbol] = value

    def value(self, expr: Expr) -> Value:
        """Balls (``flint.arb``) that enclose the value at each point."""
        previous = flint.ctx.prec
        flint.ctx.prec = PRECISION
        try:
            return tuple(
                self._at(expr, point, memo)
                for point, memo in zip(self.points, self._values, strict=True)
            )
        finally:
            flint.ctx.prec = previous

    def is_zero(self, expr: Expr) -> bool:
        if isinstance(expr, Number):
            return bool(expr == 0)
        return all(v.contains(0) and v.rad() < 1e-20 for v in self.value(expr))

    def sign(self, expr: Expr) -> int | None:
        """1, -1 or 0 where all points agree, else None."""
        if self.is_zero(expr):
            return 0
        values = self.value(expr)
        if all(v > 0 for v in values):
            return 1
        if all(v < 0 for v in values):
            return -1
        return None

    def same(self, a: Expr, b: Expr) -> bool:
        return a == b or self.is_zero(a - b)

    def shorten(self, expr: Expr) -> Expr:
        """The shortest expression seen so far with this value; a rational where it is one."""
        if isinstance(expr, Number | Symbol):
            return expr
        key = self.key(expr)
        if key is None:
            return expr
        known = self._shortest.get(key)
        if known is None:
            rational = _rational(self.value(expr))
            known = expr if rational is None else rational
            self._shortest[key] = known
        elif self._ops(expr) < self._ops(known):
            self._shortest[key] = known = expr
        return known

    def key(self, expr: Expr) -> tuple[str, ...] | None:
        """Digits that only expressions of the same value share; None where they are not known."""
        values = self.value(expr)
        if any(not v.is_finite() or v.rad() > 1e-20 * (1 + abs(v.mid())) for v in values):
            return None
        if all(v.contains(0) for v in values):
            return ("0",)
        return tuple(v.mid().str(_KEY_DIGITS, radius=False) for v in values)

    def _ops(self, expr: Expr) -> int:
        if expr not in self._size:
            self._size[expr] = int(count_ops(expr))
        return self._size[expr]

    def _at(self, expr: Expr, point: Mapping[Symbol, Rational], memo: dict[Expr, Any]) -> Any:
        known = memo.get(expr)
        if known is None:
            memo[expr] = known = self._compute(expr, point, memo)
        return known

    def _compute(self, expr: Expr, point: Mapping[Symbol, Rational], memo: dict[Expr, Any]) -> Any:
        if isinstance(expr, Symbol):
            return _number(point[expr])
        if isinstance(expr, Number):
            return _number(expr)
        constant = _CONSTANTS.get(type(expr))
        if constant is not None:
            return constant()
        if isinstance(expr, Add):
            return reduce(add, [self._at(a, point, memo) for a in expr.args])
        if isinstance(expr, Mul):
            return reduce(mul, [self._at(a, point, memo) for a in expr.args])
        if isinstance(expr, Pow):
            return self._power(expr, point, memo)
        name = type(expr).__name__
        if name == "hyper":
            return self._hypergeometric(expr, point, memo)
        if name not in _UNARY and name not in _BINARY:
            return _fallback(expr, point)
        arguments = [self._at(a, point, memo) for a in expr.args]
        if len(arguments) == 1 and name in _UNARY:
            return _UNARY[name](arguments[0])
        if len(arguments) == 2 and name in _BINARY:
            return _BINARY[name](*arguments)
        return _fallback(expr, point)

    def _hypergeometric(
        self, expr: Expr, point: Mapping[Symbol, Rational], memo: dict[Expr, Any]
    ) -> Any:
        above, below, z = expr.args
        upper = [self._at(a, point, memo) for a in above]
        lower = [self._at(b, point, memo) for b in below]
        argument = self._at(z, point, memo)
        if argument == 1 and len(upper) == len(lower) + 1:
            return sum_at_one(upper, lower)
        value: Any = flint.arb.hypgeom(argument, upper, lower)
        if not value.is_finite() and all(number.is_finite() for number in (argument, *upper)):
            return _fallback(expr, point)  # 3F2 and higher have no continuation here
        return value

    def _power(self, expr: Pow, point: Mapping[Symbol, Rational], memo: dict[Expr, Any]) -> Any:
        base, exponent = expr.args
        value = self._at(base, point, memo)
        if isinstance(exponent, Integer):
            return value ** int(exponent)
        if exponent == Rational(1, 2):
            return value.sqrt()
        return value ** self._at(exponent, point, memo)


def _number(value: Any) -> Any:
    if isinstance(value, flint.arb):
        return value
    if isinstance(value, Float):
        return flint.arb(str(value))
    return flint.arb(flint.fmpq(int(value.p), int(value.q)))


def _fallback(expr: Expr, point: Mapping[Symbol, Rational]) -> Any:
    """Functions that interval arithmetic lacks: 40 digits by arbitrary-precision evaluation."""
    from symfisher.numerics.evaluate import evaluate

    return flint.arb(str(evaluate(expr, point, digits=40)))


def _rational(values: Value) -> Rational | None:
    """The small rational that the value is at every point, if there is one."""
    first = values[0]
    if not all(v.overlaps(first) for v in values[1:]):
        return None
    for denominator in (1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 16, 24, 48):
        scaled = (first * denominator).unique_fmpz()
        if scaled is not None:
            return Rational(int(scaled), denominator)
        nearest = (first * denominator).mid().floor().unique_fmpz()
        for candidate in (nearest, None if nearest is None else nearest + 1):
            if candidate is not None and (first * denominator).contains(candidate):
                return Rational(int(candidate), denominator)
    return None
