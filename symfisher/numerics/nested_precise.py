"""Sums, integrals and expectations inside an expression, as balls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import flint
import mpmath
import numpy as np
from flint import arb
from sympy import Expr, Sum, Symbol

from symfisher.numerics import ball
from symfisher.numerics.compiler import Ends, compile_program
from symfisher.numerics.evaluate import ball_operations
from symfisher.numerics.nested import smooth_regions
from symfisher.numerics.precise import integrate_precisely
from symfisher.numerics.program import Program

_BITS = 3.3219280948873626


def precise_value(node: Expr, values: Mapping[Symbol, Any]) -> Any:
    """A Sum, an Integral or an Expectation as a ball, to about the working precision."""
    bits = flint.ctx.prec
    if isinstance(node, Sum) and len(node.limits) == 1:
        short = _short_sum(node, values, bits)
        if short is not None:
            return short
    total = arb(0)
    for region, integrand in smooth_regions(node, {s: float(v) for s, v in values.items()}):
        totals = integrate_precisely(region, values, (integrand,), int(bits / _BITS) - 8)
        value, error = totals.values[-1], totals.errors[-1]
        if not (mpmath.isfinite(value) and mpmath.isfinite(error)):
            return arb.nan()
        total += ball.from_exact(value) + arb(0, ball.from_exact(error).abs_upper())
    return total


def _short_sum(node: Sum, values: Mapping[Symbol, Any], bits: int) -> Any:
    """A sum of numerically few terms, one by one; ``None`` if it is none."""
    index = node.limits[0][0]
    program = _sum_program(node)
    bound = program.bind(ball_operations(bits), values)
    first, last, *_ = bound.run({(index, "value"): np.array([arb(1)], dtype=object)})
    if not (first.is_finite() and last.is_finite()) or float(last - first) > 10_000:
        return None
    start, stop = round(float(first)), round(float(last))
    places = np.array([arb(i) for i in range(start, stop + 1)], dtype=object)
    if not len(places):
        return arb(0)
    terms = bound.run({(index, "value"): places})[2]
    return sum(np.broadcast_to(terms, places.shape), arb(0))


@lru_cache(maxsize=256)
def _sum_program(node: Sum) -> Program:
    index, lower, upper = node.limits[0]
    return compile_program((lower, upper, node.function), {index: Ends()})
