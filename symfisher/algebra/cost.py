"""How long an expression is on the page: the operation count that short forms are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sympy import (
    Add,
    Basic,
    E,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    S,
    exp,
    gamma,
    loggamma,
    polygamma,
)
from sympy.core.function import AppliedUndef, Function

MINUS = 0.02  # on top for a minus sign: of equal forms the one with fewest is taken
NESTED = 1.1  # a sum that holds fractions, under or over a fraction bar
UNEVALUATED = 6.0  # gamma or polygamma at a number, where a closed value is known


@lru_cache(maxsize=20_000)
def cost(expr: Expr) -> float:
    """Operations of ``expr`` as ``sympy.count_ops`` counts them, plus a little for minus signs."""
    if isinstance(expr, Rational):
        return _rational_cost(expr)
    if isinstance(expr, Mul):
        return _product_cost(expr)
    if isinstance(expr, Add):
        return _sum_cost(expr)
    if isinstance(expr, Pow):
        return _power_cost(expr)
    if expr is E:
        return 1.0
    named = float(isinstance(expr, Function | AppliedUndef))
    if isinstance(expr, gamma | loggamma | polygamma) and expr.is_number:
        named += UNEVALUATED
    return named + _total(a for a in expr.args if isinstance(a, Basic))


def _total(parts: Iterable[Expr]) -> float:
    return sum(map(cost, parts), 0.0)


def _rational_cost(number: Rational) -> float:
    minus = 1 + MINUS if number.p < 0 else 0.0
    return minus + float(number.q != 1)


def _power_cost(power: Pow) -> float:
    if power.exp is S.NegativeOne:
        return 1 + cost(power.base)
    return 1 + cost(power.base) + cost(power.exp)


def is_negative_term(term: Expr) -> bool:
    """Whether a term is written with a leading minus sign."""
    return bool(term.is_negative) if term.is_Number else _leading_minus(term)


def _leading_minus(term: Expr) -> bool:
    return isinstance(term, Mul) and bool(term.args[0].is_Rational and term.args[0].is_negative)


def _sum_cost(total: Add) -> float:
    negative = [is_negative_term(a) for a in total.args]
    parts = [-a if minus else a for a, minus in zip(total.args, negative, strict=True)]
    count = len(parts) - 1 + sum(negative) * MINUS
    return count + all(negative) * (1 + MINUS) + _total(parts)


def _product_cost(product: Mul) -> float:
    above: list[Expr] = []
    below: list[Expr] = []
    minus = 0.0
    for factor in product.args:
        if isinstance(factor, Rational):
            minus += (factor.p < 0) * (1 + MINUS)
            above += [Integer(abs(factor.p))] * (abs(factor.p) != 1)
            below += [Integer(factor.q)] * (factor.q != 1)
        elif _goes_below(factor):
            below.append(_reciprocal(factor))
        else:
            above.append(factor)
    count = max(len(above) - 1, 0) + max(len(below) - 1, 0) + bool(below)
    nested = NESTED * (bool(below) and any(map(_holds_fraction, (*above, *below))))
    return minus + count + nested + _total(above) + _total(below)


def _holds_fraction(factor: Expr) -> bool:
    """Whether the factor is a sum, or a power of one, with a denominator that is not a number."""
    base = factor.base if isinstance(factor, Pow) else factor
    return isinstance(base, Add) and any(
        _goes_below(part) for term in base.args for part in Mul.make_args(term)
    )


def _goes_below(factor: Expr) -> bool:
    if isinstance(factor, exp):
        return is_negative_term(factor.args[0])
    return isinstance(factor, Pow) and is_negative_term(factor.exp)


def _reciprocal(factor: Expr) -> Expr:
    if isinstance(factor, exp):
        return exp(-factor.args[0])
    return Pow(factor.base, -factor.exp)
