"""Derivatives of functions with corners, away from the corners.

The derivative of sign is zero there; SymPy writes a Dirac delta, or for an argument that it cannot
prove to be real a derivative that nothing evaluates.
"""

from __future__ import annotations

from typing import Any

from sympy import Abs, DiracDelta, Expr, Function, Integer, Symbol, diff, sign


class _Modulus(Function):
    """|u| of a real u."""

    def fdiff(self, argindex: int = 1) -> Expr:
        return _Direction(self.args[0])


class _Direction(Function):
    """The sign of a real u."""

    def fdiff(self, argindex: int = 1) -> Expr:
        return Integer(0)


_OWN: dict[Any, Any] = {Abs: _Modulus, sign: _Direction}


def slope(expr: Expr, symbol: Symbol) -> Expr:
    """d expr/d symbol without what sits on a corner."""
    if not expr.has(Abs, sign, DiracDelta):
        return without_deltas(diff(expr, symbol))
    own = expr
    for function, mine in _OWN.items():
        own = own.replace(function, mine)
    found = diff(own, symbol)
    for function, mine in _OWN.items():
        found = found.replace(mine, function)
    return without_deltas(found)


def without_deltas(expr: Expr) -> Expr:
    return expr.replace(DiracDelta, lambda *_: Integer(0)) if expr.has(DiracDelta) else expr
