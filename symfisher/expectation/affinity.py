"""The integral of p^a q^(1-a) of two densities: what Renyi's and its kin are functions of.

In an exponential family it is exp(A(a eta + (1-a) eta') - a A(eta) - (1-a) A(eta')), the Bregman
form of the log-partition (Nielsen and Nock 2011, "On Renyi and Tsallis entropies and divergences
for exponential families"); elsewhere p^a q^(1-a) may be a kernel whose total mass is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sympy import (
    Dummy,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Max,
    Min,
    Piecewise,
    Symbol,
    exp,
    log,
    oo,
)
from sympy.core.relational import Relational

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.engine import POINTS, engine, status_of
from symfisher.expectation.exponential_form import exponential_form
from symfisher.expectation.finite import finite_where
from symfisher.expectation.pair import Pair, inclusion, same_support
from symfisher.expectation.powers import as_powers, closed_forms, logarithm_of
from symfisher.expectation.truth import (
    ENOUGH_DIGITS,
    Truth,
    has_further_kinks,
    mass_is_one,
)
from symfisher.expectation.two_point import total_mass
from symfisher.formula import Expectation, Status, Step
from symfisher.numerics.quadrature import quadrature

_UNIT = Domain(Integer(0), Integer(1))
_WIDE = Domain(Integer(-3), Integer(4))
_POINTS = 24
_WIDE_POINTS = 80
_MOST = 100.0  # of the mean of a power of the ratio of counts
_NEAR = 3  # points that are moved nearer
_ERROR = 1e-9  # relative, of a quadrature that may judge


@dataclass(frozen=True)
class Affinity:
    """The integral of p^a q^(1-a), with its logarithm, where it is finite, and how it was found.

    ``expr`` is None where it is infinite, for the reason in ``notes``.
    """

    expr: Expr | None
    logarithm: Expr | None
    status: Status
    digits: float | None
    conditions: tuple[Relational, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def affinity(pair: Pair, order: Expr) -> Affinity:
    """The integral of p^order q^(1-order); a symbolic order is taken from (0, 1) and continued."""
    if order.is_number and bool(order < 0) and not same_support(pair):
        return affinity(pair.swapped, 1 - order)  # finite where q has no mass outside p
    inside = order.is_number and bool(order > 0) and bool(order < 1)
    nested = inclusion(pair)
    if nested.reason and not inside:
        return Affinity(None, None, Status.NONE, None, notes=(_infinite(nested.reason),))
    if any(p.discrete != q.discrete for p, q in zip(pair.first.supports, pair.second.supports)):
        return Affinity(Integer(0), -oo, Status.CLOSED, None, notes=(nested.reason + ".",))
    conditions = () if inside else nested.conditions
    if order.is_Symbol and not same_support(pair):
        conditions = (*conditions, Gt(order, 0))
    for road, step in ((_bregman, _BREGMAN), (_kernel, _KERNEL)):
        roaded = road(pair, order, inside)
        if roaded is None:
            continue
        raw, parts = roaded
        finite = () if inside else finite_where(parts, _wide_points(pair, order))
        found = _verified(pair, order, raw, (*nested.conditions, *finite))
        if found is not None:
            value, digits = found
            return Affinity(
                value,
                logarithm_of(raw, value),
                Status.CLOSED,
                digits,
                (*conditions, *finite),
                (_step(pair, order, step, value),),
            )
    left = _unevaluated(pair, order)
    return Affinity(left, log(left), status_of(left), None, conditions)


_BREGMAN = (
    "Bregman form",
    "In an exponential family the product of powers is a member with natural parameters "
    "a*eta + (1 - a)*eta', so its mass is a ratio of partition functions.",
)
_KERNEL = (
    "product of powers",
    "The product of powers of the two densities is a kernel of a known total mass.",
)


def _step(pair: Pair, order: Expr, words: tuple[str, str], value: Expr) -> Step:
    return Step(*words, ratio_power(pair, 1 - order), value)


def ratio_power(pair: Pair, power: Expr) -> Expr:
    """(q/p)^power."""
    return exp(-power * pair.log_ratio)


def _infinite(reason: str) -> str:
    return f"The divergence is infinite: {reason}."


# -- roads ----------------------------------------------------------------------------------------


Logarithm = tuple[Expr, list[Expr]]  # of the integral, and what has to be finite for it


def _bregman(pair: Pair, order: Expr, inside: bool) -> Logarithm | None:
    """By the log-partition."""
    if not pair.within:
        return None
    # A parameter in common may make the family an exponential one (Weibull), or a curved one, of
    # which the whole family's log-partition is the one that is wanted (von Mises).
    forms = (exponential_form(family) for family in (with_constants(pair), pair.first))
    form = next((f for f in forms if f and f.full and f.natural_partition is not None), None)
    if form is None or form.natural_partition is None:
        return None
    twins = {q: p for q, p in pair.diagonal.items() if p != q}
    prime = {p: q for q, p in twins.items()}
    combined = {
        symbol: order * eta + (1 - order) * eta.xreplace(prime)
        for symbol, eta in zip(form.symbols, form.natural_parameters)
    }
    middle = form.natural_partition.xreplace(combined)
    first = form.log_partition
    middle = as_powers(middle)
    return middle - order * first - (1 - order) * first.xreplace(prime), [middle]


def with_constants(pair: Pair) -> Family:
    """The first family with the parameters that both members share held as constants."""
    family = pair.first
    shared = tuple(p for p in family.parameters if p in pair.second.parameters)
    if not shared:
        return family
    return family._twin(
        parameters=tuple(p for p in family.parameters if p not in shared),
        constants=(*family.constants, *shared),
    )


def _kernel(pair: Pair, order: Expr, inside: bool) -> Logarithm | None:
    """By the kernel that the product of powers is."""
    if len(pair.first.variables) != 1 or pair.first.supports[0].discrete:
        return None
    p, q = pair.first.supports[0], pair.second.supports[0]
    if any(end.has(Piecewise) for end in (p.lower, p.upper, q.lower, q.upper)):
        return None
    extra = {order: _UNIT} if isinstance(order, Symbol) else {}
    points = pair.points(_POINTS, 29, extra, () if inside else inclusion(pair).conditions)
    ends: dict[Symbol, Expr] = {}
    lower, upper = p.lower, p.upper
    if inside and (q.lower, q.upper) != (p.lower, p.upper):
        lower = _end(Max(p.lower, q.lower), "lower", ends, points)
        upper = _end(Min(p.upper, q.upper), "upper", ends, points)
    if not inside:
        points = [*_near(pair, points[:_NEAR]), *points]
    if len(points) < 2:
        return None
    density = order * pair.first.log_density + (1 - order) * pair.second.log_density
    found = total_mass(pair.first, density, lower, upper, points)
    if found is None:
        return None
    mass, parts = found
    return log(mass.xreplace(ends)), [part.xreplace(ends) for part in parts]


def _near(pair: Pair, points: Sequence[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Points with a second member near the first, where the integral is finite in most families."""
    if not pair.within:
        return []
    moved = {q: p for q, p in pair.diagonal.items() if q != p}
    return [{**z, **{q: (3 * z[p] + z[q]) / 4 for q, p in moved.items()}} for z in points]


def _end(
    place: Expr, name: str, ends: dict[Symbol, Expr], points: Sequence[dict[Any, Any]]
) -> Expr:
    """A symbol for an end that is a maximum or minimum of two."""
    if not place.has(Max, Min):
        return place
    symbol = Dummy(name, positive=True) if place.is_positive else Dummy(name, real=True)
    ends[symbol] = place
    for point in points:
        point[symbol] = place.subs(point)
    return symbol


# -- checks ---------------------------------------------------------------------------------------


def _verified(
    pair: Pair, order: Expr, raw: Expr, conditions: Sequence[Relational]
) -> tuple[Expr, float] | None:
    """The value in its shortest form and the digits to which quadrature confirms it."""
    if len(engine(pair.first).branches) > 1:
        return None
    extra = {order: _UNIT} if isinstance(order, Symbol) else {}
    integrand = ratio_power(pair, 1 - order)
    points = pair.points(_POINTS, 41, extra, conditions)
    healthy = list(islice((p for p in points if _can_judge(pair, integrand, p)), POINTS))
    if len(healthy) < POINTS:
        return None
    truth = Truth(pair.first, healthy)
    for closed in closed_forms(raw):
        digits = truth.digits(integrand, closed, [{}] * POINTS)
        if digits >= ENOUGH_DIGITS:
            return closed, digits
    return None


def _can_judge(pair: Pair, integrand: Expr, point: Mapping[Symbol, Any]) -> bool:
    """Whether float64 quadrature is good at the point: near the border of finiteness it is not."""
    if not mass_is_one(pair.first, point):
        return False
    if has_further_kinks(pair.first, integrand):
        return True
    found = quadrature(pair.first).expect([integrand], point)
    if any(support.discrete for support in pair.first.supports) and found.values[0] > _MOST:
        return False  # a sum ends with the mass, and what is large comes from beyond
    return bool(found.errors[0] <= _ERROR * abs(found.values[0]))


def _wide_points(pair: Pair, order: Expr) -> list[dict[Symbol, Expr]]:
    """Points at which the integral may be finite or not."""
    extra = {order: _WIDE} if isinstance(order, Symbol) else {}
    return pair.points(_WIDE_POINTS, 37, extra)


def _unevaluated(pair: Pair, order: Expr) -> Expr:
    """E[(q/p)^(1-order)] under p, the ratio being zero where q vanishes."""
    ratio = ratio_power(pair, 1 - order)
    for variable, p, q in zip(pair.first.variables, pair.first.supports, pair.second.supports):
        inside = [Ge(variable, q.lower)] if q.lower not in (p.lower, -oo) else []
        inside += [Le(variable, q.upper)] if q.upper not in (p.upper, oo) else []
        for condition in inside:
            ratio = Piecewise((ratio, condition), (Integer(0), True))
    return Expectation.under(pair.first, ratio)
