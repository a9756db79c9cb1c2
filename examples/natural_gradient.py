"""Natural against plain gradient for softmax regression, in JAX (Amari 1998).

    python examples/natural_gradient.py natural_gradient.pdf

The logits of three classes are linear in two covariates, one a hundred times larger than the
other. The plain gradient depends on those units; the natural one, which divides by the Fisher
matrix of the coefficients, sum over i of J_i^T F(logits_i) J_i, does not. The score and F of the
softmax family are kernels that symfisher generates; nothing is differentiated by hand.
"""

import sys

import numpy as np

import symfisher as sf
from symfisher.plots.style import line, new_axes, save

FAMILY = """
name = "three classes"
logpmf = "x1*e1 + x2*e2 - log(1 + exp(e1) + exp(e2))"
[variable]
x1 = "0..1"
x2 = "0..1 - x1"
[parameters]
e1 = "real"
e2 = "real"
"""
STEPS = 60


def data(count: int = 400):
    """Covariates (with an intercept) and indicators of the first two of three classes."""
    random = np.random.default_rng(1998)
    covariates = np.column_stack(
        [np.ones(count), random.normal(size=count), 100 * random.normal(size=count)]
    )
    true = np.array([[0.5, 1.0, 0.01], [-0.3, -1.0, 0.02]])
    logits = np.column_stack([covariates @ true.T, np.zeros(count)])
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    classes = (random.random((count, 1)) > shares.cumsum(1)).sum(1)
    return covariates, np.eye(3)[classes][:, :2]


def main(picture: str = "natural_gradient.pdf") -> None:
    import jax

    jax.config.update("jax_enable_x64", True)
    from symfisher.family_file import loads_family

    derivation = sf.derive(loads_family(FAMILY, "three classes"))
    kernels = {
        name: derivation.kernel(name, backend="jax") for name in ("log_density", "score", "fisher")
    }
    covariates, indicators = data()
    axes = new_axes()
    for number, natural in enumerate((False, True)):
        losses = descend(kernels, covariates, indicators, natural)
        name = "natural gradient" if natural else "plain gradient"
        axes.semilogy(losses - best(kernels, covariates, indicators), label=name, **line(number))
        print(f"{name}: loss {losses[0]:.4f} at first, {losses[-1]:.4f} after {STEPS} steps")
    axes.set_xlabel("step")
    axes.set_ylabel("loss above its minimum")
    axes.legend()
    save(axes.figure, picture)


def descend(kernels, covariates, indicators, natural: bool) -> np.ndarray:
    """The loss at each step; a step is halved until it goes downhill."""
    weights, rate = np.zeros((2, 3)), 1.0
    losses = [loss(kernels, covariates, indicators, weights)]
    for _ in range(STEPS):
        gradient, information = slopes(kernels, covariates, indicators, weights)
        step = np.linalg.solve(information, gradient) if natural else gradient
        while True:
            tried = weights + rate * step.reshape(2, 3)
            there = loss(kernels, covariates, indicators, tried)
            if there <= losses[-1] or rate < 1e-12:
                break
            rate /= 2
        weights = tried
        losses.append(there)
    return np.array(losses)


def loss(kernels, covariates, indicators, weights) -> float:
    logits = covariates @ weights.T
    return -float(kernels["log_density"](*indicators.T, *logits.T).mean())


def slopes(kernels, covariates, indicators, weights):
    """Mean score of the coefficients and their Fisher matrix, from those of the logits."""
    logits = covariates @ weights.T
    score = np.asarray(kernels["score"](*indicators.T, *logits.T))
    fisher = np.asarray(kernels["fisher"](*logits.T))
    count = len(covariates)
    gradient = np.einsum("na,ni->ai", score, covariates) / count
    information = np.einsum("nab,ni,nj->aibj", fisher, covariates, covariates) / count
    return gradient.ravel(), information.reshape(6, 6)


def best(kernels, covariates, indicators) -> float:
    """The least loss, a little below what the natural gradient reaches."""
    return descend(kernels, covariates, indicators, natural=True)[-1] - 1e-12


if __name__ == "__main__":
    main(*sys.argv[1:])
