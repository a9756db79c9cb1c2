"""Kernels of truncated and censored families far out, where tail and density both underflow."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from sympy import Symbol, erfc, exp, lambdify, log, symbols, uppergamma

import symfisher as sf
from symfisher.codegen.tails import scaled_tails

MEANS = (-30.0, -12.0, -0.5, 0.0, 3.0, 40.0)
SIGMA = 1.5


def mills_information(mu, sigma):
    """Fisher matrix of a normal variable known to be positive, with a = -mu/sigma and Mills'
    inverse ratio m = phi(a)/(1 - Phi(a)), whose derivative is m (m - a)."""
    with mpmath.workdps(60):
        a = -mpmath.mpf(mu) / sigma
        m = mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(-a * a / 2) / mpmath.erfc(a / mpmath.sqrt(2))
        slope = m * (m - a)
        first, second = 1 - slope, m - a * slope
        third = 2 + a * second
        return [[first / sigma**2, second / sigma**2], [second / sigma**2, third / sigma**2]]


@pytest.mark.parametrize("backend", ["numpy", "c", "javascript"])
def test_information_of_a_truncated_normal_variable_is_finite_far_out(backend):
    kernel = sf.derive("normal").truncated(lower=0).kernel("fisher", backend=backend)
    for mu in MEANS:
        truth = np.array([[float(v) for v in row] for row in mills_information(mu, SIGMA)])
        found = np.asarray(kernel(mu, SIGMA)).reshape(2, 2)
        # 1 - m (m - a) is of the order 1/a**2 for large a: it loses a**4 units of rounding.
        np.testing.assert_allclose(found, truth, rtol=max(1e-12, 1e-15 * mu**4 / 5))


def test_log_density_of_a_truncated_normal_variable_is_finite_far_out():
    kernel = sf.derive("normal").truncated(lower=0).kernel("log_density")
    for mu in MEANS:
        with mpmath.workdps(40):
            inside = mpmath.erfc(-mpmath.mpf(mu) / SIGMA / mpmath.sqrt(2)) / 2
            truth = mpmath.log(mpmath.npdf(2, mu, SIGMA) / inside)
        assert float(kernel(2.0, mu, SIGMA)) == pytest.approx(float(truth), rel=1e-12)


def test_a_tail_and_its_exponential_cancel_and_the_value_stays():
    z, s = symbols("z s", positive=True)
    mills = exp(-z) * z**s / uppergamma(s, z) + log(uppergamma(s, z))
    values = lambdify((s, z), scaled_tails(mills).doit(), modules=[_scaled(), "mpmath"])
    for at in ((0.5, 3.0), (2.5, 800.0), (4.0, 2000.0)):
        with mpmath.workdps(30):
            truth = lambdify((s, z), mills, "mpmath")(*map(mpmath.mpf, at))
        assert float(values(*at)) == pytest.approx(float(truth), rel=1e-12)


def test_what_has_nothing_to_cancel_is_left_alone():
    z = Symbol("z", real=True)
    assert scaled_tails(erfc(z) + 1) == erfc(z) + 1
    assert scaled_tails(exp(-z) + z) == exp(-z) + z


def _scaled():
    def upper(s, z):
        with mpmath.workdps(30):
            return z ** (1 - s) * mpmath.exp(z) * mpmath.gammainc(s, z)

    return {"ScaledUpperGamma": upper}
