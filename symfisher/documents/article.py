"""A whole article that compiles, around the fragments that a paper would take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symfisher.derivation import Derivation
from symfisher.documents.bibliography import bibliography
from symfisher.documents.proposition import proposition
from symfisher.documents.table import family_table
from symfisher.render.conventions import STANDARD, Notation

PARTS = ("proposition", "appendix", "table", "macros", "bibtex")


def part(
    name: str, derivations: Sequence[Derivation], notation: Notation = STANDARD, **options: Any
) -> str:
    """One of ``PARTS`` for the families; ``options`` are those of ``proposition``."""
    if name == "macros":
        return notation.definitions()
    if name == "bibtex":
        return bibliography(derivation.family for derivation in derivations)
    if name == "table":
        return family_table(derivations, notation)
    if name == "appendix":
        return "\n".join(d.latex(steps=True, notation=notation) for d in derivations)
    return "\n".join(proposition(d, notation, **options) for d in derivations)


def article(derivations: Sequence[Derivation], notation: Notation = STANDARD) -> str:
    """A document of propositions, a table where there are several families, and the appendix.

    It needs amsmath and amssymb; ``notation.line`` "column" sets it in two columns.
    """
    options = "twocolumn" if notation.line == "column" else ""
    pieces = [
        rf"\documentclass[{options}]{{article}}",
        r"\usepackage{amsmath,amssymb}",
        *([notation.definitions().rstrip()] if notation.macros else []),
        r"\begin{document}",
        r"\section{Results}",
        part("proposition", derivations, notation),
    ]
    if len(derivations) > 1:
        pieces += [r"\section{Table}", part("table", derivations, notation)]
    pieces += [r"\appendix", r"\section{Derivations}", part("appendix", derivations, notation)]
    return "\n".join([*pieces, r"\end{document}"]) + "\n"
