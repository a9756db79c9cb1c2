"""Which entries of an array have to be printed: one of those that its symmetries make equal."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np
from sympy import Expr, expand_mul

Index = tuple[int, ...]


@lru_cache(maxsize=64)
def symmetries(value: Any) -> tuple[tuple[Index, int], ...]:
    """(permutation of the indices, sign) under which an array of rank 3 or more is unchanged."""
    numbers = _numbered(value)
    return tuple(
        (order, sign)
        for order in permutations(range(numbers.ndim))
        for sign in (1, -1)
        if np.array_equal(sign * numbers.transpose(order), numbers)
    )


def is_first(value: Any, index: Index) -> bool:
    """Whether an entry is the first, in index order, of those that are equal to it by symmetry."""
    return all(index <= tuple(index[place] for place in order) for order, _ in symmetries(value))


def _numbered(value: Any) -> np.ndarray[Any, Any]:
    """Equal entries as equal numbers, opposite ones as opposite numbers, zero as 0."""
    known: dict[Expr, int] = {}
    seen: dict[Expr, int] = {}
    flat = [_number(entry, known, seen) for entry in value.reshape(len(value))]
    return np.array(flat).reshape(value.shape)


def _number(entry: Expr, known: dict[Expr, int], seen: dict[Expr, int]) -> int:
    if entry == 0:
        return 0
    if entry not in seen:
        plain, opposite = (expand_mul(sign * entry, deep=False) for sign in (1, -1))
        if plain not in known:
            known[plain] = len(known) + 1
            known[opposite] = -known[plain]
        seen[entry] = known[plain]
    return seen[entry]
