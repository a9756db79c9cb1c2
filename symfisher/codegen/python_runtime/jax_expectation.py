"""What ``array_expectation`` needs of JAX."""

import jax
import jax.numpy as jnp

from symfisher.codegen.python_runtime.array_expectation import block, finite, mode


def table(values, arguments):
    """An array of numbers."""
    return jnp.asarray(list(values) if isinstance(values, range) else values, float)


def hold(array):
    """The array out of differentiation."""
    return jax.lax.stop_gradient(array)


def settled(terms, arguments, nodes, centre):
    """The nodes that count, the others at the centre: there derivatives are finite."""
    nodes = hold(nodes)
    g, height = terms(nodes, *arguments)
    counts = jnp.isfinite(g) & jnp.isfinite(height) & (height > -700.0)
    return jnp.where(counts, nodes, centre), counts


def sums(terms, arguments, lower, upper, scaled):
    """As in the other libraries, with at most 65536 numbers on each side of the largest weight.

    A scan of a fixed length, whose blocks are left out once what is left is negligible: reverse
    differentiation needs to know its length.
    """
    columns = [a[..., None] for a in arguments]
    held = [hold(a) for a in columns]
    lower, upper = (table(end, held)[..., None] for end in (lower, upper))
    centre = hold(mode(terms, held, lower, upper))
    top = hold(finite(terms(centre, *held)[1])) * (1.0 if scaled else 0.0)
    place = (lower, upper, centre, top)

    def step(state, number):
        def more():
            first = 256.0 * number
            new, last = block(terms, columns, place, first, 256)
            parts = [old + part for old, part in zip(state[:3], new)]
            weight, size = (hold((first + 256.0) * each) for each in last)
            done = (weight <= 1e-18 * hold(parts[1])) & (size <= 1e-18 * hold(parts[2]))
            return (*parts, size, jnp.all(done))

        return jax.lax.cond(state[4], lambda: state, more), None

    parts, last = jax.eval_shape(lambda: block(terms, columns, place, 0.0, 256))
    start = (*(jnp.zeros(p.shape, p.dtype) for p in parts), jnp.zeros(last[1].shape), False)
    state, _ = jax.lax.scan(step, start, jnp.arange(256.0))
    return (*state[:4], top[..., 0])
