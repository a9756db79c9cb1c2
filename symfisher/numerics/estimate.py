"""Values with their errors, of closed forms and of what is left unevaluated alike.

At one point everything is computed in balls: the error bounds all rounding, and what a quadrature
or a truncated sum is estimated to miss.  Over arrays of parameters the computation is in float64,
and the error is what quadratures and sums are estimated to miss, carried through the expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import mpmath
import numpy as np
from flint import arb
from sympy import Dummy, Expr, Integral, MatrixBase, Sum, Symbol

from symfisher.formula import Expectation
from symfisher.numerics.ball_special import to_mpmath
from symfisher.numerics.evaluate import evaluate_balls
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.nested import nested_estimate

Array = np.ndarray[Any, Any]
_FLOAT_DIGITS = 15
_ROUNDING = 8 * np.finfo(float).eps


class Estimate(NamedTuple):
    """A value and its error: numbers, or arrays of the shape of the parameters and the formula."""

    value: Any
    error: Any


def estimate(expr: Any, at: Mapping[Symbol, Any], digits: int = _FLOAT_DIGITS) -> Estimate:
    """The value of an expression, matrix or array at ``at``, with an estimate of its error.

    Floats up to 15 digits and mpmath numbers beyond.  Values in ``at`` may be arrays, which
    broadcast; the result then has their shape followed by that of ``expr``.
    """
    single = isinstance(expr, Expr) and not isinstance(expr, MatrixBase)
    entries = (expr,) if single else tuple(expr)
    shape = () if single else tuple(expr.shape)
    if any(np.ndim(value) for value in at.values()):
        return _over_arrays(entries, shape, at)
    return _at_point(entries, shape, at, digits)


def _at_point(
    entries: Sequence[Expr], shape: tuple[int, ...], at: Mapping[Symbol, Any], digits: int
) -> Estimate:
    balls = evaluate_balls(entries, at, digits)
    with mpmath.workdps(digits + 10):
        pairs = [_pair(ball, digits) for ball in balls]
    return Estimate(*(_shaped([pair[k] for pair in pairs], shape) for k in (0, 1)))


def _pair(ball: Any, digits: int) -> tuple[Any, Any]:
    """The middle of a ball and its radius; to a float, what is lost by rounding is added."""
    if not ball.is_finite():
        return (float("nan"),) * 2 if digits <= _FLOAT_DIGITS else (mpmath.nan,) * 2
    if digits > _FLOAT_DIGITS:
        return to_mpmath(ball), to_mpmath(arb(ball.rad()))
    value = float(ball.mid())
    return value, float(ball.rad()) + float(abs(ball.mid() - value))


def _shaped(values: list[Any], shape: tuple[int, ...]) -> Any:
    if not shape:
        return values[0]
    kind = float if isinstance(values[0], float) else object
    return np.array(values, dtype=kind).reshape(shape)


# -- over arrays --------------------------------------------------------------------------------


def _over_arrays(
    entries: Sequence[Expr], shape: tuple[int, ...], at: Mapping[Symbol, Any]
) -> Estimate:
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in at.values()))
    size = arrays[0].shape
    columns = {s: a.ravel() for s, a in zip(at, arrays)}
    nodes = sorted({n for e in entries for n in _outermost(e)}, key=str)
    names = {node: Dummy(f"node{i}") for i, node in enumerate(nodes)}
    found = {names[node]: _nodes(node, columns) for node in nodes}
    plain = [e.xreplace(names) for e in entries]
    values = _values(plain, {**columns, **{s: v for s, (v, _) in found.items()}})
    errors = _ROUNDING * np.abs(values)
    for symbol, (value, error) in found.items():
        moved = {**columns, **{s: v for s, (v, _) in found.items()}, symbol: value + error}
        errors = errors + np.abs(_values(plain, moved) - values)
    return Estimate(*(np.moveaxis(v, 0, -1).reshape(*size, *shape) for v in (values, errors)))


def _outermost(expr: Expr) -> list[Expr]:
    """The sums, integrals and expectations of an expression that are not inside another."""
    if isinstance(expr, Sum | Integral | Expectation):
        return [expr]
    return [node for argument in expr.args for node in _outermost(argument)]


def _nodes(node: Expr, columns: Mapping[Symbol, Array]) -> tuple[Array, Array]:
    """Values and errors of a node, one for each place of the columns."""
    count = len(next(iter(columns.values())))
    read = [s for s in columns if s in node.free_symbols]
    pairs = [nested_estimate(node, {s: float(columns[s][i]) for s in read}) for i in range(count)]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _values(entries: Sequence[Expr], columns: Mapping[Symbol, Array]) -> Array:
    count = len(next(iter(columns.values())))
    return np.array([np.broadcast_to(v, (count,)) for v in evaluate_arrays(entries, columns)])
