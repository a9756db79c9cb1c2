"""Quadrature and summation in loops, described as the functions in ``functions/`` are.

Each is specialised to a kernel's ``log_density`` and ``integrand``, which are functions of the
generated code that take further arguments (``codegen.computed``).  With ``part`` 0 it gives the
value, with 1 an estimate of its absolute error.  A density whose mass does not come out as 1
gives NaN and an infinite error: its bulk was not found; so does an integrand that is not finite
where there is mass.
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import PI
from symfisher.codegen.runtime.functions.elementary import exp, log
from symfisher.codegen.runtime.primitives import INFINITY, NAN, floor


def log_density(w: float) -> float:
    """The logarithm of the weight at a node."""
    raise NotImplementedError


def integrand(w: float) -> float:
    """What is averaged, at a node."""
    raise NotImplementedError


def integral(part: int) -> float:
    """The integral of integrand e^log_density over the line.

    The bulk is located by a scan that zooms in three times, its width where the density has fallen
    by e^2; then the trapezoidal rule after w = c + s sinh(pi/2 sinh t) (Takahasi & Mori 1974),
    whose error is the difference to every second node.
    """
    top = -INFINITY
    centre = 0.0
    best = 0.0
    for i in range(241):
        u = exp(0.1 * i - 12.0)
        w = 0.5 * (u - 1.0 / u)
        height = log_density(w)
        if (height > top) & (height < INFINITY):
            top = height
            centre = w
            best = u
    left = 0.5 * (best * 0.9 - 1.0 / (best * 0.9))
    right = 0.5 * (best * 1.1 - 1.0 / (best * 1.1))
    for _ in range(3):
        step = (right - left) / 40.0
        start = left
        for i in range(41):
            w = start + step * i
            height = log_density(w)
            if (height > top) & (height < INFINITY):
                top = height
                centre = w
        left = centre - step
        right = centre + step
    below = 1e-6
    while (below < 1e4) & (log_density(centre - below) >= top - 2.0):
        below = below * 1.1547819846894583
    above = 1e-6
    while (above < below) & (log_density(centre + above) >= top - 2.0):
        above = above * 1.1547819846894583
    scale = above if above < below else below
    full = 0.0
    half = 0.0
    mass = 0.0
    size = 0.0
    dropped = 0.0
    for i in range(769):
        u = exp((i - 384.0) / 64.0)
        v = exp(0.25 * PI * (u - 1.0 / u))
        slope = 0.125 * PI * scale * (u + 1.0 / u) * (v + 1.0 / v)
        w = centre + 0.5 * scale * (v - 1.0 / v)
        weight = exp(log_density(w)) * slope
        weight = weight if (weight > 0.0) & (weight < INFINITY) else 0.0
        term = integrand(w) * weight if weight > 0.0 else 0.0
        if term - term == 0.0:
            full += term
        else:
            dropped += weight
            term = 0.0
        mass += weight
        size += term if term > 0.0 else -term
        if i % 2 == 0:
            half += term
    lost = mass / 64.0 - 1.0
    lost = lost if lost > 0.0 else -lost
    lost = lost if dropped < 1e-13 * mass else 1.0
    gap = (full - 2.0 * half) / 64.0
    error = (gap if gap > 0.0 else -gap) + (lost + 1e-15) * size / 64.0
    value = full / 64.0 if lost < 1e-4 else NAN
    error = error if lost < 1e-4 else INFINITY
    return value if part == 0 else error


def mode(lower: float, upper: float) -> float:
    """The whole number between lower and upper with the largest weight: steps that grow, then
    bisection on the difference of neighbours."""
    anchor = lower if lower > -INFINITY else (upper if upper < INFINITY else 0.0)
    centre = anchor
    top = log_density(anchor)
    top = top if top > -INFINITY else -INFINITY
    distance = 1.0
    before = 0.0
    left = anchor
    right = anchor
    while distance < 4.5e15:
        further = floor(1.25 * distance) + 1.0
        for side in range(2):
            k = anchor + distance if side == 0 else anchor - distance
            if (k >= lower) & (k <= upper):
                height = log_density(k)
                if height > top:
                    top = height
                    centre = k
                    left = anchor + before if side == 0 else anchor - further
                    right = anchor + further if side == 0 else anchor - before
        if centre == anchor:
            left = anchor - 1.0
            right = anchor + 1.0
        before = distance
        distance = further
    left = left if left > lower else lower
    right = right if right < upper else upper
    while right - left > 0.5:
        k = floor(0.5 * (left + right))
        if log_density(k + 1.0) > log_density(k):
            left = k + 1.0
        else:
            right = k
    return left if log_density(left) > top else centre


def series(part: int, lower: float, upper: float) -> float:
    """The sum of integrand e^log_density over whole numbers from lower to upper.

    From the largest weight outwards, each way until what is left is negligible.
    """
    centre = mode(lower, upper)
    total = 0.0
    mass = 0.0
    size = 0.0
    rest = 0.0
    dropped = 0.0
    for side in range(2):
        count = 0.0
        running = 1.0
        while running > 0.5:
            k = centre + count if side == 0 else centre - 1.0 - count
            count += 1.0
            if (k >= lower) & (k <= upper):
                weight = exp(log_density(k))
                weight = weight if (weight > 0.0) & (weight < INFINITY) else 0.0
                term = integrand(k) * weight if weight > 0.0 else 0.0
                mass += weight
                if term - term == 0.0:
                    total += term
                else:
                    dropped += weight
                    term = 0.0
                last = term if term > 0.0 else -term
                size += last
                if (count * weight <= 1e-18 * mass) & (count * last <= 1e-18 * size):
                    running = 0.0 if count > 64.0 else 1.0
                if count > 4194304.0:
                    running = 0.0
                rest += count * last if running < 0.5 else 0.0
            else:
                running = 0.0
    lost = mass - 1.0 if mass > 1.0 else 1.0 - mass
    lost = lost if dropped < 1e-13 * mass else 1.0
    error = rest + (lost + 1e-15) * size
    value = total if lost < 1e-4 else NAN
    error = error if lost < 1e-4 else INFINITY
    return value if part == 0 else error


def log_mass(part: int, lower: float, upper: float) -> float:
    """The logarithm of the sum of e^log_density over whole numbers from lower to upper."""
    centre = mode(lower, upper)
    top = log_density(centre)
    mass = 0.0
    rest = 0.0
    for side in range(2):
        count = 0.0
        running = 1.0
        while running > 0.5:
            k = centre + count if side == 0 else centre - 1.0 - count
            count += 1.0
            if (k >= lower) & (k <= upper):
                weight = exp(log_density(k) - top)
                weight = weight if (weight > 0.0) & (weight < INFINITY) else 0.0
                mass += weight
                if ((count * weight <= 1e-18 * mass) & (count > 64.0)) | (count > 4194304.0):
                    running = 0.0
                    rest += count * weight
            else:
                running = 0.0
    value = top + log(mass)
    if part == 1:
        value = rest / mass + 1e-15 * (1.0 + (top if top > 0.0 else -top))
    return value
