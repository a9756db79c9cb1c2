"""Densities with cases or corners in several variables or in counts, cut into smooth parts."""

import mpmath
import pytest
from mpmath import mpf
from sympy import Abs, Eq, ImmutableDenseMatrix, Max, Piecewise, Rational, log, loggamma, symbols
from sympy import simplify as simplified

from symfisher.declaration import Family
from symfisher.expectation.engine import engine
from symfisher.formula import Expectation, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.partition import partition

x, y, a, b, c, d, p, q = symbols("x y a b c d p q", positive=True)
n = symbols("n", real=True)
HALF = "(0, oo)"
RATES = dict.fromkeys((a, b, c, d), "positive")


def freund():
    first = log(a * d) - d * y - (a + b - d) * x
    second = log(b * c) - c * x - (a + b - c) * y
    return Family("freund", (x, y), [HALF, HALF], RATES, Piecewise((first, x < y), (second, True)))


def test_freund():
    """Freund 1961: each lifetime's rate changes when the other one ends."""
    s = a + b
    truth = ImmutableDenseMatrix.diag(1 / (a * s), 1 / (b * s), b / (s * c**2), a / (s * d**2))
    family = freund().canonical
    at = dict(zip(RATES, family.parameters, strict=True))
    for form in (engine(family).outer_product, engine(family).negative_hessian):
        assert form.status == Status.CLOSED
        assert simplified(form.expr - truth.xreplace(at)).is_zero_matrix


def test_an_asymmetric_discrete_laplace_law_by_adding_up():
    """Kozubowski & Inusah 2006, with both sides of the support as Max of 0 and the count."""
    mass = log((1 - p) * (1 - q) / (1 - p * q)) + Max(n, 0) * log(p) + Max(-n, 0) * log(q)
    law = Family("laplace", n, "-oo..oo", {p: "unit", q: "unit"}, logpmf=mass).canonical
    found = engine(law).outer_product.expr
    with mpmath.workdps(30):
        u, v = mpf(1) / 3, mpf(3) / 5
        truth = mpmath.nsum(
            lambda k: (-1 / (1 - u) + v / (1 - u * v) + max(k, 0) / u) ** 2
            * (1 - u) * (1 - v) / (1 - u * v) * (u**k if k > 0 else v ** (-k)),
            [-mpmath.inf, mpmath.inf],
        )  # fmt: skip
        at = dict(zip(law.parameters, (Rational(1, 3), Rational(3, 5)), strict=True))
        assert abs(evaluate(found[0, 0], at, digits=25) - truth) < mpf(10) ** -18


def test_a_hurdle_with_a_count_and_an_amount():
    """The amount's parameters are seen where the count is one."""
    amount = a * log(b) - loggamma(a) + (a - 1) * log(x) - b * x
    pair = Family(
        "hurdle", (n, x), ["0..1", HALF], {p: "unit", b: "positive"},
        Piecewise((log(1 - p) - x, Eq(n, 0)), (log(p) + amount, True)), constants={a: "positive"},
    )  # fmt: skip
    found = engine(pair.canonical).negative_hessian.expr
    r, rate = pair.canonical.parameters
    (shape,) = pair.canonical.constants
    truth = ImmutableDenseMatrix([[1 / (r * (1 - r)), 0], [0, r * shape / rate**2]])
    assert simplified(found - truth).is_zero_matrix


@pytest.mark.parametrize(
    ("density", "supports", "count"),
    [
        (Abs(x - y), (HALF, HALF), 2),
        (Max(x, 2 * y, 3), (HALF, HALF), 5),
        (Abs(x - a), (HALF, HALF), 2),
        (Piecewise((x, Eq(n, 3)), (y, True)), (HALF, HALF, "0..oo"), 3),
        (Piecewise((x, n >= 3), (y, True)), (HALF, HALF, "0..oo"), 2),
    ],
)
def test_parts(density, supports, count):
    from symfisher.expressions import parse_domain

    domains = [parse_domain(s, {}, "") for s in supports]
    variables = (x, y, n)[: len(domains)]
    parts = partition(variables, domains, density, [{a: Rational(3, 2)}])
    assert len(parts) == count
    assert not any(part.log_density.has(Abs, Max, Piecewise) for part in parts)


def test_an_expectation_left_open_is_cut_too():
    """E|X - Y| of two exponential lifetimes: the integrand alone has a corner."""
    family = Family("two", (x, y), [HALF, HALF], {a: "positive"}, 2 * log(a) - a * (x + y))
    value = evaluate(Expectation.under(family, Abs(x - y)), {a: Rational(3, 2)}, digits=20)
    with mpmath.workdps(30):
        assert abs(value - mpf(2) / 3) < mpf(10) ** -19
