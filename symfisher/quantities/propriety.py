"""Whether a positive function of the parameters has a finite integral over their domain.

Along each parameter the function is followed towards both ends of the domain, where it goes like a
power of the distance.  A power that decides, decides; one that does not is said to be undecided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import pairwise
from math import inf, isfinite, log
from typing import Any

from sympy import Expr, Integer, Rational, Symbol, diff, oo
from sympy import log as symbolic_log

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.engine import engine
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.intervals import on_intervals
from symfisher.quantities.rank import generic_values

_EXPONENTS = (12, 24, 48)  # of ten: how near to a finite end, how far towards an infinite one
_STEADY = 0.02  # the most that the power may still change
_CLEAR = 0.05  # from -1
_EXACT = 1e-7
_POINTS = 3


class Verdict(Enum):
    FINITE = "finite"
    INFINITE = "infinite"
    UNDECIDED = "not decided"


def integral_verdict(function: Expr, family: Family) -> tuple[Verdict, str]:
    """Whether the integral over all parameters is finite, and why, in words."""
    carried = on_intervals(function, family.restricted(engine(family).conditions))
    if carried is None:
        return Verdict.UNDECIDED, "the parameters' domain is not carried to a product of intervals"
    function, family = carried
    verdicts = {}
    for parameter in family.parameters:
        verdicts[parameter], end = _along(function, parameter, family)
        if verdicts[parameter] is Verdict.INFINITE:
            return Verdict.INFINITE, f"its integral over {parameter} diverges at {end}"
    if any(v is Verdict.UNDECIDED for v in verdicts.values()):
        return Verdict.UNDECIDED, "its decay at an end of the domain does not tell"
    if len(verdicts) > 1 and not _separates(function, family):
        return Verdict.UNDECIDED, "it is no product of functions of one parameter each"
    return Verdict.FINITE, "its integral converges at both ends"


def _along(function: Expr, parameter: Symbol, family: Family) -> tuple[Verdict, Expr]:
    """The verdict on the integral over one parameter, at generic values of the others.

    An integral that is infinite for all of them makes the whole one infinite (Tonelli).
    """
    domain = family.domains[parameter]
    found = []
    for end in (domain.lower, domain.upper):
        at_points = {
            _at_end(function, parameter, end, domain, point)
            for point in sample_points(family, _POINTS, seed=23)
        }
        verdict = at_points.pop() if len(at_points) == 1 else Verdict.UNDECIDED
        if verdict is Verdict.INFINITE:
            return verdict, end
        found.append(verdict)
    return (Verdict.UNDECIDED if Verdict.UNDECIDED in found else Verdict.FINITE), oo


def _at_end(
    function: Expr, parameter: Symbol, end: Expr, domain: Domain, point: Mapping[Symbol, Any]
) -> Verdict:
    infinite = end in (oo, -oo)
    values = []
    for place, distance in _approach(end, end == domain.lower):
        value = abs(evaluate(function, {**point, parameter: place}))
        if value == 0.0:
            return Verdict.FINITE  # it vanishes faster than any power
        if not isfinite(value):
            return Verdict.UNDECIDED
        values.append((log(value), distance))
    powers = [(b - a) / (y - x) for (a, x), (b, y) in pairwise(values)]
    verdict = _by_power(powers, infinite)
    return _by_logarithm(values) if verdict is Verdict.UNDECIDED else verdict


def _approach(end: Expr, is_lower: bool) -> Iterator[tuple[Rational, float]]:
    """Places nearer and nearer to an end, with the logarithm of the distance."""
    for exponent in _EXPONENTS:
        size = Integer(10) ** exponent
        if end == oo:
            yield size, exponent * log(10)
        elif end == -oo:
            yield -size, exponent * log(10)
        else:
            yield end + (1 if is_lower else -1) / size, -exponent * log(10)


def _by_power(powers: list[float], infinite: bool) -> Verdict:
    """d^p is integrable at a finite end where p > -1, at an infinite one where p < -1."""
    before, last = powers
    excess = -(last + 1) if infinite else last + 1
    steady = abs(last - before) <= _STEADY
    if steady and abs(last + 1) <= _EXACT:
        return Verdict.INFINITE
    if steady and abs(excess) > _CLEAR:
        return Verdict.FINITE if excess > 0 else Verdict.INFINITE
    if abs(excess) > 10 and abs(last) > abs(before):  # faster than any power
        return Verdict.FINITE if excess > 0 else Verdict.INFINITE
    return Verdict.UNDECIDED


def _by_logarithm(values: list[tuple[float, float]]) -> Verdict:
    """d^-1 L^q with L = |log d| is integrable where q < -1, at either kind of end."""
    powers = [(b + y - a - x) / (log(abs(y)) - log(abs(x))) for (a, x), (b, y) in pairwise(values)]
    before, last = powers
    if abs(last - before) > _STEADY * max(1.0, abs(last)) or abs(last + 1) <= 2 * _CLEAR:
        return Verdict.UNDECIDED
    return Verdict.FINITE if last < -1 else Verdict.INFINITE


def _separates(function: Expr, family: Family) -> bool:
    values = generic_values(family)
    logarithm = symbolic_log(function)
    return all(
        values.is_zero(diff(logarithm, p, q))
        for i, p in enumerate(family.parameters)
        for q in family.parameters[i + 1 :]
    )


def integral(function: Expr, family: Family) -> float:
    """The integral over the one parameter of a family without constants; nan if it is not found."""
    (parameter,) = family.parameters
    if family.constants:
        return float("nan")
    twin = family._twin(
        variables=(parameter,),
        supports=(family.domains[parameter],),
        parameters=(),
        domains={},
        log_density=symbolic_log(function),
        is_mass=False,
    )
    estimate = quadrature(twin).expect([], {})
    good = float(estimate.mass_error) < 1e-8 * abs(float(estimate.mass)) < inf
    return float(estimate.mass) if good else float("nan")
