"""The bias of a Weibull shape's maximum likelihood estimator, derived and simulated.

    python examples/weibull_bias.py bias.pdf bias.tex

Cox and Snell's term of order 1/n is what a simulation finds from some thirty observations on; the
estimate divided by 1 + B/n is almost free of it.
"""

import sys
from pathlib import Path

import numpy as np

import symfisher as sf
from symfisher.plots.bounds import plot_bias
from symfisher.plots.style import save

ARTICLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\begin{document}
%s
\end{document}
"""
SHAPE, DRAWS = 1.5, 4000
SIZES = (10, 20, 40, 80, 160)


def shapes(logs: np.ndarray) -> np.ndarray:
    """The estimates from the logarithms of the data, a sample in each row, by Newton's rule."""
    shape = 1.2 / logs.std(axis=1)
    for _ in range(10):
        powers = np.exp(shape[:, None] * (logs - logs.max(axis=1, keepdims=True)))
        total, first = powers.sum(axis=1), (powers * logs).sum(axis=1)
        second = (powers * logs**2).sum(axis=1)
        value = first / total - 1 / shape - logs.mean(axis=1)
        shape = shape - value / (second / total - (first / total) ** 2 + 1 / shape**2)
    return shape


def main(picture: str = "bias.pdf", page: str = "bias.tex") -> None:
    rng = np.random.default_rng(4)
    estimates = [shapes(np.log(rng.weibull(SHAPE, size=(DRAWS, n)))) for n in SIZES]
    weibull = sf.derive("weibull")
    bias = weibull.cox_snell_bias()
    k = weibull.family.parameters[0]
    relative = float((bias.expr[0] / k).subs(bias.extra_symbols["sample_size"]["n"], 1).evalf())
    raw = [e.mean() - SHAPE for e in estimates]
    mended = [e.mean() / (1 + relative / n) - SHAPE for e, n in zip(estimates, SIZES, strict=True)]
    errors = [e.std() / np.sqrt(DRAWS) for e in estimates]
    simulated = {"simulated": raw, "simulated, bias corrected": mended}
    axes = plot_bias(weibull, k, {"k": SHAPE, "lamda": 1}, SIZES, simulated, errors)
    save(axes.figure, picture)
    formulas = [bias, weibull.firth_adjustment()]
    body = "\n\n".join(formula._repr_latex_() for formula in formulas)
    Path(page).write_text(ARTICLE % body, encoding="utf-8")
    print(f"the shape is overestimated by {relative:.4f}/n of itself")
    for n, found, error in zip(SIZES, raw, errors, strict=True):
        print(
            f"  n = {n}: simulated {found:.4f} +- {error:.4f}, derived {relative * SHAPE / n:.4f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
