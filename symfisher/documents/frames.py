"""What a talk shows of one family, frame by frame, before it is Beamer or Typst."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import MatrixBase, Symbol

from symfisher.derivation import Derivation
from symfisher.documents.pages import Frame, Part, Size, height, pages
from symfisher.documents.results import existing
from symfisher.formula import Expectation, Formula, Step
from symfisher.render import latex, words
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.metrics import set_width

_MOST_STEPS, _LEAST_STEPS = 5, 2  # of a derivation that are shown; the paper's appendix has all
_STEP = 28.0  # em of a step's two sides that are shown beside its rule
_OUTER = r"\operatorname{E}[s\,s^{\top}]"


def frames(derivation: Derivation, notation: Notation = STANDARD) -> list[Frame]:
    """Density, score, both roads to the Fisher matrix, the divergence and the bound.

    Raises:
        DerivationError: a quantity could not be derived.
        InputError: the notation does not fit the family's symbols.
    """
    notation.check(derivation.family)
    plain = replace(notation, macros=False, full_fractions=True)

    def content(part: Callable[[_Talk], Iterable[Part]]) -> Callable[[Size], list[Part]]:
        return lambda size: list(part(_Talk(derivation, replace(plain, line=size.line), size)))

    return [page for title, part in _FRAMES.items() for page in pages(title, content(part))]


@dataclass(frozen=True)
class _Talk:
    derivation: Derivation
    notation: Notation
    size: Size

    @property
    def letter(self) -> str:
        return self.notation.symbol(r"\mathcal{I}(\theta)")

    def density(self) -> Iterator[Part]:
        family = self.derivation.family
        signs = latex.signs(self.notation)
        yield _said("Observation " + _listed(words.supports(family, signs)))
        facts = [self.fact(symbol, signs) for symbol in (*family.parameters, *family.constants)]
        yield Part(tuple(_enumerated("Parameters ", facts)))
        if family.constraints:
            yield _said("subject to " + _listed(map(signs.show, family.constraints)))
        yield _display(latex.density(family, self.notation))

    def fact(self, symbol: Symbol, signs: words.Signs) -> tuple[str, str]:
        """The domain of a symbol, and in words what the symbol is."""
        family = self.derivation.family
        known = ["known"] if symbol in family.constants else []
        meaning = family.facts.meanings.get(symbol.name, "")
        said = ", ".join([*known, *([meaning] if meaning else [])])
        domain = words.parameter_domain(symbol, family.domains[symbol], signs)
        return domain, f" ({said})" if said else ""

    def result(self, name: str) -> list[Part]:
        return self.shown(existing(self.derivation, name))

    def shown(self, formula: Formula) -> list[Part]:
        if formula.expr is None:
            reasons = [Part((words.sentence(note),)) for note in formula.notes]
            return [Part((f"{formula.title}: it does not exist.",)), *reasons]
        lines = latex.displayed(formula, self.notation)
        rest = latex.rest_of(formula, lines, self.notation)
        parts = [_display(lines)]
        return [
            *parts,
            *([Part((words.sentence(rest),))] if rest else []),
            *self.conditions(formula),
        ]

    def conditions(self, formula: Formula) -> list[Part]:
        shown = latex.printer(formula, self.notation)
        if not formula.conditions:
            return []
        tex = [shown.doprint(condition) for condition in formula.conditions]
        if sum(map(set_width, tex)) < 0.5 * self.notation.room:
            return [_said(f"It holds where {' and '.join(f'${each}$' for each in tex)}.")]
        rows = [row for each in formula.conditions for row in latex.condition_rows(each, shown)]
        return [Part(("It holds where",)), Part(rows=tuple(rows), environment="align*")]

    def outer_product(self) -> list[Part]:
        meaning = _said(
            f"The information is the covariance of the score, ${self.letter} = {_OUTER}$."
        )
        return self.road("outer_product", meaning)

    def negative_hessian(self) -> list[Part]:
        minus = rf"{self.letter} = -\operatorname{{E}}[H]"
        meaning = _said(f"Where the model is regular it is also ${minus}$.")
        return self.road("negative_hessian", meaning)

    def road(self, name: str, meaning: Part) -> list[Part]:
        """The last steps, as many as fit on the frame of the result, and the result."""
        formula = existing(self.derivation, name)
        result = self.shown(formula)
        steps = [step for step in dict.fromkeys(formula.trace) if step.after != formula.expr]
        for count in range(_MOST_STEPS, _LEAST_STEPS - 1, -1):
            parts = [meaning, *self.steps(steps[-count:], formula), *result]
            if height(parts, self.size) <= self.size.height:
                break
        return parts

    def steps(self, steps: list[Step], formula: Formula) -> list[Part]:
        told: set[str] = set()
        parts = (self.step(step, formula, told) for step in steps)
        return [part for part in parts if part is not None]

    def step(self, step: Step, formula: Formula, told: set[str]) -> Part | None:
        """The rule, what it says where it was not told before, and what it did where that fits."""
        shown = latex.printer(formula, self.notation)
        statement = "" if step.statement in told else words.sentence(step.statement)
        told.add(step.statement)
        sides = [shown.doprint(s) for s in (step.before, step.after) if s is not None]
        sign = " = " if isinstance(step.before, Expectation) else r" \;\longmapsto\; "
        tex = sign.join(sides)
        fits = sides and not isinstance(step.after, MatrixBase) and set_width(tex) < _STEP
        text = f"{_rule(step.rule)}: {statement}".strip()
        if fits:
            return Part((f"{text} ", rf"\displaystyle {tex}"))
        return Part((text,)) if statement else None

    def fisher(self) -> list[Part]:
        return [*self.result("fisher"), *self.verdict()]

    def verdict(self) -> list[Part]:
        show = latex.signs(self.notation).show
        verdict = self.derivation.regularity
        return [_said(line) for line in words.verdict(verdict, lambda c: f"${show(c)}$")]

    def divergence(self) -> list[Part]:
        second = self.notation.symbol(r"\theta'")
        meaning = (
            f"At ${second} = \\theta$ its gradient vanishes and its Hessian is ${self.letter}$."
        )
        expansion = existing(self.derivation, "kl_expansion")
        if existing(self.derivation, "fisher").expr is None or expansion.expr is None:
            return self.result("kl")
        return [*self.result("kl"), _said(meaning), *self.shown(expansion)]

    def bound(self) -> list[Part]:
        formula = existing(self.derivation, "crlb")
        if formula.expr is None:
            return self.shown(formula)
        size, estimator = (self.free(letters) for letters in ("nNm", "TUW"))
        said = (
            rf"\operatorname{{Cov}}({estimator}) \succeq \frac{{1}}{{{size}}} {self.letter}^{{-1}}"
        )
        opening = (
            f"For every unbiased estimator ${estimator}$ from ${size}$ independent observations"
        )
        return [_said(opening), Part(rows=(said,), environment="equation*"), *self.shown(formula)]

    def free(self, letters: str) -> str:
        return self.notation.free(self.derivation.family, letters)


_FRAMES: dict[str, Callable[[_Talk], Iterable[Part]]] = {
    "Density": _Talk.density,
    "Score": lambda talk: talk.result("score"),
    "One road: the outer product of the score": _Talk.outer_product,
    "Another road: the negative Hessian": _Talk.negative_hessian,
    "Fisher information": _Talk.fisher,
    "It is the Hessian of the divergence": _Talk.divergence,
    "Cramér-Rao bound": _Talk.bound,
}


def _said(text: str) -> Part:
    """A sentence of ours, its mathematics between dollar signs."""
    return Part(tuple(text.split("$")))


def _enumerated(opening: str, facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Text and mathematics in turn, of facts that are mathematics and then text."""
    text = opening
    for mathematics, said in facts:
        yield from (text, mathematics)
        text = f"{said}, "
    yield text.removesuffix(", ")


def _listed(mathematics: Iterable[str]) -> str:
    return ", ".join(f"${tex}$" for tex in mathematics)


def _rule(name: str) -> str:
    name = name.replace("_", " ")
    return name[:1].upper() + name[1:]


def _display(lines: list[str]) -> Part:
    environment = lines[0].removeprefix(r"\begin{").removesuffix("}")
    rows = (line.strip().removesuffix(r"\\").strip() for line in lines[1:-1])
    return Part(rows=tuple(rows), environment=environment)
