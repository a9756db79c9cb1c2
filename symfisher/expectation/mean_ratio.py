"""E[log p - log q] under p: where it is finite, and in closed form where one is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sympy import Abs, Expr, Piecewise, Symbol
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.errors import DerivationError
from symfisher.expectation.budget import ROAD_SECONDS, within
from symfisher.expectation.engine import POINTS, engine, further_points, status_of
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.finite import stated
from symfisher.expectation.growth import existence
from symfisher.expectation.pair import Pair, inclusion
from symfisher.expectation.sign_cases import SignCase, has_sign_cases, joined, sign_cases
from symfisher.expectation.truth import ENOUGH_DIGITS, Truth, has_further_kinks, mass_is_one
from symfisher.expectation.two_point import mean
from symfisher.formula import Expectation, Status, Step
from symfisher.numerics.quadrature import quadrature

_POINTS, _WIDE_POINTS = 24, 80
_SIGNS = 6  # points at which a sign has to be the same to be one
_ERROR = 1e-9  # relative, of a quadrature that may judge


@dataclass(frozen=True)
class MeanRatio:
    """The mean with its standing; ``expr`` is None where it is infinite, for ``reason``."""

    expr: Expr | None
    status: Status
    digits: float | None = None
    conditions: tuple[Relational, ...] = ()
    steps: tuple[Step, ...] = ()
    reason: str = ""


def mean_log_ratio(pair: Pair) -> MeanRatio:
    """E[log p - log q] under p, and the conditions under which it is finite."""
    nested = inclusion(pair)
    if nested.reason:
        return MeanRatio(None, Status.NONE, reason=nested.reason)
    if len(pair.first.variables) == 1 and has_sign_cases(pair):
        return _by_signs(pair, nested.conditions)
    limits = _finite(pair, nested.conditions)
    if isinstance(limits, str):
        return MeanRatio(None, Status.NONE, reason=limits)
    return _mean(pair, nested.conditions, limits)


def _finite(pair: Pair, nested: Sequence[Relational]) -> tuple[Relational, ...] | str:
    """Conditions for the tails, or why the mean is infinite whatever the parameters."""
    if len(pair.first.variables) != 1:
        return ()
    points = pair.points(_WIDE_POINTS, 37, conditions=nested)
    if len(points) < 2:
        return ()
    found = existence(pair.first, pair.log_ratio, Fingerprint(points[:_SIGNS]))
    if found is None:
        return ()
    if found.end is not None:
        (variable,) = pair.first.variables
        return (
            f"towards {variable} = {found.end} the logarithm of the second density falls too "
            "fast for its mean under the first to exist"
        )
    return stated(found.positive, points)


# -- the mean --------------------------------------------------------------------------------------


def _mean(pair: Pair, nested: Sequence[Relational], limits: Sequence[Relational]) -> MeanRatio:
    conditions = (*nested, *limits)
    if len(pair.first.variables) != 1:
        known = (*nested, *pair.second.constraints)
        found = engine(pair.first).expect(pair.log_ratio, pair.domains, known)
        return MeanRatio(found.expr, found.status, found.digits, conditions, found.steps)
    judge = Judge(pair, conditions)
    if len(judge.points) == POINTS:
        for raw, steps in _candidates(pair, nested):
            for closed in dict.fromkeys((tidy(raw), raw)):
                digits = judge.digits(closed)
                if digits >= ENOUGH_DIGITS:
                    return MeanRatio(closed, status_of(closed), digits, conditions, steps)
    left = Expectation.under(pair.first, pair.log_ratio)
    return MeanRatio(left, status_of(left), None, conditions)


class Judge:
    """Quadrature at points at which the mean is finite and quadrature is fit to judge."""

    def __init__(self, pair: Pair, conditions: Sequence[Relational]) -> None:
        self.pair = pair
        drawn = pair.points(_POINTS, 43, conditions=conditions)
        self.points = list(islice((p for p in drawn if _can_judge(pair, p)), POINTS))
        self._truth = Truth(pair.first, self.points)

    def digits(self, closed: Expr) -> float:
        return self._truth.digits(self.pair.log_ratio, closed, [{} for _ in self.points])


def _can_judge(pair: Pair, point: dict[Symbol, Expr]) -> bool:
    if not mass_is_one(pair.first, point):
        return False
    if has_further_kinks(pair.first, pair.log_ratio):
        return True
    found = quadrature(pair.first).expect([pair.log_ratio], point)
    return bool(found.errors[0] <= _ERROR * max(abs(found.values[0]), 1e-3))


def _candidates(
    pair: Pair, nested: Sequence[Relational]
) -> Iterator[tuple[Expr, tuple[Step, ...]]]:
    """Closed forms to be judged: by the engine's roads and over pieces, corners first by those."""
    cornered = pair.log_ratio.has(Piecewise, Abs)
    roads = (_over_pieces, _by_roads) if cornered else (_by_roads, _over_pieces)
    for road in roads:
        yield from road(pair, nested)


def _by_roads(pair: Pair, nested: Sequence[Relational]) -> Iterator[tuple[Expr, tuple[Step, ...]]]:
    (branch,) = engine(pair.first).branches
    try:
        values = further_points(branch, pair.domains, (*nested, *pair.second.constraints))
    except DerivationError:  # no points of the branch fit the conditions
        return
    for symbol in pair.domains:
        branch.fingerprint.know(symbol, [v[symbol] for v in values[:2]])
    for frame in branch.frames():
        raw = within(ROAD_SECONDS, partial(frame.expect, pair.log_ratio), None)
        if raw is not None:
            yield raw, tuple(frame.steps)


def _over_pieces(
    pair: Pair, nested: Sequence[Relational]
) -> Iterator[tuple[Expr, tuple[Step, ...]]]:
    """With the support cut at the corners of both densities."""
    points = pair.points(_POINTS, 43, conditions=nested)
    raw = mean(pair.first, pair.log_ratio, points) if len(points) > 2 else None
    if raw is not None:
        yield raw, ()


# -- supports of several forms ---------------------------------------------------------------------


def _by_signs(pair: Pair, nested: tuple[Relational, ...]) -> MeanRatio:
    """Case by case of the signs; cases in which it is infinite are excluded by ``nested``."""
    left = Expectation.under(pair.first, pair.log_ratio)
    unknown = MeanRatio(left, Status.QUADRATURE, None, nested)
    found: list[tuple[SignCase, MeanRatio]] = []
    for case in sign_cases(pair):
        value = mean_log_ratio(case.pair)
        if value.expr is not None:
            found.append((case, value))
    limits = _limits(found)
    if not found or limits is None:
        return unknown
    conditions = (*nested, *limits)
    if any(value.status is not Status.CLOSED for _, value in found):
        return MeanRatio(left, Status.QUADRATURE, None, conditions)
    judges: dict[SignCase, Any] = {case: Judge(case.pair, v.conditions) for case, v in found}

    def holds(case: SignCase, expr: Expr) -> bool:
        return bool(judges[case].digits(expr.xreplace(case.inward)) >= ENOUGH_DIGITS)

    values = [(case, v.expr.xreplace(case.outward)) for case, v in found if v.expr is not None]
    expr = joined(pair, values, holds)
    digits = min(v.digits for _, v in found if v.digits is not None)
    steps = tuple(dict.fromkeys(step for _, v in found for step in v.steps))
    return MeanRatio(expr, status_of(expr), digits, conditions, steps)


def _limits(found: Sequence[tuple[SignCase, MeanRatio]]) -> tuple[Relational, ...] | None:
    """The conditions for the tails in one case, where they hold in all the others anyway."""
    limits: dict[Relational, None] = {}
    for case, value in found:
        for condition in set(value.conditions) - set(inclusion(case.pair).conditions):
            stated_outside = condition.xreplace(case.outward)
            others = (each for each in found if each[0] is not case)
            if not all(_follows(stated_outside.xreplace(c.inward), c, v) for c, v in others):
                return None
            limits[stated_outside] = None
    return tuple(limits)


def _follows(condition: Relational, case: SignCase, value: MeanRatio) -> bool:
    """Whether the condition is stated in the case too, or holds in it anyway."""
    if condition in value.conditions:
        return True
    points = case.pair.points(_POINTS, 31)
    return all(condition.xreplace(point) == True for point in points)  # noqa: E712
