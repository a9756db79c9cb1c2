"""Closed distances do not depend on the coordinates: hyperbolic planes are found in any."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import EulerGamma, Symbol, exp, log, pi, sqrt, symbols

import symfisher as sf
from symfisher.formula import Status
from symfisher.geometry.half_plane import from_height
from symfisher.manifold import Manifold

x, m = symbols("x m", real=True)
a, b, c, v = symbols("a b c v", positive=True)
eta = Symbol("eta", negative=True)
LINE, POSITIVE = "(-oo, oo)", "(0, oo)"
NORMAL = -log(2 * pi) / 2
LOGS = np.random.default_rng(20261122).uniform(-1.5, 1.5, (2, 8, 2))


def natural():
    density = m * x + eta * x**2 + m**2 / (4 * eta) + log(-2 * eta) / 2 + NORMAL
    family = sf.Family("in natural parameters", x, LINE, {m: LINE, eta: "negative"}, density)
    return family, lambda mu, sigma: (mu / sigma**2, -1 / (2 * sigma**2))


def means():
    spread = v - m**2
    density = -((x - m) ** 2) / (2 * spread) - log(spread) / 2 + NORMAL
    family = sf.Family(
        "in moments", x, LINE, {m: LINE, v: "positive"}, density, constraints=[m**2 < v]
    )
    return family, lambda mu, sigma: (mu, mu**2 + sigma**2)


def intercept_and_slope():
    density = -((b * x - m) ** 2) / 2 + log(b) + NORMAL
    family = sf.Family("in intercept and slope", x, LINE, {m: LINE, b: "positive"}, density)
    return family, lambda mu, sigma: (mu / sigma, 1 / sigma)


@pytest.mark.parametrize("declare", [natural, means, intercept_and_slope])
def test_the_normal_distance_is_the_same_in_any_parameters(declare):
    """Atkinson and Mitchell 1981, in the two parameters of their table and in three other pairs."""
    family, place = declare()
    formula = sf.derive(family).fisher_rao_distance()
    assert formula.status is Status.CLOSED
    assert formula.digits > 12
    (mu, log_sigma), (nu, log_tau) = LOGS[0].T, LOGS[1].T
    sigma, tau = np.exp(log_sigma), np.exp(log_tau)
    gap = (mu - nu) ** 2 / 2 + (sigma - tau) ** 2
    exact = np.sqrt(8) * np.arcsinh(np.sqrt(gap / (4 * sigma * tau)))
    points = [np.stack(place(*each), -1) for each in ((mu, sigma), (nu, tau))]
    np.testing.assert_allclose(Manifold(family).distance(*points), exact, rtol=1e-12)


OTHERS = {
    "mean and coefficient of variation": (
        (x, LINE, {a: POSITIVE, c: POSITIVE}),
        -((x - a) ** 2) / (2 * c**2 * a**2) - log(c * a) + NORMAL,
    ),
    "Weibull with a rate": (
        (x, POSITIVE, {a: POSITIVE, b: POSITIVE}),
        log(a) + log(b) + (a - 1) * log(x) - b * x**a,
    ),
    "inverse Gaussian in natural parameters": (
        (x, POSITIVE, {a: POSITIVE, b: POSITIVE}),
        -a * x - b / x + 2 * sqrt(a * b) + log(b) / 2 - log(pi) / 2 - 3 * log(x) / 2,
    ),
    "logistic with intercept and slope": (
        (x, LINE, {m: LINE, b: POSITIVE}),
        m + b * x - 2 * log(1 + exp(m + b * x)) + log(b),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_closed_distances_in_coordinates_that_do_not_separate(name):
    """The coordinates are found from the metric; geodesics, found by collocation, are as long."""
    declared, density = OTHERS[name]
    data, support, parameters = declared
    positive = Symbol("x", positive=True) if support == POSITIVE else data
    family = sf.Family(name, positive, support, parameters, density.subs(data, positive))
    manifold = Manifold(family)
    assert sf.derive(family).fisher_rao_distance().status is Status.CLOSED
    p, q = manifold.ends.from_line(LOGS)
    closed = manifold.distance(p, q)
    np.testing.assert_allclose(closed, manifold.distance(p, q, closed_form=False), rtol=1e-9)


def test_a_part_of_the_plane_that_is_not_convex_has_no_closed_form():
    """With sigma < 1 some geodesics would leave; with sigma > 1 none does, above a horocycle."""
    density = -((b * x - m) ** 2) / 2 + log(b) + NORMAL
    wide = sf.Family("slope below one", x, LINE, {m: LINE, b: "(0, 1)"}, density)
    narrow = sf.Family("slope above one", x, LINE, {m: LINE, b: "(1, oo)"}, density)
    assert sf.derive(wide).fisher_rao_distance().status is Status.CLOSED
    assert sf.derive(narrow).fisher_rao_distance().status is Status.NONE


def test_curvature_that_is_not_constant_is_no_half_plane():
    from symfisher.geometry.chart import chart
    from symfisher.geometry.patch import patches

    family = sf.derive("gamma").family.canonical
    (patch,) = patches(family, chart(family).information.expr)
    assert from_height(patch) is None


def test_the_weibull_curvature_in_any_parameters():
    """-6/pi^2, as for Gumbel: the curvature of a location-scale family does not depend on them."""
    _, density = OTHERS["Weibull with a rate"]
    y = Symbol("x", positive=True)
    family = sf.Family("Weibull with a rate", y, POSITIVE, {a: POSITIVE, b: POSITIVE},
                       density.subs(x, y))  # fmt: skip
    formula = sf.derive(family).quantity("sectional_curvature")
    assert formula.expr == -6 / pi**2
    assert not formula.expr.has(EulerGamma)
