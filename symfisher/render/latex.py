"""LaTeX for papers: a fragment that needs amsmath and amssymb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Basic, Expr, MatrixBase, Symbol

from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.render import words
from symfisher.render.breaking import broken
from symfisher.render.notation import escape_tex, latex_name
from symfisher.render.sheet import Result, Sheet
from symfisher.render.tex import TexPrinter
from symfisher.render.textree import read, width
from symfisher.render.values import (
    abbreviated,
    component_symbol,
    entries,
    is_tensor,
    role_names,
    scalar,
    unlisted,
)

NAME = "latex"
SUMMARY = "a fragment for a paper; it needs amsmath and amssymb"

# Letters that go on one line of an article's text at 10 pt.
LINE_WIDTH = 60.0
_ROLES = {
    "primed": "{}'",
    "increments": r"\,\mathrm{{d}}{}",
    "velocities": r"\dot{{{}}}",
}


def printer(formula: Formula) -> TexPrinter:
    return TexPrinter(role_names(formula, latex_name, _ROLES))


def value(formula: Formula) -> str:
    """The formula's right-hand side; a tensor's entries one below the other."""
    if is_tensor(formula):
        rows = " ".join(_joined(_component_rows(formula)))
        return rf"\begin{{aligned}} {rows} \end{{aligned}}"
    return printer(formula).doprint(scalar(formula.expr))


def latex_equation(formula: Formula) -> str:
    """The formula as one displayed equation, for a notebook."""
    if formula.expr is None:
        return rf"{formula.symbol}\colon \text{{{escape_tex(words.standing(formula))}}}"
    left = "" if is_tensor(formula) else f"{formula.symbol} = "
    return rf"$\displaystyle {left}{value(formula)}$"


def signs() -> words.Signs:
    return words.Signs(
        show=TexPrinter().doprint,
        element=r"\in",
        dots=r"\dots",
        braces=(r"\{", r"\}"),
        reals=r"\mathbb{R}",
        integers=r"\mathbb{Z}",
        where=r" \text{ where } ",
    )


def heading(family: Family) -> str:
    observed = ", ".join(f"${support}$" for support in words.supports(family, signs()))
    facts = [f"Observation {observed}", _symbols(family, "parameters", family.parameters)]
    if family.constants:
        facts.append(_symbols(family, "known", family.constants))
    if family.constraints:
        conditions = (f"${signs().show(c)}$" for c in family.constraints)
        facts.append("subject to " + ", ".join(conditions))
    return "\n".join(
        [
            rf"\paragraph{{{escape_tex(family.facts.title)}.}}",
            "; ".join(facts) + f"; log-{'mass' if family.is_mass else 'density'}",
            *density(family),
        ]
    )


def density(family: Family) -> list[str]:
    """The log-density, displayed."""
    data = ", ".join(latex_name(v.name) for v in family.variables)
    parameters = ", ".join(latex_name(p.name) for p in family.parameters)
    return display(rf"\log p({data}; {parameters})", family.log_density, TexPrinter())


def _symbols(family: Family, role: str, symbols: Iterable[Symbol]) -> str:
    shown = []
    for symbol in symbols:
        meaning = family.facts.meanings.get(symbol.name, "")
        domain = words.parameter_domain(symbol, family.domains[symbol], signs())
        shown.append(f"${domain}$" + (f" ({escape_tex(meaning)})" if meaning else ""))
    return f"{role} " + ", ".join(shown)


def block(result: Result) -> str:
    if not isinstance(result, Formula):
        verdict = words.verdict(result, lambda c: f"${signs().show(c)}$")
        return "\n".join([r"\paragraph{Regularity.}", *map(_prose, verdict)])
    title = rf"\paragraph{{{escape_tex(result.title)}}}"
    return "\n".join([f"{title} ({escape_tex(words.standing(result))})", *equation(result)])


def _prose(text: str) -> str:
    """A sentence whose mathematics, between dollar signs, is our own."""
    parts = text.split("$")
    return "$".join(part if i % 2 else escape_tex(part) for i, part in enumerate(parts))


def equation(formula: Formula) -> list[str]:
    """The formula as displayed mathematics, with what is to be said about it."""
    remarks = [_prose(r) for r in words.remarks(formula, lambda c: f"${signs().show(c)}$")]
    if formula.expr is None:
        return remarks
    return [*displayed(formula), *remarks]


def displayed(formula: Formula) -> list[str]:
    """The lines of a display: one equation, rows of a long sum, or the entries of a wide array."""
    shown, expr = printer(formula), scalar(formula.expr)
    if isinstance(expr, Expr) and not isinstance(expr, MatrixBase):
        return display(formula.symbol, expr, shown)
    if is_tensor(formula):
        return aligned(_component_rows(formula))
    whole = f"{formula.symbol} = {shown.doprint(formula.expr)}"
    if isinstance(formula.expr, MatrixBase) and width(read(whole)) <= LINE_WIDTH:
        return _environment("equation*", [whole])
    delta, below, formula = abbreviated(formula)
    rows = [] if delta is None else list(_rows(shown.doprint(delta), below, shown))
    for labels, entry in entries(formula):
        index = ",".join(map(shown.doprint, labels))
        rows.extend(_rows(rf"[{formula.symbol}]_{{{index}}}", entry, shown))
    if unlisted(formula):
        rows.append(rf"& \text{{{unlisted(formula)}}}")
    return aligned(rows)


def _component_rows(formula: Formula) -> Iterator[str]:
    """The independent entries of a tensor, each under its own symbol."""
    for labels, entry in entries(formula):
        yield from _rows(component_symbol(formula, labels), entry, printer(formula))
    if unlisted(formula):
        yield rf"& \text{{{unlisted(formula)}}}"


def display(left: str, expr: Basic, shown: TexPrinter) -> list[str]:
    """``left = expr`` displayed, a sum broken at its terms where it is long."""
    rows = list(_rows(left, expr, shown))
    if len(rows) == 1:
        return _environment("equation*", [rows[0].replace(" &= ", " = ")])
    return aligned(rows)


def aligned(rows: Iterable[str]) -> list[str]:
    return _environment("align*", _joined(rows))


def _rows(left: str, expr: Basic, shown: TexPrinter) -> Iterator[str]:
    first, *rest = broken(expr, shown, LINE_WIDTH - width(read(left)))
    yield f"{left} &= {first}"
    yield from (rf"&\quad {row}" for row in rest)


def _joined(rows: Iterable[str]) -> list[str]:
    rows = list(rows)
    return [row + r" \\" for row in rows[:-1]] + rows[-1:]


def _environment(name: str, rows: Iterable[str]) -> list[str]:
    return [rf"\begin{{{name}}}", *(f"  {row}" for row in rows), rf"\end{{{name}}}"]


def document(sheet: Sheet) -> str:
    pieces = [piece for piece in (sheet.heading, *sheet.blocks.values()) if isinstance(piece, str)]
    if sheet.error and pieces:
        kind, message = sheet.error
        pieces.append(f"% {kind}: " + " ".join(message.split()))
    return "\n\n".join(pieces)


def frame(count: int) -> tuple[str, str, str]:
    return "", "\n\n", "\n"
