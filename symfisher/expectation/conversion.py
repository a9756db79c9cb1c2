"""From a SymPy expression in w to an element of the term algebra."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    acosh,
    acoth,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    coth,
    csch,
    exp,
    log,
    sech,
    sin,
    sinh,
    sqrt,
    tanh,
)

from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import Element, NotConvertible

_BY_EXPONENTIALS = (sinh, cosh, tanh, coth, sech, csch)
_INVERSE: dict[type, Any] = {asinh: sinh, atanh: tanh}  # one-to-one on the whole line
_BY_LOGARITHMS: dict[type, Callable[[Expr], Expr]] = {
    asinh: lambda z: log(z + sqrt(z**2 + 1)),
    acosh: lambda z: log(z + sqrt(z**2 - 1)),
    atanh: lambda z: log(1 + z) / 2 - log(1 - z) / 2,
    acoth: lambda z: log(z + 1) / 2 - log(z - 1) / 2,
}


class Converter:
    """Converts expressions into one algebra; equal subexpressions are converted once."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self._known: dict[Expr, Element] = {}

    @cached_property
    def w(self) -> Expr:
        return self.algebra.w

    def convert(self, expr: Expr) -> Element:
        """The element equal to ``expr``; raises ``NotConvertible``."""
        known = self._known.get(expr)
        if known is None:
            self._known[expr] = known = self._convert(expr)
        return known

    def _convert(self, expr: Expr) -> Element:
        algebra = self.algebra
        if not expr.has(self.w):
            return algebra.constant(algebra.fingerprint.shorten(expr))
        if expr == self.w:
            return algebra.coordinate()
        if isinstance(expr, Add):
            return algebra.add(*map(self.convert, expr.args))
        if isinstance(expr, Mul):
            return algebra.multiply_all(map(self.convert, expr.args))
        if isinstance(expr, exp):
            return algebra.exp(self.convert(expr.args[0]))
        if isinstance(expr, Pow):
            return self._power(*expr.args)
        if isinstance(expr, log):
            return self._log(expr.args[0])
        if isinstance(expr, Abs):
            (inner,) = expr.args
            return self.convert(-inner if self._is_negative(inner) else inner)
        inverse = _INVERSE.get(type(expr))
        if inverse is not None and isinstance(expr.args[0], inverse):
            return self.convert(expr.args[0].args[0])
        if isinstance(expr, _BY_EXPONENTIALS):
            return self.convert(expr.rewrite(exp))
        if isinstance(expr, cos | sin):
            return self._circular(expr)
        if type(expr) in _BY_LOGARITHMS:
            return self.convert(_BY_LOGARITHMS[type(expr)](expr.args[0]))
        raise NotConvertible(f"{type(expr).__name__} of the coordinate")

    def _circular(self, expr: Expr) -> Element:
        """cos and sin of phi + 2 atan(z), rational in z."""
        phase, angle = expr.args[0].expand().as_independent(self.w, as_Add=True)
        turns, inner = (angle / 2).as_coeff_Mul()
        if not isinstance(inner, atan) or abs(turns) != 1:
            raise NotConvertible(f"{type(expr).__name__} of the coordinate")
        z = turns * inner.args[0]
        cosine, sine = (1 - z**2) / (1 + z**2), 2 * z / (1 + z**2)
        if isinstance(expr, cos):
            return self.convert(cos(phase) * cosine - sin(phase) * sine)
        return self.convert(sin(phase) * cosine + cos(phase) * sine)

    def _power(self, base: Expr, exponent: Expr) -> Element:
        if exponent.has(self.w):
            return self.algebra.exp(self.convert(exponent * log(base)))
        if isinstance(base, Mul | Pow | exp) and not exponent.is_Integer:
            return self.algebra.exp(self.algebra.scale(self._log(base), exponent))
        return self.algebra.power(self.convert(base), exponent)

    def _log(self, argument: Expr) -> Element:
        """Logs of products and powers are split before anything is multiplied out."""
        algebra = self.algebra
        if isinstance(argument, exp):
            return self.convert(argument.args[0])
        if isinstance(argument, Mul) and argument.args[0] != -1:
            return algebra.add(*map(self._log, self._positive_factors(argument)))
        if isinstance(argument, Pow) and not argument.args[1].has(self.w):
            base, exponent = argument.args
            if exponent.is_Integer and exponent % 2 == 0 and self._is_negative(base):
                base = -base
            return algebra.scale(self._log(base), exponent)
        return algebra.log(self.convert(argument))

    def _positive_factors(self, product: Mul) -> list[Expr]:
        factors = list(product.args)
        negative = [f for f in factors if self._is_negative(f)]
        if len(negative) % 2:
            raise NotConvertible("the logarithm of a negative product")
        positive = [f for f in factors if f not in negative] + [-f for f in negative]
        return [f for f in positive if f != Integer(1)]

    def _is_negative(self, expr: Expr) -> bool:
        if expr.is_positive:
            return False
        sign = self.algebra.fingerprint.sign(expr)
        if not sign:
            raise NotConvertible("a factor whose sign is not the same everywhere")
        return sign < 0
