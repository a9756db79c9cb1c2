"""Values of many expressions at many nodes at once, in float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symfisher.numerics import float64, float64_special, float64_steps
from symfisher.numerics.compiler import Ends, compile_program


def operations(key: str, *modules: ModuleType) -> Any:
    """The table of operations that the modules' public functions make together."""
    table: dict[str, Any] = {"key": key}
    for module in modules:
        table.update({n: f for n, f in vars(module).items() if callable(f) and n[0] != "_"})
    return SimpleNamespace(**table)


FLOAT64 = operations("float64", float64, float64_special, float64_steps)


def evaluate_arrays(
    expressions: Sequence[Expr], values: Mapping[Symbol, Any]
) -> list[np.ndarray[Any, Any]]:
    """The expressions at float or array values of their symbols; arrays broadcast.

    Undefined values are nan, overflowing ones inf.
    """
    arrays = {s: np.asarray(v, float) for s, v in values.items()}
    moving = tuple(s for s, v in arrays.items() if v.ndim)
    program = _program(tuple(expressions), moving)
    with np.errstate(all="ignore"):
        bound = program.bind(FLOAT64, {s: v[()] for s, v in arrays.items() if not v.ndim})
        return bound.run({(s, "value"): arrays[s] for s in moving})


@lru_cache(maxsize=256)
def _program(expressions: tuple[Expr, ...], moving: tuple[Symbol, ...]) -> Any:
    return compile_program(expressions, {s: Ends() for s in moving})
