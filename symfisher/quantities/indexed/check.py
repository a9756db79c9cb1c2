"""Values of results with free indices at small lengths, to hold one against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, IndexedBase, Integer, Rational, Sum

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import MismatchError
from symfisher.expectation.engine import engine
from symfisher.expectation.indexed.truth import Witness
from symfisher.numerics.evaluate import evaluate_many
from symfisher.vectors import at_index

_CLOSE = 1e-9


def hold_equal(
    family: Family, what: str, left: Expr, right: Expr, extra: Mapping[Any, Domain] | None = None
) -> None:
    """Raise unless two expressions are equal at every entry, length and point.

    Sums over an observation's values are costly: then one length and one point have to do.

    Raises:
        MismatchError: names ``what`` and the entry.
    """
    machine: Any = engine(family)
    costly = left.has(Sum) and any(s.limits[0][1] == 0 for s in left.atoms(Sum))
    for witness in machine.truth.witnesses[: 1 if costly else None]:
        known = _further(witness, extra or {})
        pairs = [
            (place, *(witness.expression(_at(side, family, place)) for side in (left, right)))
            for place in _rows(family, witness, left, right)
        ]
        for point in witness.branch.points[: 1 if costly else None]:
            _compare(family, what, pairs, {**point, **known})


def _rows(family: Family, witness: Witness, *sides: Expr) -> Sequence[tuple[int, int]]:
    """The places of the free indices: all pairs of the first entries."""
    row, column = family.indices[:2]
    size = witness.unrolling.size
    if any(family.domains[p].total is not None for p in family.parameters):
        size -= 1
    rows = range(1, size + 1) if any(s.has(row) for s in sides) else (1,)
    columns = range(1, size + 1) if any(s.has(column) for s in sides) else (1,)
    return [(a, b) for a in rows for b in columns]


def _at(expr: Expr, family: Family, place: tuple[int, int]) -> Expr:
    row, column = family.indices[:2]
    return at_index(at_index(expr, row, Integer(place[0])), column, Integer(place[1]))


def _further(witness: Witness, extra: Mapping[Any, Domain]) -> dict[Any, Rational]:
    """Generic values of further real symbols, entry by entry."""
    found: dict[Any, Rational] = {}
    for symbol, domain in extra.items():
        if isinstance(symbol, IndexedBase):
            witness.unrolling.add(symbol, domain)
        for entry in witness.unrolling.free_entries(symbol):
            found[entry] = Rational((-1) ** len(found) * (17 + 12 * len(found)), 101)
    return found


def _compare(family: Family, what: str, pairs: Sequence[Any], point: Mapping[Any, Any]) -> None:
    values = evaluate_many([side for _, a, b in pairs for side in (a, b)], point)
    for (place, _, _), a, b in zip(pairs, values[::2], values[1::2], strict=True):
        if not abs(a - b) <= _CLOSE * max(abs(a), abs(b), 1.0):
            raise MismatchError(
                f"family '{family.name}': {what} is {a:.12g} and should be {b:.12g} at the entry "
                f"{place} of a small length; nothing is shown"
            )
