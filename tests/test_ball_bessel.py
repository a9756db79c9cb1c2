"""K in balls between the series and the asymptotic expansion, where Arb's own has no digits."""

import mpmath
import pytest
from flint import arb
from sympy import Integer, Rational, Symbol, Tuple, besselk, log, oo, pi, sqrt

from symfisher.formula import Expectation
from symfisher.numerics.ball import precision
from symfisher.numerics.ball_bessel import bessel_k
from symfisher.numerics.evaluate import evaluate


@pytest.mark.parametrize("order", ["0", "0.3", "-0.3", "0.5", "1", "1.4", "7.9"])
@pytest.mark.parametrize("argument", ["0.01", "5", "40", "61", "70", "300"])
def test_bessel_k_keeps_its_digits(order, argument):
    with precision(130), mpmath.workprec(200):
        found = bessel_k(arb(order), arb(argument))
        expected = mpmath.besselk(mpmath.mpf(order), mpmath.mpf(argument))
        assert found.rel_accuracy_bits() > 115
        assert abs(mpmath.mpf(found.mid().str(60, radius=False)) / expected - 1) < 2**-115


def test_the_radius_covers_what_the_arguments_leave_open():
    with precision(130):
        wide = bessel_k(arb("1.2", "1e-9"), arb("40", "1e-8"))
        for order, argument in [(1.2 + 1e-9, 40 + 1e-8), (1.2 - 1e-9, 40 - 1e-8)]:
            assert wide.contains(bessel_k(arb(order), arb(argument)))


def test_a_density_of_bessel_functions_integrates_to_one():
    """The normal inverse Gaussian's mass, as the fallback finds it: far out K underflows."""
    x, a = Symbol("x", real=True), Symbol("a", positive=True)
    radius = sqrt(1 + x**2)
    density = log(a / pi) + log(besselk(1, a * radius)) - log(radius) + a
    mass = Expectation(Integer(1), density, Tuple(x, -oo, oo, 0))
    assert abs(evaluate(mass, {a: Rational(17, 5)}, 30) - 1) < 1e-30
