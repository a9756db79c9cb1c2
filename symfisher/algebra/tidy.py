"""The shortest textbook form of a result."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sympy import Add, Expr, ImmutableDenseMatrix, Indexed, MatrixBase, Piecewise, S

from symfisher.algebra.agreement import agree
from symfisher.algebra.constants import spread_constants
from symfisher.algebra.cost import MINUS, cost, is_negative_term
from symfisher.algebra.gamma_shift import Shift
from symfisher.algebra.generators import is_plain
from symfisher.algebra.incomplete_gamma import with_short_meijer
from symfisher.algebra.products import shortest
from symfisher.algebra.rational import Reading, as_rational
from symfisher.algebra.ring import Factored, UnfitError
from symfisher.algebra.writer import Writer

MOST_OPERATIONS = 30_000  # a longer expression is returned as it is
MOST_SUMMANDS = 12  # a longer sum is not tried term by term


def tidy_matrix(matrix: MatrixBase) -> ImmutableDenseMatrix:
    """The matrix with each entry in its shortest form."""
    return ImmutableDenseMatrix(matrix).applyfunc(tidy)


@lru_cache(maxsize=2_000)
def tidy(expr: Expr) -> Expr:
    """The shortest form found of ``expr``, equal to it wherever both are defined.

    Logarithms are taken to have positive arguments.  A number in front of a sum is left there, as
    in ``2*(a + b)``, although SymPy would multiply it in: compare values, not trees.  What cannot
    be treated exactly (floating-point numbers, infinities) or in bounded time comes back unchanged.
    """
    expr = with_short_meijer(expr)
    if isinstance(expr, Piecewise):
        return Piecewise(*((tidy(value), condition) for value, condition in expr.args))
    if expr.has(Indexed):
        from symfisher.algebra.indexed_tidy import tidy_indexed

        return tidy_indexed(expr, tidy)
    if is_plain(expr) or not expr.is_commutative or cost(expr) > MOST_OPERATIONS:
        return expr
    try:
        result = shortest([*_candidates(expr), expr])
    except UnfitError:
        return expr
    return result if result == expr or agree(expr, result) else expr


def _candidates(expr: Expr) -> list[Expr]:
    candidates: list[Expr] = []
    given = expr.atoms(Add)
    base = as_rational(expr, tidy)
    for shift in base.rewriting.shifts:
        reading = base if shift is Shift.BASE else as_rational(expr, tidy, shift)
        written = _writer(reading, given).fraction(reading.fraction)
        if written is S.Zero:
            return [S.Zero]
        candidates += [written, spread_constants(written)]
    if expr.is_Add and len(expr.args) <= MOST_SUMMANDS:
        candidates += _term_by_term(expr, min(map(cost, candidates)))
    return candidates


def _term_by_term(total: Add, best: float) -> list[Expr]:
    """The sum with each term in its short form, unless a part of it is longer than ``best``."""
    spent, terms = float(len(total.args) - 1), []
    for term in total.args:
        terms.append(tidy(term))
        spent += cost(terms[-1]) - (1 + MINUS) * is_negative_term(terms[-1])
        if spent > best:
            return []
    return [Add(*terms)]


def _writer(reading: Reading, given: Collection[Expr]) -> Writer:
    ring = reading.ring
    roots: list[tuple[int, int, Factored]] = []
    for relation, value in reading.relations:
        roots.append((ring.index[relation.generator], relation.degree, ring.factored(value)))
    return Writer(ring, reading.transcendental, roots, given)
