"""Whether the Cramer-Rao bound is attained, and by which statistic.

The estimators of g(theta) from independent observations that attain it for all theta are those
with g + J F^-1 score free of theta, and it is then the statistic, averaged over the observations
(Wijsman 1973; Lehmann and Casella 1998, theorem 2.5.12).  That is tested, not looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Integer, Matrix, Rational, Symbol

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.samples import joint_points
from symfisher.expectation.truth import score_of
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.quantities.given import functions_of, jacobian
from symfisher.quantities.information import fisher
from symfisher.quantities.rank import general_inverse, generic_values
from symfisher.quantities.registry import quantity

_SAME = 1e-18
_PLACES = (Integer(1), Integer(0), Rational(1, 2), Integer(2), Rational(1, 3), Integer(3))


@quantity(
    "efficient_estimator",
    "Statistic whose average attains the Cramer-Rao bound, where one does.",
    ("fisher", "score"),
    default=False,
)
def efficient_estimator(family: Family, of: Any = None) -> Formula:
    """The statistics T(x) whose averages are unbiased and attain the bound, a vector.

    ``of`` is a function of the parameters, or several; by default each parameter is asked for.
    Status "none" where no unbiased estimator attains the bound of any of them, for any number of
    observations.
    """
    targets = family.parameters if of is None else functions_of(family, of, "of")
    found = [attaining_statistic(family, g) for g in targets]
    attained = [(g, t) for g, t in zip(targets, found) if t is not None]
    notes = _refusals(family, targets, found)
    names = ", ".join(str(g) for g, _ in attained)
    step = Step("attainment", "g + J F^-1 score does not hang on the parameters.", None, None)
    return Formula(
        name="efficient_estimator",
        title=f"Efficient estimator of {names}" if attained else "Efficient estimator",
        symbol="T(x)",
        expr=ImmutableDenseMatrix([t for _, t in attained]) if attained else None,
        family=family,
        status=Status.CLOSED if attained else Status.NONE,
        reads_data=True,
        notes=notes,
        trace=(step,) if attained else (),
        details={"of": [str(g) for g, _ in attained]},
    )


def attainment_note(family: Family, targets: Sequence[Expr]) -> str:
    """One sentence on whether the bound of the functions is attained."""
    found = [attaining_statistic(family, g) for g in targets]
    yes = [f"{g} by the mean of {t}" for g, t in zip(targets, found) if t is not None]
    parts = [f"It is attained for {', '.join(yes)}."] if yes else []
    return " ".join((*parts, *_refusals(family, targets, found)))


def _refusals(
    family: Family, targets: Sequence[Expr], found: Sequence[Expr | None]
) -> tuple[str, ...]:
    """For each function without such a statistic, that it has none or that this is not known."""
    no = ", ".join(str(g) for g, t in zip(targets, found) if t is None)
    if not no:
        return ()
    information = fisher(family).expr
    if information is not None and information.has(Expectation):
        return (f"Whether an unbiased estimator of {no} attains it is not decided.",)
    return (f"No unbiased estimator of {no} attains it.",)


@lru_cache(maxsize=128)
def attaining_statistic(family: Family, function: Expr) -> Expr | None:
    """T(x) with E[T] = g(theta) whose average attains the bound; None where none is found."""
    information = fisher(family)
    if information.expr is None or information.expr.has(Expectation):
        return None
    rows, matrix = jacobian([function], family), information.expr
    weights = rows * general_inverse(matrix, family)
    identified = all(map(generic_values(family).is_zero, weights * matrix - rows))
    if not identified:
        return None
    statistic = function + (weights * Matrix(score_of(family)))[0, 0]
    if not _is_free_of_parameters(statistic, family):
        return None
    return _without_parameters(statistic, family)


def _is_free_of_parameters(statistic: Expr, family: Family) -> bool:
    """Whether the value at an observation is the same at several parameter points."""
    points = joint_points(family, 4)
    moving = set(family.parameters)
    for fixed in points[:2]:
        rest = {s: v for s, v in fixed.items() if s not in moving}
        own = [{**rest, **{p: point[p] for p in moving}} for point in points]
        values = Fingerprint(own).value(statistic)
        size = max(abs(float(v.mid())) for v in values) + 1
        if any(not v.is_finite() for v in values):
            return False
        if any(abs(float((v - values[0]).mid())) > _SAME * size * 1e3 for v in values):
            return False
    return True


def _without_parameters(statistic: Expr, family: Family) -> Expr:
    """The same statistic at one parameter point, a simple one."""
    short = tidy(statistic)
    if not short.free_symbols & set(family.parameters):
        return short
    return tidy(statistic.subs(_simple_point(family)))


def _simple_point(family: Family) -> dict[Symbol, Expr]:
    """Round values of the parameters that the domains and constraints allow."""
    for value in _PLACES:
        point: dict[Symbol, Expr] = {}
        for parameter in family.parameters:
            domain = family.domains[parameter].substitute(point)
            point[parameter] = next((v for v in (value, *_PLACES) if _inside(v, domain)), value)
        if all(c.subs(point) != False for c in family.constraints):  # noqa: E712
            return point
    return {p: joint_points(family, 4)[0][p] for p in family.parameters}


def _inside(value: Expr, domain: Domain) -> bool:
    return (domain.lower < value) == True and (value < domain.upper) == True  # noqa: E712
