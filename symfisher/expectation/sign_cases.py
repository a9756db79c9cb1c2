"""Two densities of which one has a support of several forms, by the signs of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import And, Expr, Gt, Lt, Piecewise, Symbol

from symfisher.expectation.pair import Pair


@dataclass(frozen=True, eq=False)
class SignCase:
    """The pair where the signs are known; ``outward`` leads back to the pair's own symbols."""

    pair: Pair
    outward: dict[Symbol, Symbol]

    @property
    def inward(self) -> dict[Symbol, Symbol]:
        return {old: new for new, old in self.outward.items()}

    def condition(self, symbols: Sequence[Symbol]) -> Any:
        """The signs of those of the pair's own symbols that have one here."""
        inward = self.inward
        signs = (Gt(s, 0) if inward[s].is_positive else Lt(s, 0) for s in symbols if s in inward)
        return And(*signs)


def sign_cases(pair: Pair) -> Iterator[SignCase]:
    """The pair itself, or one for each choice of signs; a shared parameter has one sign."""
    for first in pair.first.cases:
        for second in pair.second.cases:
            here = dict(zip(pair.first.parameters, first.parameters, strict=True))
            there = dict(zip(pair.second.parameters, second.parameters, strict=True))
            if any(here.get(old, new) != new for old, new in there.items()):
                continue
            outward = {new: old for old, new in {**here, **there}.items() if new != old}
            names = {name: there.get(s, s) for name, s in pair.names.items()}
            yield SignCase(Pair(first, second, names, pair.within), outward)


def has_sign_cases(pair: Pair) -> bool:
    return len(pair.first.cases) > 1 or len(pair.second.cases) > 1


def joined(
    pair: Pair,
    found: Sequence[tuple[SignCase, Expr]],
    holds: Callable[[SignCase, Expr], bool],
) -> Expr:
    """One expression for all cases where one holds in all; else by signs, the first law's first."""
    parameters = dict.fromkeys((*pair.first.parameters, *pair.second.parameters))
    moving = [p for p in parameters if any(p in case.inward for case, _ in found)]
    for depth in range(len(moving) + 1):
        groups: dict[Any, list[tuple[SignCase, Expr]]] = {}
        for case, value in found:
            groups.setdefault(case.condition(moving[:depth]), []).append((case, value))
        shared = [_shared(group, holds) for group in groups.values()]
        if all(value is not None for value in shared):
            *first, last = zip(shared, groups)
            return Piecewise(*first, (last[0], True)) if first else last[0]
    raise AssertionError("every case has a value of its own")


def _shared(
    group: Sequence[tuple[SignCase, Expr]], holds: Callable[[SignCase, Expr], bool]
) -> Expr | None:
    for _, value in group:
        if all(value == other or holds(case, value) for case, other in group):
            return value
    return None
