"""Errors of kernels over the whole range of their arguments, measured against 50 digits."""

from __future__ import annotations

import contextlib
import random
import warnings
from dataclasses import dataclass

import mpmath
import numpy as np
from kernel_points import holds_at, true_entries
from sympy import Rational

from symfisher.codegen import kernel
from symfisher.codegen.arguments import arguments_of
from symfisher.domains import Domain
from symfisher.errors import KernelError
from symfisher.formula import Status

QUANTITIES = ("fisher", "score", "kl", "crlb")
LOW, HIGH = 1e-6, 1e8
ROUNDING = 2.0**-52


@dataclass(frozen=True)
class Errors:
    """The worst relative error, the same in units of the argument's own rounding, and where."""

    relative: float
    explained: float
    at: dict[str, float]
    points: int

    def __str__(self) -> str:
        where = ", ".join(f"{name}={value:.6g}" for name, value in self.at.items())
        return f"{self.relative:9.1e}  {self.explained:9.1f} x conditioning  at {where}"


def errors(formula, backend="numpy", count=40, seed=1):
    """``Errors`` of a formula's kernel; None where there is none or it is not closed."""
    if formula.expr is None or formula.status is not Status.CLOSED:
        return None
    try:
        made = kernel(formula, backend)
    except KernelError:
        return None
    generator = random.Random(f"{seed} {formula.family.name} {formula.name}")
    points = [p for p in (wide_point(formula, generator) for _ in range(count)) if p]
    found = []
    for point in points:
        with contextlib.suppress(mpmath.libmp.NoConvergence):  # there is no truth to compare with
            found.append((*point_errors(formula, made, point), point))
    if not found:
        return None
    relative, _, where = max(found, key=lambda each: each[0])
    explained = max(each[1] for each in found)
    return Errors(relative, explained, {str(s): float(v) for s, v in where.items()}, len(found))


def wide_point(formula, generator):
    """Arguments that are log-uniform over [1e-6, 1e8] in distance to the ends of their domains."""
    for _ in range(200):
        point = {}
        for symbol, argument in arguments_of(formula).items():
            old = {a.symbol: point[s] for s, a in arguments_of(formula).items() if s in point}
            value = _draw(argument.domain.substitute(old), generator)
            if value is None:
                break
            point[symbol] = Rational(value)
        else:
            if holds_at(formula, point):
                return point
    return None


def _draw(domain: Domain, generator):
    if domain.points is not None:
        return float(generator.choice(domain.points))
    if domain.free_symbols:
        return None
    low, high = (float(end) if end.is_finite else None for end in (domain.lower, domain.upper))
    size = 10.0 ** generator.uniform(np.log10(LOW), np.log10(HIGH))
    if domain.discrete:
        value = float(int(min(size, 1e6))) + (low or 0.0)
        return (
            value
            if high is None or value <= high
            else float(generator.randint(int(low), int(high)))
        )
    if low is not None and high is not None:
        return low + (high - low) * (generator.random() if size > 1 else min(size, 0.5))
    if low is not None:
        return low + size
    if high is not None:
        return high - size
    return generator.choice((-1, 1)) * size


def point_errors(formula, made, point):
    """The worst relative error of an entry, and in units of (1 + condition number) 2^-52."""
    truth = true_entries(formula, point, 50)
    spread = [mpmath.mpf(0)] * len(truth)
    for symbol, value in point.items():
        if value != 0 and not arguments_of(formula)[symbol].domain.discrete:
            moved = true_entries(formula, {**point, symbol: value * (1 + Rational(1, 10**20))}, 50)
            spread = [s + abs(m - t) * 10**20 for s, m, t in zip(spread, moved, truth)]
    arguments = [float(point[symbol]) for symbol in formula.arguments]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflow shows in the value
        found = np.asarray(made(*arguments), float).ravel()
    worst = explained = 0.0
    for value, true, change in zip(found, truth, spread):
        if not mpmath.isfinite(true) or abs(true) < 1e-290 or abs(true) > 1e290:
            continue
        error = abs(mpmath.mpf(float(value)) - true) if np.isfinite(value) else mpmath.inf
        worst = max(worst, float(error / abs(true)))
        explained = max(explained, float(error / ((abs(true) + change) * ROUNDING)))
    return worst, explained
