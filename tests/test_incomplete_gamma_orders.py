"""Incomplete gamma functions differentiated by their order, as truncated gamma laws need them."""

from __future__ import annotations

import mpmath
import pytest
from sympy import diff, lambdify, lowergamma, meijerg, symbols, uppergamma

import symfisher as sf
from symfisher.algebra.incomplete_gamma import with_short_meijer, without_meijer

S, Z = symbols("s z", positive=True)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("kind", [uppergamma, lowergamma])
def test_a_derivative_by_the_order_is_that_of_the_incomplete_gamma_function(kind, order):
    expr = without_meijer(diff(kind(S, Z), S, order))
    assert not expr.has(meijerg)
    value = lambdify((S, Z), expr, "mpmath")
    for s, z in ((1.7, 2.3), (0.4, 6.0)):
        ends = (z, mpmath.inf) if kind is uppergamma else (0, z)
        with mpmath.workdps(30):
            truth = mpmath.diff(lambda a, ends=ends: mpmath.gammainc(a, *ends), s, order)
            assert mpmath.almosteq(value(s, z), truth, rel_eps=mpmath.mpf(10) ** -12)


def test_mixed_derivatives_are_incomplete_gamma_functions_again():
    assert not with_short_meijer(diff(uppergamma(S, Z), S, Z)).has(meijerg)


def test_a_truncated_gamma_law_has_its_information_in_closed_form():
    found = sf.derive("gamma").truncated(lower=1).fisher
    assert found.status == "closed"
    with mpmath.workdps(20):
        log_tail = lambda a, b: mpmath.log(mpmath.gammainc(a, b))  # noqa: E731
        point = (mpmath.mpf("1.5"), mpmath.mpf("0.75"))
        # An exponential family with log-partition log Gamma(a, b) - a log b, in (a, -b).
        truth = [
            mpmath.diff(log_tail, point, (2, 0)),
            -mpmath.diff(log_tail, point, (1, 1)) + 1 / point[1],
        ]
    value = found.evaluate({"alpha": 1.5, "beta": 0.75}).value
    assert value[0, 0] == pytest.approx(float(truth[0]), rel=1e-10)
    assert value[0, 1] == pytest.approx(-float(truth[1]), rel=1e-10)
