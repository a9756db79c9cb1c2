"""Tensors as kernels: every installed backend gives the values of NumPy's, and of the formula."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import symfisher as sf
from symfisher.codegen import kernel
from symfisher.manifold import Manifold

POINTS = np.array([[0.7, 1.3, 2.9], [1.9, 0.4, 1.1]])
PACKAGES = {"numba": "numba", "jax": "jax", "torch": "torch"}
PROGRAMS = {"c": "cc", "javascript": "node", "r": "Rscript"}
TENSORS = [
    "amari_chentsov",
    "christoffel_first",
    "christoffel_second",
    "riemann",
    "ricci",
    "scalar_curvature",
    "volume_element",
]


@pytest.mark.parametrize("name", TENSORS)
def test_numpy_kernels_have_the_values_of_their_formulas(name):
    formula = sf.derive("gamma").quantity(name)
    values = kernel(formula).function(*POINTS)
    shape = getattr(formula.expr, "shape", ())
    assert values.shape == (3, *shape)
    for place, point in enumerate(POINTS.T):
        at = dict(zip(formula.arguments, point))
        for index in np.ndindex(*shape):
            entry = formula.expr[index] if shape else formula.expr
            assert values[(place, *index)] == pytest.approx(float(entry.evalf(20, subs=at)))


@pytest.mark.parametrize("backend", [*PACKAGES, *PROGRAMS, "mpmath"])
@pytest.mark.parametrize("name", ["christoffel_second", "riemann"])
@pytest.mark.parametrize("family", ["gamma", "inverse_gaussian"])
def test_other_backends_agree(backend, name, family):
    """Tensors of rank three and four, in every language."""
    if backend in PACKAGES:
        pytest.importorskip(PACKAGES[backend])
    if backend in PROGRAMS and shutil.which(PROGRAMS[backend]) is None:
        pytest.skip(f"{PROGRAMS[backend]} is not installed")
    formula = sf.derive(family).quantity(name)
    points = POINTS[:, :1] if backend == "mpmath" else POINTS
    found = np.asarray(kernel(formula, backend=backend)(*points), float)
    expected = kernel(formula).function(*points)
    assert found.reshape(expected.shape).shape == (points.shape[1], *formula.expr.shape)
    tolerance = 1e-4 if backend == "jax" else 1e-12  # JAX computes in float32 unless told not to
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=tolerance, atol=1e-6)


def test_a_sum_that_cancels_is_computed_once_for_either_sign():
    """alpha psi_1(alpha) - 1 and 1 - alpha psi_1(alpha): one series, and no remainder beside it."""
    source = kernel(sf.derive("gamma").quantity("christoffel_second"), backend="numba").source
    points = source[source.index("for index in range") : source.index("return outside")]
    assert points.count("alpha > 12") == 1
    assert "polygamma_remainder" not in points
    assert points.count("_tetragamma(") == points.count("_trigamma(") == 1


@pytest.mark.parametrize("backend", ["numba", "jax"])
def test_a_geodesic_by_a_compiled_right_hand_side(backend):
    """The compiled kernel of the geodesic equations, under SciPy's solver, against the manifold."""
    pytest.importorskip(backend)
    acceleration = kernel(sf.derive("gamma").geodesic_equations(), backend=backend).function

    def slope(_, state):
        a, b, u, v = (np.array([x]) for x in state)
        return [state[2], state[3], *np.asarray(acceleration(a, b, u, v), float)[0]]

    space, start, stop = Manifold("gamma"), [1.5, 0.7], [4.0, 3.0]
    velocity = space.log(start, stop)
    exact = backend == "numba"  # JAX computes in float32 unless told not to
    tolerances = {"rtol": 1e-11, "atol": 1e-12} if exact else {"rtol": 1e-5, "atol": 1e-6}
    end = solve_ivp(slope, (0, 1), [*start, *velocity], "DOP853", **tolerances).y[:2, -1]
    np.testing.assert_allclose(end, stop, rtol=1e-8 if exact else 1e-4)
