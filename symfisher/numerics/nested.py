"""Sums, integrals and expectations inside an expression, at numbers for their free symbols."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr, Integral, Sum, Symbol

from symfisher.errors import DerivationError
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.quadrature import integrate
from symfisher.numerics.region import Region


def nested_value(node: Expr, values: Mapping[Symbol, Any]) -> float:
    """The float64 value of a Sum, an Integral or an Expectation; nan where it does not converge."""
    if isinstance(node, Sum) and len(node.limits) == 1 and _is_short(node, values):
        index, lower, upper = node.limits[0]
        first, last = map(float, evaluate_arrays([lower, upper], values))
        i = np.arange(first, last + 1.0)
        terms = evaluate_arrays([node.function], {**values, index: i})[0]
        return float(np.sum(np.broadcast_to(terms, i.shape)))
    region, integrand = _region(node)
    numbers = {s: np.float64(float(v)) for s, v in values.items()}
    with np.errstate(all="ignore"):
        totals = integrate(region.bind(numbers, (integrand,)))
    value, error = totals.values[-1], totals.errors[-1]
    return float(value) if np.isfinite(error) else float("nan")


def _is_short(node: Sum, values: Mapping[Symbol, Any]) -> bool:
    _, lower, upper = node.limits[0]
    first, last = map(float, evaluate_arrays([lower, upper], values))
    return bool(np.isfinite(first) and np.isfinite(last) and last - first < 10_000)


@lru_cache(maxsize=256)
def _region(node: Expr) -> tuple[Region, Expr]:
    """The node as a weight and an integrand over variables, outermost first."""
    if isinstance(node, Sum | Integral):
        kind = int(isinstance(node, Sum))
        limits = [(*limit, kind) for limit in node.limits]
        integrand = node.function
        while isinstance(integrand, Sum | Integral):
            kind = int(isinstance(integrand, Sum))
            limits = [(*limit, kind) for limit in integrand.limits] + limits
            integrand = integrand.function
        if any(len(limit) != 4 for limit in limits):
            raise DerivationError(f"{str(node)[:80]} has no explicit limits")
        return Region.of_integrand(integrand, limits[::-1])
    return Region.of_density(node.log_density, list(node.limits)[::-1]), node.integrand

