"""Fisher scoring for a gamma regression with a log link, from generated NumPy kernels.

    python examples/gamma_glm.py

Waiting times have mean exp(x beta) and a common shape. The score and the Fisher matrix of one
observation in (log-mean, shape) are derived; those of the coefficients follow by the chain rule:
X^T s and X^T W X.
"""

import sys

import numpy as np
from sympy import Symbol, exp, log, loggamma

import symfisher as sf

TRUE = np.array([0.4, -0.8, 0.3])
SHAPE = 3.0


def family() -> sf.Family:
    """Gamma by the logarithm of its mean and its shape."""
    y, k = Symbol("y", positive=True), Symbol("k", positive=True)
    eta = Symbol("eta", real=True)
    density = k * log(k) - k * eta + (k - 1) * log(y) - k * y * exp(-eta) - loggamma(k)
    return sf.Family("gamma_glm", y, "(0, oo)", {eta: "real", k: "positive"}, logpdf=density)


def data(count: int = 1000):
    random = np.random.default_rng(1972)
    covariates = np.column_stack([np.ones(count), random.normal(size=(count, 2))])
    return covariates, random.gamma(SHAPE, np.exp(covariates @ TRUE) / SHAPE)


def fit(covariates: np.ndarray, times: np.ndarray):
    """Estimates of coefficients and shape, their standard errors, and the number of steps."""
    derivation = sf.derive(family())
    score, fisher = derivation.kernel("score"), derivation.kernel("fisher")
    theta = np.array([np.log(times.mean()), *np.zeros(covariates.shape[1] - 1), 1.0])
    move, steps = np.inf, 0
    while np.abs(move).max() > 1e-10 and steps < 100:
        eta, shape = covariates @ theta[:-1], theta[-1]
        slope, weights = score(times, eta, shape), fisher(eta, shape)
        gradient = np.array([*(covariates.T @ slope[:, 0]), slope[:, 1].sum()])
        information = assembled(covariates, weights)
        move = np.linalg.solve(information, gradient)
        while theta[-1] + move[-1] <= 0:
            move /= 2
        theta, steps = theta + move, steps + 1
    return theta, np.sqrt(np.linalg.inv(information).diagonal()), steps


def assembled(covariates: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fisher matrix of coefficients and shape: X^T W X in blocks."""
    size = covariates.shape[1]
    information = np.zeros((size + 1, size + 1))
    information[:size, :size] = covariates.T @ (weights[:, :1, 0] * covariates)
    information[:size, size] = information[size, :size] = covariates.T @ weights[:, 0, 1]
    information[size, size] = weights[:, 1, 1].sum()
    return information


def main() -> None:
    theta, errors, steps = fit(*data())
    print(f"converged in {steps} steps")
    for name, value, error, true in zip(
        ("intercept", "first", "second", "shape"), theta, errors, (*TRUE, SHAPE), strict=True
    ):
        print(f"{name:10} {value:7.4f}  standard error {error:.4f}  (true {true})")


if __name__ == "__main__":
    main(*sys.argv[1:])
