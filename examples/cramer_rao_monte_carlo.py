"""The Cramer-Rao bound of a gamma's shape beside two estimators' variances, as n grows.

    python examples/cramer_rao_monte_carlo.py bound.pdf bound.tex

The maximum likelihood estimator reaches the bound, the moment estimator never does: its variance
stays above by a factor that does not fade.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.special import digamma, polygamma

import symfisher as sf
from symfisher.plots.bounds import plot_bound
from symfisher.plots.style import save

ARTICLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\begin{document}
%s
\end{document}
"""
SHAPE, RATE, DRAWS = 2.0, 1.0, 4000
SIZES = (20, 40, 80, 160, 320, 640)


def maximum_likelihood(data: np.ndarray) -> np.ndarray:
    """The shape by Newton's rule on log(a) - digamma(a) = log(mean) - mean(log)."""
    target = np.log(data.mean(axis=1)) - np.log(data).mean(axis=1)
    shape = (3 - target + np.sqrt((target - 3) ** 2 + 24 * target)) / (12 * target)
    for _ in range(6):
        slope = 1 / shape - polygamma(1, shape)
        shape = shape - (np.log(shape) - digamma(shape) - target) / slope
    return shape


def moments(data: np.ndarray) -> np.ndarray:
    """The shape that has the sample's mean and variance."""
    return data.mean(axis=1) ** 2 / data.var(axis=1)


def main(picture: str = "bound.pdf", page: str = "bound.tex") -> None:
    rng = np.random.default_rng(7)
    samples = [rng.gamma(SHAPE, 1 / RATE, size=(DRAWS, n)) for n in SIZES]
    simulated = {
        "maximum likelihood": [maximum_likelihood(data).var() for data in samples],
        "moments": [moments(data).var() for data in samples],
    }
    gamma = sf.derive("gamma")
    at = {"alpha": SHAPE, "beta": RATE}
    axes = plot_bound(gamma, "alpha", at, SIZES, simulated)
    save(axes.figure, picture)
    formulas = [gamma.fisher, gamma.crlb(of="alpha", n="n"), gamma.effective_information()]
    body = "\n\n".join(formula._repr_latex_() for formula in formulas)
    Path(page).write_text(ARTICLE % body, encoding="utf-8")
    bound = float(gamma.crlb(of="alpha", n=SIZES[-1]).expr[0, 0].subs(_symbols(gamma, at)).evalf())
    print(f"{DRAWS} samples of {SIZES[-1]} observations, variance over the bound:")
    for name, variances in simulated.items():
        print(f"  {name}: {variances[-1] / bound:.3f}")


def _symbols(derivation: sf.Derivation, at: dict[str, float]) -> dict:
    return {p: at[p.name] for p in derivation.family.parameters}


if __name__ == "__main__":
    main(*sys.argv[1:])
