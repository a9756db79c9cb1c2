"""The Hammersley-Chapman-Robbins bound: differences in place of derivatives.

For every displacement d whose density is absolutely continuous to the one at theta,

    Var(T) >= (g(theta + d) - g(theta))^2 / ((1 + chi^2)^n - 1),

with chi^2 = E_theta[(p_(theta+d)/p_theta)^2] - 1 (Hammersley 1950; Chapman and Robbins 1951).  It
needs no regularity, so it serves where the support moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Symbol,
    count_ops,
    diff,
    fraction,
    limit,
    log,
    nan,
    solve,
    together,
    zoo,
)
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.clock import time_limit
from symfisher.composition.reading import fresh
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError, TimeLimitError
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.points import sample_points
from symfisher.quantities.given import chosen_parameters, functions_of, sample_size
from symfisher.quantities.registry import quantity
from symfisher.quantities.renyi import chi_square

_SECONDS = 10.0  # of wall time, of which a loaded machine needs several
_SHORT = 30  # operations of a bound whose stationary points are looked for
_SIZES = Domain(Integer(2), Integer(7), discrete=True)  # of a sample
_SAME = 1e-7
_GRID = 1500


@quantity(
    "hammersley_chapman_robbins",
    "Hammersley-Chapman-Robbins bound, which holds where the support moves too.",
    default=False,
)
def hammersley_chapman_robbins(
    family: Family, of: Any = None, n: Any = 1, along: Any = None
) -> Formula:
    """The bound for a function ``of`` the parameters, by displacements of the parameter ``along``.

    Both default to the first parameter.  Where the supremum over the displacement is found in
    closed form it is given; otherwise the bound for any displacement, a symbol among
    ``extra_symbols["increments"]``, whose conditions say which are admitted.
    ``details["supremum"]`` tells which.

    Raises:
        DerivationError: the chi-square divergence is not found in closed form.
    """
    (moved,) = chosen_parameters(family, family.parameters[0] if along is None else along, "along")
    (function,) = functions_of(family, moved if of is None else of, "of")
    size, roles = sample_size(family, n)
    problem = _problem(family, moved, function, size)
    supremum = _supremum(problem, size)
    step = Step(
        "Hammersley-Chapman-Robbins",
        "Divide the squared difference by the chi-square divergence.",
        None,
        problem.ratio,
    )
    formula = Formula(
        name="hammersley_chapman_robbins",
        title=f"Hammersley-Chapman-Robbins bound for {function}",
        symbol=r"\sup_d\frac{(g(\theta + d) - g(\theta))^2}{(1 + \chi^2)^n - 1}",
        expr=problem.ratio,
        family=family,
        status=Status.CLOSED,
        digits=problem.digits,
        conditions=problem.conditions,
        notes=("It holds for every such displacement.",),
        trace=(*problem.steps, step),
        extra_symbols={**roles, "increments": {moved.name: problem.displacement}},
        details={"of": str(function), "supremum": False},
    )
    if supremum is None:
        return formula
    value, place = supremum
    return formula.with_(
        expr=value,
        conditions=(),
        notes=(f"The supremum is reached at d = {place}.",),
        extra_symbols=roles,
        details={"of": str(function), "supremum": True},
    )


@dataclass(frozen=True)
class _Problem:
    """The bound as a function of the displacement of one parameter."""

    family: Family
    moved: Symbol
    displacement: Symbol
    ratio: Expr
    square: Expr  # 1 + chi^2 of one observation
    conditions: tuple[Relational, ...]
    digits: float | None
    steps: tuple[Step, ...]


def _problem(family: Family, moved: Symbol, function: Expr, size: Expr) -> _Problem:
    common = tuple(p.name for p in family.parameters if p != moved)
    found = chi_square(family, common=common)
    if found.expr is None or found.expr.has(Expectation):
        reason = " ".join(found.notes) or "no closed form was found"
        raise DerivationError(
            f"family '{family.name}', hammersley_chapman_robbins: the chi-square divergence "
            f"between two values of {moved}: {reason}"
        )
    prime = found.extra_symbols["primed"][moved.name]
    step = fresh(f"d_{moved.name}", (*family.variables, *family.domains), real=True)
    # The divergence is of p at theta from q at theta'; here they are at theta + d and theta.
    swap = {moved: moved + step, prime: moved}
    square = tidy(1 + found.expr.xreplace(swap))
    above = (function.xreplace({moved: moved + step}) - function) ** 2
    return _Problem(
        family=family,
        moved=moved,
        displacement=step,
        ratio=tidy(above / (square**size - 1)),
        square=square,
        conditions=tuple(c.xreplace(swap) for c in found.conditions),
        digits=found.digits,
        steps=found.trace,
    )


# -- the supremum ------------------------------------------------------------------------------


def _supremum(problem: _Problem, size: Expr) -> tuple[Expr, Expr] | None:
    """The largest value over the displacement, and where, if a closed form attains it."""
    extra = {size: _SIZES} if isinstance(size, Symbol) else {}
    points = sample_points(problem.family, 3, seed=29, extra=extra)
    numeric = [_largest(problem, point) for point in points]
    for value, place in _candidates(problem):
        found = [evaluate(value, point) for point in points]
        if all(abs(a - b) <= _SAME * abs(b) for a, b in zip(found, numeric)):
            return value, place
    return None


def _candidates(problem: _Problem) -> Iterator[tuple[Expr, Expr]]:
    """The limit at no displacement; where it is zero, as for moving supports, stationary points.

    In a smooth family the limit is Cramer and Rao's bound, and equations for others rarely solve.
    """
    d, ratio = problem.displacement, problem.ratio
    try:
        with time_limit(_SECONDS):
            at_zero = _at_zero(problem)
        yield at_zero, d * 0
        if at_zero != 0 or count_ops(ratio) > _SHORT:
            return
        free = Dummy("d", real=True)
        with time_limit(_SECONDS):
            places = solve(diff(log(ratio), d).xreplace({d: free}), free)
            values = [tidy(ratio.subs(d, place)) for place in places]
    except (NotImplementedError, TimeLimitError, ValueError):
        return
    yield from zip(values, places)


def _at_zero(problem: _Problem) -> Expr:
    """The limit at no displacement, by second derivatives where it is smooth."""
    d = problem.displacement
    above, below = fraction(together(problem.ratio))
    second = [tidy(diff(part, d, 2).subs(d, 0)) for part in (above, below)]
    first = tidy(diff(below, d).subs(d, 0))
    if first == 0 and second[1] != 0 and not first.has(nan, zoo):
        return tidy(second[0] / second[1])
    return tidy(limit(problem.ratio, d, 0))


def _largest(problem: _Problem, point: Mapping[Symbol, Any]) -> float:
    """The supremum at one parameter point, over displacements joined to zero."""
    best = 0.0
    for side in (-1, 1):
        places = side * np.geomspace(1e-6, 60.0, _GRID) * (1 + abs(float(point[problem.moved])))
        values = _values(problem, point, places)
        usable = np.isfinite(values)
        if not usable[:3].any():
            continue
        usable[:3] = True
        values = values[: np.argmin(usable)] if not usable.all() else values
        top = int(np.nanargmax(values))
        low, high = places[max(top - 1, 0)], places[min(top + 1, len(values) - 1)]
        refined = minimize_scalar(
            lambda t: -float(np.nan_to_num(_values(problem, point, np.array([t]))[0])),
            bounds=sorted((float(low), float(high))),
            method="bounded",
            options={"xatol": 1e-12 * abs(float(high))},
        )
        best = max(best, float(np.nanmax(values)), -float(refined.fun))
    return best


def _values(
    problem: _Problem, point: Mapping[Symbol, Any], places: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """The bound at displacements; nan where one is not admitted."""
    at = {**point, problem.displacement: places}
    ratio, square = (
        np.broadcast_to(v, places.shape)
        for v in evaluate_arrays([problem.ratio, problem.square], at)
    )
    domain = problem.family.domains[problem.moved]
    moved = float(point[problem.moved]) + places
    lower, upper = (float(e.xreplace(dict(point))) for e in (domain.lower, domain.upper))
    good = (moved > lower) & (moved < upper) & (square >= 1.0 - 1e-12)
    for condition in problem.conditions:
        gaps = evaluate_arrays([Add(condition.gts, -condition.lts)], at)
        good &= np.broadcast_to(gaps[0], places.shape) >= 0
    return np.where(good, ratio, np.nan)
