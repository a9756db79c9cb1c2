"""A table of several families, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symfisher.derivation import Derivation
from symfisher.documents.results import existing
from symfisher.formula import Formula
from symfisher.render import latex
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.metrics import set_width
from symfisher.render.notation import breakable_tex

_NAMES = 0.24  # of the line: the column of the families' names
_LONGEST_WORD = 7.0  # em: "concentration"
_ALIGNED = 0.4  # em that ``aligned`` puts around its rows
_GAP = 1.3  # em between the columns
_PAGE = 38.0  # em of height after which a table is continued in another one
_NOTE = r"\par\smallskip\noindent Entries that are not listed are zero or equal by symmetry.\par"
_LINE, _ROW, _TALL = 1.2, 1.5, 2.8  # em of height: a line of text, a row, one with fractions


def family_table(
    derivations: Iterable[Derivation],
    notation: Notation = STANDARD,
    *,
    quantities: Sequence[str] = ("fisher",),
) -> str:
    """A LaTeX fragment: a ``tabular`` of the families with the named quantities of each.

    A table longer than a page is continued in a second one.

    Raises:
        UnknownNameError: there is no such quantity.
        DerivationError: a quantity could not be derived.
        InputError: the notation does not fit a family's symbols.
    """
    rows = [row for each in derivations for row in _rows(each, notation, quantities)]
    tables: list[list[str]] = [[]]
    height = 0.0
    for row, tall in rows:
        if tables[-1] and height + tall > _PAGE:
            tables, height = [*tables, []], 0.0
        tables[-1].append(row)
        height += tall
    page = "\n\n".join(_tabular(table, notation) for table in tables)
    note = _NOTE if any("]_{" in row for row, _ in rows) else ""
    return notation.finished(f"{page}\n{note}").rstrip() + "\n"


def _tabular(rows: list[str], notation: Notation) -> str:
    names, rest = _columns(notation)
    opening = rf"\begin{{tabular}}{{@{{}}p{{{names:.1f}em}}p{{{rest:.1f}em}}@{{}}}}"
    lines = [f"{row} \\\\[4pt]\n\\hline" for row in rows]
    separated = "\\noalign{\\vskip 4pt}\n".join(["\\hline", *lines[:-1]]) + "\\noalign{\\vskip 4pt}"
    return "\n".join([rf"\par\noindent{opening}", separated, lines[-1], r"\end{tabular}\par"])


def _columns(notation: Notation) -> tuple[float, float]:
    """Widths in em of the column of the names and of that of the formulas."""
    names = max(_NAMES * notation.room, _LONGEST_WORD)
    return names, notation.room - names - _GAP


def _rows(
    derivation: Derivation, notation: Notation, quantities: Sequence[str]
) -> Iterator[tuple[str, float]]:
    """A family's row and its height in em; several where one would be higher than a page."""
    notation.check(derivation.family)
    names, room = _columns(notation)
    lines: list[str] = []
    for name in quantities:
        lines += _lines(existing(derivation, name), replace(notation, line=room))
    title = breakable_tex(derivation.family.facts.title)
    beside = _LINE * (1 + 0.9 * len(derivation.family.facts.title) // names)
    for chunk in _chunks(lines):
        height = max(sum(map(_height, chunk)), beside) + 1.0
        yield rf"\raggedright\hspace{{0pt}}{title} & {_cell(chunk, room)}", height
        title, beside = "(continued)", _LINE


def _chunks(lines: list[str]) -> list[list[str]]:
    """The lines in groups that are no higher than a page."""
    chunks: list[list[str]] = [[]]
    for line in lines:
        if chunks[-1] and sum(map(_height, [*chunks[-1], line])) > _PAGE:
            chunks.append([])
        chunks[-1].append(line)
    return chunks


def _height(line: str) -> float:
    """Of a line, or of a matrix in it, in em."""
    return sum(_TALL if r"\frac" in row else _ROW for row in line.split(r"\\"))


def _lines(formula: Formula, notation: Notation) -> list[str]:
    """The rows of an ``aligned``, each with its sign of alignment."""
    if formula.expr is None:
        return [r"& \text{does not exist}"]
    opening, *lines, _ = latex.displayed(formula, notation)
    rows = [line.strip().removesuffix(r" \\") for line in lines]
    return rows if opening == r"\begin{align*}" else [f"& {row}" for row in rows]


def _cell(rows: list[str], room: float) -> str:
    """The rows in a cell, in smaller letters where they are too wide for it."""
    parts = [row.partition("&") for row in rows]
    wide = _ALIGNED + sum(max(set_width(part[side]) for part in parts) for side in (0, 2))
    body = r" \\ ".join(rows)
    size = latex.size_for(room / max(wide, 1e-9))
    return rf"{size}$\begin{{aligned}}[t] {body} \end{{aligned}}$"
