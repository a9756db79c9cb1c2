"""Long formulas in rows: broken between the terms of a sum, in brackets too where it has to be."""

from __future__ import annotations

from sympy import Basic, Expr, Integer, Mul

from symfisher.formula import Expectation
from symfisher.render.tex import TexPrinter
from symfisher.render.textree import read, width


def broken(expr: Basic, shown: TexPrinter, room: float) -> list[str]:
    """``expr`` in rows of LaTeX no wider than ``room``, as far as its terms allow that."""
    whole = shown.doprint(expr)
    if not isinstance(expr, Expr) or width(read(whole)) <= room:
        return [whole]
    if expr.is_Add:
        return _sum(expr, shown, room)
    opened = _opened(expr, shown)
    if opened is None or width(read(shown.doprint(opened[1]))) < 0.6 * room:
        return [whole]
    before, inside, after = opened
    rows = _sum(inside, shown, room - 4)
    if len(rows) == 1 or width(read(before + rows[0])) > room:
        return [before, *_indented(rows[:-1]), *_indented([rows[-1] + after])]
    return [before + rows[0], *_indented(rows[1:-1]), *_indented([rows[-1] + after])]


def _sum(expr: Expr, shown: TexPrinter, room: float) -> list[str]:
    rows: list[str] = []
    closed = True  # whether the last row takes no further term
    for sign, term in shown.signed_terms(expr):
        first, *rest = _term(term, shown, room - 2)
        signed = f"{sign} {first}" if rows else first if sign == "+" else f"-{first}"
        if closed or rest or width(read(f"{rows[-1]} {signed}")) > room:
            rows += [signed, *rest]
        else:
            rows[-1] += f" {signed}"
        closed = bool(rest)
    return rows


def _term(term: Expr, shown: TexPrinter, room: float) -> list[str]:
    return [f"({shown.doprint(term)})"] if term.is_Add else broken(term, shown, room)


def _indented(rows: list[str]) -> list[str]:
    return [rf"\quad {row}" for row in rows]


def _opened(expr: Expr, shown: TexPrinter) -> tuple[str, Expr, str] | None:
    """(what comes before, a sum in brackets, what comes after), where there is a sum to break."""
    if isinstance(expr, Expectation):
        inside = expr.integrand
        return (r"\operatorname{E}\Bigl[", inside, r"\Bigr]") if inside.is_Add else None
    sums = [factor for factor in Mul.make_args(expr) if factor.is_Add]
    if not sums or not expr.is_Mul:
        return None
    longest = max(sums, key=lambda factor: len(shown.doprint(factor)))
    rest = Mul(*(factor for factor in expr.args if factor is not longest))
    before = {Integer(1): "", Integer(-1): "-"}.get(rest, shown.doprint(rest))
    return before + r" \Bigl(", longest, r"\Bigr)"
