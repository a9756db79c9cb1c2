"""A support cut at the kinks of its density, so that it is smooth on each piece.

A kink is a zero of the argument of Abs or sign, a point where two arguments of Max or Min cross,
or a point where the condition of a Piecewise changes.  On a piece each of these has one form, and
a derivative holds no Dirac delta.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any
from weakref import WeakKeyDictionary

from sympy import (
    Abs,
    Add,
    DiracDelta,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Poly,
    Pow,
    Symbol,
    exp,
    expand,
    fraction,
    log,
    sign,
    sqrt,
    together,
)
from sympy.core.relational import Equality, Relational, Unequality

from symfisher.declaration import Family
from symfisher.errors import DerivationError
from symfisher.numerics.evaluator import evaluate_arrays
from symfisher.numerics.points import Point, sample_points

_KINKED = (Abs, sign, Max, Min, Piecewise, Heaviside, DiracDelta)
_CHECKS = 4  # points at which the order of the kinks must be the same


@dataclass(frozen=True)
class Piece:
    """The interval (lower, upper), and the log-density as it is there, free of Abs and its kin."""

    lower: Expr
    upper: Expr
    log_density: Expr


_known: WeakKeyDictionary[Family, tuple[Piece, ...]] = WeakKeyDictionary()


def pieces(family: Family) -> tuple[Piece, ...]:
    """The pieces of a support in one continuous variable, from left to right.

    Counts and several variables make one piece, left as declared.

    Raises:
        DerivationError: a kink cannot be located, or lies inside the support for some parameters
            and outside for others.
    """
    if family not in _known:
        _known[family] = tuple(_find_pieces(family))
    return _known[family]


def resolve(expr: Expr, family: Family, piece: Piece) -> Expr:
    """``expr`` as it is on a piece: Abs, sign, Max, Min and Piecewise decided, no Dirac delta."""
    if not expr.has(*_KINKED) or not _is_one_dimensional(family):
        return expr
    return _Resolver(family, piece.lower, piece.upper).resolve(expr)


def _is_one_dimensional(family: Family) -> bool:
    return len(family.variables) == 1 and not family.supports[0].discrete


def _find_pieces(family: Family) -> Iterator[Piece]:
    support, density = family.supports[0], family.log_density
    cuts: list[Expr] = []
    if _is_one_dimensional(family) and density.has(*_KINKED):
        cuts = _inside(family, set(kinks(density, family.variables[0])))
    ends = [support.lower, *cuts, support.upper]
    for lower, upper in pairwise(ends):
        plain = Piece(lower, upper, density)
        yield (
            Piece(lower, upper, resolve(density, family, plain))
            if cuts or density.has(*_KINKED)
            else plain
        )


# where the kinks are


def kinks(expr: Expr, x: Symbol) -> Iterator[Expr]:
    """The places in x where a function with a corner has it; some may be met twice."""
    for node in expr.atoms(*_KINKED):
        for argument in _arguments(node):
            if x in argument.free_symbols:
                yield from zeros(argument, Integer(0), x)


def _arguments(node: Expr) -> Iterator[Expr]:
    """The expressions whose zeros are the kinks of ``node``."""
    if isinstance(node, Max | Min):
        yield from (a - b for a, b in combinations(node.args, 2))
    elif isinstance(node, Piecewise):
        for _, condition in node.args:
            for relation in condition.atoms(Relational):
                if not isinstance(relation, Equality | Unequality):
                    yield relation.lhs - relation.rhs
    else:
        yield node.args[0]


def zeros(e: Expr, value: Expr, x: Symbol) -> Iterator[Expr]:
    """The real solutions of e = value, unwrapping one invertible function after another."""
    if e == x:
        yield value
    elif isinstance(e, Add):
        yield from _zeros_of_sum(e, value, x)
    elif isinstance(e, Mul):
        yield from _zeros_of_product(e, value, x)
    elif isinstance(e, exp):
        if value != 0:
            yield from zeros(e.args[0], log(value), x)
    elif isinstance(e, log):
        yield from zeros(e.args[0], exp(value), x)
    elif isinstance(e, Pow) and x not in e.exp.free_symbols:
        if value != 0 or e.exp.is_positive:
            root = value ** (1 / e.exp)
            yield from zeros(e.base, root, x)
            if e.exp.is_Integer and e.exp % 2 == 0 and value != 0:
                yield from zeros(e.base, -root, x)
    elif isinstance(e, Pow) and x not in e.base.free_symbols:
        yield from zeros(e.exp, log(value) / log(e.base), x)
    elif isinstance(e, Abs):
        yield from zeros(e.args[0], value, x)
        yield from zeros(e.args[0], -value, x)
    else:
        _give_up(e, value)


def _zeros_of_sum(e: Add, value: Expr, x: Symbol) -> Iterator[Expr]:
    rest, moving = e.as_independent(x, as_Add=True)
    if not isinstance(moving, Add):
        yield from zeros(moving, value - rest, x)
        return
    yield from _polynomial_zeros(e, value, x)


def _polynomial_zeros(e: Expr, value: Expr, x: Symbol) -> Iterator[Expr]:
    """Where the numerator of e - value is linear or quadratic in x."""
    numerator, _ = fraction(together(e - value))
    polynomial = expand(numerator).as_poly(x)
    if polynomial is None or polynomial.degree() not in (1, 2) or _reads(polynomial, x):
        _give_up(e, value)
    if polynomial.degree() == 1:
        a, b = polynomial.all_coeffs()
        yield -b / a
    else:
        a, b, c = polynomial.all_coeffs()
        for direction in (-1, 1):
            yield (-b + direction * sqrt(b**2 - 4 * a * c)) / (2 * a)


def _reads(polynomial: Poly, x: Symbol) -> bool:
    return any(x in c.free_symbols for c in polynomial.all_coeffs())


def _zeros_of_product(e: Mul, value: Expr, x: Symbol) -> Iterator[Expr]:
    scale, moving = e.as_independent(x, as_Add=False)
    if value == 0:
        for factor in Mul.make_args(moving):
            yield from zeros(factor, value, x)
    elif isinstance(moving, Mul):
        yield from _polynomial_zeros(e, value, x)
    else:
        yield from zeros(moving, value / scale, x)


def _give_up(e: Expr, value: Expr) -> None:
    raise DerivationError(
        f"the kink of the density where {e} = {value} cannot be located; write the density "
        "with the kink at a point that is linear in the variable"
    )


def _inside(family: Family, kinks: Iterable[Expr]) -> list[Expr]:
    """The kinks inside the support, in order; the same at all sample points."""
    candidates = sorted(kinks, key=str)
    support, points = family.supports[0], sample_points(family, _CHECKS)
    orders = []
    for point in points:
        lower, upper, *values = _numbers([support.lower, support.upper, *candidates], point)
        inside = [i for i, v in enumerate(values) if lower < v < upper]
        order = sorted(inside, key=lambda i: values[i])
        orders.append([i for i, j in zip(order, [None, *order]) if not _same(values, i, j)])
    if any(order != orders[0] for order in orders):
        names = ", ".join(map(str, candidates))
        raise DerivationError(
            f"family '{family.name}': the kinks of its density ({names}) do not keep one order "
            "inside the support; declare constraints that fix it"
        )
    return [candidates[i] for i in orders[0]]


def _same(values: list[float], i: int, j: int | None) -> bool:
    return j is not None and abs(values[i] - values[j]) <= 1e-12 * abs(values[i])


def _numbers(expressions: list[Expr], values: Mapping[Symbol, Any]) -> list[float]:
    return [
        float(v) for v in evaluate_arrays(expressions, {s: float(v) for s, v in values.items()})
    ]


# what an expression is on one piece


class _Resolver:
    """Decides kinked functions at points inside one piece, at several points of the parameters."""

    def __init__(self, family: Family, lower: Expr, upper: Expr) -> None:
        self.x = family.variables[0]
        self.family = family
        self.points: list[dict[Symbol, Any]] = []
        for point in sample_points(family, _CHECKS):
            self.points += self._interior(point, lower, upper)

    def _interior(self, point: Point, lower: Expr, upper: Expr) -> list[dict[Symbol, Any]]:
        a, b = _numbers([lower, upper], point)
        if a == -float("inf") and b == float("inf"):
            inside = [-3.7, -0.31, 0.57, 4.1]
        elif b == float("inf"):
            inside = [a + 0.13, a + 4.7]
        elif a == -float("inf"):
            inside = [b - 0.13, b - 4.7]
        else:
            inside = [a + 0.13 * (b - a), a + 0.71 * (b - a)]
        return [{**point, self.x: value} for value in inside]

    def resolve(self, e: Expr) -> Expr:
        if not e.args or not e.has(*_KINKED):
            return e
        if isinstance(e, Piecewise):
            return self._piecewise(e)
        arguments = [self.resolve(a) for a in e.args]
        if isinstance(e, Abs):
            return arguments[0] * self._sign(arguments[0], keep=e)
        if isinstance(e, sign):
            return self._sign(arguments[0], keep=e)
        if isinstance(e, Heaviside):
            return (1 + self._sign(arguments[0], keep=e)) / 2
        if isinstance(e, DiracDelta):
            return Integer(0)
        if isinstance(e, Max | Min):
            return self._extreme(arguments, largest=isinstance(e, Max))
        return e.func(*arguments)

    def _sign(self, argument: Expr, keep: Expr) -> Expr:
        signs = {(v > 0) - (v < 0) for v in self._values(argument)}
        if len(signs) != 1:
            self._undecided(keep)
        return Integer(signs.pop())

    def _extreme(self, arguments: list[Expr], largest: bool) -> Expr:
        rows = zip(*(self._values(a) for a in arguments))
        choose = max if largest else min
        chosen = {row.index(choose(row)) for row in rows}
        if len(chosen) != 1:
            self._undecided((Max if largest else Min)(*arguments))
        return arguments[chosen.pop()]

    def _piecewise(self, e: Piecewise) -> Expr:
        if any(c.has(Equality, Unequality) for _, c in e.args):
            return e.func(*((self.resolve(branch), c) for branch, c in e.args))
        numbered = Piecewise(*((Integer(i), c) for i, (_, c) in enumerate(e.args)), evaluate=False)
        chosen = {int(v) for v in self._values(numbered)}
        if len(chosen) != 1:
            self._undecided(e)
        return self.resolve(e.args[chosen.pop()][0])

    def _values(self, e: Expr) -> list[float]:
        return [_numbers([e], point)[0] for point in self.points]

    def _undecided(self, e: Expr) -> None:
        raise DerivationError(
            f"family '{self.family.name}': {e} has no single form between two kinks of the density"
        )
