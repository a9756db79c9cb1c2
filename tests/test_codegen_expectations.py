"""Expectations and sums without a closed form: every backend computes them, and their error.

The truth is the Fisher matrices of tests/data/open_families.json, which were computed
independently to 25 digits.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import cycle

import mpmath
import numpy as np
import pytest
from kernel_points import is_installed
from literature import declared, entries
from sympy import Rational, Symbol, log, loggamma, oo

import symfisher as sf
from symfisher.codegen import backend_summaries, kernel
from symfisher.formula import Expectation, Status
from symfisher.quantities.information import fisher

COMPILED = ("jax", "numba")  # these take seconds to compile
OPEN = ["skew_normal_shape", "zipf_n_known"]  # an integral, a mass and two sums
MORE = [
    *("sinh_arcsinh", "conway_maxwell_poisson", "beta_binomial", "skellam"),
    *("poisson_lindley", "exponential_geometric", "negbin_mu_k"),  # 2F1, a dilogarithm, 3F2
]


@pytest.fixture(autouse=True)
def double_precision(monkeypatch):
    monkeypatch.setenv("JAX_ENABLE_X64", "1")


@cache
def open_fisher(name):
    return fisher(declared(entries()[name]).canonical)


def check(name, backend, points):
    """Values to 1e-12, within an error that is estimated, and whose estimate says what they are."""
    if not is_installed(backend):
        pytest.skip(f"{backend} is not installed")
    formula = open_fisher(name)
    made = kernel(formula, backend)
    for point in entries()[name]["points"][:points]:
        at = [float(Rational(point["at"][s.name])) for s in formula.arguments]
        truth = np.array([[float(v) for v in row] for row in point["fisher"]])
        found = np.asarray(made(*at), float).reshape(truth.shape)
        size = np.sqrt(np.outer(np.diag(truth), np.diag(truth)))
        assert np.all(abs(found - truth) <= 1e-12 * size)
        assert 0 <= float(made.error(*at)) < 1e-11


@pytest.mark.parametrize("backend", sorted({*backend_summaries()} - {*COMPILED}))
@pytest.mark.parametrize("name", OPEN)
def test_open_information_is_computed(name, backend):
    check(name, backend, 1)


@pytest.mark.parametrize("backend", COMPILED)
def test_open_information_is_computed_by_compilers(backend):
    check(OPEN[0], backend, 3)


@pytest.mark.parametrize("backend", ["c", "numpy"])
@pytest.mark.parametrize("name", MORE)
def test_more_families_are_computed(name, backend):
    check(name, backend, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "backend"), list(zip(MORE, cycle(sorted(backend_summaries())))))
def test_every_backend_computes_them(name, backend):
    check(name, backend, 1)


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_information_of_a_size_keeps_its_digits(backend):
    """I_rr = (1 - p)/r 3F2(1,1,1; 2, r+1; 1-p) = sum of P(X > j)/(r + j)^2: two bounds far out."""
    made = sf.derive("negative_binomial_size").kernel("fisher", backend=backend)
    r, p = 1e8, 0.5  # 3F2 = 1 + z/(2(r + 1)) + ..., the next term is below rounding
    truth = (1 - p) / r * (1 + (1 - p) / (2 * (r + 1)))
    assert float(made(r, p)[0, 0]) == pytest.approx(truth, rel=1e-13)
    with mpmath.workdps(30):
        r, p = mpmath.mpf("0.3"), mpmath.mpf(10) ** -6
        value = mpmath.quad(  # E[-log(1 - z T)/(z T)] with 1 - T = e^-(u/r)
            lambda u: mpmath.log(p + (1 - p) * mpmath.exp(-u / r))
            / (mpmath.expm1(-u / r) * r) * mpmath.exp(-u),
            [0, 1e-6, 1e-3, 0.1, 1, 5, 20, 60, 200],
        )  # fmt: skip
    assert float(made(0.3, 1e-6)[0, 0]) == pytest.approx(float(value), rel=1e-12)


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_information_of_gompertz_keeps_its_digits_far_out(backend):
    """3F3 and e^eta overflow and cancel there; b^2 I_bb -> 1 + 2/eta - 2/eta^2 + 4/eta^3 ..."""
    made = sf.derive("gompertz").kernel("fisher", backend=backend)
    for eta in (1e5, 1e8):
        with mpmath.workdps(25):
            inner = mpmath.quad(
                lambda v, eta=eta: mpmath.exp(-v) * mpmath.log1p(v / eta) / (eta + v),
                [0, 1, 10, 100],
            )
            scaled = mpmath.expint(1, mpmath.mpf(eta)) * mpmath.exp(mpmath.mpf(eta))
            truth = 1 + 2 * inner + 2 * scaled
        assert float(made(eta, 1.0)[1, 1]) == pytest.approx(float(truth), rel=1e-14)


def test_points_broadcast():
    made = kernel(open_fisher("skew_normal_shape"))
    shape = np.linspace(-2.0, 3.0, 300).reshape(3, 100)
    values = made(shape)
    assert values.shape == (3, 100, 1, 1)
    np.testing.assert_array_equal(values[1, 7], made(shape[1, 7]))
    assert made.error(shape).shape == (3, 100)


def test_mpmath_computes_as_many_digits_as_are_asked_for():
    formula = open_fisher("skew_normal_shape")
    made, (point, *_) = kernel(formula, "mpmath"), entries()["skew_normal_shape"]["points"]
    with mpmath.workdps(22):
        found = made(*map(mpmath.mpf, point["at"].values()))[0, 0]
        truth = mpmath.mpf(point["fisher"][0][0])
        assert abs(found - truth) < mpmath.mpf(10) ** -21


def counts(density, name="counts"):
    k, m = Symbol("k", nonnegative=True, integer=True), Symbol("m", positive=True)
    return sf.Family(name, k, "0..oo", {m: "positive"}, logpmf=density(k, m)), k, m


def open_mean(family, integrand):
    formula = sf.derive(family).quantity("log_det_fisher")
    return formula.with_(
        expr=Expectation.under(family.canonical, integrand), status=Status.QUADRATURE
    )


@pytest.mark.parametrize("backend", ["numpy", "c", "mpmath", "r"])
def test_a_sum_starts_where_its_mass_is(backend):
    """Poisson(2e5): no term below 190,000 matters, and the first are zero in floating point."""
    family, *_ = counts(lambda k, m: k * log(m) - m - loggamma(k + 1))
    (k,), (m,) = family.canonical.variables, family.canonical.parameters
    made = kernel(open_mean(family, (k - m) ** 2 / m), backend)
    assert float(made(2e5)) == pytest.approx(1.0, rel=1e-9)
    assert float(made.error(2e5)) < 1e-8


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_an_expectation_that_cannot_be_trusted_is_not_a_number(backend):
    """A density of mass 2: what the rule finds is not an expectation."""
    family, k, _ = counts(lambda k, m: k * log(m) - m - loggamma(k + 1))
    formula = open_mean(family, k)
    (x,) = family.canonical.variables
    doubled = family.canonical.log_density + log(2)
    wrong = formula.with_(expr=Expectation(x, doubled, (x, 0, oo, 1)))
    made = kernel(wrong, backend)
    assert math.isnan(float(made(2.0)))
    assert float(made.error(2.0)) == math.inf


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_gradients_pass_through_an_expectation(backend):
    """d/dm E[log(1 + X)] under an exponential distribution with mean m, against mpmath."""
    library = pytest.importorskip(backend)
    x, m = Symbol("x", positive=True), Symbol("m", positive=True)
    family = sf.Family("waiting", x, "(0, oo)", {m: "positive"}, logpdf=-log(m) - x / m)
    (x,) = family.canonical.variables
    function = kernel(open_mean(family, log(1 + x)), backend).function
    if backend == "jax":
        slope = float(library.grad(function)(1.7))
    else:
        at = library.tensor(1.7, dtype=library.float64, requires_grad=True)
        function(at).backward()
        slope = float(at.grad)
    truth = mpmath.diff(lambda m: mpmath.exp(1 / m) * mpmath.e1(1 / m), 1.7)
    assert slope == pytest.approx(float(truth), rel=1e-10)
