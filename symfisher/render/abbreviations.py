"""Long formulas with "where": what is long and recurs stands as a letter.

What differs in nothing but its indices is one abbreviation: the same weight for i, for j and
within a sum over l is w_i, w_j and w_l.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from typing import Any

from sympy import Basic, Expr, Indexed, IndexedBase, Sum, Symbol, default_sort_key, exp
from sympy import Product as IndexedProduct

from symfisher.formula import Expectation
from symfisher.render.metrics import set_width
from symfisher.render.tex import TexPrinter

_LETTERS = "ACDGLMQRUVYZ"  # B, E, H, I, N, T and W have meanings of their own on these pages
_MOST = 4
_LEAST_WIDTH = 5.0  # em of what is worth a letter
_LEAST_SAVED = 12.0  # em that a letter has to save
_ROW = 1.5  # em that a definition takes beside its right-hand side

Side = tuple[Any, Any]  # of an equation: what is printed on its left, the value on its right


def shortened(
    sides: Sequence[Side], shown: TexPrinter, symbols: Iterable[Symbol]
) -> tuple[list[Side], list[Side]]:
    """The sides in shorter form, and (letter, its value) in the order of use.

    Putting the values in for the letters, from the first to the last, gives the sides back.
    No letter is one of ``symbols`` or of the symbols in the sides, as they are printed.
    """
    values = [value for _, value in sides]
    indices = _indices(values)
    definitions: list[Side] = []
    for letter in _free_letters(values, shown, symbols):
        best = _best([*values, *(value for _, value in definitions)], indices, shown)
        if best is None:
            break
        first, _, own = min(best, key=lambda instance: default_sort_key(instance[0]))
        named = {part: sign * own * _named(letter, order) for part, order, sign in best}
        values = [value.xreplace(named) for value in values]
        definitions = [(name, value.xreplace(named)) for name, value in definitions]
        definitions.append((named[first], first))
    return [(left, value) for (left, _), value in zip(sides, values)], definitions


def _free_letters(
    values: Iterable[Basic], shown: TexPrinter, symbols: Iterable[Symbol]
) -> list[str]:
    symbols = {*symbols, *(symbol for value in values for symbol in value.atoms(Symbol))}
    taken = {shown.doprint(symbol) for symbol in symbols} | {symbol.name for symbol in symbols}
    taken |= {shown.notation.matrix_letter, *shown.notation.symbols}
    return [letter for letter in _LETTERS if letter not in taken][:_MOST]


Instances = list[tuple[Expr, tuple[Symbol, ...], int]]  # a part, its indices in order, its sign


def _best(values: list[Expr], indices: set[Symbol], shown: TexPrinter) -> Instances | None:
    """The parts, equal but for their indices, that are worth a letter most; None without any."""
    found: dict[str, Instances] = {}
    saved: dict[str, float] = {}
    for part in (part for value in values for part in _parts(value)):
        width = set_width(shown.doprint(part))
        if width < _LEAST_WIDTH or part in values:
            continue
        shape, order, sign = _signed_shape(part, indices)
        found.setdefault(shape, [])
        if (part, order, sign) not in found[shape]:
            found[shape].append((part, order, sign))
        name = 1.0 + 0.5 * len(order)
        # A long exponential is a weight, whose place in a formula is clearer where it has a letter.
        known = 0.5 * width if isinstance(part, exp) and width > shown.notation.room else 0.0
        saved[shape] = saved.get(shape, known - width - _ROW) + width - name
    best = max(saved, key=lambda shape: saved[shape], default=None)
    return found[best] if best is not None and saved[best] > _LEAST_SAVED else None


def _parts(value: Expr) -> Iterator[Expr]:
    """What a letter may stand for: anything that is printed and is more than a symbol; of a
    reciprocal, what is below the line."""
    if isinstance(value, Indexed) or not value.args:
        return
    if not (value.is_Pow and value.exp == -1):
        yield value
    for part in (value.integrand,) if isinstance(value, Expectation) else value.args:
        if isinstance(part, Expr):
            yield from _parts(part)


def _indices(values: Iterable[Basic]) -> set[Symbol]:
    found: set[Symbol] = set()
    for value in values:
        for entry in value.atoms(Indexed):
            found |= entry.indices[0].free_symbols if entry.indices else set()
        for total in value.atoms(Sum, IndexedProduct):
            found |= {limit[0] for limit in total.limits}
    return found


def _signed_shape(part: Expr, indices: set[Symbol]) -> tuple[str, tuple[Symbol, ...], int]:
    """The shape of a part, with a sign that tells a sum from its opposite."""
    if not part.is_Add:
        return *_shape(part, indices), 1
    return min(((*_shape(sign * part, indices), sign) for sign in (1, -1)), key=lambda way: way[0])


def _shape(part: Expr, indices: set[Symbol]) -> tuple[str, tuple[Symbol, ...]]:
    """What the part is but for the names of its indices, and its free indices in their order."""
    own = sorted(part.atoms(Symbol) & indices, key=default_sort_key)
    ways = ((_structure(part, order), order) for order in permutations(own))
    shape, order = min(ways, key=lambda way: (way[0], str(way[1])))
    free = part.free_symbols
    return shape, tuple(index for index in order if index in free)


def _structure(part: Basic, places: tuple[Symbol, ...]) -> str:
    """The tree in one line, an index as its place."""
    if part in places:
        return f"#{places.index(part)}"
    if not part.args:
        return str(part)
    inside = [_structure(argument, places) for argument in part.args]
    if part.is_Add or part.is_Mul:
        inside.sort()
    return f"{type(part).__name__}({','.join(inside)})"


def _named(letter: str, indices: tuple[Symbol, ...]) -> Expr:
    if not indices:
        return Symbol(letter)
    return IndexedBase(letter)[indices if len(indices) > 1 else indices[0]]
