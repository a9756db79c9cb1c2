"""Expectations to any number of digits: the float64 rule's nodes, in balls.

Where to put the nodes is decided in float64 (see ``rule`` and ``several``); the nodes themselves,
the integrands and the sums are balls, and the step is halved until the digits are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np
from flint import arb, fmpq
from sympy import Expr, Symbol

from symfisher.numerics import ball, counts, rule, several
from symfisher.numerics.acceleration import power_tail
from symfisher.numerics.ball_special import to_mpmath
from symfisher.numerics.coordinates import LOG_GRID, Nodes
from symfisher.numerics.differences import CORRECTIONS, REACH, midpoint_corrections
from symfisher.numerics.evaluate import ball_operations
from symfisher.numerics.profile import Start
from symfisher.numerics.region import BoundRegion, Region
from symfisher.numerics.summation import fade

Array = np.ndarray[Any, Any]
Balls = Any  # an object array of balls

_BITS = 3.3219280948873626
_GUARD = 60  # bits
_FIRST = {1: 1 / 16, 2: 1 / 8}  # first step by the number of variables
_LEVELS = {1: 4, 2: 3}
_MOST_NODES = 80_000
_FAR_TOO_MANY = 20 * _MOST_NODES  # as the terms of sums cannot be fewer
_LARGEST = 0.25  # step
_MOST_GROWTH = 8  # a score grows like 1/d where a density falls like d^rho, rho > 1
_TAIL_GROWTH = 2  # the score of a count grows like a logarithm there
_TERMS = 400  # terms of a heavy tail that are summed one by one


@dataclass(frozen=True)
class PreciseTotals:
    """Integrals of the density and of each integrand times it, with absolute errors (mpmath)."""

    values: list[Any]
    errors: list[Any]


def integrate_precisely(
    region: Region, at: Mapping[Symbol, Any], integrands: tuple[Expr, ...], digits: int
) -> PreciseTotals:
    """The density and each integrand times the density over a region, to ``digits`` digits."""
    floats = {s: np.float64(float(v)) for s, v in at.items()}
    rough = region.bind(floats, ())
    rough.fade = fade(digits)
    rows = _Rows(region, at, integrands, digits)
    for bits in (int(digits * _BITS) + _GUARD, 3 * int(digits * _BITS) + _GUARD):
        with ball.precision(bits), mpmath.workprec(bits), np.errstate(all="ignore"):
            rows.bind(bits)
            found = _by_size[min(len(region.variables), 2)](rough, rows)
        if all(map(mpmath.isfinite, found.errors)):
            break  # otherwise an integrand cancels more digits than there are
    return found


class _Rows:
    """Evaluates all rows of a region at nodes, in balls; see ``several.Rows``."""

    def __init__(
        self, region: Region, at: Mapping[Symbol, Any], integrands: tuple[Expr, ...], digits: int
    ) -> None:
        self.source, self.point, self.integrands = region, at, integrands
        self.digits = digits
        self.floor = -np.inf

    def bind(self, bits: int) -> None:
        """Compute what depends on the point alone, at this precision."""
        values = {s: ball.from_exact(v) for s, v in self.point.items()}
        self.region = self.source.bind(values, self.integrands, ball_operations(bits))
        self.region.fade = fade(self.digits)

    def at_midpoint(self, bits: int) -> _Rows:
        """The same rows at more bits, with parameters that are given as balls taken as exact."""
        point = {s: v.mid() if isinstance(v, arb) else v for s, v in self.point.items()}
        rows = _Rows(self.source, point, self.integrands, self.digits)
        rows.bind(bits)
        return rows

    def numbers(self, values: Array) -> Balls:
        return _balls(values)

    def line(self, centre: Array, scale: Array, t: Array) -> tuple[Balls, Balls]:
        times, size = _balls(t), _balls(scale)
        return (
            _balls(centre) + size * ball.each(arb.sinh, times),
            size * ball.each(arb.cosh, times),
        )

    def at(self, nodes: Nodes, weight: Any) -> Balls:
        """Density and integrands times density; an undefined value is zero far from the bulk."""
        found = self.region.integrands.run(nodes)
        log_p = found[0] + weight
        density = ball.exp(log_p)
        shape = np.shape(log_p)
        rows = np.empty((len(found), *shape), dtype=object)
        rows[0] = density
        for i, g in enumerate(found[1:], start=1):
            rows[i] = g * density
        bad = ~_finite(rows)
        if np.any(bad):
            logs = np.broadcast_to(_floats(log_p), rows.shape)
            rows[bad & ~(logs > self.floor)] = arb(0)
        return rows


def _finite(rows: Balls) -> Array:
    return np.frompyfunc(arb.is_finite, 1, 1)(rows).astype(bool)


def _floats(values: Balls) -> Array:
    found = np.frompyfunc(lambda v: float(v.mid()) if v.is_finite() else -np.inf, 1, 1)(values)
    return np.asarray(found, dtype=float)


def _balls(values: Array) -> Balls:
    return np.frompyfunc(lambda v: arb(float(v)), 1, 1)(values)


# one variable


def _single(rough: BoundRegion, rows: _Rows) -> PreciseTotals:
    (variable,) = rough.variables
    if variable.discrete:
        return _sum(rough, rows)
    coordinate = rough.coordinate(0, {})

    def log_density(w: Array) -> Array:
        nodes, jacobian = coordinate.nodes(w)
        return rough.density.run(nodes)[0] + jacobian

    window = rule.locate(log_density, coordinate.grid)
    if window is None:
        return _nothing(rows)
    return _line(rows, window)


def _line(rows: _Rows, window: rule.Window, weight: Any = None) -> PreciseTotals:
    """The integral over the line; where an integrand cancels far out, without what is there."""
    if weight is not None:
        return _within(rows, window, _TAIL_GROWTH, weight)
    found = _within(rows, window, _MOST_GROWTH, weight)
    if all(e <= abs(v) / 2 or e < 1 for v, e in zip(found.values, found.errors)):
        return found
    return _within(rows, window, 1, weight)


def _within(rows: _Rows, window: rule.Window, growth: int, weight: Any) -> PreciseTotals:
    """The integral over a window, with the step halved until it is settled."""
    low, high, doubled = rule.reach(_widened(window, growth))
    rows.floor = window.top - growth * (2.3 * rows.digits + 20.0)
    step = _FIRST[1]
    index = np.arange(np.floor(low / step) // 4 * 4, np.ceil(high / step) + 1)
    t = (index + 0.21875) * step
    values = _at_times(rows, window, doubled, t, weight)
    total, half = _sums(values, step, 1), _sums(values, step, 2)
    quarter = _sums(values, step, 4)
    sizes = _sums(_absolute(values), step, 1)
    for _ in range(_LEVELS[1]):
        errors = _errors((total, half, quarter), sizes, rows.digits)
        if not any(e > mpmath.mpf(10) ** -rows.digits * s for e, s in zip(errors, sizes)):
            break
        t = t + step / 2
        extra = _sums(_at_times(rows, window, doubled, t, weight), step, 1)
        total, half, quarter = [(a + b) / 2 for a, b in zip(total, extra)], total, half
        step /= 2
        t = np.arange(2 * len(t)) * step + (t[0] - step)
    errors = _errors((total, half, quarter), sizes, rows.digits)
    return PreciseTotals(total, errors)


def _widened(window: rule.Window, growth: int) -> rule.Window:
    """The window with room for integrands that fall much more slowly than the density."""
    low = window.centre - growth * (window.centre - window.low)
    high = window.centre + growth * (window.high - window.centre)
    return replace(window, low=low, high=high)


def _at_times(rows: _Rows, window: rule.Window, doubled: bool, t: Array, weight: Any) -> Balls:
    """Rows times dw/dt at the parameters ``t``, which are exact floats."""
    centre, scale, times = arb(window.centre), arb(1.5 * window.scale), _balls(t)
    slope: Any = arb(1)
    if doubled:
        quarter = arb.pi() / 2
        slope = quarter * ball.each(arb.cosh, times)
        times = quarter * ball.each(arb.sinh, times)
    w = centre + scale * ball.each(arb.sinh, times)
    slope = slope * scale * ball.each(arb.cosh, times)
    nodes, jacobian = (weight or rows.region.nodes)(0, w, {})
    return rows.at(nodes, jacobian) * slope


def _sums(values: Balls, step: float, stride: int) -> list[Any]:
    """Midpoints of step * sum over every stride-th node, as mpmath numbers."""
    return [to_mpmath(sum(row[::stride], arb(0)) * step * stride) for row in values]


def _absolute(values: Balls) -> Balls:
    return ball.each(abs, values)


def _errors(levels: Sequence[list[Any]], sizes: list[Any], digits: int) -> list[Any]:
    """The errors of the finest of three steps, as ``rule.Sums.discretisation`` measures them."""
    tiny = mpmath.mpf(10) ** (-digits - 12)
    value, previous, before = levels
    last = [_relative(a, b, s, tiny) for a, b, s in zip(value, previous, sizes)]
    first = [_relative(a, b, s, tiny) for a, b, s in zip(previous, before, sizes)]
    common = _rate(max(last), max(first))
    errors = []
    for late, early, size in zip(last, first, sizes):
        estimate = 10 * late ** max(common, _rate(late, early))
        errors.append(size * (min(estimate, late) + tiny) if mpmath.isfinite(late) else late)
    return errors


def _relative(a: Any, b: Any, size: Any, tiny: Any) -> Any:
    if not all(map(mpmath.isfinite, (a, b, size))):
        return mpmath.inf
    return tiny if size == 0 else max(abs(a - b) / size, tiny)


def _rate(last: Any, first: Any) -> Any:
    """How many times more digits a step has than the one before: between 1 and 2."""
    if not mpmath.isfinite(last):
        return mpmath.mpf(1)
    ratio = mpmath.log(last) / min(mpmath.log(first), mpmath.mpf(-0.1))
    return min(max(ratio, 1), 2)


def _nothing(rows: _Rows) -> PreciseTotals:
    zeros = [mpmath.mpf(0)] * rows.region.count
    return PreciseTotals(zeros, list(zeros))


def _fixed(rough: BoundRegion, rows: _Rows) -> PreciseTotals:
    """Where all variables are fixed, the rows themselves."""
    return _direct(rows, rows.at({}, arb(0)).reshape(-1, 1))


# counts


def _sum(rough: BoundRegion, rows: _Rows) -> PreciseTotals:
    (variable,) = rough.variables
    key = (variable.symbol, "value")
    if variable.points is not None:
        points = np.array(rows.region.ends[0].run({}), dtype=object)
        return _direct(rows, rows.at({key: points}, arb(0)))
    lower, upper = rough.integers(0, {})

    def log_mass(y: Array) -> Array:
        found = np.broadcast_to(rough.density.run({key: y})[0], np.shape(y))
        return np.where(np.isfinite(found), found, -np.inf)

    low, high, top = counts.window(log_mass, lower, upper)
    rows.floor = top - 2.3 * rows.digits - 20.0
    bulk = counts.split(log_mass, low, high, lower, upper, _TERMS)
    parts = [_direct(rows, rows.at({key: _balls(np.arange(bulk.low, bulk.high + 1.0))}, arb(0)))]
    for end, direction in bulk.tails:
        parts.append(_tail(rough, rows, end, direction))
    return PreciseTotals(
        [mpmath.fsum(p.values[i] for p in parts) for i in range(rows.region.count)],
        [mpmath.fsum(p.errors[i] for p in parts) for i in range(rows.region.count)],
    )


def _direct(rows: _Rows, values: Balls) -> PreciseTotals:
    totals, sizes = _sums(values, 1.0, 1), _sums(_absolute(values), 1.0, 1)
    tiny = mpmath.mpf(10) ** (-rows.digits - 12)
    return PreciseTotals(totals, [s * tiny if mpmath.isfinite(s) else mpmath.inf for s in sizes])


def _tail(rough: BoundRegion, rows: _Rows, end: float, direction: int) -> PreciseTotals:
    """The sum beyond ``end``, by the first method that reaches the digits wanted."""
    found = _accelerated(rows, rough.variables[0].symbol, end, direction)
    return found or _tail_as_integral(rough, rows, end, direction)


def _accelerated(rows: _Rows, symbol: Symbol, end: float, direction: int) -> PreciseTotals | None:
    """The sum beyond ``end`` from its first terms; None where they do not fall like a power."""
    count = 40 + rows.digits // 2
    bits = 4 * int(rows.digits * _BITS) + _GUARD
    with ball.precision(bits):
        precise = rows.at_midpoint(bits)
        places = _balls(end + direction * np.arange(1.0, count + 1.0))
        values = precise.at({(symbol, "value"): places}, arb(0))
        found = [power_tail(list(row), round(abs(end)) + 1) for row in values]
        sizes = [abs(value) + abs(row[0]) for (value, _), row in zip(found, values)]
        if not all(e < s * arb(10) ** -rows.digits for (_, e), s in zip(found, sizes)):
            return None
        return PreciseTotals([to_mpmath(v) for v, _ in found], [to_mpmath(e) for _, e in found])


def _tail_as_integral(rough: BoundRegion, rows: _Rows, end: float, direction: int) -> PreciseTotals:
    """The sum beyond ``end``: an integral and Euler-Maclaurin's corrections at the midpoint."""
    symbol = rough.variables[0].symbol
    start = end + 0.5 * direction

    def line(k: int, w: Any, outer: Nodes) -> tuple[Nodes, Any]:
        exponential = np.exp if w.dtype == float else ball.exp
        return {(symbol, "value"): start + direction * exponential(w)}, w

    def log_density(w: Array) -> Array:
        nodes, jacobian = line(0, w, {})
        return rough.density.run(nodes)[0] + jacobian

    window = rule.locate(log_density, LOG_GRID)
    if window is None:
        return _nothing(rows)
    integral = _line(rows, window, line)
    corrections = _corrections(rows, symbol, start)
    values = [v + direction * c for v, c in zip(integral.values, corrections)]
    return PreciseTotals(values, integral.errors)


def _corrections(rows: _Rows, symbol: Symbol, start: float) -> list[Any]:
    """The sum over k of -B_2k(1/2)/(2k)! f^(2k-1)(start), from a table of differences.

    Differences magnify the radii of parameters given as balls, so these are taken as exact: what
    the radii stand for is in the errors of the integral.
    """
    fine = int(rows.digits * 0.45) + 4  # the step is 2**-fine of the distance to the origin
    bits = int(rows.digits * _BITS) + _GUARD + 2 * CORRECTIONS * (fine + 3)
    with ball.precision(bits):
        precise = rows.at_midpoint(bits)
        step = arb(max(abs(start), 50.0)) / 2**fine
        offsets = np.array([arb(j) for j in range(-REACH, REACH + 1)], dtype=object)
        values = precise.at({(symbol, "value"): start + step * offsets}, arb(0))
        total = np.array([arb(0)] * len(values), dtype=object)
        for order, weights in midpoint_corrections():
            exact = [arb(fmpq(w.numerator, w.denominator)) for w in weights]
            total = total + values.dot(np.array(exact, dtype=object)) / step**order
        return [to_mpmath(v) for v in total]


# several variables


def _several(rough: BoundRegion, rows: _Rows) -> PreciseTotals:
    start = Start(rough)
    rows.floor = start.top - 2.3 * rows.digits - 20.0
    step = _FIRST[2]
    while several.node_count(rough, start, step) > _MOST_NODES and step < _LARGEST:
        step *= 2  # fewer digits, and an error that says so
    if several.node_count(rough, start, step) > _FAR_TOO_MANY:
        return PreciseTotals(*([value] * rows.region.count for value in (mpmath.nan, mpmath.inf)))
    found = None
    for _ in range(_LEVELS[2] + 1):
        levels, sizes, cut = several.total_levels(rough, rows, start, step, _floats)
        total, half, quarter = ([to_mpmath(v) for v in level] for level in levels)
        scale = [to_mpmath(s) for s in sizes]
        errors = _errors((total, half, quarter), scale, rows.digits)
        errors = [e + mpmath.mpf(float(c)) for e, c in zip(errors, cut)]
        found = PreciseTotals(total, errors)
        if not any(e > mpmath.mpf(10) ** -rows.digits * s for e, s in zip(errors, scale)):
            break
        step /= 2
        if several.node_count(rough, start, step) > _MOST_NODES:
            break
    assert found is not None
    return found


_by_size = (_fixed, _single, _several)  # by the number of variables, at most two
