"""What a talk shows of one family, frame by frame, before it is Beamer or Typst."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import MatrixBase, Symbol

from symfisher.derivation import Derivation
from symfisher.documents.results import existing
from symfisher.formula import Expectation, Formula, Step
from symfisher.render import latex, words
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.metrics import set_width

LINE = 32.0  # em of a line on a 16:9 slide, with care
_HEIGHT = 15.5  # em of a frame below its title
_SMALL = 0.83  # letters of a full frame
_MOST_STEPS = 5  # of a derivation that are shown; the paper's appendix has all
_TEXT, _ROW, _TALL, _CELL, _SPACE = 1.4, 1.6, 2.9, 2.0, 1.8  # em of height


_OUTER = r"\operatorname{E}[s\,s^{\top}]"


@dataclass(frozen=True)
class Part:
    """What appears at once: a sentence with mathematics between dollar signs, or a display."""

    text: str = ""
    rows: tuple[str, ...] = ()
    environment: str = ""

    @property
    def height(self) -> float:
        """In em, as it is set."""
        if not self.rows:
            pieces = self.text.split("$")
            letters = 0.45 * sum(map(len, pieces[::2])) + sum(map(set_width, pieces[1::2]))
            return _TEXT * (1 + letters // LINE)
        return _SPACE + sum(_height(row) for row in self.rows)


@dataclass(frozen=True)
class Frame:
    """A slide whose parts appear one after another; ``small`` where it is full."""

    title: str
    parts: tuple[Part, ...]
    small: bool = False


def frames(derivation: Derivation, notation: Notation = STANDARD) -> list[Frame]:
    """Density, score, both roads to the Fisher matrix, the divergence and the bound.

    Raises:
        DerivationError: a quantity could not be derived.
        InputError: the notation does not fit the family's symbols.
    """
    notation.check(derivation.family)
    talk = _Talk(derivation, replace(notation, line=LINE, macros=False))
    return [page for title, parts in talk.frames() for page in _pages(title, list(parts))]


@dataclass(frozen=True)
class _Talk:
    derivation: Derivation
    notation: Notation

    def frames(self) -> Iterator[tuple[str, Iterable[Part]]]:
        letter = self.notation.symbol(r"\mathcal{I}(\theta)")
        yield "Density", self.density()
        yield "Score", self.result("score")
        mean = Part(rf"The information is the covariance of the score, ${letter} = {_OUTER}$.")
        yield "One road: the outer product of the score", [mean, *self.road("outer_product")]
        mean = Part(rf"Where the model is regular it is also ${letter} = -\operatorname{{E}}[H]$.")
        yield "Another road: the negative Hessian", [mean, *self.road("negative_hessian")]
        yield "Fisher information", [*self.result("fisher"), *self.verdict()]
        yield "It is the Hessian of the divergence", self.divergence(letter)
        yield "Cramér-Rao bound", self.bound(letter)

    def density(self) -> Iterator[Part]:
        family = self.derivation.family
        signs = latex.signs(self.notation)
        observed = ", ".join(f"${support}$" for support in words.supports(family, signs))
        yield Part(f"Observation {observed}")
        facts = [self.fact(symbol, signs) for symbol in (*family.parameters, *family.constants)]
        yield Part("Parameters " + ", ".join(facts))
        if family.constraints:
            yield Part("subject to " + ", ".join(f"${signs.show(c)}$" for c in family.constraints))
        yield _display(latex.density(family, self.notation))

    def fact(self, symbol: Symbol, signs: words.Signs) -> str:
        family = self.derivation.family
        known = ["known"] if symbol in family.constants else []
        meaning = family.facts.meanings.get(symbol.name, "").replace("$", "")
        said = ", ".join([*known, *([meaning] if meaning else [])])
        domain = words.parameter_domain(symbol, family.domains[symbol], signs)
        return f"${domain}$" + (f" ({said})" if said else "")

    def result(self, name: str) -> list[Part]:
        return self.shown(existing(self.derivation, name))

    def shown(self, formula: Formula) -> list[Part]:
        if formula.expr is None:
            reasons = [words.sentence(note.replace("$", "")) for note in formula.notes]
            return [Part(f"{formula.title}: it does not exist."), *map(Part, reasons)]
        rest = latex.rest_of(formula, self.notation)
        parts = [_display(latex.displayed(formula, self.notation))]
        return [*parts, *([Part(words.sentence(rest))] if rest else []), *self.conditions(formula)]

    def conditions(self, formula: Formula) -> list[Part]:
        shown = latex.printer(formula, self.notation)
        if not formula.conditions:
            return []
        rows = [row for each in formula.conditions for row in latex.condition_rows(each, shown)]
        return [Part("It holds where"), Part(rows=tuple(rows), environment="align*")]

    def road(self, name: str) -> list[Part]:
        formula = existing(self.derivation, name)
        steps = [step for step in dict.fromkeys(formula.trace) if step.after != formula.expr]
        told: set[str] = set()
        parts = [Part(self.step(step, formula, told)) for step in steps[-_MOST_STEPS:]]
        return [*parts, *self.shown(formula)]

    def step(self, step: Step, formula: Formula, told: set[str]) -> str:
        """The rule, what it says where it was not told before, and what it did where that fits."""
        shown = latex.printer(formula, self.notation)
        statement = "" if step.statement in told else words.sentence(step.statement)
        told.add(step.statement)
        sides = [shown.doprint(s) for s in (step.before, step.after) if s is not None]
        sign = " = " if isinstance(step.before, Expectation) else r" \;\longmapsto\; "
        tex = sign.join(sides)
        fits = sides and not isinstance(step.after, MatrixBase) and set_width(tex) < 0.8 * LINE
        text = f"{_rule(step.rule)}: {statement}".replace("$", "")
        return f"{text} ${tex}$" if fits else text

    def verdict(self) -> list[Part]:
        show = latex.signs(self.notation).show
        verdict = self.derivation.regularity
        return [Part(line) for line in words.verdict(verdict, lambda c: f"${show(c)}$")]

    def divergence(self, letter: str) -> list[Part]:
        second = self.notation.symbol(r"\theta'")
        meaning = Part(
            rf"At ${second} = \theta$ its gradient vanishes and its Hessian is ${letter}$."
        )
        expansion = existing(self.derivation, "kl_expansion")
        if existing(self.derivation, "fisher").expr is None or expansion.expr is None:
            return self.result("kl")
        return [*self.result("kl"), meaning, *self.shown(expansion)]

    def bound(self, letter: str) -> list[Part]:
        formula = existing(self.derivation, "crlb")
        if formula.expr is None:
            return self.shown(formula)
        said = rf"\operatorname{{Cov}}(T) \succeq \frac{{1}}{{n}} {letter}^{{-1}}"
        opening = "For every unbiased estimator $T$ from $n$ independent observations"
        return [Part(opening), Part(rows=(said,), environment="equation*"), *self.shown(formula)]


def _height(row: str) -> float:
    """Of a row of a display, or of the matrix in it."""
    if r"\begin" not in row:
        return _TALL if r"\frac" in row else _ROW
    tall = _TALL if r"\displaystyle" in row else _CELL
    return sum(tall if r"\frac" in line else _ROW for line in row.split(r"\\"))


def _rule(name: str) -> str:
    name = name.replace("_", " ")
    return name[:1].upper() + name[1:]


def _display(lines: list[str]) -> Part:
    environment = lines[0].removeprefix(r"\begin{").removesuffix("}")
    rows = (line.strip().removesuffix(r"\\").strip() for line in lines[1:-1])
    return Part(rows=tuple(rows), environment=environment)


def _pages(title: str, parts: list[Part]) -> list[Frame]:
    """One frame; in small letters, or several, where there is too much for one."""
    total = sum(part.height for part in parts)
    if total <= _HEIGHT:
        return [Frame(title, tuple(parts))]
    if total * _SMALL <= _HEIGHT:
        return [Frame(title, tuple(parts), small=True)]
    pages: list[list[Part]] = [[]]
    for part in (piece for whole in parts for piece in _cut(whole)):
        if pages[-1] and sum(p.height for p in [*pages[-1], part]) * _SMALL > _HEIGHT:
            pages.append([])
        pages[-1].append(part)
    titles = [title, *[f"{title} (continued)"] * (len(pages) - 1)]
    return [Frame(name, tuple(page), small=True) for name, page in zip(titles, pages)]


def _cut(part: Part) -> list[Part]:
    """A display that is higher than a frame in several, between its rows."""
    if part.height * _SMALL <= _HEIGHT or part.environment != "align*":
        return [part]
    groups: list[list[str]] = [[]]
    for row in part.rows:
        if groups[-1] and replace(part, rows=(*groups[-1], row)).height * _SMALL > _HEIGHT:
            groups.append([])
        groups[-1].append(row)
    return [replace(part, rows=tuple(rows)) for rows in groups]
