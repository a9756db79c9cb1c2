"""Sums that cancel near an end of a support, in the form in which they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sympy import Add, Expr, Mul, Pow, Symbol, exp, tanh

if TYPE_CHECKING:
    from symfisher.numerics.compiler import Compiler


class ScaledPower(NamedTuple):
    """A term k base^exponent."""

    scale: Expr
    base: Expr
    exponent: Expr


def scaled_power(compiler: Compiler, term: Expr) -> ScaledPower | None:
    """The term k (x/b)^p, which SymPy may have split into k x^p b^(-p); None for any other."""
    factors = Mul.make_args(term)
    moving = [f for f in factors if compiler.reads(f)]
    if len(moving) != 1 or not isinstance(moving[0], Pow):
        return None
    base, exponent = moving[0].as_base_exp()
    if exponent.is_Integer or compiler.reads(exponent):
        return None
    still = [f for f in factors if f is not moving[0]]
    powers = [f for f in still if isinstance(f, Pow) and f.exp / exponent in (1, -1)]
    if not powers and not base.is_Mul:
        return None
    inner = Mul(base, *(f.base ** (f.exp / exponent) for f in powers))
    return ScaledPower(Mul(*(f for f in still if f not in powers)), inner, exponent)


def is_ratio(compiler: Compiler, e: Mul) -> bool:
    """Whether ``e`` is a variable over something else that may be its other end, as x/b."""
    moving = [f for f in e.args if compiler.reads(f)]
    if len(moving) != 1 or not isinstance(moving[0], Symbol):
        return False
    return any(end is not None and end != 0 for end in compiler.variables[moving[0]])


def without_tanh(e: Add) -> Expr | None:
    """c + c tanh(z) as 2c/(1 + exp(-2z)); None for any other sum."""
    if len(e.args) != 2:
        return None
    constant, other = sorted(e.args, key=lambda t: t.has(tanh))
    found = [f for f in Mul.make_args(other) if isinstance(f, tanh)]
    if len(found) != 1 or constant.has(tanh):
        return None
    sign = other / (constant * found[0])
    if sign not in (1, -1):
        return None
    return 2 * constant / (1 + exp(-2 * sign * found[0].args[0]))
