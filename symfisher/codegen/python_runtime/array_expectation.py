"""Expectations by quadrature and by sums, for many points at once; the same in all libraries.

``terms(node, *arguments)`` gives the integrand and the log-density.  ``table`` makes an array of
numbers, ``hold`` takes an array out of differentiation, ``settled`` moves nodes that do not count
to where nothing overflows, and ``all_of`` is a truth value: each library's own.  A density whose
mass does not come out as 1 gives NaN and an infinite error: its bulk was not found; so does an
integrand that is not finite where there is mass.
"""

import math

import numpy as np

from symfisher.codegen.python_runtime.numpy_expectation import all_of, hold, settled, table

# Where the bulk of a density is looked for, on the line, and among the whole numbers.
LINE = [math.sinh(0.1 * i) for i in range(-120, 121)]
STEPS = [0, *(math.floor(1.25**i) + i for i in range(160))]
# Of the trapezoidal rule in t: w = c + s sinh(pi/2 sinh t), which reaches algebraic tails too.
NODES = [math.pi / 2 * math.sinh(i / 64) for i in range(-384, 385)]
SLOPES = [math.pi / 2 * math.cosh(i / 64) for i in range(-384, 385)]


def integral(terms, arguments):
    """E[integrand] over the line, and an estimate of its error.

    The bulk is located by a scan that zooms in three times, its width where the density has fallen
    by e^2; the rule is the trapezoidal one after w = c + s sinh(pi/2 sinh t) (Takahasi & Mori
    1974), its error the difference to every second node.
    """
    columns = [a[..., None] for a in arguments]
    held = [hold(a) for a in columns]
    centre = highest(terms, held, table(LINE, held))
    left, right = np.sinh(np.arcsinh(centre) - 0.1), np.sinh(np.arcsinh(centre) + 0.1)
    for _ in range(3):
        step = (right - left) / 40.0
        centre = highest(terms, held, left + step * table(range(41), held))
        left, right = centre - step, centre + step
    scale = width(terms, held, centre)
    t = table(NODES, held)
    w, counts = settled(terms, held, centre + scale * np.sinh(t), centre)
    g, height = terms(w, *columns)
    weight = np.exp(height) * scale * np.cosh(t) * table(SLOPES, held)
    weight = np.where(counts & np.isfinite(weight), weight, 0.0 * t)
    bad = np.where(np.isfinite(g * weight), 0.0 * t, weight)
    values = np.where((weight > 0.0) & np.isfinite(g * weight), g * weight, 0.0 * t)
    full, half = np.sum(values, -1) / 64.0, np.sum(values[..., ::2], -1) / 32.0
    lost = np.abs(np.sum(weight, -1) / 64.0 - 1.0)
    lost = np.where(np.sum(bad, -1) < 1e-12, lost, 1.0)
    error = np.abs(full - half) + (lost + 1e-15) * np.sum(np.abs(values), -1) / 64.0
    return sure(full, error, lost)


def highest(terms, arguments, grid):
    """The point of a grid with the largest density."""
    height = finite(terms(grid, *arguments)[1]) + 0.0 * grid
    top = np.amax(height, -1)[..., None]
    return np.amax(np.where(height >= top, grid, grid * 0.0 - np.inf), -1)[..., None]


def width(terms, arguments, centre):
    """How far from the centre the density falls to 1/e^2 of its top: the nearer side."""
    steps = np.exp(math.log(10.0) * (table(range(161), arguments) / 16.0 - 6.0))
    top = terms(centre, *arguments)[1]
    sides = []
    for sign in (-1.0, 1.0):
        above = finite(terms(centre + sign * steps, *arguments)[1]) >= top - 2.0
        count = np.sum(np.cumprod(above * 1.0, -1), -1)[..., None]
        sides.append(np.exp(math.log(10.0) * (count / 16.0 - 6.0)))
    return np.where(sides[0] < sides[1], *sides)


def series(terms, arguments, lower, upper):
    """E[integrand] over the whole numbers from lower to upper, and an estimate of its error."""
    total, mass, size, rest, _ = sums(terms, arguments, lower, upper, False)
    lost = np.where(np.isfinite(total), np.abs(mass - 1.0), 1.0)
    return sure(total, rest + (lost + 1e-15) * size, lost)


def log_mass(terms, arguments, lower, upper):
    """The logarithm of the sum of e^log_density, and an estimate of its error."""
    _, mass, _, rest, top = sums(terms, arguments, lower, upper, True)
    return top + np.log(mass), rest / mass + 1e-15 * (1.0 + np.abs(top))


def sums(terms, arguments, lower, upper, scaled):
    """Sums of integrand e^log_density, of e^log_density, of the former's size, what may be left.

    They run from the largest weight outwards, in blocks, until what is left is negligible.  The
    last value is the logarithm by which they are ``scaled``.
    """
    columns = [a[..., None] for a in arguments]
    held = [hold(a) for a in columns]
    lower, upper = (table(end, held)[..., None] for end in (lower, upper))
    centre = mode(terms, held, lower, upper)
    top = finite(terms(centre, *held)[1]) * (1.0 if scaled else 0.0)
    state = [0.0, 0.0, 0.0]
    first, length = 0, 256
    while first < 2**22:
        more, last = block(terms, columns, (lower, upper, centre, top), first, length)
        state = [old + new for old, new in zip(state, more)]
        first, length = first + length, min(2 * length, 16384)
        if all_of((first * last[0] <= 1e-18 * state[1]) & (first * last[1] <= 1e-18 * state[2])):
            break
    return *state, first * last[1], top[..., 0]


def block(terms, columns, place, first, length):
    """The sums over ``length`` numbers on each side of the centre, and their last terms."""
    lower, upper, centre, top = place
    parts, last = [0.0, 0.0, 0.0], [0.0, 0.0]
    j = table(range(length), columns) + first
    for k in (centre + j, centre - 1.0 - j):
        inside = (k >= lower) & (k <= upper)
        g, height = terms(np.where(inside, k, centre), *columns)
        weight = np.exp(height - top)
        weight = np.where(inside & np.isfinite(weight), weight, 0.0 * k)
        values = np.where(weight > 0.0, g * weight, 0.0 * k)
        negligible = (weight < 1e-16) & ~np.isfinite(values)
        values = np.where(negligible, 0.0 * k, values)
        size = np.abs(values)
        parts = [p + np.sum(v, -1) for p, v in zip(parts, (values, weight, size))]
        last = [p + v[..., -1] for p, v in zip(last, (weight, size))]
    return parts, last


def mode(terms, arguments, lower, upper):
    """The whole number with the largest weight: steps that grow, then a grid that zooms in."""
    anchor = np.where(np.isfinite(lower), lower, np.where(np.isfinite(upper), upper, 0.0 * upper))
    anchor = np.where(np.isfinite(anchor), anchor, table(0.0, arguments))
    steps = table([*STEPS, *(-step for step in STEPS)], arguments)
    centre = highest_inside(terms, arguments, anchor + steps, lower, upper)
    reach = np.abs(centre - anchor) * 0.3 + 2.0
    for _ in range(13):
        left = np.where(centre - reach > lower, centre - reach, lower)
        right = np.where(centre + reach < upper, centre + reach, upper)
        grid = np.floor(left + (right - left) * (table(range(41), arguments) / 40.0) + 0.5)
        centre = highest_inside(terms, arguments, grid, lower, upper)
        reach = (right - left) / 40.0 + 1.0
    return centre


def highest_inside(terms, arguments, grid, lower, upper):
    """As ``highest``, among the points from lower to upper."""

    def within(k, *given):
        inside = (k >= lower) & (k <= upper)
        height = finite(terms(np.where(inside, k, 0.0 * k + lower_or(upper)), *given)[1])
        return None, np.where(inside, height, 0.0 * k - np.inf)

    def lower_or(end):
        return np.where(np.isfinite(lower), lower, np.where(np.isfinite(end), end, 0.0 * grid))

    return highest(within, arguments, grid)


def finite(height):
    """The values, and minus infinity where they are infinite above or undefined."""
    return np.where(np.isfinite(height), height, -np.inf)


def sure(value, error, lost):
    """The value and its error where the mass of the density is 1."""
    found = lost < 1e-4
    return np.where(found, value, np.nan), np.where(found, error, np.inf)
