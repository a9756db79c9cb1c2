"""Where curvature is positive a geodesic need not be shortest: seen, and others are sought."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, cos, exp, log, pi, sin, symbols

import symfisher as sf
from symfisher.manifold import Manifold

x, y, z, a, b, theta, phi = symbols("x y z a b theta phi", real=True)
LINE = "(-oo, oo)"


def located(name, parameters, place):
    """A normal variable with mean ``place`` and unit covariance has the metric of space."""
    density = sum(-((each - m) ** 2) / 2 for each, m in zip((x, y, z), place))
    density -= Rational(3, 2) * log(2 * pi)
    return Manifold(sf.Family(name, (x, y, z), [LINE] * 3, parameters, density))


@pytest.fixture(scope="module")
def sphere():
    """The unit sphere in latitude and longitude, which goes on beyond a full turn."""
    place = (sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta))
    return located("mean on a sphere", {theta: "(0, pi)", phi: LINE}, place)


@pytest.fixture(scope="module")
def hill():
    """A hill four units high over the plane."""
    return located("mean on a hill", {a: LINE, b: LINE}, (a, b, 4 * exp(-(a**2) - b**2)))


def test_great_circles_below_half_a_turn_are_distances(sphere):
    p, q = np.array([1.2, 0.0]), np.array([[0.4, 1.0], [2.0, -2.0], [1.3, 2.9]])
    angle = np.arccos(
        np.cos(p[0]) * np.cos(q[:, 0]) + np.sin(p[0]) * np.sin(q[:, 0]) * np.cos(q[:, 1] - p[1])
    )
    np.testing.assert_allclose(sphere.distance(p, q), angle, rtol=1e-9)


def test_more_than_half_a_turn_is_flagged(sphere):
    """Beyond the antipode the great circle is a geodesic still, and no distance."""
    curves = sphere.geodesic([1.8, 0.0], [1.8, 4.0])
    assert not curves.found
    assert np.isnan(curves.length)
    assert "conjugate to its start" in curves.reasons[()]


def test_the_way_around_a_hill_is_shorter_than_the_one_across(hill):
    """Across, the straight line, passes a conjugate point; around, its mirror image is as long."""
    curve = hill.geodesic([-2.0, 0.0], [2.0, 0.0])
    assert curve.found
    sides = np.abs(curve.points[:, 1]).max()
    assert sides > 0.5
    steps = np.linspace(-2, 2, 4001)
    climb = np.hypot(np.diff(steps), np.diff(4 * np.exp(-(steps**2)))).sum()
    assert curve.length < climb - 0.5
    assert 0.995 * _around() < curve.length < _around()


def _around():
    """The shortest of the curves b = h (1 - (a/2)^2)^p, which are no shorter."""
    s = np.linspace(-2, 2, 4001)

    def length(h, p):
        side = h * (1 - (s / 2) ** 2) ** p
        height = 4 * np.exp(-(s**2) - side**2)
        return np.sqrt(np.diff(s) ** 2 + np.diff(side) ** 2 + np.diff(height) ** 2).sum()

    return min(length(h, p) for h in np.linspace(0.5, 3, 51) for p in np.linspace(0.3, 2, 35))


def test_thorough_looks_for_a_shorter_one_everywhere(hill):
    """Off the axis the straight line leads to one side; the other one is shorter by little."""
    there = hill.distance([-1.5, -0.2], [1.5, -0.1])
    thorough = hill.geodesic([-1.5, -0.2], [1.5, -0.1], thorough=True)
    assert thorough.found
    assert thorough.length <= there * (1 + 1e-9)
