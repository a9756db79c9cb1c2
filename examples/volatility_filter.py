"""A score-driven filter of volatility: Student t innovations, in Numba.

    python examples/volatility_filter.py volatility_filter.pdf

The log-scale f of a return follows f' = omega + phi f + alpha s, where s is the score of the
Student t log-density scaled by the inverse Fisher information (Creal, Koopman and Lucas 2013;
Harvey 2013). An outlier moves f little, because the score of a heavy tail is bounded. The scaled
score is generated code; the loop around it is compiled with it.
"""

import runpy
import sys
import tempfile
from pathlib import Path

import numpy as np
from sympy import Symbol, exp, log, loggamma, pi

import symfisher as sf
from symfisher.plots.style import line, new_axes, save


def returns() -> sf.Family:
    """A return y with log-scale f and known degrees of freedom."""
    y, f, nu = Symbol("y", real=True), Symbol("f", real=True), Symbol("nu", positive=True)
    tail = (nu + 1) / 2 * log(1 + y**2 * exp(-2 * f) / nu)
    constant = loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(nu * pi) / 2
    return sf.Family(
        "returns",
        y,
        "(-oo, oo)",
        {f: "real"},
        constants={nu: "positive"},
        logpdf=constant - f - tail,
    )


def simulated(count: int = 2000, nu: float = 4.0):
    """Returns whose log-scale swings slowly, with the log-scale itself."""
    random = np.random.default_rng(2013)
    scale = 0.6 * np.sin(np.arange(count) / 150)
    return np.exp(scale) * random.standard_t(nu, count), scale


def compiled_filter():
    """filtered(y, omega, phi, alpha, nu) -> f, one pass compiled with the generated step."""
    import numba

    step = sf.derive(returns()).kernel("fisher_scoring", backend="numba")
    with tempfile.TemporaryDirectory() as folder:
        step.write(Path(folder) / "returns_step.py")
        points = runpy.run_path(f"{folder}/returns_step.py")["returns_fisher_scoring_points"]

    @numba.njit
    def filtered(y, omega, phi, alpha, nu):
        f = np.zeros(len(y) + 1)
        scaled = np.empty((1, 1))
        observation, at, known = np.empty(1), np.empty(1), np.full(1, nu)
        for t in range(len(y)):
            observation[0], at[0] = y[t], f[t]
            points(observation, at, known, scaled)
            f[t + 1] = omega + phi * f[t] + alpha * scaled[0, 0]
        return f[:-1]

    return filtered


def main(picture: str = "volatility_filter.pdf") -> None:
    y, scale = simulated()
    found = compiled_filter()(y, 0.0, 0.99, 0.08, 4.0)
    axes = new_axes()
    axes.plot(y, color="#bbbbbb", linewidth=0.4, label="returns")
    axes.plot(np.exp(scale), label="scale", **line(0))
    axes.plot(np.exp(found), label="filtered", **line(1))
    axes.set_ylim(-8, 8)
    axes.set_xlabel("time")
    axes.legend(ncols=3, loc="lower right")
    save(axes.figure, picture)
    print(f"correlation of filtered and true log-scale: {np.corrcoef(found, scale)[0, 1]:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
