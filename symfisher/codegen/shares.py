"""Shares and powers next to one: n/(n + r) - 1, log(n/(n + r)), b^p - 1 by what is left of them."""

from __future__ import annotations

from sympy import Add, Dummy, Expr, Mul, Pow, exp, expand_mul, log, tanh

from symfisher.codegen.nodes import Expm1, Log1p

_LONGEST = 5  # terms of a sum in which pairs are looked for


def share_less_one(e: Expr) -> Expr | None:
    """c - n/d as (c d - n)/d where terms of c d and n cancel; 1 - 2/(1 + e^u) as tanh(u/2)."""
    if not isinstance(e, Add) or len(e.args) > _LONGEST:
        return None
    for term in e.args:
        for factor in Mul.make_args(term):
            if factor.is_Pow and factor.exp == -1 and isinstance(factor.base, Add):
                for other in e.args:
                    found = None if other == term else _pair(other, term / factor, factor.base)
                    if found is not None:
                        return e - term - other + found
    return None


def _pair(other: Expr, n: Expr, d: Add) -> Expr | None:
    """other + n/d where that cancels."""
    growth = d - 1
    if isinstance(growth, exp) and n == -2 * other:
        return other * tanh(growth.args[0] / 2)
    if len(d.args) > _LONGEST or not all(map(_is_bounded, d.atoms(exp, Pow))):
        return None
    opaque = {a: Dummy(positive=True) for part in (other, n, d) for a in part.atoms(Add)
              if a != d and _has_difference(a)}  # fmt: skip
    names = {name: a for a, name in opaque.items()}
    product, part = (expand_mul(p) for p in ((other * d).xreplace(opaque), n.xreplace(opaque)))
    for a, name in opaque.items():
        if {*a.args} <= {*Add.make_args(part)}:
            part = part - a + name
    left = expand_mul(product + part)
    terms = [len(Add.make_args(each)) for each in (product, part, left)]
    return left.xreplace(names) / d if terms[2] < terms[0] + terms[1] else None


def _is_bounded(e: Expr) -> bool:
    """No exponential or power that overflows: a quotient of two would not be a number."""
    if isinstance(e, exp):
        return bool(e.args[0].is_nonpositive)
    return bool(e.exp.is_number)


def _has_difference(e: Add) -> bool:
    """Whether it may cancel, so that it has to stay whole."""
    return not all(a.is_positive for a in e.args)


def log_of_share(e: Expr) -> Expr | None:
    """log(n/(n + r)) of positive n and r as -log(1 + r/n)."""
    if not isinstance(e, log) or not isinstance(e.args[0], Mul):
        return None
    for factor in e.args[0].args:
        if factor.is_Pow and factor.exp == -1 and isinstance(factor.base, Add):
            n = e.args[0] / factor
            rest = factor.base - n
            if n in factor.base.args and n.is_positive and rest.is_positive:
                return -Log1p(rest / n)
    return None


def power_less_one(e: Expr) -> Expr | None:
    """c b^p - c as c expm1(p log b), for a power that is no number."""
    if not isinstance(e, Add) or len(e.args) > _LONGEST:
        return None
    for term in e.args:
        for factor in Mul.make_args(term):
            moving = isinstance(factor, Pow) and factor.exp.free_symbols and factor.base.is_positive
            if moving and -term / factor in e.args:
                c = term / factor
                return e - term + c + c * Expm1(factor.exp * log(factor.base))
    return None
