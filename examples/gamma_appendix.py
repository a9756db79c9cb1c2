"""The appendix of a paper: the gamma family's Fisher information with every step of its derivation.

    python examples/gamma_appendix.py appendix.tex
    pdflatex appendix.tex

It writes a whole article; ``symfisher.derive("gamma").latex(steps=True)`` is the part to paste into
a paper of your own, which needs amsmath and amssymb.
"""

import sys
from pathlib import Path

import symfisher as sf

ARTICLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\title{Fisher information of the gamma family}
\author{}
\date{}
\begin{document}
\maketitle
%s
\end{document}
"""


def main(path: str = "gamma_appendix.tex") -> None:
    derivation = sf.derive("gamma")
    appendix = derivation.latex(steps=True)
    Path(path).write_text(ARTICLE % appendix, encoding="utf-8")
    print(f"{path}: {len(derivation.trace)} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
