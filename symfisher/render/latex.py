"""LaTeX for papers: a fragment that needs amsmath and amssymb."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Basic, Symbol
from sympy.core.relational import Relational

from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.render import words
from symfisher.render.abbreviations import shortened
from symfisher.render.breaking import broken
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.metrics import set_width
from symfisher.render.notation import breakable_tex, escape_tex
from symfisher.render.sheet import Result, Sheet
from symfisher.render.tex import TexPrinter
from symfisher.render.textree import fraction_depth, read
from symfisher.render.values import (
    abbreviated,
    component_symbol,
    entries,
    is_scalar,
    is_tensor,
    role_names,
    scalar,
    unlisted,
)

if TYPE_CHECKING:
    from symfisher.quantities.regularity import Regularity

NAME = "latex"
SUMMARY = "a fragment for a paper; it needs amsmath and amssymb"

_EQUALS = 1.4  # em of an equality sign with its spaces, and of the indent of the rows below it
_LONG_LEFT = 0.4  # of a line: a longer left-hand side stands on a row of its own
ITEM_INDENT = 2.5  # em that a numbered item is set in
_MANY, _SHORTER = 5, 0.9  # rows that call for abbreviations, which leave no more of them
_PAGE = 16  # rows of a display that may be too many for what is left of a page
# A formula that no break makes narrow enough is set in smaller letters: their size, the command.
_SMALLER = ((0.9, "small"), (0.8, "footnotesize"), (0.7, "scriptsize"), (0.5, "tiny"))


def printer(formula: Formula, notation: Notation = STANDARD) -> TexPrinter:
    marks = {
        "primed": notation.second_name,
        "increments": lambda name: rf"\,\mathrm{{d}}{notation.name(name)}",
        "velocities": lambda name: rf"\dot{{{notation.name(name)}}}",
    }
    return TexPrinter(role_names(formula, marks), notation)


def value(formula: Formula, notation: Notation = STANDARD) -> str:
    """The formula's right-hand side; a tensor's entries one below the other."""
    if is_tensor(formula):
        rows = " ".join(_joined(_entry_rows(formula, notation)))
        return rf"\begin{{aligned}} {rows} \end{{aligned}}"
    return printer(formula, notation).doprint(scalar(formula.expr))


def latex_equation(formula: Formula, notation: Notation = STANDARD) -> str:
    """The formula as one displayed equation, for a notebook."""
    symbol = notation.symbol(formula.symbol)
    if formula.expr is None:
        return rf"${symbol}\colon$ {escape_tex(words.standing(formula))}"
    left = "" if is_tensor(formula) else f"{symbol} = "
    return rf"$\displaystyle {left}{value(formula, notation)}$"


def signs(notation: Notation = STANDARD) -> words.Signs:
    return words.Signs(
        show=TexPrinter(notation=notation).doprint,
        element=r"\in",
        dots=r"\dots",
        braces=(r"\{", r"\}"),
        reals=r"\mathbb{R}",
        integers=r"\mathbb{Z}",
        where=r" \text{ where } ",
    )


def heading(family: Family, notation: Notation = STANDARD) -> str:
    lines = [
        rf"\paragraph{{{breakable_tex(family.facts.title)}.}}",
        f"{assumptions(family, notation)}; log-{'mass' if family.is_mass else 'density'}",
        *smaller(density(family, notation), notation),
    ]
    return notation.finished("\n".join(lines))


def assumptions(family: Family, notation: Notation = STANDARD) -> str:
    """The observation, the parameters, what is known and the constraints, in one sentence."""
    shown = signs(notation)
    observed = ", ".join(f"${support}$" for support in words.supports(family, shown))
    facts = [f"Observation {observed}", _symbols(family, "parameters", family.parameters, shown)]
    if family.constants:
        facts.append(_symbols(family, "known", family.constants, shown))
    if family.constraints:
        facts.append("subject to " + ", ".join(f"${shown.show(c)}$" for c in family.constraints))
    return "; ".join(facts)


def density(family: Family, notation: Notation = STANDARD) -> list[str]:
    """The log-density, displayed."""
    data = ", ".join(notation.name(v.name) for v in family.variables)
    parameters = ", ".join(notation.name(p.name) for p in family.parameters)
    left = rf"{notation.log} p({data}; {parameters})"
    symbols = (*family.variables, *family.parameters, *family.constants)
    return display(left, family.log_density, TexPrinter(notation=notation), symbols)


def _symbols(family: Family, role: str, symbols: Iterable[Symbol], shown: words.Signs) -> str:
    listed = []
    for symbol in symbols:
        meaning = family.facts.meanings.get(symbol.name, "")
        domain = words.parameter_domain(symbol, family.domains[symbol], shown)
        listed.append(f"${domain}$" + (f" ({breakable_tex(meaning)})" if meaning else ""))
    return f"{role} " + ", ".join(listed)


def block(result: Result, notation: Notation = STANDARD) -> str:
    if not isinstance(result, Formula):
        return "\n".join([r"\paragraph{Regularity.}", *verdict(result, notation)])
    title = rf"\paragraph{{{escape_tex(result.title)}}}"
    lines = [f"{title} ({escape_tex(words.standing(result))})", *equation(result, notation)]
    return notation.finished("\n".join(lines))


def verdict(result: Regularity, notation: Notation = STANDARD) -> list[str]:
    """The regularity verdict in sentences."""
    return [*map(prose, words.verdict(result, lambda c: f"${signs(notation).show(c)}$"))]


def prose(text: str) -> str:
    """A sentence whose mathematics, between dollar signs, is our own."""
    parts = text.split("$")
    return "$".join(part if i % 2 else escape_tex(part) for i, part in enumerate(parts))


def equation(formula: Formula, notation: Notation = STANDARD, indent: float = 0.0) -> list[str]:
    """The formula as displayed mathematics, with what is to be said about it.

    ``indent`` is what the surroundings take off the line, in em.
    """
    notation = replace(notation, line=notation.room - indent)
    remarks = _remarks(formula, notation)
    if formula.expr is None:
        return remarks
    lines = displayed(formula, notation)
    rest = rest_of(formula, lines, notation)
    shown = smaller(lines, notation)
    return [*shown, *([words.sentence(rest)] if rest else []), *remarks]


def rest_of(formula: Formula, lines: list[str], notation: Notation = STANDARD) -> str:
    """What is to be said of the entries that ``displayed``, whose lines these are, does not list;
    empty where it lists all, as in a matrix that is shown whole."""
    matrix = any(rf"\begin{{{notation.bracket}}}" in line for line in lines)
    whole = is_scalar(formula) or (matrix and not is_tensor(formula))
    text = "" if whole else unlisted(formula)
    return text[:1].upper() + text[1:]


def _whole(formula: Formula, notation: Notation, factor: str = "") -> str:
    """A matrix in one equation, where that fits the line and can be read; else nothing."""
    ways = [notation]
    if notation.full_fractions:
        ways.append(replace(notation, full_fractions=False))
    for way in ways:
        shown = printer(formula, way).doprint(formula.expr)
        equation = f"{way.symbol(formula.symbol)} = {factor}{shown}"
        fits = set_width(equation) <= notation.room
        if fits and (way is notation or fraction_depth(read(equation)) < 2):
            return equation
    return ""


def _remarks(formula: Formula, notation: Notation) -> list[str]:
    """The conditions, displayed where they are too long for a line of text, and the notes."""
    shown = TexPrinter(notation=notation)
    tex = [shown.doprint(condition) for condition in formula.conditions]
    if all(set_width(condition) < 0.5 * notation.room for condition in tex):
        return [*map(prose, words.remarks(formula, lambda c: f"${shown.doprint(c)}$"))]
    rows = [row for condition in formula.conditions for row in condition_rows(condition, shown)]
    notes = map(prose, words.remarks(formula.with_(conditions=()), str))
    return ["Holds where", *smaller(aligned(rows), notation), *notes]


def condition_rows(condition: Basic, shown: TexPrinter) -> list[str]:
    """A relation in one row, or in two before its sign."""
    whole = shown.doprint(condition)
    if set_width(whole) <= shown.notation.room or not isinstance(condition, Relational):
        return [f"& {whole}"]
    left, right = map(shown.doprint, condition.args)
    sign = whole.removeprefix(left).removesuffix(right)
    return [f"& {left}", rf"& \quad {sign} {right}"]


def displayed(formula: Formula, notation: Notation = STANDARD) -> list[str]:
    """The lines of a display: one equation, rows of a long sum, or the entries of a wide array."""
    if is_scalar(formula):
        shown = printer(formula, notation)
        symbol = notation.symbol(formula.symbol)
        return display(symbol, scalar(formula.expr), shown, formula.arguments)
    whole = "" if is_tensor(formula) else _whole(formula, notation)
    if whole:
        return _environment("equation*", [whole])
    lettered = [] if is_tensor(formula) else _lettered(formula, notation)
    rows = lettered or _entry_rows(formula, notation)
    return aligned(rows or [rf"& {notation.symbol(formula.symbol)} = 0"])


def _lettered(formula: Formula, notation: Notation) -> list[str]:
    """A matrix in one equation and what its letters stand for, where that fits the line."""
    shown = printer(formula, notation)
    delta, below, over = abbreviated(formula)
    letters: list[tuple[Basic, Basic]] = []
    factor = ""
    if delta is None:
        matrix = formula.expr
        sides, letters = shortened([("", entry) for entry in matrix], shown, formula.arguments)
        formula = formula.with_(expr=type(matrix)(*matrix.shape, [entry for _, entry in sides]))
    else:
        letters, factor = [(delta, below)], rf"\frac{{1}}{{{shown.doprint(delta)}}} "
        formula = over.with_(expr=over.expr * delta)
    whole = _whole(formula, notation, factor) if letters else ""
    return [whole.replace(" = ", " &= ", 1), *_where(letters, shown)] if whole else []


def _entry_rows(formula: Formula, notation: Notation) -> list[str]:
    """The entries of a matrix, or the independent ones of a tensor, each under its own symbol."""
    shown = printer(formula, notation)
    symbol = notation.symbol(formula.symbol)
    delta, below, formula = abbreviated(formula)
    sides = [] if delta is None else [(shown.doprint(delta), below)]
    for labels, entry in entries(formula):
        if is_tensor(formula):
            left = notation.symbol(component_symbol(formula, labels, notation.name))
        else:
            left = rf"[{symbol}]_{{{','.join(map(shown.doprint, labels))}}}"
        sides.append((left, entry))
    return _equations(sides, shown, formula.arguments)


def display(left: str, expr: Basic, shown: TexPrinter, symbols: Iterable[Symbol] = ()) -> list[str]:
    """``left = expr`` displayed, a sum broken at its terms where it is long.

    ``symbols`` are those of the family, after which no abbreviation is named.
    """
    rows = _equations([(left, expr)], shown, symbols)
    if len(rows) == 1:
        return _environment("equation*", [rows[0].replace(" &= ", " = ")])
    return aligned(rows)


def aligned(rows: Iterable[str]) -> list[str]:
    return _environment("align*", _joined(rows))


def _equations(
    sides: list[tuple[str, Basic]], shown: TexPrinter, symbols: Iterable[Symbol]
) -> list[str]:
    """Rows of ``left = right``; with "where" and what its letters stand for, if that is shorter."""
    rows = _rows(sides, shown)
    if len(rows) <= _MANY:
        return rows
    short, letters = shortened(sides, shown, symbols)
    with_letters = [*_rows(short, shown), *_where(letters, shown)]
    fewer = len(with_letters) < _SHORTER * len(rows)
    shorter = sum(map(set_width, with_letters)) < _SHORTER * sum(map(set_width, rows))
    return with_letters if fewer or shorter else rows


def _where(letters: list[tuple[Basic, Basic]], shown: TexPrinter) -> list[str]:
    sides = [(rf"\text{{where }} {shown.doprint(name)}", value) for name, value in letters]
    return _rows(sides, shown)


def _rows(sides: list[tuple[str, Basic]], shown: TexPrinter) -> list[str]:
    """Rows of ``left = right``, the signs below one another unless a left side is too long."""
    room = shown.notation.room
    widest = max((set_width(left) for left, _ in sides), default=0.0)
    rows = []
    for left, expr in sides:
        whole = shown.doprint(expr)
        if widest > _LONG_LEFT * room and widest + _EQUALS + set_width(whole) > room:
            first, *rest = broken(expr, shown, room - 2 * _EQUALS)
            rows += [f"& {left}", rf"& \quad = {first}", *(rf"& \qquad {row}" for row in rest)]
        else:
            first, *rest = broken(expr, shown, room - widest - _EQUALS)
            rows += [f"{left} &= {first}", *(rf"&\quad {row}" for row in rest)]
    return rows


def _joined(rows: Iterable[str]) -> list[str]:
    rows = list(rows)
    return [row + r" \\" for row in rows[:-1]] + rows[-1:]


def _environment(name: str, rows: Iterable[str]) -> list[str]:
    return [rf"\begin{{{name}}}", *(f"  {row}" for row in rows), rf"\end{{{name}}}"]


def smaller(
    lines: list[str], notation: Notation, indent: float = 0.0, *, letters: float = 1.0
) -> list[str]:
    """A display in smaller letters where it is wider than the line, breakable where it is long.

    ``letters`` is the size of those around it.
    """
    ratio = (notation.room - indent) / _display_width(lines)
    commands = size_for(letters * ratio) if ratio < 1 else ""
    if len(lines) > _PAGE:
        commands += r"\allowdisplaybreaks"
    return [rf"\begingroup{commands}", *lines, r"\endgroup"] if commands else lines


def size_for(ratio: float) -> str:
    """The command that makes letters so much smaller; nothing where there is room."""
    if ratio >= 1:
        return ""
    return "\\" + next((name for size, name in _SMALLER if size <= ratio), "tiny")


def _display_width(lines: list[str]) -> float:
    """The width of a display: of aligned rows, the widest parts before and after the sign."""
    rows = [line.removesuffix(r"\\") for line in lines[1:-1]]
    if lines[0] != r"\begin{align*}":
        return max(map(set_width, rows))
    parts = [row.partition("&") for row in rows]
    left, right = (max(set_width(part[side]) for part in parts) for side in (0, 2))
    return left + right + 0.6


def document(sheet: Sheet) -> str:
    pieces = [piece for piece in (sheet.heading, *sheet.blocks.values()) if isinstance(piece, str)]
    if sheet.error and pieces:
        kind, message = sheet.error
        pieces.append(f"% {kind}: " + " ".join(message.split()))
    return loose("\n\n".join(pieces)) if pieces else ""


def loose(page: str) -> str:
    """A page whose lines of text may be stretched rather than run into the margin."""
    return f"\\begingroup\\emergencystretch=3em\n{page}\n\\par\\endgroup"


def frame(count: int) -> tuple[str, str, str]:
    return "", "\n\n", "\n"
