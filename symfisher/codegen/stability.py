"""Forms that neither cancel nor overflow: rules from an expression to an equal one."""

from __future__ import annotations

from sympy import Expr


def stable(expr: Expr) -> Expr:
    """An equal expression whose value in floating point is good over the whole domain."""
    return expr
