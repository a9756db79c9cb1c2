"""Long formulas in rows: broken between the terms of a sum, in brackets too where it has to be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sympy import (
    Add,
    Basic,
    Dummy,
    Expr,
    Integer,
    MatrixBase,
    Mul,
    Piecewise,
    exp,
    fraction,
    preorder_traversal,
    true,
)

from symfisher.formula import Expectation
from symfisher.render.metrics import set_width
from symfisher.render.tex import TexPrinter

_INDENT = 1.0  # of a row that goes on within brackets: \quad
_WORTH_IT = 0.9  # of the width that is left by a break, at most
_CLOSING = 1.5  # of a bracket that closes, which stays at the end of its row
_NARROWEST = 8.0  # em; what stands deep in brackets on a narrow line gets smaller letters instead


def broken(expr: Basic, shown: TexPrinter, room: float) -> list[str]:
    """``expr`` in rows of LaTeX no wider than ``room`` (in em), as far as its parts allow that."""
    room = max(room, _NARROWEST)
    if (expr, room) not in shown.rows:
        shown.rows[expr, room] = _broken(expr, shown, room)
    return list(shown.rows[expr, room])


def _broken(expr: Basic, shown: TexPrinter, room: float) -> list[str]:
    whole = shown.doprint(expr)
    if set_width(whole) <= room:
        return [whole]
    if isinstance(expr, MatrixBase):
        return _matrix(expr, shown, room)
    if not isinstance(expr, Expr):
        return [whole]
    if isinstance(expr, Add):
        return _sum(expr, shown, room)
    if isinstance(expr, Piecewise):
        return _cases(expr, shown, room)
    for way in (_exponential, _factor, _quotient, _inside, _product):
        rows = way(expr, shown, room)
        if rows and max(map(set_width, rows)) < _WORTH_IT * set_width(whole):
            return rows
    return [whole]


def _sum(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    rows: list[str] = []
    closed = True  # whether the last row takes no further term
    for sign, term in shown.signed_terms(expr):
        first, *rest = _term(term, shown, room - 1.4)
        signed = f"{sign} {first}" if rows else first if sign == "+" else f"-{first}"
        if closed or rest or set_width(f"{rows[-1]} {signed}") > room:
            rows += [signed, *rest]
        else:
            rows[-1] += f" {signed}"
        closed = bool(rest)
    return rows


def _term(term: Expr, shown: TexPrinter, room: float) -> list[str]:
    if not term.is_Add:
        return broken(term, shown, room)
    return _enclosed("(", broken(term, shown, room - 2), ")")


def _factor(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    """A product with a sum among its factors, which is opened."""
    sums = [factor for factor in Mul.make_args(expr) if factor.is_Add]
    if not sums or not expr.is_Mul:
        return []
    longest = max(sums, key=lambda factor: set_width(shown.doprint(factor)))
    rest = Mul(*(factor for factor in expr.args if factor is not longest))
    before = {Integer(1): "", Integer(-1): "-"}.get(rest, shown.factor(rest))
    if set_width(shown.doprint(longest)) < 0.5 * room or set_width(before) > room:
        return []
    return _opened(before + r" \Bigl(", longest, r"\Bigr)", shown, room)


def _quotient(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    """A fraction that is too wide, as its numerator over its denominator in rows of their own."""
    above, below = fraction(expr)
    if below == 1 or set_width(shown.doprint(below)) < 0.5 * room:
        return []
    negative = above.could_extract_minus_sign() and not above.is_Add
    above = -above if negative else above
    upper = broken(above, shown, room - 2.5)
    if above.is_Add:
        upper = _enclosed(r"\Bigl(", upper, r"\Bigr)")
    upper[0] = ("-" if negative else "") + upper[0]
    lower = _enclosed(r"\Big/ \Bigl(", broken(below, shown, room - 4), r"\Bigr)")
    joined = f"{upper[-1]} {lower[0]}"
    if set_width(joined) <= room:
        return [*upper[:-1], joined, *lower[1:]]
    return [*upper, *_indented(lower)]


def _exponential(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    """A long exponent, on the line."""
    if not isinstance(expr, exp):
        return []
    return _opened(r"\exp\Bigl(", expr.args[0], r"\Bigr)", shown, room)


def _inside(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    """Anything around something long that its text encloses: a function's argument, a mean."""
    hole = Dummy("hole")
    mark = r"\langle\rangle"
    marked = TexPrinter({**shown.names, hole: mark}, shown.notation)
    parts = [part for part in _parts(expr) if isinstance(part, Expr) and part is not expr]
    parts.sort(key=lambda part: -set_width(shown.doprint(part)))
    for part in parts[:8]:
        with_hole = expr.xreplace({part: hole})
        before, found, after = marked.doprint(with_hole).partition(mark)
        if not found or mark in after or before.count("{") != before.count("}"):
            continue
        if re.search(r"\\left\W", before) or max(map(set_width, (before, after))) > room:
            continue
        bracketed = before.rstrip().endswith(("(", "[")) and after.lstrip().startswith((")", "]"))
        if part.is_Add and not bracketed:
            before, after = before + r"\Bigl(", r"\Bigr)" + after
        return _opened(before, part, after, shown, room)
    return []


def _parts(expr: Expr) -> Iterable[Basic]:
    if isinstance(expr, Expectation):
        return preorder_traversal(expr.integrand)
    return preorder_traversal(expr)


def _opened(before: str, inside: Expr, after: str, shown: TexPrinter, room: float) -> list[str]:
    """``before``, the rows of ``inside`` and ``after``, the rows indented below the first."""
    beside = room - set_width(before)
    below = room - _INDENT
    closing = min(set_width(after), _CLOSING)
    if not before.strip():
        return _closed(broken(inside, shown, room - closing), after, room)
    rows = broken(inside, shown, min(beside, below) - closing) if beside > 0.6 * room else []
    if rows and max(map(set_width, rows)) <= beside:
        first, *rest = _closed(rows, after, below)
        return [before + first, *_indented(rest)]
    rows = broken(inside, shown, below - closing)
    return [before, *_indented(_closed(rows, after, below))]


def _closed(rows: list[str], after: str, room: float) -> list[str]:
    """The rows with ``after`` at their end, on a row of its own where it is too long for the last
    one."""
    if set_width(after) <= _CLOSING or set_width(rows[-1] + after) <= room:
        return [*rows[:-1], rows[-1] + after]
    return [*rows, after]


def _enclosed(before: str, rows: list[str], after: str) -> list[str]:
    if len(rows) == 1:
        return [before + rows[0] + after]
    return [before + rows[0], *_indented([*rows[1:-1], rows[-1] + after])]


def _product(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    """A long product over several rows, between its factors."""
    if not expr.is_Mul:
        return []
    rows: list[str] = []
    factors = _factors(expr)
    if len(factors) == 1:
        return []
    for factor in factors:
        first, *rest = _as_factor(factor, shown, room - 2 * _INDENT)
        if rows and set_width(f"{rows[-1]} {first}") <= room:
            rows[-1] += f" {first}"
        else:
            rows.append(rf"\times {first}" if rows else first)
        rows += rest
    return [rows[0], *_indented(rows[1:])]


def _as_factor(factor: Expr, shown: TexPrinter, room: float) -> list[str]:
    whole = shown.factor(factor)
    if set_width(whole) <= room:
        return [whole]
    if factor.is_Add:
        return _enclosed(r"\Bigl(", broken(factor, shown, room - 2), r"\Bigr)")
    return broken(factor, shown, room)


def _factors(expr: Expr) -> list[Expr]:
    """The factors as printed: those below a fraction's line together in front."""
    above, below = fraction(expr)
    factors = [f for f in Mul.make_args(above) if f.is_Number or f.is_Symbol]
    others = [f for f in Mul.make_args(above) if f not in factors]
    first = Mul(*factors) / below
    return others if first == 1 and others else [first, *others]


def _cases(expr: Piecewise, shown: TexPrinter, room: float) -> list[str]:
    """A value by cases, each with its condition on a row below it."""
    rows: list[str] = []
    for value, condition in expr.args:
        where = r"\text{otherwise}"
        if condition != true:
            where = rf"\text{{if }} {shown.doprint(condition)}"
        first, *rest = broken(value, shown, room - _INDENT)
        rows += [first, *rest, rf"\qquad {where}"]
    return rows


def _matrix(matrix: MatrixBase, shown: TexPrinter, room: float) -> list[str]:
    """A matrix by its entries, each after its place; without the zeros."""
    rows: list[str] = []
    for (i, j), entry in sorted(matrix.todok().items()):
        place = rf"[{i + 1}]\colon\; " if matrix.cols == 1 else rf"[{i + 1}, {j + 1}]\colon\; "
        first, *rest = broken(entry, shown, room - set_width(place))
        rows += [place + first, *_indented(rest)]
    return rows


def _indented(rows: Iterable[str]) -> list[str]:
    return [rf"\quad {row}" for row in rows]
