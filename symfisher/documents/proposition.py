"""One family as a proposition of a paper: assumptions, density, score, information, bound, KL."""

from __future__ import annotations

from symfisher.derivation import Derivation
from symfisher.documents.results import existing
from symfisher.formula import Formula
from symfisher.render import latex, words
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.notation import breakable_tex

_BOUND = (
    "every unbiased estimator of the parameters from ${size}$ independent observations has a "
    "covariance matrix that exceeds $\\frac{{1}}{{{size}}} {letter}^{{-1}}$ by a positive "
    "semidefinite one, where"
)


def proposition(
    derivation: Derivation,
    notation: Notation = STANDARD,
    *,
    environment: str = "",
    cite: bool = False,
) -> str:
    """A LaTeX fragment (amsmath, amssymb) that states what holds for the family.

    Args:
        environment: the name of a theorem environment that the paper defines; without one the
            fragment brings its own heading.
        cite: cite the family's references, whose BibTeX ``bibliography`` gives.

    Raises:
        DerivationError: a quantity could not be derived.
        InputError: the notation does not fit the family's symbols.
    """
    family = derivation.family
    notation.check(family)
    title = breakable_tex(family.facts.title)
    if cite and family.facts.references:
        title += rf" \cite{{{','.join(family.facts.references)}}}"
    body = [*_declared(derivation, notation), *_claims(derivation, notation)]
    if environment:
        page = [rf"\begin{{{environment}}}[{{{title}}}]", *body, rf"\end{{{environment}}}"]
    else:
        page = [rf"\paragraph{{Proposition ({title}).}}", *body]
    return notation.finished(latex.loose("\n".join(page))) + "\n"


def _declared(derivation: Derivation, notation: Notation) -> list[str]:
    family = derivation.family
    kind = "mass" if family.is_mass else "density"
    return [
        f"{latex.assumptions(family, notation)}. The log-{kind} is",
        *latex.smaller(latex.density(family, notation), notation),
        *latex.verdict(derivation.regularity, notation),
        r"\begin{enumerate}",
    ]


def _claims(derivation: Derivation, notation: Notation) -> list[str]:
    """The items; what does not exist is said with its reason."""
    letter = notation.symbol(r"\mathcal{I}(\theta)")
    size = notation.free(derivation.family, "nNm")
    openings = {
        "score": "The score is",
        "fisher": "The Fisher information matrix of one observation is",
        "crlb": "Consequently " + _BOUND.format(size=size, letter=letter),
        "kl": "The Kullback-Leibler divergence between two members of the family is",
        "kl_expansion": "At zero displacement its expansion to second order is",
    }
    lines = []
    for name, opening in openings.items():
        lines += [rf"\item {opening}", *_shown(existing(derivation, name), notation)]
    return [*lines, r"\end{enumerate}"]


def _shown(formula: Formula, notation: Notation) -> list[str]:
    if formula.expr is None:
        reason = " ".join(map(words.sentence, formula.notes))
        return [r"\dots\ which does not exist. " + latex.prose(reason)]
    return latex.equation(formula, notation, latex.ITEM_INDENT)
