"""Score and Hessian of a family with vectors: one expression a declared parameter, or a pair.

An entry of a vector is written at the row's index; in the Hessian the second one is at the
column's.  A plain parameter has no index.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Add, Expr, KroneckerDelta, expand_mul

from symfisher.algebra.indexed import calculus
from symfisher.declaration import Family
from symfisher.vectors import at_index


@lru_cache(maxsize=64)
def normal_log_density(family: Family) -> Expr:
    return calculus(family).normal(family.log_density)


@lru_cache(maxsize=64)
def indexed_score(family: Family) -> tuple[Expr, ...]:
    """The derivative by each parameter, that of a vector by its free coordinate ``row``."""
    rules, density = calculus(family), normal_log_density(family)
    return tuple(rules.gradient(density, p, family.indices[0]) for p in family.parameters)


@lru_cache(maxsize=64)
def indexed_hessian(family: Family) -> tuple[tuple[Expr, ...], ...]:
    """The second derivatives, k x k blocks for k declared parameters."""
    rules, column = calculus(family), family.indices[1]
    return tuple(
        tuple(rules.gradient(slope, q, column) for q in family.parameters)
        for slope in indexed_score(family)
    )


def at_column(expr: Expr, family: Family) -> Expr:
    """What is written at the row's index, at the column's."""
    row, column = family.indices[:2]
    return at_index(expr, row, column)


def at_row(expr: Expr, family: Family) -> Expr:
    """The same with everything that delta_ij multiplies written at the row's index."""
    row, column = family.indices[:2]
    delta = KroneckerDelta(row, column)
    if not expr.has(delta):
        return expr
    terms = Add.make_args(expand_mul(expr))
    return Add(*(delta * at_index(t / delta, column, row) if t.has(delta) else t for t in terms))


def transposed(expr: Expr, family: Family) -> Expr:
    """The entry on the other side of the diagonal: the row's and the column's index swapped.

    Without vectors it is the same expression.
    """
    if not family.is_indexed:
        return expr
    row, column, spare = family.indices[0], family.indices[1], family.indices[-1]
    swapped = at_index(at_index(at_index(expr, row, spare), column, row), spare, column)
    return at_row(swapped, family)
