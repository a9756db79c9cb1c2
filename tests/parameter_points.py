"""Points of a family's parameter domain for the tests, drawn apart from the package's own."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from sympy import Integer, Rational, Symbol

from symfisher.declaration import Family
from symfisher.domains import Domain

Point = dict[Symbol, Rational]

# Where the Fisher matrix exists, if that is narrower than the declared domain.
NARROWER = {
    "gev": {"xi": (-0.4, 0.8)},
    "gpd": {"xi": (-0.4, 0.8)},
}
# Where a plain rule or sum reaches 20 digits (see truth.py).
EASY = {
    "bivariate_normal": {
        **dict.fromkeys(["mu1", "mu2"], (-1, 1)),
        **dict.fromkeys(["sigma1", "sigma2"], (0.8, 1.4)),
        "rho": (-0.6, 0.6),
    },
    "zeta": {"s": (9, 12)},
}


def draw_easy(family: Family, seed: int) -> Point:
    """A point at which the quadrature of the tests is good to 20 digits."""
    return draw(family, seed, EASY.get(family.name, {}))


def draw(family: Family, seed: int, limits: Mapping[str, tuple[float, float]] = {}) -> Point:
    """One point, the same for the same seed; a rational of three decimals in each coordinate."""
    random = Random(f"{family.name} {seed}")
    limits = {**NARROWER.get(family.name, {}), **limits}
    while True:
        at = {s: _coordinate(random, d, limits.get(s.name)) for s, d in family.domains.items()}
        if all(condition.subs(at) == True for condition in family.constraints):  # noqa: E712
            return at


def _coordinate(random: Random, domain: Domain, limits: tuple[float, float] | None) -> Rational:
    lower, upper = float(domain.lower), float(domain.upper)
    if domain.discrete:
        return Integer(random.randint(int(lower) + 1, int(min(upper, lower + 8))))
    if limits:
        lower, upper = limits
    return Rational(round(1000 * _inside(random, lower, upper)) * 2 + 1, 2000)


def _inside(random: Random, lower: float, upper: float) -> float:
    if lower == float("-inf"):
        return random.uniform(-2, 2)
    if upper == float("inf"):
        return lower + 2 ** random.uniform(-0.6, 2)
    return lower + (upper - lower) * random.uniform(0.12, 0.88)
