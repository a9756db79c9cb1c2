"""The short form of an expression with sums over entries: each coefficient of a delta by itself."""

from __future__ import annotations

from collections.abc import Callable

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Symbol,
    expand_mul,
    expand_power_exp,
)

from symfisher.algebra.indexed import plain_parts


def tidy_indexed(expr: Expr, tidy: Callable[[Expr], Expr]) -> Expr:
    """``expr`` with the coefficient of each product of deltas in its shortest form."""
    terms = by_deltas(expr)
    return Add(*(deltas * _short(coefficient, tidy) for deltas, coefficient in terms.items()))


def by_deltas(expr: Expr) -> dict[Expr, Expr]:
    """Product of deltas -> its coefficient; the key 1 holds what is free of deltas."""
    if not expr.has(KroneckerDelta):
        return {Integer(1): expr}
    found: dict[Expr, list[Expr]] = {}
    for term in Add.make_args(expand_mul(expr)):
        deltas, rest = [], []
        for factor in Mul.make_args(term):
            base, power = factor.as_base_exp()
            if isinstance(base, KroneckerDelta) and power.is_positive:
                deltas.append(base)
            else:
                rest.append(factor)
        found.setdefault(Mul(*deltas), []).append(Mul(*rest))
    return {deltas: Add(*coefficients) for deltas, coefficients in found.items()}


def _short(coefficient: Expr, tidy: Callable[[Expr], Expr]) -> Expr:
    parts: dict[Expr, Dummy] = {}
    plain_parts(coefficient, parts)
    # Symbols in the order of what they stand for, so that the form does not hang on the run.
    names: dict[Expr, Symbol] = {
        part: Symbol(f"part_{n}", **name.assumptions0)
        for n, (part, name) in enumerate(sorted(parts.items(), key=lambda item: str(item[0])))
    }
    back = {name: part for part, name in names.items()}
    # exp(a[i])*exp(a[j]) shows the structure that exp(a[i] + a[j]) hides.
    return _put_back(expand_power_exp(tidy(_replaced(coefficient, names))), back)


def _replaced(expr: Expr, names: dict[Expr, Symbol]) -> Expr:
    if expr in names:
        return names[expr]
    return expr.func(*(_replaced(a, names) for a in expr.args)) if expr.args else expr


def _put_back(expr: Expr, back: dict[Symbol, Expr]) -> Expr:
    """As ``xreplace``, but a number in front of a sum is not multiplied in."""
    if expr in back:
        return back[expr]
    if not expr.args:
        return expr
    arguments = [_put_back(argument, back) for argument in expr.args]
    if isinstance(expr, Mul | Add | Pow):
        return expr.func(*arguments, evaluate=True)
    return expr.func(*arguments)
