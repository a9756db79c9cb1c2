"""How the polynomials of ``symfisher.codegen.runtime.coefficients`` were found.

    python tests/runtime_fits.py > symfisher/codegen/runtime/coefficients.py

Each interpolates its function in Chebyshev nodes at 60 digits, which is within a factor of two of
the best polynomial, and is then rounded to doubles.
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp

Function = Callable[[mp.mpf], mp.mpf]
SHIFT = 7  # psi and psi_1 are moved up by this much before their asymptotic form
HALF = mp.mpf(1) / 2


def interpolated(function: Function, lower: mp.mpf, upper: mp.mpf, degree: int) -> list[mp.mpf]:
    """Coefficients, lowest first, of the polynomial through the Chebyshev nodes of an interval."""
    middle, half = (upper + lower) / 2, (upper - lower) / 2
    count = degree + 1
    nodes = [middle + half * mp.cos(mp.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    table = [function(x) for x in nodes]
    for order in range(1, count):
        for i in range(degree, order - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - order])
    polynomial = [table[degree]]
    for i in range(degree - 1, -1, -1):
        polynomial = times_root(polynomial, nodes[i])
        polynomial[0] += table[i]
    return polynomial


def times_root(polynomial: list[mp.mpf], root: mp.mpf) -> list[mp.mpf]:
    """The polynomial times (x - root)."""
    shifted = [mp.mpf(0), *polynomial]
    return [s - root * c for s, c in zip(shifted, [*polynomial, mp.mpf(0)])]


def divided_difference(polynomial: list[mp.mpf], at: mp.mpf) -> list[mp.mpf]:
    """(p(w) - p(at))/(w - at)."""
    quotient, value = [], mp.mpf(0)
    for coefficient in reversed(polynomial[1:]):
        value = value * at + coefficient
        quotient.append(value)
    return quotient[::-1]


def logarithm(z: mp.mpf) -> mp.mpf:
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) / s - 2) / z


def exponential(r: mp.mpf) -> mp.mpf:
    return HALF if abs(r) < 1e-25 else (mp.expm1(r) - r) / r**2


def log_gamma_near_2(t: mp.mpf) -> mp.mpf:
    return 1 - mp.euler if abs(t) < 1e-25 else mp.loggamma(2 + t) / t


def stirling(w: mp.mpf) -> mp.mpf:
    x = 1 / mp.sqrt(w)
    return x * (mp.loggamma(x) - (x - HALF) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)


def digamma_tail(w: mp.mpf) -> mp.mpf:
    y = 1 / mp.sqrt(w)
    return (mp.psi(0, y + HALF) - mp.log(y)) / w


def trigamma_tail(w: mp.mpf) -> mp.mpf:
    y = 1 / mp.sqrt(w)
    return (y * mp.psi(1, y + HALF) - 1) / w


def tetragamma_tail(w: mp.mpf) -> mp.mpf:
    y = 1 / mp.sqrt(w)
    return (-(y**2) * mp.psi(2, y + HALF) - 1) / w


def scaled_erfc(t: mp.mpf) -> mp.mpf:
    x = mp.mpf("3.75") * (1 + t) / (1 - t)
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


def error_function(w: mp.mpf) -> mp.mpf:
    return mp.erf(mp.sqrt(w)) / mp.sqrt(w) if w > 1e-30 else 2 / mp.sqrt(mp.pi)


def tables() -> dict[str, tuple[str, list[mp.mpf]]]:
    """Name -> what it approximates, and the coefficients."""
    with mp.workdps(60):
        widest = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)
        half_log_2 = mp.log(2) / 2 * mp.mpf("1.001")
        lowest = SHIFT - HALF
        root = digamma_root()
        tail = [mp.mpf(0), *interpolated(digamma_tail, mp.mpf(0), 1 / lowest**2, 6)]
        return {
            "LOGARITHM": (
                "(2 atanh(s)/s - 2)/s^2 in s^2, |s| <= (sqrt(2) - 1)/(sqrt(2) + 1)",
                interpolated(logarithm, mp.mpf(0), widest**2 * mp.mpf("1.0002"), 6),
            ),
            "EXPONENTIAL": (
                "(e^r - 1 - r)/r^2 in r, |r| <= log(2)/2",
                interpolated(exponential, -half_log_2, half_log_2, 10),
            ),
            "LOG_GAMMA_NEAR_2": (
                "log Gamma(2 + t)/t in t, |t| <= 1/2",
                interpolated(log_gamma_near_2, -HALF, HALF, 18),
            ),
            "STIRLING": (
                "x (log Gamma(x) - (x - 1/2) log x + x - log(2 pi)/2) in 1/x^2, x >= 8",
                interpolated(stirling, mp.mpf(0), mp.mpf(1) / 64, 6),
            ),
            "DIGAMMA_TAIL": (
                "psi(y + 1/2) - log y in w = 1/y^2, y >= 13/2",
                tail,
            ),
            "DIGAMMA_TAIL_SLOPE": (
                "the divided difference of DIGAMMA_TAIL between w and its value at psi's zero",
                divided_difference(tail, 1 / (root + lowest) ** 2),
            ),
            "DIGAMMA_SUM": (
                "the numerator of sum_k 1/((x0 + k)(x + k)), k = 0..6, over x (x + 1) ... (x + 6)",
                numerator([1 / (root + k) for k in range(SHIFT)]),
            ),
            "TRIGAMMA_PAIRS": (
                "the numerator of sum_k (x + k)^-2, k = 1..6, in u = x (x + 7)",
                [mp.mpf(c) for c in (773136, 364896, 69344, 6608, 315, 6)],
            ),
            "TRIGAMMA_BELOW": (
                "the square root of its denominator, (u + 6) (u + 10) (u + 12)",
                [mp.mpf(c) for c in (720, 252, 28, 1)],
            ),
            "TRIGAMMA_TAIL": (
                "(y psi_1(y + 1/2) - 1)/w in w = 1/y^2, y >= 13/2",
                interpolated(trigamma_tail, mp.mpf(0), 1 / lowest**2, 6),
            ),
            "TETRAGAMMA_PAIRS": (
                "the numerator of sum_k (x + k)^-3/(2x + 7), k = 1..6, in u = x (x + 7)",
                [mp.mpf(c) for c in (63467712, 39344832, 10508400, 1567664, 141020, 7644, 231, 3)],
            ),
            "TETRAGAMMA_TAIL": (
                "(-y^2 psi_2(y + 1/2) - 1)/w in w = 1/y^2, y >= 13/2",
                interpolated(tetragamma_tail, mp.mpf(0), 1 / lowest**2, 7),
            ),
            "SCALED_ERFC": (
                "(1 + 2x) e^(x^2) erfc(x) in t = (x - 15/4)/(x + 15/4), x >= 0",
                interpolated(scaled_erfc, mp.mpf(-1), mp.mpf(1), 26),
            ),
            "ERROR_FUNCTION": (
                "erf(x)/x in x^2, |x| <= 1",
                interpolated(error_function, mp.mpf(0), mp.mpf(1), 11),
            ),
            "MIDPOINT": (
                "B_2m(1/2)/(2m)!, m = 0..11: the Euler-Maclaurin formula from midpoints",
                [mp.bernpoly(2 * m, HALF) / mp.factorial(2 * m) for m in range(12)],
            ),
            "BERNOULLI": (
                "B_2m/(2m)!, m = 0..15",
                [mp.bernoulli(2 * m) / mp.factorial(2 * m) for m in range(16)],
            ),
        }


def numerator(weights: list[mp.mpf]) -> list[mp.mpf]:
    """sum_k weights[k] prod_{j != k} (x + j)."""
    total = [mp.mpf(0)] * len(weights)
    for k, weight in enumerate(weights):
        product = [weight]
        for j in range(len(weights)):
            if j != k:
                product = times_root(product, mp.mpf(-j))
        total = [a + b for a, b in zip(total, product)]
    return total


def digamma_root() -> mp.mpf:
    """The positive zero of psi."""
    return mp.findroot(mp.digamma, mp.mpf("1.4616321449683623"))


def two_parts(value: mp.mpf) -> tuple[float, float]:
    high = float(value)
    return high, float(value - high)


def constants() -> dict[str, tuple[str, float]]:
    with mp.workdps(60):
        root = digamma_root()
        high, low = two_parts(root)
        return {
            "LN_2_HIGH": ("log 2 to 32 bits, so that its multiples by exponents are exact", LN_2),
            "LN_2_LOW": ("log 2 - LN_2_HIGH", float(mp.log(2) - LN_2)),
            "LOG2_E": ("log2(e)", float(1 / mp.log(2))),
            "DIGAMMA_ROOT_HIGH": ("the zero of psi on (0, oo)", high),
            "DIGAMMA_ROOT_LOW": ("what DIGAMMA_ROOT_HIGH lacks", low),
            "DIGAMMA_START": ("1/y0 with y0 = root + 13/2", float(1 / (root + SHIFT - HALF))),
            "DIGAMMA_START_SQUARE": ("1/y0^2", float(1 / (root + SHIFT - HALF) ** 2)),
            "HALF_LOG_2_PI": ("log(2 pi)/2", float(mp.log(2 * mp.pi) / 2)),
            "SQRT_PI": ("sqrt(pi)", float(mp.sqrt(mp.pi))),
            "SQRT_2_PI": ("sqrt(2 pi)", float(mp.sqrt(2 * mp.pi))),
            "EULER_GAMMA": ("Euler's constant", float(mp.euler)),
            "PI": ("pi", float(mp.pi)),
        }


LN_2 = float.fromhex("0x1.62e42feep-1")

if __name__ == "__main__":
    print('"""The numbers of the special functions, each in one place for all languages.')
    print("\nMade by tests/runtime_fits.py, which says how; a test makes them again.\n" + '"""\n')
    for name, (meaning, value) in constants().items():
        print(f"{name} = {value!r}  # {meaning}")
    for name, (meaning, coefficients) in tables().items():
        print(f"\n# {meaning}\n{name} = (")
        for coefficient in coefficients:
            print(f"    {float(coefficient)!r},")
        print(")")
