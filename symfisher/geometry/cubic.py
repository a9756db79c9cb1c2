"""The third moments of the score, from which all alpha-connections follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from sympy import Add, Expr, Integer, Mul, Rational

from symfisher.algebra.fraction import Fraction
from symfisher.algebra.fraction_field import Field
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import MismatchError
from symfisher.expectation import exponential_family
from symfisher.expectation.engine import Expected, engine, status_of
from symfisher.expectation.exponential_solution import Solution
from symfisher.expectation.truth import ENOUGH_DIGITS, score_of
from symfisher.formula import Status, Step
from symfisher.geometry.tensors import Index


@dataclass(frozen=True)
class Cubic:
    """E[s_i s_j s_k] for i <= j <= k, with its standing as of an ``Expected``."""

    entries: Mapping[Index, Expr]
    status: Status
    digits: float | None
    steps: tuple[Step, ...]


def cubic(family: Family) -> Cubic:
    """The third moments of the score of a canonical family."""
    frame = exponential_family.frame(family)
    if frame is None:
        return _by_expectation(family)
    entries: dict[Index, Expr] = frame.workspace.run(
        lambda solution: {index: _expression(solution, index) for index in _indices(family)}
    )
    digits = _agreement(family, entries)
    step = Step(
        "third moments of the score",
        "The scores are linear in the statistics, whose covariances are derivatives of their means "
        "m by the natural parameters eta, so that E[s_i s_j s_k] = sum over the statistics of "
        "(d_i eta)(d_j d_k m) - (d_i m)(d_j d_k eta).",
    )
    return Cubic(entries, Status.CLOSED, digits, (*frame.steps, step))


def _indices(family: Family) -> list[Index]:
    return list(combinations_with_replacement(range(len(family.parameters)), 3))


def _expression(solution: Solution, index: Index) -> Expr:
    value = _third_moment(solution.field, solution, index)
    return tidy(solution.field.expression(value)) if value else Integer(0)


def _third_moment(field: Field, solution: Solution, index: Index) -> Fraction:
    """sum_a (d_i eta_a)(d_j d_k m_a) - (d_i m_a)(d_j d_k eta_a)."""
    i, j, k = (solution.parameters[place] for place in index)
    first, second = _derivatives(field, solution.natural, solution.means, (i, j, k))
    return field.sum(first) - field.sum(second)


def _derivatives(
    field: Field, natural: Sequence[Fraction], means: Sequence[Fraction], by: Sequence[Expr]
) -> tuple[list[Fraction], list[Fraction]]:
    i, j, k = by

    def twice(value: Fraction) -> Fraction:
        return field.derivative(field.derivative(value, j), k)

    pairs = list(zip(natural, means))
    first = [field.derivative(eta, i) * twice(mean) for eta, mean in pairs]
    return first, [field.derivative(mean, i) * twice(eta) for eta, mean in pairs]


def _agreement(family: Family, entries: Mapping[Index, Expr]) -> float:
    """Digits to which the third moment of one generic combination of the scores agrees."""
    weights = [Rational(2 * n + 3, 7 + n) for n in range(len(family.parameters))]
    combination = Add(*(w * s for w, s in zip(weights, score_of(family))))
    total = Add(
        *(
            _multiplicity(index) * Mul(*(weights[n] for n in index)) * value
            for index, value in entries.items()
        )
    )
    (branch,) = engine(family).branches
    digits = branch.truth.digits(combination**3, total, [{} for _ in branch.points])
    if digits < ENOUGH_DIGITS - 3:
        raise MismatchError(
            f"family '{family.name}': the third moments of the score agree with quadrature to "
            f"{digits:.1f} digits only; nothing is shown"
        )
    return digits


def _multiplicity(index: Index) -> Integer:
    return Integer({1: 1, 2: 3, 3: 6}[len(set(index))])


def _by_expectation(family: Family) -> Cubic:
    """Each moment by the engine; what it does not close stays an expectation."""
    score = score_of(family)
    found: dict[Index, Expected] = {}
    for index in _indices(family):
        found[index] = engine(family).expect(Mul(*(score[place] for place in index)))
    digits = [each.digits for each in found.values()]
    return Cubic(
        {index: each.expr for index, each in found.items()},
        status_of(Add(*(each.expr for each in found.values()))),
        None if None in digits else min(d for d in digits if d is not None),
        tuple(dict.fromkeys(step for each in found.values() for step in each.steps)),
    )
