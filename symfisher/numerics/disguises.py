"""Sums that cancel near an end of a support, in the form in which they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sympy import (
    Add,
    Expr,
    Mul,
    Pow,
    Rational,
    Symbol,
    asinh,
    exp,
    expand,
    factor,
    log,
    numer,
    sqrt,
    tanh,
    together,
)

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


def shown(compiler: Compiler, e: Add) -> Expr | None:
    """The sum in a form that does not cancel; None where none of these is known."""
    if len(e.args) != 2 or not compiler.reads(e):
        return None
    return (
        without_tanh(e)
        or without_hyperbola(compiler, e)
        or without_complement(e)
        or as_ratio_to_end(compiler, e)
        or over_one_denominator(e)
    )


def over_one_denominator(e: Add) -> Expr | None:
    """1/(1 + x) - x/(1 + x)^2 as 1/(1 + x)^2; None where the sum over one denominator is a sum."""
    fractions = all(any(f.is_Pow and f.base.is_Add for f in Mul.make_args(t)) for t in e.args)
    if not fractions or not e.is_rational_function():
        return None
    joined = factor(together(e))
    return None if any(f.is_Add for f in Mul.make_args(numer(joined))) else joined


def share(compiler: Compiler, e: Expr) -> Expr:
    """c x^p (x + d)^-p as c (1 + d/x)^-p, whose logarithm does not cancel for large x."""
    powers = dict(f.as_base_exp() for f in Mul.make_args(e))
    for base, power in powers.items():
        inside = share(compiler, base) if isinstance(base, Mul) else base
        if inside != base:
            root, inner = inside.as_base_exp()
            return e / base**power * root ** (inner * power)
        variable, rest = _sole(compiler, base)
        if variable is not None and powers.get(variable) == -power:
            # an exponential, so that its logarithm is taken with log1p
            small = rest * exp(-log(variable), evaluate=False)
            return e / (variable**-power * base**power) * (1 + small) ** power
    return e


def _sole(compiler: Compiler, base: Expr) -> tuple[Symbol | None, Expr]:
    """The x and d of a base x + d, d without a variable."""
    for variable in compiler.variables:
        rest = base - variable if isinstance(base, Add) and variable in base.args else None
        if rest is not None and not compiler.reads(rest):
            return variable, rest
    return None, base


def without_complement(e: Add) -> Expr | None:
    """c - c/(1 + k exp(z)) as c/(1 + exp(-z)/k); None for any other sum of two terms."""
    for constant, other in (e.args, e.args[::-1]):
        if (-constant / other).func is not Add:
            continue
        one, term = (-constant / other).as_coeff_Add()
        if one == 1 and any(isinstance(f, exp) for f in Mul.make_args(term)):
            return constant / (1 + 1 / term)
    return None


def as_ratio_to_end(compiler: Compiler, e: Add) -> Expr | None:
    """c + k log(x) that vanishes at an end b of x as k log(x/b); None for any other sum."""
    for constant, other in (e.args, e.args[::-1]):
        scale, logarithm = other.as_independent(log, as_Add=False)
        if not isinstance(logarithm, log) or compiler.reads(constant) or compiler.reads(scale):
            continue
        (x,) = logarithm.args
        for end in compiler.variables.get(x, ()):
            if end is not None and end.is_positive and constant + scale * log(end) == 0:
                return scale * log(x / end)
    return None


def without_tanh(e: Add) -> Expr | None:
    """c + c tanh(z) as 2c/(1 + exp(-2z)); None for any other sum of two terms."""
    constant, other = sorted(e.args, key=lambda t: t.has(tanh))
    found = [f for f in Mul.make_args(other) if isinstance(f, tanh)]
    if len(found) != 1 or constant.has(tanh):
        return None
    sign = other / (constant * found[0])
    if sign not in (1, -1):
        return None
    return 2 * constant / (1 + exp(-2 * sign * found[0].args[0]))


def without_hyperbola(compiler: Compiler, e: Add) -> Expr | None:
    """c + c g/sqrt(g^2 + d) as 2c/(1 + exp(-2 asinh(g/sqrt(d)))); None for any other sum."""
    for constant, other in (e.args, e.args[::-1]):
        ratio = other / constant
        roots = [f for f in Mul.make_args(ratio) if _is_reciprocal_root(f)]
        if len(roots) != 1 or compiler.reads(constant):
            continue
        linear = ratio / roots[0]
        rest = expand(roots[0].base - linear**2)
        if compiler.reads(linear) and not compiler.reads(rest) and rest.is_positive:
            return 2 * constant / (1 + exp(-2 * asinh(linear / sqrt(rest))))
    return None


def _is_reciprocal_root(e: Expr) -> bool:
    return isinstance(e, Pow) and bool(e.exp == Rational(-1, 2))
