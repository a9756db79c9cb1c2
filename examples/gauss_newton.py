"""Generalised Gauss-Newton for a small network: J^T F J, in JAX.

    python examples/gauss_newton.py gauss_newton.pdf

A network gives the mean and the log-scale of a normal distribution at each input. The curvature
of its loss is approximated by the sum over the data of J^T F J, where J is the Jacobian of the
two outputs by the weights and F the Fisher matrix of the normal family in those outputs (Martens
2020): positive semidefinite always, which the Hessian is not.
"""

import sys

import numpy as np
from sympy import Symbol, exp, log, pi

import symfisher as sf
from symfisher.plots.style import line, new_axes, save

HIDDEN, STEPS, DAMPING = 8, 40, 1e-3


def family() -> sf.Family:
    """What the network puts out: mean and log-scale of a normal distribution."""
    y, mu = Symbol("y", real=True), Symbol("mu", real=True)
    tau = Symbol("tau", real=True)
    density = -tau - log(2 * pi) / 2 - (y - mu) ** 2 * exp(-2 * tau) / 2
    return sf.Family("network_output", y, "(-oo, oo)", {mu: "real", tau: "real"}, logpdf=density)


def data(count: int = 300):
    """A wave whose noise grows from left to right."""
    random = np.random.default_rng(7)
    x = np.sort(random.uniform(-2, 2, count))
    return x, np.sin(2 * x) + np.exp(0.5 * x - 1.5) * random.normal(size=count)


def main(picture: str = "gauss_newton.pdf") -> None:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    derivation = sf.derive(family())
    log_density = derivation.kernel("log_density", backend="jax").function
    score = derivation.kernel("score", backend="jax").function
    fisher = derivation.kernel("fisher", backend="jax").function
    x, y = map(jnp.asarray, data())

    def outputs(weights):
        first, bias, second, last = jnp.split(weights, (HIDDEN, 2 * HIDDEN, 4 * HIDDEN))
        hidden = jnp.tanh(jnp.outer(x, first) + bias)
        return hidden @ second.reshape(HIDDEN, 2) + last

    @jax.jit
    def loss(weights):
        return -log_density(y, *outputs(weights).T).mean()

    @jax.jit
    def slopes(weights):
        """Gradient of the loss and J^T F J, both means over the data."""
        jacobian = jax.jacobian(outputs)(weights)
        at = outputs(weights).T
        gradient = -jnp.einsum("na,naw->w", score(y, *at), jacobian) / len(x)
        curvature = jnp.einsum("nav,nab,nbw->vw", jacobian, fisher(*at), jacobian) / len(x)
        return gradient, curvature

    start = jnp.asarray(np.random.default_rng(3).normal(size=4 * HIDDEN + 2))
    axes = new_axes()
    for number, second_order in enumerate((False, True)):
        losses = descend(loss, slopes, start, second_order)
        name = "Gauss-Newton" if second_order else "gradient"
        axes.plot(losses, label=name, **line(number))
        print(f"{name}: loss {losses[0]:.3f} at first, {losses[-1]:.3f} after {STEPS} steps")
    axes.set_xlabel("step")
    axes.set_ylabel("mean negative log-likelihood")
    axes.set_ylim(top=3)
    axes.legend()
    save(axes.figure, picture)


def descend(loss, slopes, weights, second_order: bool) -> list[float]:
    """The loss at each step; a step is halved until it goes downhill."""
    losses = [float(loss(weights))]
    for _ in range(STEPS):
        gradient, curvature = slopes(weights)
        damped = curvature + DAMPING * np.eye(len(weights))
        step, rate = np.linalg.solve(damped, gradient) if second_order else gradient, 1.0
        while (there := float(loss(weights - rate * step))) > losses[-1] and rate > 1e-8:
            rate /= 2
        weights = weights - rate * step
        losses.append(there)
    return losses


if __name__ == "__main__":
    main(*sys.argv[1:])
