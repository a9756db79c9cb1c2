"""A nearly normal Student t: what the data tell about its degrees of freedom.

    python examples/student_t_identifiability.py identifiability.pdf identifiability.tex

As the degrees of freedom nu grow the law becomes normal and the information on nu fades like
nu^-4, so that a standard error of nu/2 takes some 3 nu^2 observations; location and scale stay
identified.
"""

import sys
from pathlib import Path

import numpy as np

import symfisher as sf
from symfisher.plots.bounds import plot_identifiability
from symfisher.plots.style import save

ARTICLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\begin{document}
%s
\end{document}
"""


def main(picture: str = "identifiability.pdf", page: str = "identifiability.tex") -> None:
    student = sf.derive("student_t")
    values = np.geomspace(1, 200, 40)
    axes = plot_identifiability(student, {"mu": 0, "sigma": 1}, "nu", values)
    axes.set_xlabel(r"degrees of freedom $\nu$")
    save(axes.figure, picture)
    formulas = [student.fisher, student.effective_information(interest="nu")]
    body = "\n\n".join(formula._repr_latex_() for formula in formulas)
    Path(page).write_text(ARTICLE % body, encoding="utf-8")
    for nu in (3, 10, 30, 100):
        report = student.identifiability({"mu": 0, "sigma": 1, "nu": nu})
        needed = (report.standard_deviations[2] / (nu / 2)) ** 2
        print(
            f"nu = {nu}: condition number {report.condition_number:.3g}; {needed:.3g} observations "
            "for a standard error of nu/2"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
