"""The value of a closed form at a point, to as many digits as are asked for.

Balls carry their own error bound, so the working precision rises until the answer is good; at a
removable singularity the limit is taken from a generic point nearby.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import mpmath
from flint import arb
from sympy import Expr, MatrixBase, Symbol

from symfisher.numerics import ball, ball_local, ball_special, ball_steps
from symfisher.numerics.compiler import compile_program
from symfisher.numerics.evaluator import operations
from symfisher.numerics.program import Program

_BITS = 3.3219280948873626  # of a decimal digit
_FLOAT_DIGITS = 15
_ROUNDS = 6


def evaluate(expr: Expr, at: Mapping[Symbol, Any], digits: int = _FLOAT_DIGITS) -> Any:
    """The value of ``expr`` to ``digits`` digits: a float up to 15 digits, else an mpmath number.

    ``at`` maps every free symbol to a number. A value that is zero to twice that many decimals is
    zero. nan where it is undefined or not real.
    """
    return evaluate_many((expr,), at, digits)[0]


def evaluate_matrix(
    matrix: MatrixBase, at: Mapping[Symbol, Any], digits: int = _FLOAT_DIGITS
) -> list[list[Any]]:
    """The entries of a matrix as nested lists; see ``evaluate``."""
    flat = evaluate_many(tuple(matrix), at, digits)
    columns = matrix.shape[1]
    return [flat[i : i + columns] for i in range(0, len(flat), columns)]


def evaluate_many(
    expressions: Sequence[Expr], at: Mapping[Symbol, Any], digits: int = _FLOAT_DIGITS
) -> list[Any]:
    """The values of several expressions, which share their common parts; see ``evaluate``."""
    return [_output(value, digits) for value in evaluate_balls(expressions, at, digits)]


def evaluate_balls(
    expressions: Sequence[Expr], at: Mapping[Symbol, Any], digits: int = _FLOAT_DIGITS
) -> list[Any]:
    """The values as balls, whose radius bounds the error or, of a quadrature, estimates it."""
    base = int((digits + 6) * _BITS) + 30
    values = _settle(expressions, at, digits, base)
    if any(not v.is_finite() for v in values):
        limits = _limits(expressions, at, digits, base)
        values = [v if v.is_finite() else limit for v, limit in zip(values, limits)]
    return values


@lru_cache(maxsize=4096)
def _program(expressions: tuple[Expr, ...]) -> Program:
    return compile_program(expressions)


@lru_cache(maxsize=64)
def ball_operations(bits: int) -> Any:
    """The table of operations on balls of this precision."""
    return operations(f"ball{bits}", ball, ball_local, ball_special, ball_steps)


def _settle(
    expressions: Sequence[Expr], at: Mapping[Symbol, Any], digits: int, base: int
) -> list[Any]:
    """The values as balls narrow enough, by raising the precision; nan where none is."""
    values = [arb.nan() for _ in expressions]
    waiting = list(range(len(values)))
    for attempt in range(_ROUNDS):
        program = _program(tuple(expressions[i] for i in waiting))
        found = dict(zip(waiting, _run(program, at, base * 2**attempt)))
        for i in waiting:
            if _is_settled(found[i], digits):
                values[i] = found[i]
        waiting = [i for i in waiting if not _is_settled(found[i], digits)]
        if not waiting or (attempt and not any(found[i].is_finite() for i in waiting)):
            break  # what is left is undefined at any precision, not merely imprecise
    return values


def _limits(
    expressions: Sequence[Expr], at: Mapping[Symbol, Any], digits: int, base: int
) -> list[Any]:
    """Values from two points very close to ``at``; nan where they do not agree."""
    found = []
    for turn in (1, 2):
        with ball.precision(6 * base):
            moved = {
                s: _moved(ball.from_exact(v), 37 + 13 * i + 7 * turn, base)
                for i, (s, v) in enumerate(sorted(at.items(), key=lambda item: str(item[0])))
            }
        found.append(_settle(expressions, moved, digits, 6 * base))
    return [a if a.is_finite() and _agree(a, b, digits) else arb.nan() for a, b in zip(*found)]


def _moved(value: Any, steps: int, base: int) -> Any:
    """A value moved by a little that no other symbol is moved by."""
    return value + (1 + abs(value)) * steps / arb(2) ** (base + 6)


def _run(program: Program, at: Mapping[Symbol, Any], bits: int) -> list[Any]:
    with ball.precision(bits):
        values = {name: ball.from_exact(at[name]) for name in program.inputs}
        return program.bind(ball_operations(bits), values).run({})


def _is_settled(value: Any, digits: int) -> bool:
    if not value.is_finite():
        return False
    if value.rel_accuracy_bits() >= (digits + 1) * _BITS:
        return True
    return bool(value.abs_upper() < arb(10) ** (-2 * digits - 10))


def _agree(a: Any, b: Any, digits: int) -> bool:
    return bool(
        abs((a - b).mid()) <= abs(a.mid()) * arb(10) ** (-digits) + arb(10) ** (-2 * digits)
    )


def _output(value: Any, digits: int) -> Any:
    if value.is_finite() and value.contains(0):
        value = arb(0)
    if digits <= _FLOAT_DIGITS:
        return float(value.mid()) if value.is_finite() else float("nan")
    with mpmath.workdps(digits + 10):
        return ball_special.to_mpmath(value) if value.is_finite() else mpmath.nan
