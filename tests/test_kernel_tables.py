"""Every kernel's table against quadrature, at exponents that no family asked for."""

import mpmath
import pytest
from sympy import Integer, Rational, Symbol, exp, log

from symfisher.expectation.conversion import Converter
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.kernels.beta import BetaKernel
from symfisher.expectation.kernels.gamma import GammaKernel
from symfisher.expectation.kernels.generalized_inverse_gaussian import (
    GeneralizedInverseGaussianKernel,
)
from symfisher.expectation.kernels.normal import NormalKernel
from symfisher.expectation.kernels.polylogarithm import PolylogarithmKernel
from symfisher.expectation.kernels.student import StudentKernel
from symfisher.expectation.kernels.truncated_normal import TruncatedNormalKernel
from symfisher.expectation.term_algebra import Algebra
from symfisher.numerics.evaluate import evaluate

W = Symbol("W", real=True)
PLACE = {W: Rational(-37, 53)}  # inside every interval below
R = Rational


def _algebra():
    return Algebra(Fingerprint([PLACE, PLACE]), W)


def _gamma():
    algebra = _algebra()
    integrands = [W * exp(R(3, 7) * W), W**3, W**2 * exp(2 * W), exp(-W / 3)]
    return GammaKernel(algebra, p=R(17, 11)), algebra, integrands, (-mpmath.inf, mpmath.inf)


def _odds():
    algebra = _algebra()
    lse = Converter(algebra).convert(log(1 + exp(W)))
    ((monomial, _),) = lse.items()
    kernel = BetaKernel(algebra, p=R(17, 11), q=R(9, 4), index=monomial[2][0][0])
    integrands = [W**2, W * log(1 + exp(W)), exp(W / 2) / (1 + exp(W)), log(1 + exp(W)) ** 2]
    return kernel, algebra, integrands, (-mpmath.inf, mpmath.inf)


def _below_zero():
    algebra = _algebra()
    ((monomial, _),) = Converter(algebra).convert(log(1 - exp(W))).items()
    index = monomial[2][0][0]
    kernel = BetaKernel(algebra, p=R(17, 11), q=R(13, 4), index=index, odds=False)
    integrands = [W**2, W * log(1 - exp(W)), exp(W / 2) / (1 - exp(W)), log(1 - exp(W)) ** 3]
    return kernel, algebra, integrands, (-mpmath.inf, 0)


def _student():
    algebra = _algebra()
    ((monomial, _),) = Converter(algebra).convert(log(1 + W**2)).items()
    kernel = StudentKernel(algebra, q=R(17, 5), index=monomial[2][0][0])
    integrands = [W**2, W * log(1 + W**2), W**2 * log(1 + W**2) / (1 + W**2), W**4 / (1 + W**2)]
    return kernel, algebra, integrands, (-mpmath.inf, mpmath.inf)


def _normal():
    algebra = _algebra()
    integrands = [W**4, W * exp(W / 3), W**3 * exp(-W), exp(2 * W)]
    return NormalKernel(algebra), algebra, integrands, (-mpmath.inf, mpmath.inf)


def _truncated_normal():
    algebra = _algebra()
    kernel = TruncatedNormalKernel(algebra, lower=Integer(-2), upper=R(1, 3))
    return kernel, algebra, [W, W**2, W**3, W**4], (-2, mpmath.mpf(1) / 3)


def _inverse_gaussian():
    algebra = _algebra()
    kernel = GeneralizedInverseGaussianKernel(algebra, p=R(2, 7), omega=R(8, 5))
    return kernel, algebra, [exp(W), exp(-2 * W), exp(W / 3)], (-mpmath.inf, mpmath.inf)


def _polylogarithm():
    algebra = _algebra()
    ((monomial, _),) = Converter(algebra).convert(log(1 + exp(W))).items()
    index = monomial[2][0][0]
    kernel = PolylogarithmKernel(algebra, p=2, q=3, c=Integer(-1), index=index)
    integrands = [W, W**2 * exp(W), exp(W) / (1 + exp(W)), W**3 / (1 + exp(W)) ** 2]
    return kernel, algebra, integrands, (-mpmath.inf, 0)


CASES = [
    _gamma, _odds, _below_zero, _student, _normal, _truncated_normal, _inverse_gaussian,
    _polylogarithm,
]  # fmt: skip


def _quadrature(expression, interval):
    """Over sinh t, in which tails of powers and of exponentials alike fall fast."""

    def integrand(t):
        return evaluate(expression, {W: mpmath.sinh(t)}, digits=30) * mpmath.cosh(t)

    low, high = (mpmath.asinh(end) if mpmath.isfinite(end) else end for end in interval)
    low, high = max(low, -7), min(high, 7 if high != mpmath.inf else 3.2)
    if W**2 in expression.atoms(type(W**2)) and interval[1] == mpmath.inf:
        low, high = -30, 30  # a power's tail
    with mpmath.workdps(30):
        inner = [p for p in (-12, -6, -4, -2, -1, 0, 1, 2, 6, 12) if low < p < high]
        return mpmath.quad(integrand, [low, *inner, high], maxdegree=7)


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__[1:])
def test_the_table_is_what_quadrature_gives(make):
    kernel, algebra, integrands, interval = make()
    density = kernel.log_density()
    mass = _quadrature(exp(density), interval)
    assert abs(evaluate(exp(kernel.log_mass()), {}, digits=25) / mass - 1) < 1e-9
    for integrand in integrands:
        element = Converter(algebra).convert(integrand)
        closed = sum(c * kernel.expect(monomial) for monomial, c in element.items())
        truth = _quadrature(integrand * exp(density), interval) / mass
        assert abs(evaluate(closed, {}, digits=25) - truth) < 1e-8 * max(1, abs(truth)), integrand


def test_what_a_table_does_not_hold_is_left_open():
    kernel, algebra, _, _ = _gamma()
    element = Converter(algebra).convert(log(1 + exp(W)))
    assert all(kernel.expect(monomial) is None for monomial in element)
