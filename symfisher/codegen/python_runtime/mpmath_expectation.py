"""Expectations in mpmath, to the working precision: ``terms(node, *arguments)`` gives the
integrand and the log-density."""

from mpmath import mp


def integral(terms, arguments):
    """E[integrand] over the line, and an estimate of its error.

    The bulk is located by a scan that zooms in; then the trapezoidal rule after
    w = c + s sinh(pi/2 sinh t) (Takahasi & Mori 1974), its step halved until nothing changes.
    """
    with mp.workdps(15):
        centre = highest(terms, arguments, [mp.sinh(mp.mpf(i) / 10) for i in range(-120, 121)])
        left, right = (mp.sinh(mp.asinh(centre) + d) for d in (-0.1, 0.1))
        for _ in range(3):
            step = (right - left) / 40
            centre = highest(terms, arguments, [left + step * i for i in range(41)])
            left, right = centre - step, centre + step
        scale = width(terms, arguments, centre)
    with mp.workdps(mp.dps + 10):
        last, step = None, mp.mpf(1) / 8
        value, mass = trapezoidal(terms, arguments, centre, scale, step, 1)
        while step > mp.mpf(2) ** -14:
            last, step = value, step / 2
            more, weight = trapezoidal(terms, arguments, centre, scale, step, 2)
            value, mass = value / 2 + more, mass / 2 + weight
            if abs(value - last) <= mp.mpf(10) ** (5 - mp.dps) * abs(value):
                break
        if not abs(mass - 1) < 1e-4:
            return mp.nan, mp.inf
        return value, abs(value - last) + abs(mass - 1) * abs(value)


def trapezoidal(terms, arguments, centre, scale, step, stride):
    """The rule's sums of integrand and weight over the odd multiples of a step, or all."""
    value = mass = mp.mpf(0)
    for sign in (1, -1):
        i = 1 if stride == 2 else (0 if sign == 1 else 1)
        while i * step < 8:
            u = mp.pi / 2 * mp.sinh(sign * i * step)
            g, height = node(terms, arguments, centre + scale * mp.sinh(u))
            slope = scale * mp.cosh(u) * mp.pi / 2 * mp.cosh(i * step)
            weight = mp.exp(height) * slope if mp.isfinite(height) else mp.mpf(0)
            term = g * weight if weight and mp.isfinite(g) else mp.mpf(0)
            if weight > 1e-15 and not mp.isfinite(g):
                return mp.nan, mp.nan
            value, mass = value + step * term, mass + step * weight
            small = mp.mpf(10) ** (-mp.dps - 10)
            if i * step > 0.5 and weight < small * mass and abs(term) <= small * abs(value):
                break  # further out mpmath would take e^-(e^w) to millions of digits
            i += stride
    return value, mass


def node(terms, arguments, w):
    """Integrand and log-density at a node; minus infinity where the latter is undefined."""
    try:
        g, height = terms(w, *arguments)
    except (ZeroDivisionError, ValueError, OverflowError):
        return mp.mpf(0), -mp.inf
    if not mp.isfinite(height) or mp.im(height):
        return mp.mpf(0), -mp.inf
    return g, height


def highest(terms, arguments, grid):
    """The point of a grid with the largest density."""
    return max(grid, key=lambda w: node(terms, arguments, w)[1])


def width(terms, arguments, centre):
    """How far from the centre the density falls to 1/e^2 of its top: the nearer side."""
    top = node(terms, arguments, centre)[1]
    distance = mp.mpf("1e-6")
    while distance < 1e4 and all(
        node(terms, arguments, centre + sign * distance)[1] >= top - 2 for sign in (-1, 1)
    ):
        distance *= 1.1547819846894583
    return distance


def series(terms, arguments, lower, upper):
    """E[integrand] over the whole numbers from lower to upper, and an estimate of its error."""
    total, mass, rest, _ = sums(terms, arguments, lower, upper)
    if abs(mass - 1) > 1e-4:
        return mp.nan, mp.inf
    return total, rest + abs(mass - 1) * abs(total)


def log_mass(terms, arguments, lower, upper):
    """The logarithm of the sum of e^log_density, and an estimate of its error."""
    _, mass, rest, top = sums(terms, arguments, lower, upper, scaled=True)
    return top + mp.log(mass), rest / mass


def sums(terms, arguments, lower, upper, scaled=False):
    """Sums of integrand e^log_density and of e^log_density, what may be left, their scale."""
    centre = mode(terms, arguments, lower, upper)
    top = node(terms, arguments, centre)[1] if scaled else mp.mpf(0)
    with mp.workdps(mp.dps + 10):
        total = mass = rest = mp.mpf(0)
        small = mp.mpf(10) ** -mp.dps
        for first, sign in ((centre, 1), (centre - 1, -1)):
            count = 0
            while lower <= first + sign * count <= upper and count < 2**20:
                g, height = node(terms, arguments, first + sign * count)
                weight = mp.exp(height - top)
                term = g * weight if weight else mp.mpf(0)
                total, mass, count = total + term, mass + weight, count + 1
                negligible = count * abs(term) <= small * abs(total)
                if count > 64 and count * weight < small * mass and negligible:
                    break
            else:
                term = term if count == 2**20 else mp.mpf(0)
            rest += count * abs(term)
    return total, mass, rest, top


def mode(terms, arguments, lower, upper):
    """The whole number between lower and upper with the largest weight."""
    anchor = lower if mp.isfinite(lower) else upper if mp.isfinite(upper) else mp.mpf(0)
    steps = [0, *(int(1.25**i) + i for i in range(160))]
    centre = highest_inside(terms, arguments, [anchor + s for s in (*steps, *(-t for t in steps))],
                            lower, upper)  # fmt: skip
    reach = abs(centre - anchor) * 0.3 + 2
    while reach > 1.5:
        left, right = max(centre - reach, lower), min(centre + reach, upper)
        grid = [mp.floor(left + (right - left) * i / 40 + 0.5) for i in range(41)]
        centre = highest_inside(terms, arguments, grid, lower, upper)
        reach = (right - left) / 40 + 1
    return centre


def highest_inside(terms, arguments, grid, lower, upper):
    """As ``highest``, among the points from lower to upper."""
    return highest(terms, arguments, [k for k in grid if lower <= k <= upper])
