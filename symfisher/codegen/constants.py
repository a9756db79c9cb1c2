"""Constants such as pi**2/6 - 1 as one number each, not computed at every point."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul, Symbol


def without_constants(expr: Expr, found: dict[Expr, Symbol], names: Iterator[str]) -> Expr:
    """The expression with a symbol for each largest part that is an irrational number.

    ``found`` maps those numbers to their symbols and grows.
    """
    if expr.is_number:
        return expr if expr.is_Rational else _symbol(expr, found, names)
    if expr.is_Atom:
        return expr
    arguments = list(expr.args)
    if isinstance(expr, Add | Mul):
        numbers = [argument for argument in arguments if argument.is_number]
        if any(not number.is_Rational for number in numbers):
            others = [argument for argument in arguments if argument not in numbers]
            arguments = [expr.func(*numbers), *others]
    return expr.func(*(without_constants(a, found, names) for a in arguments))


def _symbol(number: Expr, found: dict[Expr, Symbol], names: Iterator[str]) -> Expr:
    """Its symbol, with the sign in front; an infinite or undefined value stands as it is."""
    if not number.is_finite:
        return number
    if number.is_negative:
        return -_symbol(-number, found, names)
    if number not in found:
        found[number] = Symbol(next(names), positive=True)
    return found[number]
