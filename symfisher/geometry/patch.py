"""Independent parts of a parameter space: its metric is the sum of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, ImmutableDenseMatrix, Symbol, diff, limit, oo

from symfisher.algebra.fraction_writing import Sign
from symfisher.declaration import Family


@dataclass(frozen=True)
class Patch:
    """Some of a family's parameters with their metric, which depends on no other ones."""

    family: Family
    symbols: tuple[Symbol, ...]
    metric: ImmutableDenseMatrix

    @cached_property
    def primes(self) -> dict[Symbol, Symbol]:
        return {s: self.family.primed[s] for s in self.symbols}

    def primed(self, expr: Expr) -> Expr:
        """The expression at the second point."""
        return expr.xreplace(self.primes)

    @cached_property
    def is_box(self) -> bool:
        """Whether the domain is a product of intervals whose ends are known."""
        own = set(self.symbols)
        bound = any(c.free_symbols & own for c in self.family.constraints)
        ends = (self.family.domains[s].free_symbols for s in self.symbols)
        return not bound and not any(e & set(self.family.parameters) for e in ends)

    def ends(self, expr: Expr, symbol: Symbol) -> tuple[Expr, Expr]:
        """The limits of an expression at the two ends of a parameter's domain."""
        domain = self.family.domains[symbol]
        return (
            limit(expr, symbol, domain.lower, "+"),
            limit(expr, symbol, domain.upper, "-"),
        )

    def fills(self, levels: Iterable[Expr], sign: Sign) -> bool:
        """Whether each expression in one parameter takes all real values."""
        for level in levels:
            (symbol,) = level.free_symbols & set(self.symbols)
            low, high = self.ends(level, symbol)
            if {low, high} != {-oo, oo} or sign(diff(level, symbol)) not in (1, -1):
                return False
        return True

    def is_above(self, height: Expr, symbol: Symbol, sign: Sign) -> bool:
        """Whether the heights are all those above some level: such a part of the half-space is
        convex, and a geodesic of the half-space stays in it."""
        return sign(diff(height, symbol)) in (1, -1) and oo in self.ends(height, symbol)


def patches(family: Family, metric: ImmutableDenseMatrix) -> list[Patch]:
    """The parts into which the metric and the domain fall apart, in the order of parameters."""
    parameters = family.parameters
    groups = [{p} for p in parameters]
    links = [c.free_symbols for c in family.constraints]
    links += [{p, *family.domains[p].free_symbols} for p in parameters]
    for i, p in enumerate(parameters):
        for j, q in enumerate(parameters[: i + 1]):
            if metric[i, j] != 0:
                links.append({p, q, *metric[i, j].free_symbols})
    for link in links:
        groups = _joined(groups, link & set(parameters))
    found = []
    for group in groups:
        places = [i for i, p in enumerate(parameters) if p in group]
        block = ImmutableDenseMatrix(metric.extract(places, places))
        found.append(Patch(family, tuple(parameters[i] for i in places), block))
    return sorted(found, key=lambda patch: parameters.index(patch.symbols[0]))


def _joined(groups: list[set[Symbol]], link: set[Symbol]) -> list[set[Symbol]]:
    touched = [group for group in groups if group & link]
    rest = [group for group in groups if not group & link]
    return [*rest, set().union(*touched)] if touched else rest
