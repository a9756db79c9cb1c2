"""Exponentials over their sum, as shares that cannot overflow.

Where Z = sum of exp(e[k]) is in a formula, exp(e[i]) = Z s[i] with s[i] = exp(e[i] - m) / T, m the
largest exponent, T = sum of exp(e[k] - m), and log Z = m + log T.  What is homogeneous in the
exponentials, as everything about a softmax is, is then free of Z itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import (
    Basic,
    Expr,
    Function,
    Indexed,
    Mul,
    Sum,
    Symbol,
    exp,
    expand_power_exp,
    log,
    preorder_traversal,
)

from symfisher.algebra.indexed import IndexCalculus
from symfisher.algebra.tidy import tidy
from symfisher.vectors import at_index


@dataclass(frozen=True)
class Shares:
    """The shares of one sum of exponentials: ``maximum`` of the exponents, which are written at
    ``index``, and ``total`` of the exponentials less that."""

    exponent: Expr
    index: Symbol
    maximum: Symbol
    total: Symbol


def with_shares(expr: Expr, rules: IndexCalculus) -> tuple[Expr, list[Shares]]:
    """The expression with exponentials in shares, and what the shares are made of."""
    expr = expand_power_exp(expr)
    sums = {s for s in preorder_traversal(expr) if _is_of_exponentials(s)}
    found = []
    for whole in sorted(sums, key=str):
        name = "_".join(sorted({e.base.name for e in whole.function.atoms(Indexed)}))
        shares = Shares(
            whole.function.args[0],
            whole.limits[0][0],
            Symbol(f"largest_{name}", real=True),
            Symbol(f"scaled_{name}", positive=True),
        )
        expr = _marked(expr, whole, shares, rules)
        found.append(shares)
    for shares in found:  # at the end: taking constants out of sums would open exp(e[k] - m)
        expr = _unmarked(expr, shares)
    return expr, found


def _is_of_exponentials(node: Basic) -> bool:
    return isinstance(node, Sum) and isinstance(node.function, exp) and len(node.limits) == 1


def _marked(expr: Expr, whole: Sum, shares: Shares, rules: IndexCalculus) -> Expr:
    """Shares as an unknown function, and their weight Z where it does not cancel."""
    weight, mark = _weight(shares), _mark(shares)
    bases = {entry.base for entry in shares.exponent.atoms(Indexed)}
    places = {e.indices[0] for e in expr.atoms(Indexed) if e.base in bases}
    marks = {exp(_at(shares, place)): weight * mark(place) for place in places}
    marks |= {exp(-_at(shares, place)): 1 / (weight * mark(place)) for place in places}
    plain = _normal(expr.xreplace({whole: weight}).xreplace(marks), rules)
    plain = plain.replace(log, lambda z: _log(z, weight, shares.maximum + log(shares.total)))
    return _normal(tidy(plain), rules) if plain.has(weight) else plain


def _unmarked(expr: Expr, shares: Shares) -> Expr:
    expr = expr.xreplace({_weight(shares): exp(shares.maximum) * shares.total})
    return expr.replace(
        _mark(shares), lambda place: exp(_at(shares, place) - shares.maximum) / shares.total
    )


def _weight(shares: Shares) -> Symbol:
    return Symbol(f"weight_{shares.total.name}", positive=True)


def _mark(shares: Shares) -> Any:
    return Function(f"share_{shares.total.name}", positive=True)


def _at(shares: Shares, place: Any) -> Expr:
    return at_index(shares.exponent, shares.index, place)


def _normal(expr: Expr, rules: IndexCalculus) -> Expr:
    """With the constant factors of every sum, the weight among them, outside."""
    if isinstance(expr, Sum):
        return rules.normal(expr)
    if not expr.args or not expr.has(Sum):
        return expr
    return expr.func(*(_normal(a, rules) if isinstance(a, Expr) else a for a in expr.args))


def _log(argument: Expr, weight: Symbol, value: Expr) -> Expr:
    """log(weight^n rest) = n value + log(rest)."""
    rest, powers = [], 0
    for factor in Mul.make_args(argument):
        base, power = factor.as_base_exp()
        if base == weight:
            powers += power
        else:
            rest.append(factor)
    return log(Mul(*rest)) + powers * value
