"""The last resort: a general integrator that is ended when it takes long and believed by nobody."""

from __future__ import annotations

import time

import pytest
from sympy import Integral, Matrix, Rational, Symbol, symbols

from symfisher import Family
from symfisher.algebra.tidy import tidy
from symfisher.expectation import integrator
from symfisher.expectation.engine import Engine
from symfisher.formula import Status

X, A, B = symbols("x a b", positive=True)
Y = Symbol("y", real=True)


def regression(mean):
    """x is exponential with rate a, and y given x is normal with unit variance about ``mean``."""
    return Family(
        "regression",
        (X, Y),
        ("(0, oo)", "(-oo, oo)"),
        {A: "positive", B: "positive"},
        logpdf=f"log(a) - a*x - (y - {mean})**2/2 - log(2*pi)/2",
    ).canonical


@pytest.fixture
def patient(monkeypatch):
    """Time enough on any machine."""
    monkeypatch.setattr(integrator, "BUDGET", 20.0)


def frame_of_gamma():
    from symfisher.catalog import bundled_family

    return integrator.frame(bundled_family("gamma").canonical)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [("b*exp(-x)", A / (A + 2)), ("exp(-b*x)", 2 * A / (A + 2 * B) ** 3)],
)
def test_a_curve_that_no_other_road_knows_is_closed(mean, expected, patient):
    """E[(d mean/db)^2] under the exponential law of x, by hand: E[exp(-s x)] = a/(a + s)."""
    family = regression(mean)
    found = Engine(family)
    a, b = family.parameters
    truth = Matrix([[a**-2, 0], [0, expected.subs({A: a, B: b}, simultaneous=True)]])
    for form in (found.negative_hessian, found.outer_product):
        assert form.status is Status.CLOSED
        assert (form.expr - truth).applyfunc(lambda e: e.simplify()) == Matrix.zeros(2, 2)
        assert "general integrator" in [step.rule for step in form.steps]


def test_a_value_that_quadrature_contradicts_is_not_used(monkeypatch, patient):
    frame = frame_of_gamma()
    alpha, beta = frame.family.parameters
    (x,) = frame.family.variables
    assert tidy(frame.expect(x)) == alpha / beta
    wrong = frame_of_gamma()
    monkeypatch.setattr(
        integrator, "integrated", lambda *_: alpha / beta * (1 + Rational(1, 10**8))
    )
    assert wrong.expect(x) is None


def test_an_integrator_that_does_not_return_is_ended(monkeypatch):
    def forever(*_):
        while True:
            pass

    monkeypatch.setattr(integrator, "integrated", forever)
    frame = frame_of_gamma()
    (x,) = frame.family.variables
    start = time.process_time()
    assert [frame.expect(x**n) for n in range(1, 6)] == [None] * 5
    assert time.process_time() - start < 5  # this process did not do the work itself
    assert not frame.steps


def test_a_failure_of_the_library_is_no_answer_and_says_nothing(monkeypatch, capfd):
    def broken(*_):
        raise AttributeError("'NoneType' object has no attribute 'as_base_exp'")

    monkeypatch.setattr(integrator, "integrated", broken)
    frame = frame_of_gamma()
    assert frame.expect(frame.family.variables[0]) is None
    assert capfd.readouterr().err == ""


def test_what_is_left_undone_is_no_value():
    frame = frame_of_gamma()
    alpha, _ = frame.family.parameters
    (x,) = frame.family.variables
    assert integrator.is_finished(alpha**2, frame.family)
    assert not integrator.is_finished(Integral(x, (x, 0, alpha)), frame.family)
    assert not integrator.is_finished(alpha + x, frame.family)
