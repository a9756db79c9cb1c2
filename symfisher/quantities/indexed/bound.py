"""The Cramer-Rao bound over vectors of symbolic length, by the structure of the matrix."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, Integer, KroneckerDelta

from symfisher.algebra.indexed import calculus
from symfisher.algebra.indexed_inverse import Inverted, indexed_inverse
from symfisher.declaration import Family
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.quantities.indexed.check import hold_equal
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import for_vectors
from symfisher.vectors import at_index


def inverted(information: Formula) -> Inverted | None:
    """The inverse of a family's Fisher matrix, or where it is singular; None if not found."""
    if information.expr.has(Expectation):
        return None
    return indexed_inverse(information.expr, information.family)


@for_vectors("crlb")
def crlb(family: Family) -> Formula:
    """Cramer-Rao lower bound as blocks: the inverse Fisher matrix, for one observation.

    That it is the inverse is checked at small lengths.  Status "none", with the null space in its
    notes, where the matrix is singular.
    """
    information = fisher(family)
    names = {"name": "crlb", "title": "Cramer-Rao lower bound"}
    symbol = r"\mathcal{I}(\theta)^{-1}"
    found = None if information.expr is None else inverted(information)
    if found is None or found.matrix is None:
        notes = _reasons(information, found)
        return information.with_(
            **names, symbol=symbol, expr=None, status=Status.NONE, notes=notes, digits=None
        )
    _hold_inverse(information, found)
    step = Step(
        "Sherman-Morrison-Woodbury",
        "Invert a diagonal plus terms of rank one; nothing is of the vectors' length.",
        information.expr,
        found.matrix,
    )
    return information.with_(
        **names, symbol=symbol, expr=found.matrix, trace=(*information.trace, step)
    )


def _reasons(information: Formula, found: Inverted | None) -> tuple[str, ...]:
    if information.expr is None:
        return information.notes
    if found is None:
        return (
            "Its inverse was not found: the matrix is not seen to be a diagonal plus terms of "
            f"rank one; write the family out at a fixed {information.family.length}.",
        )
    return (singular_note(information.family, found.null_direction),)


def singular_note(family: Family, direction: tuple[Expr, ...] | None) -> str:
    """One sentence on a singular matrix, with the direction that changes nothing if it is known."""
    words = "The Fisher matrix is singular: the parameters are not identified"
    if direction is None:
        return words + "."
    row = family.indices[0]
    steps = ("c" if entry == 1 else f"c*({entry})" for entry in direction)
    moved = " and ".join(f"{p}[{row}] + {step}" for p, step in zip(family.parameters, steps))
    plain = all(entry == 1 for entry in direction)
    entries = "with every entry 1" if plain else "with " + ", ".join(map(str, direction))
    return f"{words}. Its null space is spanned by the vector {entries}: {moved} changes nothing."


def _hold_inverse(information: Formula, found: Inverted) -> None:
    """F times the bound is the unit matrix, block by block, at small lengths."""
    family = information.family
    row, column = family.indices[:2]
    for p, first in enumerate(family.parameters):
        for q, second in enumerate(family.parameters):
            vectors = all(family.domains[s].length is not None for s in (first, second))
            unit = KroneckerDelta(row, column) if vectors else Integer(1)
            product = _product(information.expr, found.matrix, p, q, family)
            hold_equal(family, "F times the bound", product, unit if p == q else Integer(0))


def _product(left: Any, right: Any, p: int, q: int, family: Family) -> Expr:
    """The block (p, q) of a product of two matrices of blocks."""
    rules, terms = calculus(family), []
    row, column, spare = family.indices[0], family.indices[1], family.indices[-1]
    for m, between in enumerate(family.parameters):
        term = at_index(left[p, m], column, spare) * at_index(right[m, q], row, spare)
        if family.domains[between].length is not None:
            term = rules.free_total(term, spare, between not in rules.totals)
        terms.append(term)
    return Add(*terms)
