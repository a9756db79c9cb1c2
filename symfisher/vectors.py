"""Vectors of symbolic length: ``IndexedBase`` symbols beside plain ones.

An ``IndexedBase`` is declared without a shape: with one, substituting its length would make it
another symbol whose entries are no longer found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Basic, IndexedBase, Product, Sum, Symbol
from sympy.core.expr import Expr

from symfisher.domains import Domain

_INDEX_NAMES = ("i", "j", "k", "l", "m", "q", "r", "s", "t", "u", "v", "w")


def symbol_for(name: str, domain: Domain) -> Any:
    """The symbol of a declared name, with the strongest assumptions that hold on its domain."""
    kind = Symbol if domain.length is None else IndexedBase
    return kind(name, **domain.assumptions())


def named_like(symbol: Any, name: str, **assumptions: Any) -> Any:
    """A symbol or a vector, as ``symbol`` is, of another name; its assumptions unless given."""
    kind = IndexedBase if isinstance(symbol, IndexedBase) else Symbol
    return kind(name, **(assumptions or symbol.assumptions0))


def index_symbols(taken: Iterable[str]) -> tuple[Symbol, ...]:
    """Index symbols that clash with no declared name: a row's, a column's and those of sums."""
    used = set(taken)
    plain = [name for name in _INDEX_NAMES if name not in used]
    numbered = (f"i_{n}" for n in range(1, len(used) + 8))
    names = [*plain, *(name for name in numbered if name not in used)]
    return tuple(Symbol(name, integer=True, positive=True) for name in names)


def free_names(expr: Basic) -> set[Any]:
    """The symbols and vectors that an expression reads, without the indices of its sums."""
    bases = expr.atoms(IndexedBase)
    if not bases:
        return set(expr.free_symbols)
    labels = {base.label for base in bases}
    bound = {limit[0] for total in expr.atoms(Sum, Product) for limit in total.limits}
    return (expr.atoms(Symbol) - labels - bound) | bases


def at_index(expr: Any, index: Any, place: Any) -> Any:
    """``expr`` with a free index put at another place; an index bound by a sum stays."""
    if expr == index:
        return place
    if not isinstance(expr, Basic) or not expr.has(index):
        return expr
    if isinstance(expr, Sum | Product) and any(limit[0] == index for limit in expr.limits):
        return expr
    return expr.func(*(at_index(argument, index, place) for argument in expr.args))


def outermost(total: Any) -> tuple[Any, Any]:
    """The summand (or factor) of the outermost sum and its limit; SymPy merges nested ones."""
    *inner, limit = total.limits
    return (total.func(total.function, *inner) if inner else total.function), limit


def is_entry_of(expr: Expr, base: IndexedBase) -> bool:
    return bool(getattr(expr, "is_Indexed", False)) and expr.base == base
