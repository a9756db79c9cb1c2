"""Markdown with LaTeX mathematics between dollar signs, as GitHub, Jupyter and Pandoc show it."""

from __future__ import annotations

import re

from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.render import latex, words
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.notation import printable
from symfisher.render.sheet import Result, Sheet

NAME = "markdown"
SUMMARY = "Markdown with LaTeX mathematics"


def escape(text: str) -> str:
    """``text`` as Markdown that shows it and nothing else."""
    return re.sub(r"([\\`*_{}\[\]<>#|$&~])", r"\\\1", printable(text))


def heading(family: Family, notation: Notation = STANDARD) -> str:
    signs = latex.signs(notation)
    lines = [f"## {escape(family.facts.title)}", ""]
    lines += [f"* observation ${support}$" for support in words.supports(family, signs)]
    for symbol in (*family.parameters, *family.constants):
        role = "known" if symbol in family.constants else "parameter"
        domain = words.parameter_domain(symbol, family.domains[symbol], signs)
        meaning = escape(family.facts.meanings.get(symbol.name, ""))
        lines.append(f"* {role} ${domain}$" + (f" ({meaning})" if meaning else ""))
    lines += [f"* where ${signs.show(constraint)}$" for constraint in family.constraints]
    return "\n".join([*lines, "", *_mathematics(latex.density(family, notation))])


def block(result: Result, notation: Notation = STANDARD) -> str:
    show = latex.signs(notation).show
    if not isinstance(result, Formula):
        verdict = words.verdict(result, lambda condition: f"${show(condition)}$")
        return "\n".join(["### Regularity", "", *map(_prose, verdict)])
    lines = [f"### {escape(result.title)}", "", f"*{escape(words.standing(result))}*"]
    if result.expr is not None:
        display = latex.displayed(result, notation)
        rest = latex.rest_of(result, display, notation)
        lines += ["", *_mathematics(display), *([f"{rest}."] if rest else [])]
    remarks = words.remarks(result, lambda condition: f"${show(condition)}$")
    return "\n".join([*lines, *([""] if remarks else []), *map(_prose, remarks)])


def _prose(text: str) -> str:
    parts = text.split("$")
    return "$".join(part if i % 2 else escape(part) for i, part in enumerate(parts))


def _mathematics(lines: list[str]) -> list[str]:
    """A LaTeX display between double dollars, within which only ``aligned`` is understood."""
    body = [line.strip() for line in lines[1:-1]]
    if lines[0] == r"\begin{align*}":
        body = [r"\begin{aligned}", *body, r"\end{aligned}"]
    return ["$$", *body, "$$"]


def document(sheet: Sheet) -> str:
    pieces = [piece for piece in (sheet.heading, *sheet.blocks.values()) if isinstance(piece, str)]
    if sheet.error and pieces:
        pieces.append(f"*Not finished: {escape(sheet.error[1])}*")
    return "\n\n".join(pieces)


def frame(count: int) -> tuple[str, str, str]:
    return "", "\n\n", "\n"
