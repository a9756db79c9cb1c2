"""Expectations by fixed-node quadrature and by sums, for many parameter points at once."""

import numpy as np

# Where the bulk of a density is looked for, on the line.
LINE = np.sinh(np.linspace(-12.0, 12.0, 241))
NODES = np.linspace(-6.0, 6.0, 769)  # of the trapezoidal rule, in t
# w = c + s sinh(pi/2 sinh t), and the logarithm of its slope: it reaches algebraic tails too.
REACH = np.sinh(0.5 * np.pi * np.sinh(NODES))
SLOPE = 0.5 * np.pi * np.cosh(NODES) * np.cosh(0.5 * np.pi * np.sinh(NODES))


def integral(terms, arguments):
    """E[g] and an estimate of its error: ``terms(w, *arguments)`` gives g and log(p dx/dw).

    The bulk is located by a scan that zooms in three times; the rule is the trapezoidal one after
    w = c + s sinh(pi/2 sinh t) (Takahasi & Mori 1974), its error the difference to every second
    node.
    """
    arguments = [np.asarray(a)[..., None] for a in np.broadcast_arrays(*arguments)]
    with np.errstate(all="ignore"):
        grid = np.broadcast_to(LINE, arguments[0].shape[:-1] + LINE.shape)
        for _ in range(4):
            height = finite(terms(grid, *arguments)[1], -np.inf)
            top = np.argmax(height, axis=-1)[..., None]
            last = grid.shape[-1] - 1
            centre = np.take_along_axis(grid, top, -1)
            left = np.take_along_axis(grid, np.maximum(top - 1, 0), -1)
            right = np.take_along_axis(grid, np.minimum(top + 1, last), -1)
            grid = left + (right - left) * np.linspace(0.0, 1.0, 41)
        scale = width(terms, arguments, centre)
        w = centre + scale * REACH
        g, height = terms(w, *arguments)
        weight = finite(np.exp(height) * scale * SLOPE, 0.0)
        values = np.where(weight > 0.0, finite(g, 0.0) * weight, 0.0)
        step = NODES[1] - NODES[0]
        full, half = step * values.sum(-1), 2.0 * step * values[..., ::2].sum(-1)
        mass = step * weight.sum(-1)
        size = step * np.abs(values).sum(-1)
    return full, np.abs(full - half) + (np.abs(mass - 1.0) + 1e-15) * size


def width(terms, arguments, centre):
    """How far from the centre the density falls to 1/e^2 of its top: the nearer side."""
    steps = 10.0 ** np.linspace(-6.0, 4.0, 161)
    top = terms(centre, *arguments)[1]
    sides = []
    for sign in (-1.0, 1.0):
        height = finite(terms(centre + sign * steps, *arguments)[1], -np.inf)
        below = height < top - 2.0
        first = np.where(below.any(-1), np.argmax(below, axis=-1), len(steps) - 1)
        sides.append(steps[first][..., None])
    return np.minimum(*sides)


def series(terms, arguments, lower, upper):
    """E[g] over the integers from lower to upper, and an estimate of its error.

    Blocks of terms are added until the mass that is left is negligible everywhere.
    """
    arguments = [np.asarray(a)[..., None] for a in np.broadcast_arrays(*arguments)]
    lower, upper = (np.asarray(end)[..., None] for end in np.broadcast_arrays(lower, upper))
    total = mass = size = 0.0
    first, length = 0, 256
    with np.errstate(all="ignore"):
        while first < 2**22:
            k = lower + np.arange(first, first + length, dtype=float)
            g, height = terms(np.minimum(k, upper), *arguments)
            weight = np.where(k <= upper, finite(np.exp(height), 0.0), 0.0)
            values = np.where(weight > 0.0, finite(g, 0.0) * weight, 0.0)
            total, mass = total + values.sum(-1), mass + weight.sum(-1)
            size = size + np.abs(values).sum(-1)
            last = np.abs(values[..., -1]) * length
            first, length = first + length, min(2 * length, 16384)
            if np.all((np.abs(mass - 1.0) < 1e-9) & (last <= 1e-17 * size)):
                break
    return total, last + (np.abs(mass - 1.0) + 1e-15) * size


def finite(values, otherwise):
    """The values, and ``otherwise`` where they are infinite above or undefined."""
    return np.where(np.isfinite(values), values, otherwise)
