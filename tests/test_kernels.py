"""Every kernel class: recognised in disguise, its mass and its table against quadrature.

One table of densities, by kernel; the tests run on all of them alike, and at exponents that no
family asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import mpmath
import pytest
from mpmath import mpf
from sympy import (
    Expr,
    Integer,
    Rational,
    Symbol,
    cosh,
    exp,
    lambdify,
    log,
    oo,
    sinh,
    sqrt,
    symbols,
)

from symfisher.expectation.conversion import Converter
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.kernels import KERNELS
from symfisher.expectation.kernels.base import Kernel, shape_of
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import Kind, NotConvertible
from symfisher.numerics.evaluate import evaluate

w = Symbol("w", real=True)
a, b, c = symbols("a b c", positive=True)
PARAMETERS = [
    {a: Rational(137, 97), b: Rational(173, 101), c: Rational(67, 103)},
    {a: Rational(89, 107), b: Rational(241, 109), c: Rational(113, 127)},
]
LINE, BELOW, ABOVE, BETWEEN = (-oo, oo), (-oo, Integer(0)), (c, oo), (-c, a)

# Kernel -> unnormalised log-densities of w and their intervals; each is in some disguise.
DENSITIES: dict[str, list[tuple[Expr, tuple[Expr, Expr]]]] = {
    "gamma": [
        (a * w - b * exp(w), LINE),
        (-a * b * w - c * exp(-b * w), LINE),
        (log(exp(a * w) * exp(-((exp(w) / c) ** b))), LINE),
        (2 * w - exp(w) * (1 + c), LINE),
    ],
    "beta": [
        (a * w - (a + b) * log(1 + exp(w)), LINE),
        (-a * b * w - (a + c) * log(1 + 2 * exp(-b * w)), LINE),
        (log(cosh(w)) * (-a), LINE),
        (a * w + (b - 1) * log(1 - exp(w)), BELOW),
        (a * log(exp(w) / (1 + exp(w))) - b * log(1 + exp(w)), LINE),
        (a * w + b, BELOW),
        (-a * w, ABOVE),
    ],
    "normal": [
        (-((w - a) ** 2) / (2 * b**2), LINE),
        (-a * w**2 + b * w - c, LINE),
        (log(exp(-a * (w + 1) * (w - c))), LINE),
    ],
    "student": [
        (-(a + 1) * log(1 + w**2), LINE),
        (-(a + 1) / 2 * log(b + (w - c) ** 2 / b), LINE),
        (-(b + 2) * log(w**2 + 2 * a * w + 2 * a**2 + 1), LINE),
    ],
    "rational": [
        (-2 * log(w**2 + a) + log(w**2 + b), LINE),
        (-3 * log(w**2 + a**2) - log(1 + w**2), LINE),
        (log((w**2 + c) / ((w**2 + 1) ** 2 * (w**2 + b))), LINE),
    ],
    "generalized_inverse_gaussian": [
        (a * w - b * exp(w) - c * exp(-w), LINE),
        (-w - a * (exp(b * w) + exp(-b * w)), LINE),
        (w / 2 - b * cosh(w - a), LINE),
    ],
    "birnbaum_saunders": [
        (w / 2 - a * cosh(w) - log(1 + exp(w)), LINE),
        (-w / 2 - 2 * sinh(w / 2) ** 2 / a**2 + log(1 + exp(w)), LINE),
    ],
    "truncated_gamma": [
        (a * w - b * exp(w), ABOVE),
        (w - b * exp(w), ABOVE),
        (2 * w - b * exp(w), (Integer(0), oo)),
    ],
    "truncated_normal": [
        (-(w**2) / 2, ABOVE),
        (-((w - a) ** 2) / (2 * b), BELOW),
        (-a * w**2 + b * w, BETWEEN),
    ],
    "gamma_mixture": [
        (w - b * exp(w) + log(1 + exp(w)), LINE),
        (2 * w - exp(w) * b + log(a + exp(w)), LINE),
        (a * w - b * exp(w) - log(1 + exp(w)), LINE),
    ],
    "polylogarithm": [
        (w - 2 * log(1 + a * exp(w)), BELOW),
        (2 * w - 3 * log(1 + exp(w)), BELOW),
        (-b * w - 2 * log(1 + c * exp(-b * w)), (Integer(0), oo)),
        (w - log(1 + exp(w)), BELOW),
    ],
    "euler": [
        (a * w - (a + b) * log(1 + exp(w)) - c * log(1 + 3 * exp(w)), LINE),
        (w + (b - 1) * log(1 - exp(w)) - log(1 + c * exp(w)), BELOW),
    ],
    "two_quadratics": [
        (-a / 4 * log(1 + w**2) - (1 - a / 4) * log(b**2 + (w - c) ** 2), LINE),
        (-(a + 1) * log(1 + w**2) - c / 2 * log(c + w**2), LINE),
    ],
}
MASS_ONLY = {"two quadratics"}
RATES = [Integer(0), Integer(1), Integer(-1), Integer(2), Rational(1, 2), Rational(-3, 7)]
POWERS = [Integer(0), Integer(-1), Integer(1), Integer(-2), Rational(-1, 2)]
NAMES = {module: module.__name__.rsplit(".", 1)[-1] for module in KERNELS}
CASES = [
    pytest.param(module, number, id=f"{NAMES[module]}-{number}")
    for module in KERNELS
    for number in range(len(DENSITIES.get(NAMES[module], ())))
]


@dataclass(frozen=True)
class Bound:
    """A kernel in its own coordinate, with what its density was before."""

    kernel: Kernel
    log_density: Expr
    lower: Expr
    upper: Expr


def shaped(density: Expr, variable: Symbol, lower: Expr, upper: Expr) -> Any:
    """The shape of a log-density; None where it has none."""
    inside = {LINE: -0.3, BELOW: -0.7}.get((lower, upper))
    points = []
    for point in PARAMETERS:
        low, high = (float(end.subs(point)) if end.is_finite else None for end in (lower, upper))
        place = inside or _inside(low, high)
        points.append({**point, variable: Rational(str(place))})
    algebra = Algebra(Fingerprint(points), variable, -1 if upper == oo and lower != -oo else 1)
    try:
        element = Converter(algebra).convert(density)
    except NotConvertible:
        return None
    return shape_of(algebra, element, lower, upper)


def _inside(low: float | None, high: float | None) -> float:
    if low is not None and high is not None:
        return round(low + 0.37 * (high - low), 3)
    return round(low + 0.61, 3) if low is not None else round((high or 0.0) - 0.61, 3)


@cache
def bound(module, number) -> Bound:
    """The density of a case, recognised and carried to the kernel's coordinate."""
    density, (lower, upper) = DENSITIES[NAMES[module]][number]
    shape = shaped(density, w, lower, upper)
    affine = module.recognise(shape)
    assert affine is not None, "not recognised"
    own = Symbol("W", real=True)
    moved = density.subs(w, (own - affine.offset) / affine.slope)
    ends = [
        affine.slope * end + affine.offset
        if end.is_finite
        else end * shape.fingerprint.sign(affine.slope)
        for end in (lower, upper)
    ]
    low, high = ends if shape.fingerprint.sign(affine.slope) == 1 else reversed(ends)
    low, high = (shape.fingerprint.shorten(end) if end.is_finite else end for end in (low, high))
    kernel = module.bind(shaped(moved, own, low, high))
    assert kernel is not None, "not bound"
    return Bound(kernel, moved, low, high)


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(80):
        yield


def value(expr: Expr, point) -> mpf:
    return mpf(evaluate(expr, point, digits=30))


def integral(found: Bound, integrand: Expr, point) -> mpf | None:
    """Integral of integrand * exp(kernel); None where an end does not let it converge."""
    own = found.kernel.algebra.w
    log_density = found.kernel.log_density()
    f, g = (lambdify(own, _numeric(e, point), "mpmath") for e in (integrand, log_density))
    light = log_density.has(exp, cosh) or found.kernel.name.endswith("normal kernel")

    def at(x: mpf) -> mpf:
        if light and abs(x) > 2000:  # there e^x leaves any range, and the mass is below e^-400
            return mpf(0)
        log_mass = g(x)
        return f(x) * mpmath.exp(log_mass) if log_mass > -400 else mpf(0)

    low, high = (
        mpf("inf") * (1 if end == oo else -1) if end in (oo, -oo) else value(end, point)
        for end in (found.lower, found.upper)
    )
    return _trapezoidal(at, low, high, light)


def _numeric(expr: Expr, point) -> Expr:
    """The expression in the coordinate alone."""
    return expr.subs(point).evalf(mpmath.mp.dps)


def _trapezoidal(at, low: mpf, high: mpf, light: bool) -> mpf | None:
    """The rule after x = sinh s (light tails), or s = (pi/2) sinh t too; its step is halved."""

    whole, half = (low, high) == (-mpmath.inf, mpmath.inf), mpmath.inf in (high, -low)

    def carried(t: mpf) -> tuple[mpf, mpf]:
        if light and whole:
            return mpmath.sinh(t), mpmath.cosh(t)
        s, slope = mpmath.pi / 2 * mpmath.sinh(t), mpmath.pi / 2 * mpmath.cosh(t)
        if whole:
            return mpmath.sinh(s), mpmath.cosh(s) * slope
        if half:  # e^(t - e^-t) is slow enough for a light tail
            gap = mpmath.exp(t - mpmath.exp(-t))
            return (high - gap if low == -mpmath.inf else low + gap), gap * (1 + mpmath.exp(-t))
        e = 1 / (1 + mpmath.exp(-s))
        return low + (high - low) * e, (high - low) * e * (1 - e) * slope

    def term(t: mpf) -> mpf:
        x, slope = carried(t)
        if x in (low, high):
            return mpf(0)
        y = at(x) * slope
        return y if mpmath.isfinite(y) else mpf(0)

    reach = mpf("8.2" if light and (whole or half) else "4.6")
    totals = []
    for level in (4, 5, 6):
        step = mpf(2) ** -level
        count = int(reach / step)
        values = [term(k * step) for k in range(-count, count + 1)]
        totals.append(step * mpmath.fsum(values))
        largest = max(map(abs, values)) or mpf(1)
        if max(abs(values[0]), abs(values[-1])) > mpf(10) ** -22 * largest:
            return None
    agreed = abs(totals[-1] - totals[-2]) <= mpf(10) ** -20 * max(mpf(10) ** -6, abs(totals[-1]))
    return totals[-1] if agreed else None


def monomials(kernel: Kernel, count: int):
    """Random monomials in the kernel's own atoms."""
    random = Random(f"monomials {kernel.name}")
    sums = [j for j, atom in enumerate(kernel.algebra.atoms) if atom.kind is Kind.SUM]
    for _ in range(count):
        chosen = ((j, random.choice([0, 0, 1, 2]), random.choice(POWERS)) for j in sums)
        atoms = tuple(atom for atom in chosen if atom[1] or atom[2] != 0)
        yield (random.choice([0, 0, 1, 2, 3]), random.choice(RATES), atoms)


def test_every_kernel_has_densities_here():
    assert set(DENSITIES) == set(NAMES.values())


@pytest.mark.parametrize(("module", "number"), CASES)
def test_a_kernel_is_recognised_in_disguise(module, number):
    """In its own coordinate the density is the kernel, up to a constant."""
    found = bound(module, number)
    own, point = found.kernel.algebra.w, PARAMETERS[0]
    low, high = (float(e.subs(point)) if e.is_finite else None for e in (found.lower, found.upper))
    gaps = []
    for position in (0.2, 0.5, 0.9):
        place = Rational(str(_place(low, high, position)))
        gap = found.log_density - found.kernel.log_density()
        gaps.append(value(gap, {**point, own: place}))
    assert max(gaps) - min(gaps) < mpf(10) ** -25


def _place(low: float | None, high: float | None, position: float) -> float:
    if low is not None and high is not None:
        return round(low + position * (high - low), 6)
    if low is not None:
        return round(low + 3 * position, 6)
    return round((high or 0.0) - 3 * position, 6) if high is not None else 4 * position - 2


@pytest.mark.parametrize(("module", "number"), CASES)
def test_log_mass_is_the_integral_of_the_kernel(module, number):
    found = bound(module, number)
    for point in PARAMETERS:
        mass = integral(found, Integer(1), point)
        assert mass is not None
        assert abs(value(exp(found.kernel.log_mass()), point) / mass - 1) < mpf(10) ** -18


@pytest.mark.parametrize(("module", "number"), CASES)
def test_table_entries_are_expectations(module, number):
    """Wherever the table answers and the integral converges."""
    found = bound(module, number)
    point, kernel = PARAMETERS[1], found.kernel
    mass = integral(found, Integer(1), point)
    checked = 0
    for monomial in monomials(kernel, 200):
        if checked == 5:
            break
        closed = kernel.expect(monomial)
        if closed is None:
            continue
        integrand = kernel.algebra.expression({monomial: Integer(1)})
        truth = integral(found, integrand, point)
        if truth is not None:
            expected = truth / mass
            gap = abs(value(closed, point) - expected)
            assert gap < mpf(10) ** -17 * (1 + abs(expected)), monomial
            checked += 1
    assert checked >= 2 or kernel.name in MASS_ONLY


@pytest.mark.parametrize("module", KERNELS, ids=NAMES.values())
def test_a_kernel_leaves_foreign_monomials_open(module):
    kernel = bound(module, 0).kernel
    own = kernel.algebra.w
    element = Converter(kernel.algebra).convert(log(3 + exp(own) + exp(5 * own)))
    (foreign,) = (monomial for monomial in element if monomial[2])
    assert kernel.expect(foreign) is None
    assert kernel.expect((0, Integer(0), ())) == 1


@pytest.mark.parametrize("module", KERNELS, ids=NAMES.values())
@pytest.mark.parametrize(
    ("density", "interval"),
    [
        (w**3 - w**4, LINE),
        (-exp(w) - exp(3 * w), LINE),
        (exp(w), LINE),
        (a * w, LINE),
        (w**2, LINE),
        (-sqrt(1 + w**2), LINE),
        (-exp(exp(w)), LINE),
        (a * log(1 + exp(w)) + b * log(1 + exp(a * w)), LINE),
    ],
    ids=str,
)
def test_what_is_no_kernel_s_is_not_recognised(module, density, interval):
    shape = shaped(density, w, *interval)
    assert shape is None or module.recognise(shape) is None
