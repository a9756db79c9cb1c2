"""The deck of a talk: the gamma family's two roads to the Fisher matrix, in Beamer and in Typst.

    python examples/gamma_deck.py            writes gamma_deck.tex and gamma_deck.typ
    pdflatex gamma_deck.tex                  or: typst compile gamma_deck.typ

The steps of each derivation appear one after another.  For PowerPoint, Keynote or Google Slides
``symfisher picture gamma --output fisher.svg`` draws a single formula.
"""

import sys
from pathlib import Path

import symfisher as sf
from symfisher.documents.slides import slides

NOTATION = sf.Notation(matrix="F", second="tilde", logarithm="ln")


def main(stem: str = "gamma_deck") -> None:
    derivation = sf.derive("gamma")
    for form, suffix in {"beamer": ".tex", "typst": ".typ"}.items():
        path = Path(stem).with_suffix(suffix)
        path.write_text(slides(derivation, NOTATION, form=form), encoding="utf-8")
        print(f"{path}: {form}")


if __name__ == "__main__":
    main(*sys.argv[1:])
