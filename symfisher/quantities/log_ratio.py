"""Divergences as series in the log-ratio of two densities, and the derivatives in them."""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial, prod
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Symbol,
    diff,
    exp,
    log,
    nan,
    oo,
    sign,
    simplify,
    zoo,
)

from symfisher.algebra.special import replace_derivatives
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.expressions.given import given_expression

Powers = tuple[int, ...]  # of the displacements, one for each parameter


def t_log_t() -> Expr:
    """The generator of KL."""
    t = Symbol("t", positive=True)
    return t * log(t)


def generator(f: Any) -> tuple[Expr, Symbol]:
    """f and its one symbol, made positive.

    Raises:
        InputError: f has not exactly one symbol, or f(1) is not 0.
    """
    strangers: dict[str, Symbol] = {}
    expr = given_expression(f, "f", {}, strangers)
    free = expr.free_symbols
    if len(free) != 1:
        raise InputError(f"f: {f} is not an expression in one symbol, such as t*log(t)")
    t = Symbol("t", positive=True)
    expr = expr.xreplace({next(iter(free)): t})
    start = expr.subs(t, 1)
    if simplify(start) != 0:
        raise InputError(f"f: f(1) is {start}, but a divergence of p from itself is 0; subtract it")
    return expr, t


def series_in_log_ratio(f: Any, order: int) -> dict[int, Expr]:
    """c_k with D_f = sum_k c_k E[L^k], k from 2 on, L = log(q/p); E[e^L] = 1 removes c_1.

    Raises:
        InputError: f is not as smooth as that at 1.
    """
    expr, t = generator(f)
    if expr.has(Abs, sign, Max, Min, Piecewise, Heaviside):
        raise InputError(f"f: {f} has a corner, and with it no expansion of its divergence")
    ratio = Symbol("L", real=True)
    function = (exp(ratio) * expr.subs(t, exp(-ratio))).doit()
    values = []
    for k in range(order + 1):
        value = diff(function, ratio, k).subs(ratio, 0).doit()
        if value.has(nan, zoo, oo, -oo) or not value.is_number:
            raise InputError(
                f"f: {f} has no derivative of order {k} at 1, so there is no expansion"
            )
        values.append(simplify(value))
    return {k: (values[k] - values[1]) / factorial(k) for k in range(2, order + 1)}


# -- products of derivatives of the log-density ----------------------------------------------------


def log_derivative(family: Family, powers: Powers) -> Expr:
    """The derivative of the log-density of that multi-index."""
    symbols = [p for p, n in zip(family.parameters, powers) for _ in range(n)]
    return replace_derivatives(diff(family.log_density, *symbols))


def product_moments(family: Family, powers: Powers, weights: dict[int, Expr]) -> Expr:
    """The integrand of n! times the coefficient of d^n: sum_k c_k (products of k derivatives)."""
    terms = []
    for k in range(2, sum(powers) + 1):
        for parts in _splittings(powers, k):
            ways = prod(map(factorial, powers)) / prod(factorial(n) for part in parts for n in part)
            derivatives = [log_derivative(family, part) for part in parts]
            terms.append(weights[k] * Integer(round(ways)) * Mul(*derivatives))
    return Add(*terms)


def _splittings(powers: Powers, count: int) -> Iterator[tuple[Powers, ...]]:
    """Ordered ways to write a multi-index as a sum of ``count`` non-zero ones."""
    if count == 1:
        if any(powers):
            yield (powers,)
        return
    for first in _below(powers):
        rest = tuple(a - b for a, b in zip(powers, first))
        if any(first) and any(rest):
            for others in _splittings(rest, count - 1):
                yield (first, *others)


def _below(powers: Powers) -> Iterator[Powers]:
    if not powers:
        yield ()
        return
    for rest in _below(powers[1:]):
        for n in range(powers[0] + 1):
            yield (n, *rest)
