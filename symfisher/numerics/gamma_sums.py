"""Sums of log-gamma functions, whose large parts cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Add, Basic, Expr, Mul, beta, binomial, factorial, gamma, log, loggamma

from symfisher.numerics.program import Slot

if TYPE_CHECKING:
    from symfisher.numerics.compiler import Compiler


def is_gamma_like(e: Basic) -> bool:
    return isinstance(e, gamma | factorial | binomial | beta)


def has_gamma(e: Basic) -> bool:
    """Whether a factor of a product is a gamma function or made of some."""
    return any(is_gamma_like(f.base if f.is_Pow else f) for f in Mul.make_args(e))


def log_gamma_sums(
    compiler: Compiler, terms: tuple[Expr, ...]
) -> tuple[list[Slot], tuple[Expr, ...]]:
    """Slots for the log-gamma terms whose arguments differ by a constant, and the other terms.

    log gamma(y + r) - log gamma(y + 1) is the small difference of two large numbers at large y;
    the terms are evaluated together.
    """
    groups: dict[Expr, list[tuple[Expr, Expr]]] = {}
    others: list[Expr] = []
    for term in terms:
        items = gamma_items_of(term) if compiler.reads(term) else None
        if items is None or any(compiler.reads(k) for k, _ in items):
            others.append(term)
            continue
        for k, z in items:
            moving = Add(*(t for t in Add.make_args(z) if compiler.reads(t)))
            groups.setdefault(moving, []).append((k, z - moving))
    return [_log_gamma_group(compiler, z, items) for z, items in groups.items()], tuple(others)


def _log_gamma_group(compiler: Compiler, moving: Expr, items: list[tuple[Expr, Expr]]) -> Slot:
    if moving == 0:
        return compiler.value(Add(*(k * loggamma(z) for k, z in items)))
    if len(items) == 1:
        k, shift = items[0]
        slot = compiler.emit("log_gamma", compiler.value(moving + shift))
        return slot if k == 1 else compiler.emit("multiply", compiler.value(k), slot)
    pairs = [slot for k, shift in items for slot in (compiler.value(k), compiler.value(shift))]
    return compiler.emit("log_gamma_sum", compiler.value(moving), *pairs)


def gamma_items_of(term: Expr) -> list[tuple[Expr, Expr]] | None:
    """[(k, z)] with the term equal to the sum of k loggamma(z), or ``None``."""
    scale, rest = term.as_independent(log, loggamma, as_Add=False)
    if isinstance(rest, loggamma):
        return [(scale, rest.args[0])]
    return gamma_items(scale, rest.args[0]) if isinstance(rest, log) else None


def gamma_items(scale: Expr, e: Expr) -> list[tuple[Expr, Expr]] | None:
    """[(k, z)] with ``scale * log(e)`` equal to the sum of k loggamma(z), or ``None``."""
    if isinstance(e, gamma):
        return [(scale, e.args[0])]
    if isinstance(e, factorial):
        return [(scale, e.args[0] + 1)]
    if isinstance(e, binomial):
        n, k = e.args
        return [(scale, n + 1), (-scale, k + 1), (-scale, n - k + 1)]
    if isinstance(e, beta):
        a, b = e.args
        return [(scale, a), (scale, b), (-scale, a + b)]
    return None
