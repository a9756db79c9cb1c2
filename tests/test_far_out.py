"""Hypergeometric functions at large negative arguments."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Rational, Symbol, hyper

from symfisher.numerics.evaluate import evaluate

Z = Symbol("z", real=True)


@pytest.mark.parametrize(("m", "a", "x"), [(3, 1, 300), (2, Rational(17, 10), 400), (3, 2, 10**6)])
def test_repeated_parameters_far_out_agree_with_the_integral(m, a, x):
    found = evaluate(hyper([a] * m, [a + 1] * m, Z), {Z: -x}, digits=25)
    with mpmath.workdps(50):
        power, size = mpmath.mpf(float(a)) if a == int(a) else mpmath.mpf(17) / 10, mpmath.mpf(x)
        # u = e^w takes the singularity at zero away.
        integral = mpmath.quad(
            lambda w: mpmath.exp(power * w - mpmath.exp(w)) * (mpmath.log(size) - w) ** (m - 1),
            [-90, -20, -5, 0, 3, 6],
        )
        truth = power**m / mpmath.factorial(m - 1) * size ** (-power) * integral
        assert mpmath.almosteq(found, truth, rel_eps=mpmath.mpf(10) ** -24)


def test_far_beyond_any_series_it_still_answers():
    found = evaluate(hyper([1, 1, 1], [2, 2, 2], Z), {Z: -(10**100)})
    log_x = 100 * mpmath.log(10)
    # The integral of (log x - log u)^2 e^-u/2 over (0, oo), over x.
    truth = ((log_x + mpmath.euler) ** 2 / 2 + mpmath.pi**2 / 12) / mpmath.mpf(10) ** 100
    assert found == pytest.approx(float(truth), rel=1e-14)
