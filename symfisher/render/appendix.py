"""The appendix of a paper: each result with the steps that led to it, each citing its rule."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic

from symfisher.declaration import Family
from symfisher.formula import Expectation, Formula, Step
from symfisher.render import latex, words
from symfisher.render.breaking import broken
from symfisher.render.notation import escape_tex
from symfisher.render.tex import TexPrinter
from symfisher.render.textree import read, width

ROOM = latex.LINE_WIDTH - 5.0  # within a numbered step


def appendix(family: Family, formulas: Iterable[Formula]) -> str:
    """A LaTeX fragment (amsmath, amssymb).

    A step that several results share, and an expression that was displayed before, are printed
    once, where they come first.
    """
    page = _Page(family)
    return "\n\n".join([latex.heading(family), *map(page.section, formulas)]) + "\n"


class _Page:
    def __init__(self, family: Family) -> None:
        self.steps: set[Step] = set()
        self.shown: set[object] = {family.log_density}

    def section(self, formula: Formula) -> str:
        lines = [rf"\subsection*{{{escape_tex(formula.title)}}}"]
        fresh = [step for step in formula.trace if step not in self.steps]
        self.steps.update(fresh)
        if fresh:
            items = [line for step in fresh for line in self._item(step, formula)]
            lines += [r"\begin{enumerate}", *items, r"\end{enumerate}"]
        self.shown.add(formula.expr)
        return "\n".join([*lines, *latex.equation(formula)])

    def _item(self, step: Step, formula: Formula) -> list[str]:
        rule = step.rule.replace("_", " ")
        name = escape_tex(rule[:1].upper() + rule[1:])
        text = rf"\item \emph{{{name}}}: {escape_tex(words.sentence(step.statement))}"
        # The result itself follows the last step, and what was displayed is not displayed again.
        after = None if step.after == formula.expr else step.after
        before = None if after is None and step.before in self.shown else step.before
        self.shown |= {step.before, step.after}
        return [text, *_change(before, after, latex.printer(formula))]


def _change(before: Basic | None, after: Basic | None, shown: TexPrinter) -> list[str]:
    """The two sides of a step; an equation only where the left side is an expectation."""
    if before is None and after is None:
        return []
    if before is None or after is None:
        rows = broken(after if before is None else before, shown, ROOM)
    elif isinstance(before, Expectation):
        return latex.display(shown.doprint(before), after, shown)
    else:
        rows = _mapped(before, after, shown)
    return latex.aligned([f"& {rows[0]}", *(rf"& \quad {row}" for row in rows[1:])])


def _mapped(before: Basic, after: Basic, shown: TexPrinter) -> list[str]:
    whole = rf"{shown.doprint(before)} \;\longmapsto\; {shown.doprint(after)}"
    if width(read(whole)) <= ROOM:
        return [whole]
    rows = broken(after, shown, ROOM)
    return [*broken(before, shown, ROOM), rf"\longmapsto\; {rows[0]}", *rows[1:]]
