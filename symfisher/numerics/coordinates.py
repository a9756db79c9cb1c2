"""The canonical coordinate of a support: the real line, on which every end is far away.

x = w on the reals, A + e^w and B - e^w on half-lines, and the logistic map on an interval.  The
distances to the ends and their logarithms are separate inputs, to full relative accuracy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symfisher.numerics.compiler import Ends

Array = np.ndarray[Any, Any]
Nodes = dict[tuple[Symbol, str], Any]

# Scan grids: dense where parameters of moderate size put the bulk, sparse far out.
_FAR = np.array([80.0, 120.0, 180.0, 270.0, 400.0, 560.0, 700.0])
_LOG_HALF = np.concatenate([np.arange(0.125, 12.0, 0.25), np.arange(12.0, 62.0, 2.0), _FAR])
_REAL_HALF = np.concatenate(
    [
        np.sinh(np.arange(0.075, 9.0, 0.15)),
        10.0 ** np.arange(4.0, 16.0),
        [1e20, 1e35, 1e60, 1e100, 1e150],
    ]
)
LOG_GRID = np.concatenate([-_LOG_HALF[::-1], _LOG_HALF])
REAL_GRID = np.concatenate([-_REAL_HALF[::-1], _REAL_HALF])
BEYOND = np.array([1e3, 1e4, 1e6, 1e8, 1e10, 1e12])  # for densities that are heavy-tailed in w too


def ends_of(lower: Expr, upper: Expr) -> Ends:
    return Ends(
        None if lower.is_infinite else lower,
        None if upper.is_infinite else upper,
    )


@dataclass(frozen=True)
class Coordinate:
    """The map of one variable at one point; ``lower`` and ``upper`` are None where infinite.

    ``length`` is the distance of the ends, given apart because it may be tiny.
    """

    variable: Symbol
    lower: Any
    upper: Any
    length: Any = None

    @property
    def grid(self) -> Array:
        return REAL_GRID if self.lower is None and self.upper is None else LOG_GRID

    def nodes(self, w: Any, functions: Any = np) -> tuple[Nodes, Any]:
        """The inputs of a program at line coordinates ``w``, and the logarithm of dx/dw."""
        if self.lower is None and self.upper is None:
            return self._named(value=w), 0.0
        if self.upper is None:
            d = functions.exp(w)
            return self._named(value=self.lower + d, lower_distance=d, lower_log=w), w
        if self.lower is None:
            d = functions.exp(w)
            return self._named(value=self.upper - d, upper_distance=d, upper_log=w), w
        return self._interval(w, functions)

    def _interval(self, w: Any, functions: Any) -> tuple[Nodes, Any]:
        size = functions.log(self.length)
        low = size - functions.logaddexp(0.0, -w)
        high = size - functions.logaddexp(0.0, w)
        near, far = functions.exp(low), functions.exp(high)
        left = w < 0
        named = self._named(
            value=functions.where(left, self.lower + near, self.upper - far),
            lower_distance=near,
            lower_log=low,
            upper_distance=far,
            upper_log=high,
            near_lower=left,
        )
        return named, low + high - size

    def _named(self, **aspects: Any) -> Nodes:
        return {(self.variable, name): array for name, array in aspects.items()}


def merge(*nodes: Mapping[tuple[Symbol, str], Any]) -> Nodes:
    """The inputs of several variables together."""
    return {key: array for one in nodes for key, array in one.items()}
