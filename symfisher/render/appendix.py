"""The appendix of a paper: each result with the steps that led to it, each citing its rule."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic

from symfisher.declaration import Family
from symfisher.formula import Expectation, Formula, Step
from symfisher.render import latex, words
from symfisher.render.breaking import broken
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.metrics import set_width
from symfisher.render.notation import escape_tex
from symfisher.render.tex import TexPrinter


def appendix(family: Family, formulas: Iterable[Formula], notation: Notation = STANDARD) -> str:
    """A LaTeX fragment (amsmath, amssymb).

    A step that several results share, and an expression that was displayed before, are printed
    once, where they come first.
    """
    page = _Page(family, notation)
    pieces = [latex.heading(family, notation), *map(page.section, formulas)]
    return notation.finished(latex.loose("\n\n".join(pieces))) + "\n"


class _Page:
    def __init__(self, family: Family, notation: Notation) -> None:
        self.notation = notation
        self.room = notation.room - latex.ITEM_INDENT
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
        return "\n".join([*lines, *latex.equation(formula, self.notation)])

    def _item(self, step: Step, formula: Formula) -> list[str]:
        rule = step.rule.replace("_", " ")
        name = escape_tex(rule[:1].upper() + rule[1:])
        text = rf"\item \emph{{{name}}}: {escape_tex(words.sentence(step.statement))}"
        # The result itself follows the last step, and what was displayed is not displayed again.
        after = None if step.after == formula.expr else step.after
        before = None if after is None and step.before in self.shown else step.before
        self.shown |= {step.before, step.after}
        return [text, *self._change(before, after, latex.printer(formula, self.notation))]

    def _change(self, before: Basic | None, after: Basic | None, shown: TexPrinter) -> list[str]:
        """The two sides of a step; an equation only where the left side is an expectation."""
        if before is None and after is None:
            return []
        if before is None or after is None:
            rows = broken(after if before is None else before, shown, self.room - 1)
        elif isinstance(before, Expectation):
            rows = self._sides("=", before, after, shown)
        else:
            rows = self._sides(r"\longmapsto", before, after, shown)
        display = latex.aligned([f"& {rows[0]}", *(rf"& \quad {row}" for row in rows[1:])])
        return latex.smaller(display, self.notation, latex.ITEM_INDENT)

    def _sides(self, sign: str, before: Basic, after: Basic, shown: TexPrinter) -> list[str]:
        whole = f"{shown.doprint(before)} {sign} {shown.doprint(after)}"
        if set_width(whole) <= self.room:
            return [whole]
        first, *rest = broken(after, shown, self.room - 4)
        left = broken(before, shown, self.room - 1)
        return [*left, f"{sign} {first}", *rest]
