"""Sums, integrals and expectations inside an expression, at numbers for their free symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Expr, Sum, Symbol

from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.quadrature import integrate
from symfisher.numerics.region import region_of


def nested_value(node: Expr, values: Mapping[Symbol, Any]) -> float:
    """The float64 value of a Sum, an Integral or an Expectation; nan where it does not converge."""
    if isinstance(node, Sum) and len(node.limits) == 1 and _is_short(node, values):
        index, lower, upper = node.limits[0]
        first, last = map(float, evaluate_arrays([lower, upper], values))
        i = np.arange(first, last + 1.0)
        terms = evaluate_arrays([node.function], {**values, index: i})[0]
        return float(np.sum(np.broadcast_to(terms, i.shape)))
    region, integrand = region_of(node)
    numbers = {s: np.float64(float(v)) for s, v in values.items()}
    with np.errstate(all="ignore"):
        totals = integrate(region.bind(numbers, (integrand,)))
    value, error = totals.values[-1], totals.errors[-1]
    return float(value) if np.isfinite(error) else float("nan")


def _is_short(node: Sum, values: Mapping[Symbol, Any]) -> bool:
    _, lower, upper = node.limits[0]
    first, last = map(float, evaluate_arrays([lower, upper], values))
    return bool(np.isfinite(first) and np.isfinite(last) and last - first < 10_000)
