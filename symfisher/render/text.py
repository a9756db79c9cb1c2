"""Unicode mathematics for a terminal, no wider than the terminal is."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Symbol

from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.render import words
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.notation import printable, unicode_name
from symfisher.render.pretty import line, picture
from symfisher.render.sheet import Result, Sheet
from symfisher.render.textree import plain, read
from symfisher.render.values import (
    abbreviated,
    entries,
    index_letters,
    is_tensor,
    role_names,
    scalar,
    unlisted,
)

NAME = "text"
SUMMARY = "Unicode mathematics for a terminal"

_INDENT = "    "
_ROLES = {
    "primed": lambda name: unicode_name(name) + "′",
    "increments": lambda name: "d" + unicode_name(name),
}


def text_formula(formula: Formula) -> str:
    """The formula as a picture with its title, for an interactive session."""
    return block(formula)


def page_width() -> int:
    """Columns to fill: the terminal's, within what can be read."""
    return min(max(shutil.get_terminal_size().columns, 40), 120)


def signs() -> words.Signs:
    return words.Signs(
        show=line,
        element="∈",
        dots="…",
        braces=("{", "}"),
        reals="ℝ",
        integers="ℤ",
        where=" where ",
    )


def heading(family: Family, notation: Notation = STANDARD) -> str:
    title, name = printable(family.facts.title), printable(family.name)
    first = title if title == name else f"{title} ({name})"
    lines = [*textwrap.wrap(first, page_width()), ""]
    domains = list(zip(words.supports(family, signs()), family.variables))
    domains += [
        (words.parameter_domain(p, family.domains[p], signs()), p)
        for p in (*family.parameters, *family.constants)
    ]
    lines += _aligned(family, domains)
    lines += [_INDENT + line(constraint) for constraint in family.constraints]
    return "\n".join([*lines, "", *_density(family)])


def _aligned(family: Family, domains: list[tuple[str, Symbol]]) -> list[str]:
    column = min(max(len(text) for text, _ in domains), 20)
    return [
        row
        for text, symbol in domains
        for row in textwrap.wrap(
            (text.ljust(column) + "   " + _role(family, symbol)).rstrip(),
            page_width(),
            initial_indent=_INDENT,
            subsequent_indent=2 * _INDENT,
            drop_whitespace=True,
        )
    ]


def _role(family: Family, symbol: Symbol) -> str:
    meaning = printable(family.facts.meanings.get(symbol.name, ""))
    return (meaning + ", known" if meaning else "known") if symbol in family.constants else meaning


def _density(family: Family) -> list[str]:
    data = ", ".join(unicode_name(v.name) for v in family.variables)
    parameters = ", ".join(unicode_name(p.name) for p in family.parameters)
    return _shown(f"log p({data}; {parameters}) = ", family.log_density, {})


def block(result: Result, notation: Notation = STANDARD) -> str:
    if not isinstance(result, Formula):
        return "\n".join(["Regularity", *_paragraphs(words.verdict(result, line))])
    lines = textwrap.wrap(f"{result.title} ({words.standing(result)})", page_width())
    if result.expr is not None:
        lines += _picture(result)
    return "\n".join([*lines, *_paragraphs(words.remarks(result, line))])


def _picture(formula: Formula) -> list[str]:
    names = role_names(formula, _ROLES)
    if is_tensor(formula):
        return _components(formula, names)
    symbol = plain(read(formula.symbol))
    whole = _shown(f"{symbol} = ", scalar(formula.expr), names)
    if whole:
        return whole
    delta, below, formula = abbreviated(formula)
    rows = [] if delta is None else _shown(f"{line(delta)} = ", below, names)
    return [*rows, *_listed(formula, names), *_paragraphs([unlisted(formula)])]


def _components(formula: Formula, names: dict[Symbol, str]) -> list[str]:
    """The independent entries of a tensor, under a line that says what their indices are."""
    order = ", ".join(index_letters(formula))
    rows = [f"{_INDENT}{plain(read(formula.symbol))} at [{order}]:"]
    return [*rows, *_listed(formula, names), *_paragraphs([unlisted(formula)])]


def _listed(formula: Formula, names: dict[Symbol, str]) -> Iterator[str]:
    for labels, entry in entries(formula):
        index = ", ".join(str(label) if isinstance(label, int) else line(label) for label in labels)
        yield from _shown(f"[{index}] = ", entry, names)


def _shown(head: str, expr: Any, names: dict[Symbol, str]) -> list[str]:
    """``head`` and the picture of ``expr``; nothing for a matrix that is too wide."""
    rows = picture(expr, page_width() - len(_INDENT), names, head)
    return [(_INDENT + row).rstrip() for row in rows or ()]


def _paragraphs(sentences: Iterable[str]) -> Iterator[str]:
    for text in sentences:
        yield from textwrap.wrap(
            printable(text),
            page_width(),
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_long_words=False,
        )


def document(sheet: Sheet) -> str:
    pieces = [piece for piece in (sheet.heading, *sheet.blocks.values()) if isinstance(piece, str)]
    if sheet.error and pieces:
        pieces.append("\n".join(textwrap.wrap(f"Not finished: {_error(sheet)}", page_width())))
    return "\n\n".join(pieces)


def _error(sheet: Sheet) -> str:
    return printable(" ".join(sheet.error[1].split())) if sheet.error else ""


def frame(count: int) -> tuple[str, str, str]:
    return "", "\n\n" + "─" * min(page_width(), 72) + "\n\n", "\n"
