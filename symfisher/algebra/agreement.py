"""Whether two expressions have one value at generic points, in ball arithmetic.

Two disjoint balls prove that two expressions differ; equality of the forms that are compared here
rests on exact algebra, and this is a guard against mistakes in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Any
from zlib import crc32

import sympy
from flint import acb, arb, fmpq
from flint import ctx as precision_context
from sympy import Basic, Expr, Function, Indexed, Integral, Tuple

Ball = Any  # flint.acb
BITS = 120
POINTS = 2
_MODULUS = 1009

_FUNCTIONS: dict[type[Basic], Callable[..., Ball]] = {
    sympy.exp: acb.exp,
    sympy.log: acb.log,
    sympy.gamma: acb.gamma,
    sympy.loggamma: acb.lgamma,
    sympy.digamma: acb.digamma,
    sympy.trigamma: lambda x: x.polygamma(1),
    sympy.polygamma: lambda m, x: x.polygamma(m),
    sympy.beta: lambda x, y: x.gamma() * y.gamma() / (x + y).gamma(),
    sympy.factorial: lambda x: (x + 1).gamma(),
    sympy.besseli: lambda order, x: x.bessel_i(order),
    sympy.besselk: lambda order, x: x.bessel_k(order),
    sympy.erf: acb.erf,
    sympy.erfc: acb.erfc,
    sympy.sin: acb.sin,
    sympy.cos: acb.cos,
    sympy.tan: acb.tan,
    sympy.sinh: acb.sinh,
    sympy.cosh: acb.cosh,
    sympy.tanh: acb.tanh,
}
_CONSTANTS: dict[Basic, Callable[[], Any]] = {
    sympy.pi: acb.pi,
    sympy.E: lambda: acb(1).exp(),
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.I: lambda: acb(0, 1),
}


def agree(first: Expr, second: Expr) -> bool:
    """False if the two certainly differ at one of the generic points."""
    saved = precision_context.prec
    precision_context.prec = BITS
    try:
        return all(_agree_at(point, first, second) for point in range(POINTS))
    finally:
        precision_context.prec = saved


def _agree_at(point: int, first: Expr, second: Expr) -> bool:
    values: dict[Basic, Ball] = {}
    left, right = _value(first, values, point), _value(second, values, point)
    if not (left.is_finite() and right.is_finite()):
        return True
    return bool(left.overlaps(right))


def _value(expr: Basic, values: dict[Basic, Ball], point: int) -> Ball:
    if expr not in values:
        values[expr] = acb(_computed(expr, values, point))
    return values[expr]


def _computed(expr: Basic, values: dict[Basic, Ball], point: int) -> Any:
    if expr.is_Rational:
        return fmpq(int(expr.p), int(expr.q))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    if not expr.args or isinstance(expr, Indexed | Integral) or not _is_function(expr):
        return _generic_number(str(expr), point)
    parts = [_value(a, values, point) for a in _flat_arguments(expr)]
    if expr.is_Add:
        return reduce(add, parts)
    if expr.is_Mul:
        return reduce(mul, parts)
    if expr.is_Pow:
        return _power(expr, parts)
    if type(expr) in _FUNCTIONS:
        return _FUNCTIONS[type(expr)](*parts)
    return _generic_function(type(expr).__name__, parts, point)


def _is_function(expr: Basic) -> bool:
    """Whether the value follows from the values of the arguments."""
    if expr.is_Add or expr.is_Mul or expr.is_Pow:
        return True
    return isinstance(expr, Function) and all(isinstance(a, Expr | Tuple) for a in expr.args)


def _flat_arguments(expr: Basic) -> list[Basic]:
    return [b for a in expr.args for b in (a.args if isinstance(a, Tuple) else (a,))]


def _power(expr: Basic, parts: list[Ball]) -> Ball:
    exponent = expr.args[1]
    if exponent.is_Integer:
        return parts[0] ** int(exponent)
    return parts[0].pow(parts[1]) if hasattr(parts[0], "pow") else parts[0] ** parts[1]


def _generic_number(name: str, point: int) -> Any:
    """A rational number in (0.15, 0.45): small enough that 1 - p - q is positive."""
    spread = crc32(f"{name}/{point}".encode()) % _MODULUS
    return fmpq(15, 100) + fmpq(30 * spread, 100 * _MODULUS)


def _generic_function(name: str, parts: list[Ball], point: int) -> Ball:
    """A fixed smooth function in place of one that has no ball arithmetic here."""
    phase = sum(
        ((i + 1) * _generic_number(f"{name}:{i}", point) * p for i, p in enumerate(parts)),
        acb(_generic_number(name, point)),
    )
    return 2 + acb.sin(phase)
