"""Whole powers by multiplication, roots by square roots, and one reciprocal for several quotients.

What is left of ``Pow`` afterwards: b*b and b*b*b of a symbol b (as powers 2 and 3), 1/b, sqrt(b),
1/sqrt(b), and b**e with any other exponent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, Symbol, preorder_traversal

from symfisher.codegen.nodes import Polynomial

Steps = list[tuple[Symbol, Expr]]
_INLINE = 3  # the highest power that is written out where it stands


def with_signs(expr: Expr) -> Expr:
    """Equal quotients with equal denominators: -1/(b - a) as 1/(a - b)."""

    def turned(e: Expr) -> Expr:
        return Integer(-1) ** e.exp * Pow(-e.base, e.exp)

    return expr.replace(_is_turned, turned)


def _is_turned(e: Expr) -> bool:
    return bool(
        e.is_Pow and e.exp.is_Integer and e.base.is_Add and e.base.could_extract_minus_sign()
    )


def shared_reciprocals(
    values: Sequence[Expr], names: Iterator[str]
) -> tuple[list[Expr], dict[Symbol, Expr]]:
    """The values with 1/b as a symbol where several powers divide by b, and b for each symbol."""
    counts = Counter(
        power.base
        for value in values
        for power in dict.fromkeys(e for e in preorder_traversal(value) if _is_quotient(e))
    )
    symbols = {b: Symbol(next(names), real=True) for b, count in counts.items() if count > 1}

    def multiplied(e: Expr) -> Expr:
        if e.is_Atom or not e.has(Pow):
            return e
        if _is_quotient(e) and e.base in symbols:
            return symbols[e.base] ** -e.exp
        return e.func(*map(multiplied, e.args))

    bases = {symbol: multiplied(base) for base, symbol in symbols.items()}
    return [multiplied(value) for value in values], bases


def _is_quotient(e: Expr) -> bool:
    return bool(e.is_Pow and e.exp.is_Integer and e.exp.is_negative and not e.base.is_number)


class PowerWriter:
    """Straight-line code to which shared powers are added before they are first read."""

    def __init__(self, names: Iterator[str], aliases: Mapping[Expr, Expr]) -> None:
        self.steps: Steps = []
        self.names = names
        self.known: dict[Expr, Expr] = {}
        self.aliases = dict(aliases)

    def assign(self, symbol: Symbol, value: Expr) -> None:
        """Add ``symbol = value``; a symbol or a number is not assigned again."""
        written = self.written(value)
        if written.is_Symbol or written.is_number:
            self.aliases[symbol] = written
        elif written in self.known:
            self.aliases[symbol] = self.known[written]
        else:
            self.steps.append((symbol, written))
            self.known[written] = symbol

    def written(self, expr: Expr) -> Expr:
        """The expression as it is to be written, after the steps that it needs."""
        if expr.is_Atom:
            return self.aliases.get(expr, expr)
        if expr.is_Pow and expr.exp.is_Rational:
            return self._power(expr.base, expr.exp)
        arguments = [self.written(argument) for argument in expr.args]
        if isinstance(expr, Polynomial):
            arguments[0] = self._named(arguments[0])
        if isinstance(expr, Add | Mul):
            return expr.func(*arguments)
        return expr.func(*arguments) if arguments != list(expr.args) else expr

    def _power(self, base: Expr, exponent: Rational) -> Expr:
        if exponent.q == 2:
            return self._half_power(base, exponent)
        if not exponent.is_Integer:
            return Pow(self.written(base), exponent)
        if exponent == -1:
            return 1 / self.written(base)
        if exponent.is_negative:
            return 1 / self._whole_power(self._named(self.written(base)), -int(exponent))
        return self._whole_power(self._named(self.written(base)), int(exponent))

    def _half_power(self, base: Expr, exponent: Rational) -> Expr:
        """x^(n + 1/2) = x^n sqrt(x)."""
        whole = exponent - S.Half if exponent.is_positive else exponent + S.Half
        root = Pow(self.written(base), S.Half if exponent.is_positive else -S.Half)
        return root if whole == 0 else root * self._power(base, whole)

    def _whole_power(self, base: Expr, exponent: int) -> Expr:
        if exponent <= _INLINE:
            return Pow(base, exponent)
        half = self._named(self._whole_power(base, exponent // 2))
        square = Pow(half, 2)
        return square if exponent % 2 == 0 else Mul(base, square)

    def _named(self, value: Expr) -> Expr:
        """A symbol whose value this is, assigned now unless it was before."""
        if value.is_Symbol:
            return value
        if value not in self.known:
            symbol = Symbol(next(self.names), real=True)
            self.steps.append((symbol, value))
            self.known[value] = symbol
        return self.known[value]
