"""Geodesics of multivariate normal distributions of any dimension."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp

from symfisher.errors import InputError
from symfisher.manifold import (
    Manifold,
    covariance_distance,
    normal_distance,
    normal_distance_bounds,
    normal_exp,
    normal_geodesic,
)


def drawn(n, spread=1.0, count=2, seed=20261122):
    """Means (count, n) and covariances whose eigenvalues spread over exp(+-2 spread) or so."""
    rng = np.random.default_rng(seed + n)
    turned = np.linalg.qr(rng.normal(size=(count, n, n)))[0]
    values = np.exp(spread * rng.normal(size=(count, 1, n)))
    return spread * rng.normal(size=(count, n)), turned * values @ np.swapaxes(turned, 1, 2)


def test_one_dimension_is_the_half_plane():
    (m, q), (s, t) = drawn(1, 2.0)
    gap = (m - q)[0] ** 2 / 2 + (np.sqrt(s) - np.sqrt(t))[0, 0] ** 2
    exact = np.sqrt(8) * np.arcsinh(np.sqrt(gap / (4 * np.sqrt(s * t)[0, 0])))
    assert normal_distance(m, s, q, t) == pytest.approx(exact, rel=1e-12)


def test_equal_means_and_equal_covariances_have_their_known_distances():
    """Skovgaard 1984, theorem 5.1 and the geodesics of constant covariance: a shift of length D
    in units of sigma is sqrt(8) arsinh(D/sqrt(8)) away, as in one dimension."""
    for n in (2, 4):
        (m, q), (s, t) = drawn(n)
        assert normal_distance(m, s, m, t) == pytest.approx(covariance_distance(s, t), rel=1e-12)
        size = np.sqrt((q - m) @ np.linalg.solve(s, q - m))
        exact = np.sqrt(8) * np.arcsinh(size / np.sqrt(8))
        assert normal_distance(m, s, q, s) == pytest.approx(exact, rel=1e-12)


def test_two_dimensions_are_the_bivariate_family():
    """The same distances by collocation in means, standard deviations and correlation."""
    space = Manifold("bivariate_normal")
    rng = np.random.default_rng(5)
    points = np.concatenate(
        [rng.normal(size=(2, 4, 2)), np.exp(rng.normal(size=(2, 4, 2)) / 2),
         rng.uniform(-0.8, 0.8, (2, 4, 1))], -1)  # fmt: skip
    c = points[..., 4] * points[..., 2] * points[..., 3]
    rows = [[points[..., 2] ** 2, c], [c, points[..., 3] ** 2]]
    covariances = np.moveaxis(np.array(rows), (0, 1), (-2, -1))
    found = normal_distance(points[0, :, :2], covariances[0], points[1, :, :2], covariances[1])
    np.testing.assert_allclose(found, space.distance(*points), rtol=1e-9)


@pytest.mark.parametrize("n", [3, 7])
def test_geodesics_in_any_dimension(n):
    """They meet their ends, satisfy their equation, are symmetric and lie within the bounds."""
    (m, q), (s, t) = drawn(n)
    curve, back = normal_geodesic(m, s, q, t), normal_geodesic(q, t, m, s)
    assert curve.found
    assert curve.length == pytest.approx(back.length, rel=1e-11)
    lower, upper = normal_distance_bounds(m, s, q, t)
    assert lower <= curve.length <= upper
    end = curve.at(1.0)
    np.testing.assert_allclose(end[0], q, atol=1e-10)
    np.testing.assert_allclose(end[1], t, atol=1e-10)
    h = 1e-3
    before, middle, after = (curve.at(0.4 + step) for step in (-h, 0.0, h))
    speed, turn = ((a - b) / (2 * h) for a, b in zip(after, before))
    bend, curl = ((a - 2 * x + b) / h**2 for a, x, b in zip(after, middle, before))
    # mu'' = S' S^-1 mu' and S'' = S' S^-1 S' - mu' mu'^T (Skovgaard 1984, equation 5.4)
    inverse = np.linalg.inv(middle[1])
    np.testing.assert_allclose(bend, turn @ inverse @ speed, atol=1e-4 * np.abs(bend).max())
    wanted = turn @ inverse @ turn - np.outer(speed, speed)
    np.testing.assert_allclose(curl, wanted, atol=1e-4 * np.abs(curl).max())


def test_far_distributions_are_found_or_flagged():
    """Eigenvalues over twelve orders of magnitude: right where found, else nan with the miss."""
    (m, q), (s, t) = drawn(3, 3.0)
    curve = normal_geodesic(m, s, q, t)
    lower, upper = normal_distance_bounds(m, s, q, t)
    assert curve.found
    assert lower <= curve.length <= upper
    (m, q), (s, t) = drawn(3, 9.0)
    curve = normal_geodesic(m, s, q, t)
    assert curve.found == np.isfinite(curve.length)
    assert curve.found or "misses its end by" in curve.reason


def test_the_exponential_map_follows_the_closed_geodesic_of_one_dimension():
    """From (0, 1) along (1, 0): mu = sqrt(2) tanh(t/sqrt(2)), sigma = 1/cosh(t/sqrt(2)), a half
    circle of the half-plane (Atkinson and Mitchell 1981)."""
    with mp.workdps(30):
        angle = mp.mpf(3) / mp.sqrt(2)
        mean, deviation = mp.sqrt(2) * mp.tanh(angle), 1 / mp.cosh(angle)
    m, s = normal_exp([0.0], [[1.0]], [1.0], [[0.0]], 3.0)
    assert m[0] == pytest.approx(float(mean), rel=1e-12)
    assert s[0, 0] == pytest.approx(float(deviation**2), rel=1e-12)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="means"):
        normal_geodesic([0.0, 1.0], np.eye(2), [0.0], np.eye(2))
    with pytest.raises(InputError, match="cannot be paired"):
        normal_distance(np.zeros((2, 1)), np.ones((3, 1, 1)), [0.0], [[1.0]])
    with pytest.raises(InputError, match="positive definite"):
        normal_geodesic([0.0], [[-1.0]], [0.0], [[1.0]])
