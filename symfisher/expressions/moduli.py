"""Even powers under a root or a logarithm, written as powers of a modulus.

sqrt((g(x) - m)**2) has a corner and log((x - m)**2) a pole where the base vanishes.  |g(x) - m|
says so to whoever cuts a support at the corners of its density; SymPy writes the modulus by itself
only where it can prove that the base is real.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Abs, Add, Expr, Integer, Mul, Pow, Symbol, log


def with_moduli(expr: Expr, variables: Iterable[Symbol]) -> Expr:
    """``expr``, real-valued, with (u**2)**r as |u|**(2r) and log(u**2) as 2 log|u|."""
    moving = set(variables)

    def hides_a_corner(e: Expr) -> bool:
        if not isinstance(e, log) and not (isinstance(e, Pow) and _is_broken(e.exp)):
            return False
        return any(_is_even_power(f, moving) for f in Mul.make_args(e.args[0]))

    def shown(e: Expr) -> Expr:
        factors = Mul.make_args(e.args[0])
        even = [f for f in factors if _is_even_power(f, moving)]
        rest = Mul(*(f for f in factors if f not in even))
        if isinstance(e, log):
            return Add(log(rest), *(f.exp * log(Abs(f.base)) for f in even))
        return Mul(rest**e.exp, *(Abs(f.base) ** (f.exp * e.exp) for f in even))

    return expr.replace(hides_a_corner, shown)


def _is_broken(exponent: Expr) -> bool:
    return not isinstance(exponent, Integer) and exponent.is_integer is not True


def _is_even_power(e: Expr, moving: set[Symbol]) -> bool:
    """u**(2k) with a base that moves and that SymPy does not know to be of one sign."""
    if not isinstance(e, Pow) or not e.exp.is_even or not e.base.free_symbols & moving:
        return False
    return not (e.base.is_nonnegative or e.base.is_nonpositive)
