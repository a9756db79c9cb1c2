"""Solving equations g_k(theta) = e_k for the parameters, one unknown after the other.

It inverts the natural-parameter map and the mean map of an exponential family.  A solution counts
only if it gives the parameters back at generic points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

from sympy import (
    Add,
    Eq,
    Expr,
    Function,
    Symbol,
    cos,
    diff,
    exp,
    expand_log,
    fraction,
    linsolve,
    log,
    sin,
    solve,
    sqrt,
    together,
)

from symfisher.expectation.fingerprint import Fingerprint

Point = Mapping[Symbol, Any]
_LONGEST = 200  # operations of an equation that is handed to the solver


def inverse_map(
    functions: Sequence[Expr],
    values: Sequence[Symbol],
    unknowns: Sequence[Symbol],
    wanted: set[Symbol],
    points: Sequence[Point],
) -> dict[Symbol, Expr] | None:
    """The ``wanted`` unknowns as functions of ``values``, where functions[k] = values[k].

    ``points`` give every symbol of the functions a generic value.
    """
    search = _Search(functions, values, unknowns, points)
    while not wanted <= set(search.known):
        if not search.advance():
            return None
    return {u: search.known[u] for u in wanted}


class _Search:
    def __init__(
        self,
        functions: Sequence[Expr],
        values: Sequence[Symbol],
        unknowns: Sequence[Symbol],
        points: Sequence[Point],
    ) -> None:
        self.equations = list(zip(functions, values, strict=True))
        self.unknowns = set(unknowns)
        self.known: dict[Symbol, Expr] = {}
        self.fingerprint = Fingerprint(points)
        given = zip(*(self.fingerprint.value(f) for f in functions), strict=True)
        for point, numbers in zip(self.fingerprint.points, given):
            point.update(dict(zip(values, numbers, strict=True)))

    def advance(self) -> bool:
        """Find at least one more unknown; False where no rule does."""
        rules = (self._one_unknown, self._polar, self._linear, self._product)
        return any(rule() for rule in rules)

    def _left(self, expr: Expr) -> set[Symbol]:
        return {s for s in expr.free_symbols if s in self.unknowns and s not in self.known}

    def _waiting(self) -> list[tuple[Expr, Expr]]:
        substituted = [(f.subs(self.known), e) for f, e in self.equations]
        return [(f, e) for f, e in substituted if self._left(f)]

    def _accept(self, unknown: Symbol, solution: Expr) -> bool:
        if self._left(solution) or not self.fingerprint.is_zero(solution - unknown):
            return False
        self.known[unknown] = solution
        return True

    # -- rules ------------------------------------------------------------------------------------

    def _one_unknown(self) -> bool:
        """An equation with a single unknown."""
        for f, e in self._waiting():
            left = self._left(f)
            if len(left) == 1:
                (unknown,) = left
                if any(self._accept(unknown, s) for s in _solutions(f, e, unknown)):
                    return True
        return False

    def _polar(self) -> bool:
        """r cos(m) = e1 and r sin(m) = e2: r = sqrt(e1^2 + e2^2)."""
        for (f, e1), (g, e2) in permutations(self._waiting(), 2):
            for node in f.atoms(cos):
                radius = f / node
                if not radius.has(cos, sin) and g == radius * sin(node.args[0]):
                    left = self._left(radius)
                    size = sqrt(e1**2 + e2**2)
                    if len(left) == 1 and any(
                        self._accept(next(iter(left)), s)
                        for s in _solutions(radius, size, next(iter(left)))
                    ):
                        return True
        return False

    def _linear(self) -> bool:
        """Equations that are linear in their unknowns, themselves or after exponentiating."""
        waiting = self._waiting()
        unknowns = sorted({u for f, _ in waiting for u in self._left(f)}, key=str)
        rows = []
        for f, e in waiting:
            logs = expand_log(f, force=True)
            if all(isinstance(t.as_coeff_Mul()[1], log) for t in Add.make_args(logs)):
                f, e = exp(logs), exp(e)
            above, _ = fraction(together(f - e))
            rows.append(above)
        if any(r.as_poly(*unknowns) is None for r in rows):
            return False
        if any(r.as_poly(*unknowns).total_degree() > 1 for r in rows):
            return False
        found = linsolve(rows, unknowns)
        solution = next(iter(found), None)
        if solution is None:
            return False
        accepted = [self._accept(u, s) for u, s in zip(unknowns, solution)]
        return all(accepted)

    def _product(self) -> bool:
        """Two equations whose quotient has a single unknown."""
        for (f, e1), (g, e2) in combinations(self._waiting(), 2):
            quotient = (f / g).cancel()
            left = self._left(quotient)
            if len(left) == 1:
                (unknown,) = left
                if any(self._accept(unknown, s) for s in _solutions(quotient, e1 / e2, unknown)):
                    return True
        return False


def _solutions(function: Expr, value: Expr, unknown: Symbol) -> list[Expr]:
    """Solutions of function = value; a function with powers or one elementary function at most."""
    if function == unknown:
        return [value]
    slope = diff(function, unknown)
    if slope != 0 and not slope.has(unknown):
        return [(value - function.subs(unknown, 0)) / slope]
    if function.count_ops() > _LONGEST or not _is_elementary(function, unknown):
        return []
    plain = Symbol(unknown.name, **({"positive": True} if unknown.is_positive else {"real": True}))
    shifted = function.xreplace({unknown: plain})
    try:
        found = solve(Eq(shifted, value), plain, check=False)
    except NotImplementedError:
        return []
    return [s for s in found if isinstance(s, Expr) and plain not in s.free_symbols]


def _is_elementary(function: Expr, unknown: Symbol) -> bool:
    """Powers, exp and log: what the solver inverts in no time."""
    return not any(
        node.has(unknown) and not isinstance(node, exp | log) for node in function.atoms(Function)
    )
