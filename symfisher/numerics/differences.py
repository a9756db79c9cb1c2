"""The corrections of Euler and Maclaurin's midpoint formula, from values at equal distances."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import factorial

from sympy import bernoulli

CORRECTIONS = 7
REACH = 10  # values on each side that the derivatives are taken from


@lru_cache(maxsize=1)
def midpoint_corrections() -> list[tuple[int, list[Fraction]]]:
    """(order of a derivative, weights of the values at -REACH..REACH), Bernoulli factor included.

    B_n(1/2) = (2^(1-n) - 1) B_n. The differences are Fornberg's (1988), exact fractions.
    """
    tables = _central_differences(REACH, 2 * CORRECTIONS)
    found = []
    for n in range(2, 2 * CORRECTIONS + 1, 2):
        number = bernoulli(n)
        factor = (Fraction(2, 2**n) - 1) * Fraction(int(number.p), int(number.q))
        factor = -factor / factorial(n)
        found.append((n - 1, [factor * w for w in tables[n - 1]]))
    return found


def _central_differences(reach: int, orders: int) -> list[list[Fraction]]:
    """Weights of f(-reach..reach) in the derivatives of each order below ``orders`` at 0."""
    places = sorted(range(-reach, reach + 1), key=abs)
    weights = [[Fraction(0)] * len(places) for _ in range(orders)]
    weights[0][0] = Fraction(1)
    scale = Fraction(1)
    for i in range(1, len(places)):
        ratio, before = Fraction(1), [row[:] for row in weights]
        for j in range(i):
            gap = Fraction(places[i] - places[j])
            ratio *= gap
            for m in range(orders):
                lower = before[m - 1][j] if m else Fraction(0)
                weights[m][j] = (places[i] * before[m][j] - m * lower) / gap
        for m in range(orders):
            lower = before[m - 1][i - 1] if m else Fraction(0)
            weights[m][i] = scale / ratio * (m * lower - places[i - 1] * before[m][i - 1])
        scale = ratio
    order = {place: j for j, place in enumerate(places)}
    return [[row[order[p]] for p in range(-reach, reach + 1)] for row in weights]
