"""The value of a formula where it holds; what it needs, where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sympy import Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Not, Or

from symfisher.errors import InputError
from symfisher.formula import Formula
from symfisher.numerics.estimate import Estimate, estimate
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.requirements import OUTSIDE, argument_domains, domain_conditions, joint_conditions

Array = np.ndarray[Any, Any]
_COMPARISONS = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def admissible_estimate(formula: Formula, at: Mapping[Symbol, Any], digits: int) -> Estimate:
    """The formula's value and error at a point, or over arrays of arguments.

    Over arrays it is nan where parameters are outside their domain; where an observation has no
    mass it is what the formula is there, at a single point too.

    Raises:
        InputError: the parameters of a single point are outside their domain.
    """
    if formula.family.is_indexed:  # its domains are those of entries
        return estimate(formula.expr, at, digits)
    outside = [
        (condition, role, found)
        for condition, role in _requirements(formula)
        if condition.free_symbols <= at.keys() and not np.all(found := _holds(condition, at))
    ]
    if any(np.ndim(value) for value in at.values()):
        return _over_arrays(formula, at, digits, outside)
    for condition, role, _ in outside:
        if role != "data":
            raise InputError(_complaint(formula, condition, at))
    return _nothing(formula) if outside else estimate(formula.expr, at, digits)


def _over_arrays(
    formula: Formula, at: Mapping[Symbol, Any], digits: int, outside: list[tuple[Any, str, Array]]
) -> Estimate:
    value, error = estimate(formula.expr, at, digits)
    places = np.shape(value)[: np.ndim(value) - len(getattr(formula.expr, "shape", ()))]
    for _, role, holds in outside:
        blank = ~np.broadcast_to(holds, places)
        value[blank] = _outside(formula) if role == "data" else np.nan
        error[blank] = np.nan
    return Estimate(value, error)


def _requirements(formula: Formula) -> Iterator[tuple[Boolean, str]]:
    """Each condition on the arguments, and the role of what it is on; that of data first."""
    domains = argument_domains(formula).items()
    for symbol, (role, domain) in sorted(domains, key=lambda item: item[1][0] != "data"):
        for condition in domain_conditions(symbol, domain, closed=role == "data"):
            yield condition, role
    for condition in joint_conditions(formula):
        yield condition, "joint"


def _holds(condition: Boolean, at: Mapping[Symbol, Any]) -> Array:
    """Where a condition holds; everywhere, if it is none that can be evaluated."""
    if isinstance(condition, And | Or):
        combine = np.logical_and if isinstance(condition, And) else np.logical_or
        return combine.reduce(np.broadcast_arrays(*(_holds(c, at) for c in condition.args)))
    if isinstance(condition, Not):
        return ~_holds(condition.args[0], at)
    if not isinstance(condition, Relational):
        return np.asarray(condition != False)  # noqa: E712
    read = {s: np.asarray(at[s], dtype=float) for s in condition.free_symbols}
    left, right = evaluate_arrays([condition.lhs, condition.rhs], read)
    return np.asarray(_COMPARISONS[condition.rel_op](left, right))


def _complaint(formula: Formula, condition: Boolean, at: Mapping[Symbol, Any]) -> str:
    read = sorted(condition.free_symbols, key=str)
    values = ", ".join(f"{s} = {at[s]}" for s in read)
    return (
        f"{formula.name} of '{formula.family.name}' does not hold at {values}: it needs {condition}"
    )


def _outside(formula: Formula) -> float:
    return float(formula.details.get(OUTSIDE, "nan").replace("oo", "inf"))


def _nothing(formula: Formula) -> Estimate:
    """What the formula is at an observation without mass."""
    shape = getattr(formula.expr, "shape", ())
    value = np.full(shape, _outside(formula))
    return Estimate(value[()], np.zeros(shape)[()])
