"""Gamma and polygamma functions of arguments that may be negative, down to -1.

Most languages have fast ones for positive arguments only; one step of the recurrences (DLMF 5.5.1,
5.15.5) serves a shape parameter such as the generalised extreme value distribution's, whose
moments are taken on (-1, oo).  NaN is left for what lies further down.
"""

from __future__ import annotations

from sympy import Expr, Integer, factorial, gamma, polygamma


def one_step_up(expr: Expr) -> Expr:
    """The same with Gamma(x) as Gamma(x + 1)/x where x is not known to be positive."""
    kinds = (gamma, polygamma)
    return expr.replace(lambda e: isinstance(e, kinds) and _may_be_negative(e), _stepped)


def _may_be_negative(e: Expr) -> bool:
    x = e.args[-1]
    return not x.is_number and not x.is_positive and (e.func is gamma or e.args[0].is_Integer)


def _stepped(e: Expr) -> Expr:
    x = e.args[-1]
    if e.func is gamma:
        return gamma(x + 1, evaluate=False) / x
    order = e.args[0]
    term = Integer(-1) ** order * factorial(order) / x ** (order + 1)
    return polygamma(order, x + 1, evaluate=False) - term
