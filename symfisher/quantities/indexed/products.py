"""Products with the Fisher matrix and its inverse: sums over the entries, of cost O(length)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, IndexedBase, Integer, Rational, exp, oo

from symfisher.algebra.indexed import calculus
from symfisher.algebra.indexed_derivatives import at_column
from symfisher.algebra.indexed_inverse import indexed_determinant
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.indexed.bound import crlb, inverted, singular_note
from symfisher.quantities.indexed.check import hold_equal
from symfisher.quantities.indexed.displacement import vector_like_parameters
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import for_vectors


def times(matrix: Formula, vector: Mapping[str, Any]) -> list[Expr]:
    """matrix * vector: one expression a parameter, at the row's index."""
    family = matrix.family
    k = range(len(family.parameters))
    return [Add(*(_contracted(matrix.expr[p, q], family, q, vector) for q in k)) for p in k]


def _contracted(entry: Expr, family: Family, q: int, vector: Mapping[str, Any]) -> Expr:
    """The sum over the column's index of an entry times the vector."""
    parameter, column = family.parameters[q], family.indices[1]
    if not isinstance(parameter, IndexedBase):
        return entry * vector[parameter.name]
    rules = calculus(family)
    whole = parameter not in rules.totals
    return rules.free_total(entry * vector[parameter.name][column], column, whole)


def contracted_twice(matrix: Formula, vector: Mapping[str, Any]) -> Expr:
    """vector^T matrix vector."""
    family, rules = matrix.family, calculus(matrix.family)
    found = Integer(0)
    for parameter, entry in zip(family.parameters, times(matrix, vector), strict=True):
        other = vector[parameter.name]
        if isinstance(parameter, IndexedBase):
            row = family.indices[0]
            whole = parameter not in rules.totals
            found += rules.free_total(entry * other[row], row, whole)
        else:
            found += entry * other
    return found


@for_vectors("fisher_vector_product")
def fisher_vector_product(family: Family) -> Formula:
    """F v at the row's index; v is ``extra_symbols["vector"]``."""
    information, vector = fisher(family), vector_like_parameters(family, "v")
    named = information.with_(
        name="fisher_vector_product",
        title="Fisher-vector product",
        symbol=r"\mathcal{I}(\theta)\, v",
        extra_symbols={"vector": vector},
    )
    if information.expr is None:
        return named
    return _with_product(named, [tidy(e) for e in times(information, vector)], "v")


def _with_product(formula: Formula, entries: list[Expr], letter: str) -> Formula:
    product = ImmutableDenseMatrix(entries)
    step = Step("multiply", f"Multiply by the vector {letter}, summing over the entries.", None,
                product)  # fmt: skip
    return formula.with_(expr=product, trace=(*formula.trace, step))


@for_vectors("natural_gradient")
def natural_gradient(family: Family) -> Formula:
    """F^-1 g at the row's index (Amari 1998); g is ``extra_symbols["gradient"]``.

    Where F is singular along one known direction, the solution of F x = g that is orthogonal to
    it, for gradients g that are: those of anything that the distribution determines.
    """
    bound, vector = crlb(family), vector_like_parameters(family, "g")
    named = bound.with_(
        name="natural_gradient",
        title="Natural gradient",
        symbol=r"\mathcal{I}(\theta)^{-1} g",
        extra_symbols={"gradient": vector},
    )
    if bound.expr is not None:
        return _with_product(named, [tidy(e) for e in times(bound, vector)], "g")
    information = fisher(family)
    if information.expr is None:
        return named
    return _on_quotient(named, information, vector)


def _on_quotient(named: Formula, information: Formula, vector: Mapping[str, Any]) -> Formula:
    family = information.family
    found, rules, row = inverted(information), calculus(family), family.indices[0]
    if found is None or found.null_direction is None or found.diagonal is None:
        return named
    (parameter,), (null,) = family.parameters, found.null_direction
    gradient, whole = vector[parameter.name], parameter not in rules.totals
    raw = found.diagonal * gradient[row]
    along = rules.free_total(raw * null, row, whole) / rules.free_total(null**2, row, whole)
    solution = tidy(raw - null * along)
    _hold_solution(information, solution, gradient, null)
    note = singular_note(family, found.null_direction)
    return _with_product(
        named.with_(
            status=information.status,
            digits=information.digits,
            trace=information.trace,
            notes=(
                note,
                f"It is the solution of F x = {gradient} that is orthogonal to that vector, for "
                f"{gradient} orthogonal to it, as the gradient of whatever the distribution "
                "determines is",
            ),
        ),
        [solution],
        "g",
    )


def _hold_solution(information: Formula, solution: Expr, gradient: Any, null: Expr) -> None:
    """F x = g for a g orthogonal to the null vector: g is made so from a free vector."""
    family, rules = information.family, calculus(information.family)
    (parameter,), (row, column) = family.parameters, family.indices[:2]
    whole = parameter not in rules.totals
    along = rules.free_total(gradient[row] * null, row, whole)
    weight = rules.free_total(null**2, row, whole)

    def orthogonal(place: Any) -> Expr:
        return gradient[place.indices] - at(null, place.indices[0]) * along / weight

    def at(expr: Expr, place: Any) -> Expr:
        return expr.xreplace({row: place})

    projected = solution.replace(
        lambda e: getattr(e, "is_Indexed", False) and e.base == gradient, orthogonal
    )
    applied = rules.free_total(
        rules.normal(information.expr[0, 0] * at_column(projected, family)), column, whole
    )
    domain = Domain(-oo, oo, length=family.length)
    hold_equal(family, "F x", applied, orthogonal(gradient[row]), {gradient: domain})


@for_vectors("log_det_fisher")
def log_det_fisher(family: Family) -> Formula:
    """log det F by the matrix determinant lemma; status "none" where F is singular."""
    information = fisher(family)
    named = information.with_(
        name="log_det_fisher",
        title="Logarithm of the determinant of the Fisher matrix",
        symbol=r"\log\det\mathcal{I}(\theta)",
    )
    if information.expr is None:
        return named
    value = indexed_determinant(information.expr, family)
    if value is None:
        found = inverted(information)
        note = singular_note(family, found.null_direction if found else None)
        return named.with_(expr=None, status=Status.NONE, notes=(note,))
    step = Step("matrix determinant lemma", "Take the determinant of a diagonal plus terms of "
                "rank one.", information.expr, value)  # fmt: skip
    return named.with_(expr=value, trace=(*information.trace, step))


@for_vectors("sqrt_det_fisher")
def sqrt_det_fisher(family: Family) -> Formula:
    """sqrt(det F), not normalised (Jeffreys 1946), as the exponential of half of log det F."""
    logarithm = log_det_fisher(family)
    expr = None if logarithm.expr is None else exp(Rational(1, 2) * logarithm.expr)
    return logarithm.with_(
        name="sqrt_det_fisher",
        title="Square root of the determinant of the Fisher matrix",
        symbol=r"\sqrt{\det\mathcal{I}(\theta)}",
        expr=expr,
    )
