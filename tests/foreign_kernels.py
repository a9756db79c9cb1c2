"""What holds of a kernel in any language that an interpreter of its own runs."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_points import floats, generic_points, holds_at, true_value
from scipy import stats

import symfisher as sf
from symfisher.codegen import kernel

SAMPLED = [
    ("gamma", "fisher"),
    ("beta", "score"),
    ("bivariate_normal", "fisher"),
    ("student_t", "fisher"),
    ("von_mises", "fisher"),
    ("zeta", "fisher"),
    ("negative_binomial", "log_density"),
    ("weibull", "kl"),
]


def formula(family: str, quantity: str):
    return sf.derive(family).quantity(quantity)


def check_families(backend: str, family: str, quantity: str) -> None:
    each = formula(family, quantity)
    points = [point for point in generic_points(each, 4) if holds_at(each, point)]
    columns = zip(*(floats(each, point) for point in points))
    got = kernel(each, backend)(*map(np.array, columns))
    expected = np.array([true_value(each, point) for point in points])
    np.testing.assert_allclose(got, expected, rtol=1e-10)


def check_outside(backend: str) -> None:
    density = kernel(formula("gamma", "log_density"), backend)
    values = density(np.array([2.0, -1.0, np.nan, -1.0]), np.array([1.5, 1.5, 1.5, -1.5]), 2.0)
    assert values[0] == pytest.approx(stats.gamma(1.5, scale=0.5).logpdf(2.0), rel=1e-13)
    assert values[1] == -np.inf
    assert np.isnan(values[2:]).all()
    fisher = kernel(formula("bivariate_normal", "fisher"), backend)
    assert np.isnan(fisher(0.0, 0.0, 1.0, 1.0, 2.0)).all()


def check_sums(backend: str) -> None:
    x = np.random.default_rng(0).gamma(2.0, 0.5, 37)
    made = kernel(formula("gamma", "log_likelihood"), backend)
    got = np.atleast_1d(made.function(x, 2.0, 2.0))
    assert got.flat[0] == pytest.approx(stats.gamma(2, scale=0.5).logpdf(x).sum(), rel=1e-12)
