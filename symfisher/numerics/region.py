"""A product of supports with a log-density on it, evaluated in line coordinates.

Variables are ordered outermost first; the ends of a later support may name earlier variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Abs, Expr, Integral, Sum, Symbol, log, sign

from symfisher.errors import DerivationError
from symfisher.numerics.compiler import Ends, compile_program
from symfisher.numerics.coordinates import Coordinate, Nodes, ends_of
from symfisher.numerics.evaluator import FLOAT64
from symfisher.numerics.program import Bound, Program
from symfisher.numerics.summation import FADE, Fade, is_analytic

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Variable:
    """One variable and its support: an interval, a range of integers, or listed points."""

    symbol: Symbol
    lower: Expr
    upper: Expr
    discrete: bool = False
    points: tuple[Expr, ...] | None = None

    @property
    def ends_read(self) -> set[Symbol]:
        """The symbols in the ends of a range of integers."""
        return (self.lower.free_symbols | self.upper.free_symbols) if self.discrete else set()

    @property
    def ends(self) -> Ends:
        return Ends() if self.discrete else ends_of(self.lower, self.upper)


@dataclass
class Region:
    """Variables and the log-density on them; programs are compiled once and kept."""

    variables: tuple[Variable, ...]
    density: Expr
    _programs: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of_integrand(cls, integrand: Expr, limits: Sequence[Any]) -> tuple[Region, Expr]:
        """A plain sum or integral: the weight is |f| and the integrand its sign."""
        size = Abs(integrand, evaluate=False)  # SymPy would split a plain symbol into re and im
        return cls(_variables(limits), log(size, evaluate=False)), sign(integrand, evaluate=False)

    @classmethod
    def of_density(cls, density: Expr, limits: Sequence[Any]) -> Region:
        return cls(_variables(limits), density)

    def program(self, integrands: tuple[Expr, ...]) -> Program:
        """The program of the density and the integrands."""
        if integrands not in self._programs:
            ends = {v.symbol: v.ends for v in self.variables}
            self._programs[integrands] = compile_program((self.density, *integrands), ends)
        found: Program = self._programs[integrands]
        return found

    def bind(
        self, values: Any, integrands: tuple[Expr, ...], operations: Any = FLOAT64
    ) -> BoundRegion:
        """The region at one point of its free symbols, in one kind of numbers."""
        return BoundRegion(
            self.variables,
            self.program(()).bind(operations, values),
            self.program(integrands).bind(operations, values),
            [self._ends_program(k).bind(operations, values) for k in range(len(self.variables))],
            operations,
            self._smooth(integrands),
        )

    def _smooth(self, integrands: tuple[Expr, ...]) -> tuple[bool, ...]:
        """For each variable, whether a sum over it may go on as an integral."""
        key = ("smooth", integrands)
        if key not in self._programs:
            self._programs[key] = tuple(
                v.discrete
                and v.points is None
                and bool(v.upper.is_infinite)
                and not v.lower.is_infinite
                and not any(v.symbol in other.ends_read for other in self.variables)
                and all(is_analytic(e, v.symbol) for e in (self.density, *integrands))
                for v in self.variables
            )
        found: tuple[bool, ...] = self._programs[key]
        return found

    def _ends_program(self, k: int) -> Program:
        key = ("ends", k)
        if key not in self._programs:
            variable = self.variables[k]
            outputs = variable.points or (
                variable.lower,
                variable.upper,
                variable.upper - variable.lower,
            )
            outer = {v.symbol: v.ends for v in self.variables[:k]}
            self._programs[key] = compile_program(outputs, outer)
        found: Program = self._programs[key]
        return found


def _variables(limits: Sequence[Any]) -> tuple[Variable, ...]:
    return tuple(Variable(s, low, high, bool(kind)) for s, low, high, kind in limits)


@dataclass
class BoundRegion:
    """A region at one point: the density, the integrands and the ends as numeric programs."""

    variables: tuple[Variable, ...]
    density: Bound
    integrands: Bound
    ends: list[Bound]
    operations: Any
    smooth: tuple[bool, ...]
    fade: Fade = FADE

    @property
    def count(self) -> int:
        """How many rows there are: the density itself and each integrand."""
        return len(self.integrands.program.outputs)

    def coordinate(self, k: int, outer: Nodes) -> Coordinate:
        """The line coordinate of variable ``k`` at nodes of the outer variables."""
        variable = self.variables[k]
        lower, upper, length = self.ends[k].run(outer)
        return Coordinate(
            variable.symbol,
            None if variable.ends.lower is None else lower,
            None if variable.ends.upper is None else upper,
            length,
        )

    def integers(self, k: int, outer: Nodes) -> tuple[float, float]:
        """The smallest lower and the largest upper end of a discrete variable."""
        lower, upper, *_ = self.ends[k].run(outer)
        return float(np.min(lower)), float(np.max(upper))

    def points(self, k: int) -> Array:
        return np.array([float(p) for p in self.ends[k].run({})])

    def nodes(self, k: int, w: Any, outer: Nodes) -> tuple[Nodes, Any]:
        """Inputs of all variables up to ``k`` and the log-weight of variable ``k`` at ``w``."""
        variable = self.variables[k]
        if not variable.discrete:
            own, jacobian = self.coordinate(k, outer).nodes(w, self.operations)
            return {**outer, **own}, jacobian
        weight: Any = 0.0
        if variable.points is None:
            lower, upper, *_ = self.ends[k].run(outer)
            weight = np.where((w >= lower) & (w <= upper), 0.0, -np.inf)
        return {**outer, (variable.symbol, "value"): w}, weight

    def faded_nodes(
        self, k: int, places: Any, terms: int, outer: Nodes, fade: Fade
    ) -> tuple[Nodes, Any]:
        """As ``nodes``, for a long sum whose first terms are followed by an integral.

        The first columns of ``places`` are distances from the lower end, integers, and the others
        logarithms of distances.
        """
        lower = self.ends[k].run(outer)[0]
        near, far = places[..., :terms], places[..., terms:]
        with np.errstate(divide="ignore"):
            weights = (
                fade.logarithms(self._log_of(near), self.operations)[0],
                fade.logarithms(far, self.operations)[1] + far,
            )
        distances = np.concatenate([near, self.operations.exp(far)], axis=-1)
        inputs = {(self.variables[k].symbol, "value"): lower + distances}
        return {**outer, **inputs}, np.concatenate(weights, axis=-1)

    def _log_of(self, integers: Any) -> Any:
        """Logarithms of distances; the lower end itself counts as well within the fade."""
        return self.operations.log(integers + 0.001 * (integers == 0))

    def log_density(self, columns: Sequence[Any]) -> Any:
        """The log-density with Jacobians at line coordinates of all variables."""
        nodes: Nodes = {}
        total: Any = 0.0
        for k, w in enumerate(columns):
            nodes, weight = self.nodes(k, w, nodes)
            total = total + weight
        found = self.density.run(nodes)[0]
        return np.where(np.isneginf(total), -np.inf, found + total)


@lru_cache(maxsize=256)
def region_of(node: Expr) -> tuple[Region, Expr]:
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
