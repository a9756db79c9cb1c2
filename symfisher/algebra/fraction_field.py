"""Exact arithmetic on expressions: fractions of polynomials in symbols and special values.

Every subexpression that is not rational in others, such as exp(t), log(1 - p), p**n, sqrt(a) or
polygamma(0, a), becomes one *generator*; sums, products, quotients and derivatives are then done
on fractions of integer polynomials, which have one form each.  Generators are chosen so that no
polynomial relation is left between them: arguments that differ by an integer share a gamma or
polygamma, powers of one base share a root, Bessel functions of neighbouring orders follow from
two, sines and cosines are rational in the tangent of the half angle.  A zero is therefore seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from sympy import (
    Add,
    Derivative,
    E,
    Expr,
    Integer,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Rational,
    Subs,
    Symbol,
    diff,
    exp,
    log,
    tan,
)

from symfisher.algebra.fraction import Fraction, Restart, Unconvertible
from symfisher.algebra.fraction_functions import FUNCTION_RULES
from symfisher.algebra.fraction_logarithms import FractionLogarithms
from symfisher.algebra.fraction_writing import Sign

T = TypeVar("T")
R = TypeVar("R")
SIZE = 24  # generators to begin with


class Field(FractionLogarithms):
    """The field of fractions, with its generators bound one by one as conversion meets them.

    ``sign`` tells the sign of an expression over the whole domain (or None), ``data`` are symbols
    whose sines and cosines are kept as such.  Run computations in a ``Workspace``:
    a generator can be refined to a root only by starting again.
    """

    def __init__(
        self,
        sign: Sign,
        data: Iterable[Symbol] = (),
        size: int = SIZE,
        roots: Mapping[Expr, int] | None = None,
    ) -> None:
        super().__init__(sign, data, size, roots or {})
        self._converted: dict[Expr, Fraction] = {}
        self._derivatives: dict[tuple[int, Symbol], Fraction] = {}

    # -- conversion ---------------------------------------------------------------------------

    def constant_or_converted(self, expr: Expr, symbols: Iterable[Symbol]) -> Fraction:
        """Like ``convert``; what cannot be converted is a generator if it holds no ``symbols``."""
        try:
            return self.convert(expr)
        except Unconvertible:
            if expr.free_symbols & set(symbols):
                raise
            return self.generator(expr)

    def convert(self, expr: Expr) -> Fraction:
        """The fraction that ``expr`` is; raises ``Unconvertible`` where it is none."""
        known = self._converted.get(expr)
        if known is None:
            known = self._converted[expr] = self._convert(expr)
        return known

    def _convert(self, expr: Expr) -> Fraction:
        if isinstance(expr, Rational):
            return self.number(expr.p, expr.q)
        if isinstance(expr, Symbol | NumberSymbol) and expr is not E:
            return self.generator(expr)
        if isinstance(expr, Add):
            return self.sum(self.convert(term) for term in expr.args)
        if isinstance(expr, Mul):
            product = self.one
            for factor in expr.args:
                product = product * self.convert(factor)
            return product
        if isinstance(expr, exp) or expr is E:
            return self.power(None, self.convert(expr.as_base_exp()[1]))
        if isinstance(expr, Pow):
            base, exponent = expr.args
            if isinstance(exponent, Integer):
                return self.convert(base) ** int(exponent)
            return self.power(self.convert(base), self.convert(exponent))
        if isinstance(expr, log):
            return self.log(self.convert(expr.args[0]))
        rule = FUNCTION_RULES.get(type(expr).__name__)
        if rule is None or isinstance(expr, Number):
            raise Unconvertible(str(expr))
        return rule(self, expr)

    def sum(self, terms: Iterable[Fraction]) -> Fraction:
        total = self.zero
        for term in terms:
            total = total + term
        return total

    # -- calculus -----------------------------------------------------------------------------

    def derivative(self, value: Fraction, symbol: Symbol) -> Fraction:
        """d value / d symbol; generators may be added for the derivatives of functions."""
        total = self.zero
        for index in value.generators():
            slope = self._slope(index, symbol)
            if slope:
                d_num, d_den = value.num.derivative(index), value.den.derivative(index)
                partial = d_num * value.den - value.num * d_den
                total = total + self.fraction(partial, value.den * value.den) * slope
        return total

    def _slope(self, index: int, symbol: Symbol) -> Fraction:
        known = self._derivatives.get((index, symbol))
        if known is None:
            key, root = self.keys[index], self.root_of(index)
            slope = self.zero
            if symbol not in key.free_symbols:
                pass
            elif isinstance(key, tan):
                t = self.generator(key)
                slope = (self.one + t * t) * self.convert(diff(key.args[0], symbol))
            else:
                slope = self.convert(_derivative(Pow(key, Rational(1, root)), symbol))
            known = self._derivatives[index, symbol] = slope
        return known


class Workspace(Generic[T]):
    """A computation in a field, done again whenever the field turns out too small for it.

    ``build(field)`` makes what the work needs; ``run(compute)`` is ``compute`` of that.
    """

    def __init__(
        self, build: Callable[[Field], T], sign: Sign, data: Iterable[Symbol] = ()
    ) -> None:
        self._build, self._sign, self._data = build, sign, tuple(data)
        self._size = SIZE
        self._roots: dict[Expr, int] = {}
        self._built: T | None = None

    def run(self, compute: Callable[[T], R]) -> R:
        """Raises ``Unconvertible`` where an expression is no fraction of generators."""
        for _ in range(16):
            try:
                if self._built is None:
                    field = Field(self._sign, self._data, self._size, self._roots)
                    self._built = self._build(field)
                return compute(self._built)
            except Restart as need:
                self._built = None
                self._size = max(self._size, need.size)
                if need.key is not None:
                    self._roots[need.key] = need.root
        raise Unconvertible("too many roots or generators")


def _derivative(expr: Expr, symbol: Symbol) -> Expr:
    result = diff(expr, symbol)
    if result.has(Derivative, Subs):
        from symfisher.algebra.special import replace_derivatives

        result = replace_derivatives(result)
    if result.has(Derivative, Subs):
        raise Unconvertible(f"the derivative of {expr} by {symbol}")
    return result
