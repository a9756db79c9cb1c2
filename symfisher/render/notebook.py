"""What a notebook shows of each object: HTML with MathML, or LaTeX where the page is exported."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from symfisher.formula import Expectation, Formula, Step
from symfisher.render import html, latex, words
from symfisher.render.mathml import mathml
from symfisher.render.notation import escape_tex, printable

if TYPE_CHECKING:
    from symfisher.declaration import Family
    from symfisher.quantities.regularity import Regularity


def formula_html(formula: Formula) -> str:
    """The formula with its title, and its derivation as a list that opens."""
    return f"<div>{html.block(formula)}\n{steps_html(formula.trace, formula)}</div>"


def family_html(family: Family) -> str:
    """The declaration: support, domains, log-density."""
    return f"<div>{html.heading(family)}</div>"


def family_latex(family: Family) -> str:
    """The log-density as one displayed equation."""
    return mathematics(latex.density(family))


def regularity_html(verdict: Regularity) -> str:
    """The verdict in words."""
    return f"<div>{html.block(verdict)}</div>"


def regularity_latex(verdict: Regularity) -> str:
    """The verdict in words, with its conditions as mathematics."""
    return " ".join(latex.verdict(verdict))


def mathematics(lines: list[str]) -> str:
    """A display of a fragment, as notebooks and their exports understand it."""
    body = " ".join(line.strip() for line in lines[1:-1])
    if lines[0] == r"\begin{align*}":
        body = rf"\begin{{aligned}} {body} \end{{aligned}}"
    return rf"$\displaystyle {body}$"


def derivation_html(page: str, results: Iterable[Any]) -> str:
    """A page of results, and below it the steps of all of them as a list that opens."""
    seen: dict[Step, Formula] = {}
    for result in results:
        for step in result.trace if isinstance(result, Formula) else ():
            seen.setdefault(step, result)
    return f"{page}\n{_list(seen.items())}"


def steps_html(trace: Iterable[Step], formula: Formula) -> str:
    """The steps as a list that opens; nothing where there are none."""
    return _list((step, formula) for step in dict.fromkeys(trace))


def _list(steps: Iterable[tuple[Step, Formula]]) -> str:
    items = [_item(step, formula) for step, formula in steps]
    if not items:
        return ""
    count = f"{len(items)} step{'s' if len(items) > 1 else ''}"
    listed = "\n".join(f"<li>{item}</li>" for item in items)
    return f"<details><summary>Derivation ({count})</summary><ol>\n{listed}\n</ol></details>"


def _item(step: Step, formula: Formula) -> str:
    rule = step.rule.replace("_", " ")
    statement = escape(printable(words.sentence(step.statement)))
    text = f"<em>{escape(printable(rule[:1].upper() + rule[1:]))}</em>: {statement}"
    shown = latex.printer(formula)
    sides = [shown.doprint(side) for side in (step.before, step.after) if side is not None]
    sign = " = " if isinstance(step.before, Expectation) else r" \longmapsto "
    return text + (mathml(sign.join(sides)) if sides else "")


def report_html(text: str) -> str:
    """A report of checks as it is printed."""
    return f"<pre>{escape(_printable_lines(text))}</pre>"


def report_latex(text: str) -> str:
    """A report of checks as lines of typewriter text."""
    rows = [rf"\texttt{{{escape_tex(line)}}}" for line in text.splitlines() if line.strip()]
    return r" \\ ".join(rows)


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.splitlines()))
