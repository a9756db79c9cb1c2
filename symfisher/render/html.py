"""One self-contained HTML page with MathML: no script, no style sheet and no network."""

from __future__ import annotations

from html import escape

from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.render import latex, words
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.mathml import mathml
from symfisher.render.notation import printable
from symfisher.render.sheet import Result, Sheet

NAME = "html"
SUMMARY = "one HTML page with MathML, readable without a network"

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fisher information</title>
<style>
body { font-family: system-ui, sans-serif; line-height: 1.5; max-width: 52rem;
  margin: 0 auto; padding: 1rem; }
math[display="block"] { overflow-x: auto; padding: 0.4rem 0; }
h3 small { font-weight: normal; opacity: 0.7; }
</style>
</head>
<body>
"""


def heading(family: Family, notation: Notation = STANDARD) -> str:
    signs = latex.signs(notation)
    rows = [(support, "observation") for support in words.supports(family, signs)]
    for symbol in (*family.parameters, *family.constants):
        role = "known" if symbol in family.constants else "parameter"
        meaning = family.facts.meanings.get(symbol.name, "")
        domain = words.parameter_domain(symbol, family.domains[symbol], signs)
        rows.append((domain, f"{role}: {meaning}" if meaning else role))
    rows += [(signs.show(constraint), "constraint") for constraint in family.constraints]
    items = [f"<li>{mathml(tex, display=False)} {_text(role)}</li>" for tex, role in rows]
    density = _mathematics(latex.density(family, notation))
    return "\n".join([f"<h2>{_text(family.facts.title)}</h2>", "<ul>", *items, "</ul>", density])


def block(result: Result, notation: Notation = STANDARD) -> str:
    def inline(expr: object) -> str:
        return f"${latex.signs(notation).show(expr)}$"

    if not isinstance(result, Formula):
        return "\n".join(["<h3>Regularity</h3>", *map(paragraph, words.verdict(result, inline))])
    lines = [f"<h3>{_text(result.title)} <small>{_text(words.standing(result))}</small></h3>"]
    if result.expr is not None:
        display = latex.displayed(result, notation)
        rest = latex.rest_of(result, display, notation)
        lines += [_mathematics(display), *([paragraph(f"{rest}.")] if rest else [])]
    return "\n".join([*lines, *map(paragraph, words.remarks(result, inline))])


def paragraph(text: str) -> str:
    """A sentence with mathematics of ours between dollar signs."""
    parts = text.split("$")
    shown = (mathml(p, display=False) if i % 2 else _text(p) for i, p in enumerate(parts))
    return f"<p>{''.join(shown)}</p>"


def _text(text: str) -> str:
    return escape(printable(text))


def _mathematics(lines: list[str]) -> str:
    body = " ".join(line.strip() for line in lines[1:-1])
    if lines[0] == r"\begin{align*}":
        body = rf"\begin{{aligned}} {body} \end{{aligned}}"
    return mathml(body)


def document(sheet: Sheet) -> str:
    pieces = [piece for piece in (sheet.heading, *sheet.blocks.values()) if isinstance(piece, str)]
    if sheet.error and pieces:
        pieces.append(f"<p>Not finished: {_text(sheet.error[1])}</p>")
    return "\n".join(["<section>", *pieces, "</section>"]) if pieces else ""


def frame(count: int) -> tuple[str, str, str]:
    return _HEAD, "\n", "\n</body>\n</html>\n"
