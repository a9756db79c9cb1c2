"""The special functions of the runtime in mpmath, with points that cover their domains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np

Points = list[tuple[float, ...]]
ROOT = 1.4616321449683623  # the zero of psi


@dataclass(frozen=True)
class Reference:
    """A function in mpmath, points, and how many units in the last place it may be off there.

    ``scale`` is what the error is measured against where that is not the value: the largest of
    the parts that make it up, at points next to a zero that depends on several arguments.
    """

    value: Callable[..., Any]
    points: Points
    bound: float = 8.0
    scale: Callable[..., Any] | None = None
    digits: int = 60


def decades(lower: float, upper: float, count: int, seed: int) -> list[float]:
    """Numbers with uniform logarithms between two powers of ten."""
    return list(10.0 ** np.random.default_rng(seed).uniform(lower, upper, count))


def next_to(point: float, seed: int) -> list[float]:
    """Numbers at distances 1e-15 to 0.1 on both sides of a point."""
    steps = decades(-15, -1, 40, seed)
    return [point + s for s in steps] + [point - s for s in steps]


POSITIVE = [
    *decades(-8, 8, 150, 1),
    *np.random.default_rng(2).uniform(0, 12, 300),
    *(0.5 * k for k in range(1, 40)),
]
HUGE = decades(8, 300, 30, 3)
TINY = decades(-150, -8, 30, 4)


def _one(*parts: list[float]) -> Points:
    return [(float(x),) for part in parts for x in part]


def _pairs(lower: float, upper: float, seed: int, count: int = 150) -> Points:
    first, second = decades(-6, 8, count, seed), decades(lower, upper, count, seed + 1)
    return [*zip(first, second), *((z, 0.5) for z in decades(-3, 8, 40, seed + 2))]


def _remainder(z: Any) -> Any:
    with mp.workdps(150):
        return mp.loggamma(z) - (z - mp.mpf(1) / 2) * mp.log(z) + z - mp.log(2 * mp.pi) / 2


def polygamma_remainder(n: float, m: float, z: Any) -> Any:
    """psi_n(z) less m terms of DLMF 5.11.2 or 5.15.8, written out here once more."""
    n, m, sign = int(n), int(m), (-1) ** (int(n) + 1)
    with mp.workdps(250):
        if n == 0:
            terms = [mp.log(z), -1 / (2 * z)]
            terms += [-mp.bernoulli(2 * k) / (2 * k * z ** (2 * k)) for k in range(1, m)]
        else:
            terms = [sign * mp.factorial(n - 1) / z**n, sign * mp.factorial(n) / (2 * z ** (n + 1))]
            for k in range(1, m):
                ratio = mp.factorial(2 * k + n - 1) / mp.factorial(2 * k)
                terms.append(sign * mp.bernoulli(2 * k) * ratio / z ** (2 * k + n))
        return mp.psi(n, z) - mp.fsum(terms[:m])


def bessel_k_order(m: float, v: Any, z: Any) -> Any:
    """The integral DLMF 10.32.9 differentiated under its sign."""
    weight = mp.cosh if int(m) % 2 == 0 else mp.sinh
    with mp.workdps(30):
        last = mp.asinh(v / z) + mp.acosh(1 + 80 / mp.hypot(v, z))
        ends = mp.linspace(0, last, 9)
        scaled = mp.quad(lambda t: t**m * weight(v * t) * mp.exp(z - z * mp.cosh(t)), ends)
        return scaled * mp.exp(-z)


_BESSEL = [
    *zip(np.random.default_rng(30).uniform(0, 6, 60), decades(-5, 2.5, 60, 31)),
    *((0.0, z) for z in decades(-5, 2.5, 30, 32)),
    *((1.0, z) for z in decades(-5, 2.5, 30, 33)),
]
_GAMMA_PAIRS = list(zip(np.random.default_rng(34).uniform(0, 20, 80), decades(-5, 2, 80, 35)))
_ORDERS = [(float(n), x) for n in (1, 2, 3) for x in decades(-5, 2.5, 40, 36)]
_ZETA = [1 + d for d in decades(-8, 1.6, 80, 37)]
_REAL = [*np.random.default_rng(38).uniform(-6, 26, 200), *decades(-200, 0, 30, 39)]
_ERROR = [*_REAL, *(-x for x in decades(-20, 0.7, 30, 40)), *np.linspace(-1.2, 1.2, 101)]

REFERENCES = {
    "log": Reference(mp.log, _one(POSITIVE, HUGE, TINY, next_to(1.0, 5), [5e-324]), 2),
    "log1p": Reference(mp.log1p, _one(POSITIVE, TINY, [-x for x in TINY], [-0.9, -0.3, 1e200]), 2),
    "exp": Reference(mp.exp, _one(list(np.linspace(-708, 709.7, 400)), TINY), 2),
    "expm1": Reference(
        mp.expm1, _one(list(np.linspace(-50, 709.7, 400)), TINY, [-x for x in TINY]), 2, digits=200
    ),
    "log1p_remainder": Reference(
        lambda x: mp.log1p(x) - x, _one(POSITIVE, [-0.9, -0.5, -0.301, -0.299, -1e-9]), digits=400
    ),
    "log1p_exp": Reference(lambda x: mp.log1p(mp.exp(x)), _one(list(np.linspace(-700, 800, 300)))),
    "log_expm1": Reference(
        lambda x: mp.log(mp.expm1(x)),
        _one(POSITIVE[:150], HUGE[:5], TINY),
        scale=lambda x: max(abs(mp.log(mp.expm1(x))), min(x, 1)),
        digits=400,
    ),
    "gamma": Reference(mp.gamma, _one(list(np.linspace(0.01, 171.6, 400)), TINY)),
    "log_gamma": Reference(
        mp.loggamma, _one(POSITIVE, HUGE, TINY, next_to(1.0, 6), next_to(2.0, 7))
    ),
    "digamma": Reference(mp.digamma, _one(POSITIVE, HUGE, TINY, next_to(ROOT, 8))),
    "trigamma": Reference(lambda x: mp.psi(1, x), _one(POSITIVE, HUGE, TINY)),
    "tetragamma": Reference(
        lambda x: mp.psi(2, x), _one(POSITIVE, decades(8, 150, 30, 5), decades(-100, -8, 30, 6))
    ),
    "polygamma": Reference(
        lambda n, x: mp.psi(int(n), x), [(n, x) for n in (2, 3, 4, 6) for x in POSITIVE[:220]]
    ),
    "digamma_difference": Reference(
        lambda z, d: mp.digamma(z + d) - mp.digamma(z), _pairs(-8, 8, 9), digits=90
    ),
    "trigamma_difference": Reference(
        lambda z, d: mp.psi(1, z + d) - mp.psi(1, z), _pairs(-8, 8, 12), digits=90
    ),
    "polygamma_difference": Reference(
        lambda n, z, d: mp.psi(int(n), z + d) - mp.psi(int(n), z),
        [(n, z, d) for n in (2, 3) for z, d in _pairs(-8, 8, 15, 60)],
        digits=90,
    ),
    "log_gamma_difference": Reference(
        lambda z, d: mp.loggamma(z + d) - mp.loggamma(z),
        _pairs(-8, 8, 18),
        scale=lambda z, d: max(
            abs(mp.loggamma(z + d) - mp.loggamma(z)), min(d, 1), mp.log1p(d / z)
        ),
        digits=90,
    ),
    "log_gamma_remainder": Reference(_remainder, _one([x for x in POSITIVE if 2.5 < x < 1e7])),
    "log_beta": Reference(
        lambda a, b: mp.log(mp.beta(a, b)),
        [*_pairs(-6, 8, 21), (1e8, 1e8), (0.5, 0.5), (1.5, 2.5)],
        scale=lambda a, b: max(abs(mp.log(mp.beta(a, b))), 1),
    ),
    "beta": Reference(
        mp.beta,
        [(a, b) for a in (0.5, 1.0, 2.3, 7.9, 9.0) for b in (0.01, 0.5, 1.0, 8.0, 12.5)],
        25,
    ),
    "polygamma_remainder": Reference(
        polygamma_remainder,
        [(n, m, z) for n in (0, 1, 2) for m in (1, 2, 4) for z in decades(1.2, 8, 20, 24)],
        16,
    ),
    "zeta": Reference(mp.zeta, _one(_ZETA)),
    "zeta_derivative": Reference(
        lambda m, s: mp.zeta(s, 1, int(m)),
        [(m, s) for m in (1, 2, 3) for s in _ZETA[:40]],
        digits=30,
    ),
    "hurwitz_zeta": Reference(
        mp.zeta,
        list(zip(np.random.default_rng(41).uniform(1, 12, 60), decades(-3, 3, 60, 42))),
        16,
        digits=120,
    ),
    "erf": Reference(mp.erf, _one(_ERROR)),
    "erfc": Reference(mp.erfc, _one([x for x in _ERROR if x < 26])),
    "scaled_erfc": Reference(
        lambda x: mp.exp(x * x) * mp.erfc(x), _one(_ERROR, decades(0, 3, 30, 43)), digits=80
    ),
    # The power of v in them costs v log(v/z) units: 1e-13 over these points.
    "scaled_bessel_k": Reference(lambda v, z: mp.exp(z) * mp.besselk(v, z), _BESSEL, 400),
    "bessel_k_ratio": Reference(lambda v, z: mp.besselk(v + 1, z) / mp.besselk(v, z), _BESSEL, 60),
    "bessel_k_order": Reference(
        bessel_k_order, [(m, *vz) for m in (1, 2) for vz in _BESSEL[:12]], 400
    ),
    "scaled_bessel_i": Reference(lambda v, z: mp.exp(-z) * mp.besseli(v, z), _BESSEL, 10),
    "bessel_i_ratio": Reference(lambda v, z: mp.besseli(v + 1, z) / mp.besseli(v, z), _BESSEL),
    "expint": Reference(mp.expint, _ORDERS),
    "scaled_expint": Reference(lambda n, x: mp.exp(x) * mp.expint(n, x), _ORDERS),
    "upper_gamma": Reference(mp.gammainc, _GAMMA_PAIRS, 16),
    "lower_gamma": Reference(lambda a, x: mp.gammainc(a, 0, x), _GAMMA_PAIRS, 16),
    "scaled_upper_gamma": Reference(
        lambda a, x: mp.exp(x) * x ** (1 - a) * mp.gammainc(a, x), _GAMMA_PAIRS, 16
    ),
}


def worst_error(reference: Reference, computed: Callable[[Points], Any]) -> tuple[float, Any]:
    """The largest error in units in the last place, and the point where it is made."""
    worst, where = 0.0, None
    with mp.workdps(reference.digits):
        for point, got in zip(reference.points, computed(reference.points), strict=True):
            at = [mp.mpf(float(x)) for x in point]
            true = reference.value(*at)
            scale = abs(reference.scale(*at)) if reference.scale else abs(true)
            unit = float(np.spacing(float(scale)))
            error = float(abs(mp.mpf(float(got)) - true) / unit) if np.isfinite(got) else np.inf
            if error > worst:
                worst, where = error, (*point, float(got), float(true))
    return worst, where
