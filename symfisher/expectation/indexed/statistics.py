"""Expectations that are linear in statistics of single entries, T(x[i])."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Add, Dummy, Expr, Indexed, KroneckerDelta, Mul, Sum, expand_mul

from symfisher.algebra.indexed import IndexCalculus, calculus
from symfisher.declaration import Family
from symfisher.vectors import at_index

# The place at which the template of a statistic is written.
POINT = Dummy("point", integer=True, positive=True)

Mean = Callable[[Expr], Expr | None]


class NotLinear(Exception):
    """An integrand that is no linear combination of statistics of single entries."""


def reads_data(expr: Expr, family: Family) -> bool:
    return bool(expr.has(*family.variables))


def terms_of(expr: Expr, family: Family) -> list[tuple[Expr, Expr]]:
    """(coefficient, data part) of each term; the data part is 1 where the term reads no data."""
    found = []
    for term in Add.make_args(expand_mul(expr)):
        coefficients: list[Expr] = []
        data: list[Expr] = []
        for factor in Mul.make_args(term):
            (data if reads_data(factor, family) else coefficients).append(factor)
        found.append((Mul(*coefficients), Mul(*data)))
    return found


def template(data: Expr, family: Family) -> tuple[Expr, Any]:
    """A statistic of one entry, written at ``POINT``, and the place where it stands.

    Raises:
        NotLinear: it reads entries at several places, or none.
    """
    places = {entry.indices[0] for entry in data.atoms(Indexed) if entry.base in family.variables}
    for delta in data.atoms(KroneckerDelta):
        places |= set(delta.args) - {family.category}
    if len(places) != 1:
        raise NotLinear
    (place,) = places
    return at_index(data, place, POINT), place


def expectation(expr: Expr, family: Family, mean: Mean) -> Expr:
    """E[expr], given the means of statistics at ``POINT``.

    Raises:
        NotLinear: the integrand is not linear in statistics of entries, or a mean is not known.
    """
    rules = calculus(family)
    return Add(
        *(
            coefficient * _expectation_of(data, family, mean, rules)
            for coefficient, data in terms_of(expr, family)
        )
    )


def _expectation_of(data: Expr, family: Family, mean: Mean, rules: IndexCalculus) -> Expr:
    if data == 1:
        return data
    if isinstance(data, Sum):
        return _expectation_of_sum(data, family, mean, rules)
    statistic, place = template(data, family)
    found = mean(statistic)
    if found is None:
        raise NotLinear
    return rules.normal(at_index(found, POINT, place))


def _expectation_of_sum(data: Sum, family: Family, mean: Mean, rules: IndexCalculus) -> Expr:
    known = mean(data)  # a total may be known where its entries are not
    if known is not None:
        return known
    ((bound, _, _),) = data.limits
    fresh = Dummy(bound.name, integer=True, positive=True)
    inside = expectation(at_index(data.function, bound, fresh), family, mean)
    return rules.total(inside, fresh)
