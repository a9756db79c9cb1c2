"""Sums, integrals and expectations inside an expression, at numbers for their free symbols."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from sympy import Expr, Float, Piecewise, Sum, Symbol, Tuple, nan

from symfisher.domains import Domain
from symfisher.formula import Expectation
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.part import Part
from symfisher.numerics.partition import partition
from symfisher.numerics.quadrature import integrate, region_of_part
from symfisher.numerics.region import Region, region_of
from symfisher.numerics.rule import ROUNDING
from symfisher.pieces import kinks

Array = np.ndarray[Any, Any]

_MOST_AT_ONCE = 2_000  # terms of each sum
_CELLS = 400_000.0


def nested_value(node: Expr, values: Mapping[Symbol, Any]) -> float:
    """The float64 value of a Sum, an Integral or an Expectation; nan where it does not converge."""
    return nested_estimate(node, values)[0]


def nested_estimate(node: Expr, values: Mapping[Symbol, Any]) -> tuple[float, float]:
    """The value of a Sum, an Integral or an Expectation, and an estimate of its error."""
    if isinstance(node, Sum) and len(node.limits) == 1 and _is_short(node, values):
        index, lower, upper = node.limits[0]
        first, last = map(float, evaluate_arrays([lower, upper], values))
        i = np.arange(first, last + 1.0)
        terms = evaluate_arrays([node.function], {**values, index: i})[0]
        terms = np.broadcast_to(terms, i.shape)
        return float(np.sum(terms)), float(10.0 * ROUNDING * np.sum(np.abs(terms)))
    numbers = {s: np.float64(float(v)) for s, v in values.items()}
    total, uncertain = 0.0, 0.0
    for region, integrand in smooth_regions(node, values):
        with np.errstate(all="ignore"):
            totals = integrate(region.bind(numbers, (integrand,)))
        value, error = totals.values[-1], totals.errors[-1]
        total += float(value) if np.isfinite(error) else float("nan")
        uncertain += float(error)
    return total, uncertain


def short_sums(node: Expr, columns: Mapping[Symbol, Any]) -> Array | None:
    """The values of a sum at many places at once; None where it is no sum of a few terms each."""
    if not isinstance(node, Sum) or len(node.limits) != 1 or node.function.has(Sum, Expectation):
        return None
    index, lower, upper = node.limits[0]
    count = len(next(iter(columns.values())))
    ends = (np.broadcast_to(v, (count,)) for v in evaluate_arrays([lower, upper], columns))
    first, last = ends
    lengths = last - first + 1
    if not np.all(np.isfinite(lengths)) or np.max(lengths, initial=0) > _MOST_AT_ONCE:
        return None
    total = np.zeros(count)
    order = np.argsort(lengths)
    size = max(1, int(_CELLS // max(np.max(lengths, initial=1), 1)))
    for chosen in (order[i : i + size] for i in range(0, count, size)):
        i = first[chosen, None] + np.arange(max(np.max(lengths[chosen]), 0.0))
        at = {s: np.asarray(v)[chosen, None] for s, v in columns.items()}
        terms = np.broadcast_to(evaluate_arrays([node.function], {**at, index: i})[0], i.shape)
        total[chosen] = np.where(i <= last[chosen, None], terms, 0.0).sum(axis=1)
    return total


def smooth_regions(node: Expr, values: Mapping[Symbol, Any]) -> list[tuple[Region, Expr]]:
    """Regions on which weight and integrand are smooth, and the integrand on each."""
    if isinstance(node, Expectation) and len(node.limits) > 1:
        parts = _parts(node, tuple(sorted(values.items(), key=str)))
        if len(parts) > 1:
            return [(region_of_part(p), p.resolve(node.integrand)) for p in parts]
    return [region_of(smooth) for smooth in cut_at_kinks(node, values)]


@lru_cache(maxsize=256)
def _parts(node: Expectation, point: tuple[tuple[Symbol, Any], ...]) -> tuple[Part, ...]:
    limits = node.limits[::-1]
    supports = [Domain(low, high, discrete=bool(kind)) for _, low, high, kind in limits]
    variables = [limit[0] for limit in limits]
    return partition(variables, supports, node.log_density, [dict(point)], node.integrand)


def cut_at_kinks(node: Expr, values: Mapping[Symbol, Any]) -> list[Expr]:
    """The node as nodes whose integrands have no corner inside; itself but in one variable."""
    node = with_plain_ends(node, values)
    if isinstance(node, Sum) or len(node.limits) != 1 or len(node.limits[0]) not in (3, 4):
        return [node]
    variable, lower, upper, *kind = node.limits[0]
    if any(kind):
        return [node]
    body = node.args[: node.args.index(node.limits[0])]
    places = {k for part in body for k in kinks(part, variable)} - {lower, upper}
    numbers = {p: float(evaluate_arrays([p], values)[0]) for p in places}
    low, high = (float(v) for v in evaluate_arrays([lower, upper], values))
    inside = sorted((p for p in places if low < numbers[p] < high), key=numbers.__getitem__)
    ends = [lower, *inside, upper]
    return [node.func(*body, Tuple(variable, a, b, *kind)) for a, b in pairwise(ends)]


def with_plain_ends(node: Expr, values: Mapping[Symbol, Any]) -> Expr:
    """The node with the branch of each ``Piecewise`` end that holds at the values: it may be oo."""
    if not any(end.has(Piecewise) for limit in node.limits for end in limit.args[1:3]):
        return node
    numbers = {s: Float(float(v)) for s, v in values.items()}

    def branch(choice: Expr) -> Expr:
        return next((e for e, when in choice.args if when.subs(numbers) == True), nan)  # noqa: E712

    def plain(limit: Tuple) -> Tuple:
        ends = (end.replace(Piecewise, lambda *a: branch(Piecewise(*a))) for end in limit.args[1:3])
        return Tuple(limit.args[0], *ends, *limit.args[3:])

    body = node.args[: node.args.index(node.limits[0])]
    return node.func(*body, *map(plain, node.limits))


def _is_short(node: Sum, values: Mapping[Symbol, Any]) -> bool:
    _, lower, upper = node.limits[0]
    first, last = map(float, evaluate_arrays([lower, upper], values))
    return bool(np.isfinite(first) and np.isfinite(last) and last - first < 10_000)
