"""The Kullback-Leibler divergence of two Weibull laws and its expansions: picture and LaTeX.

    python examples/kl_expansion.py kl_expansion.pdf kl_expansion.tex

The quadratic form of the Fisher matrix is the expansion of second order; the third and fourth hold
moments of the derivatives of the log-density, in closed form too.
"""

import sys
from pathlib import Path

import symfisher as sf
from symfisher.plots.divergence import plot_kl_expansions
from symfisher.plots.style import save

ARTICLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\begin{document}
%s
\end{document}
"""


def main(picture: str = "kl_expansion.pdf", page: str = "kl_expansion.tex") -> None:
    weibull = sf.derive("weibull")
    axes = plot_kl_expansions(
        weibull, at={"k": 2, "lamda": 1}, direction={"k": 0.5, "lamda": 0.5}, orders=(2, 3, 4)
    )
    save(axes.figure, picture)
    formulas = [weibull.kl(), weibull.kl_expansion(order=2), weibull.kl_expansion(order=3)]
    body = "\n\n".join(formula._repr_latex_() for formula in formulas)
    Path(page).write_text(ARTICLE % body, encoding="utf-8")
    print(f"{picture}: KL(p || q) and its expansions; {page}: {len(formulas)} formulas")


if __name__ == "__main__":
    main(*sys.argv[1:])
