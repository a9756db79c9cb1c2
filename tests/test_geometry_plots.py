"""Pictures of parameter spaces: what they draw, not how it looks."""

from __future__ import annotations

import numpy as np
import pytest

from symfisher.errors import DoesNotExistError, InputError
from symfisher.manifold import Manifold

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402 - after the choice of the drawing library

from symfisher.plots import geometry  # noqa: E402
from symfisher.plots.style import save  # noqa: E402

WINDOW = ((-2.0, 2.0), (0.3, 2.0))


@pytest.fixture(scope="module")
def normal():
    return Manifold("normal")


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


def curves(axes):
    return [line.get_xydata() for line in axes.get_lines() if len(line.get_xydata()) > 2]


def test_ellipses_have_the_radius_in_the_metric_at_their_centres(normal):
    axes = geometry.fisher_ellipses(normal, WINDOW, radius=0.2, count=2)
    for ellipse in curves(axes):
        centre = ellipse[:-1].mean(0)
        step = ellipse - centre
        lengths = np.einsum("pi,ij,pj->p", step, normal.metric(centre), step)
        np.testing.assert_allclose(lengths, 0.04, rtol=1e-10)
    assert len(curves(axes)) == 4
    assert axes.get_xlabel() == r"$\mu$"


def test_balls_are_at_their_distance(normal):
    axes = geometry.ball(normal, [0.0, 1.0], [0.5, 1.5], ellipse=False)
    for radius, circle in zip((0.5, 1.5), curves(axes)):
        np.testing.assert_allclose(normal.distance([0.0, 1.0], circle), radius, rtol=1e-7)


def test_geodesics_are_drawn_on_the_axes_that_are_given(normal):
    _, axes = pyplot.subplots()
    assert geometry.geodesics(normal, [0, 1], [[1, 2], [-1, 1]], straight=False, axes=axes) is axes
    first = curves(axes)[0]
    np.testing.assert_allclose(first[[0, -1]], [[0, 1], [1, 2]], atol=1e-12)


def test_half_plane_geodesics_are_circles_around_its_edge():
    axes = geometry.poincare_half_plane(Manifold("weibull"), [1, 1], [[2, 1.5], [0.5, 3]])
    for u, v in (curve.T for curve in curves(axes)):
        # Points of a circle with its centre (c, 0): u^2 + v^2 is linear in u.
        fit = np.polyfit(u, u**2 + v**2, 1)
        np.testing.assert_allclose(np.polyval(fit, u), u**2 + v**2, rtol=1e-8)


def test_curvature_map_and_divergence_contours(tmp_path):
    gamma = Manifold("gamma")
    axes = geometry.curvature_map(gamma, ((0.5, 4.0), (0.5, 4.0)), count=11)
    (mesh,) = axes.collections
    values = np.asarray(mesh.get_array())
    assert ((values < -0.25) & (values > -0.5)).all()  # Lauritzen 1987: between -1/4 and -1/2
    axes = geometry.divergence_contours(gamma, [2, 1], ((0.5, 5), (0.2, 3)), count=41)
    save(axes.figure, tmp_path / "contours.pdf")
    assert (tmp_path / "contours.pdf").stat().st_size > 1000


def test_pictures_that_cannot_be_drawn_say_why():
    with pytest.raises(InputError, match="has 3 parameters"):
        geometry.fisher_ellipses(Manifold("dirichlet"), WINDOW)
    with pytest.raises(DoesNotExistError, match="hyperbolic plane"):
        geometry.poincare_half_plane(Manifold("gamma"), [1, 1], [[2, 1]])
