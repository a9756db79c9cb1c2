"""What verification sees, and that a wrong closed form is neither shown nor passed."""

from __future__ import annotations

import pytest
from sympy import Integer, Rational, log, pi, symbols

import symfisher as sf
from symfisher.declaration import Family
from symfisher.errors import MismatchError
from symfisher.expectation import exponential_family
from symfisher.expectation.kernels.gamma import GammaKernel
from symfisher.expectation.kernels.normal import NormalKernel
from symfisher.formula import Expectation, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.verification import checks, verify

x, k, scale = symbols("x k scale")
AT = {"k": Rational(17, 7), "scale": Rational(13, 11)}


def weibull() -> Family:
    """A family that only its kernel closes, made anew: nothing of it has been derived."""
    return Family(
        "fresh Weibull",
        x,
        "(0, oo)",
        {k: "positive", scale: "positive"},
        logpdf=log(k / scale) + (k - 1) * log(x / scale) - (x / scale) ** k,
    )


def numbers(name_or_family):
    """The Fisher matrix at one point."""
    found = sf.derive(name_or_family)
    at = dict(zip(found.family.parameters, AT.values(), strict=True))
    return [float(evaluate(entry, at)) for entry in found.fisher.expr]


# --- what is right passes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["gamma", "laplace", "gpd", "student_t", "uniform", "zeta", "negative_binomial_size"]
)
def test_bundled_family_holds_to_thirty_digits(name):
    report = verify(name)
    assert report.passed
    assert report.family == name
    assert report.digits >= 29
    assert all(check.points >= 5 for check in report.checks if check.digits is not None)


def test_the_report_names_every_check():
    report = verify("normal", digits=20, points=2)
    assert [check.name for check in report.checks] == [
        "the density's integral is 1",
        "the score's mean is 0",
        "Outer-product form of the information",
        "Negative-Hessian form of the information",
        "Kullback-Leibler divergence",
        "Hessian of the divergence at zero displacement",
        "the bound inverts the matrix",
    ]
    lines = str(report).splitlines()
    assert lines[0] == "normal: checks against quadrature"
    assert all(line.startswith("  ok    ") for line in lines[1:])


def test_irregular_family_is_not_asked_for_what_it_does_not_have():
    names = [check.name for check in verify("shifted_exponential", digits=20, points=2).checks]
    assert "the score's mean is 0" not in names
    assert "the bound inverts the matrix" not in names
    assert "Outer-product form of the information" in names


def test_what_is_not_closed_is_said_and_not_counted():
    report = verify("logistic", digits=20, points=2)
    (divergence,) = (c for c in report.checks if c.name == "Kullback-Leibler divergence")
    assert divergence.digits is None
    assert divergence.remark == "no closed form (quadrature)"
    assert "  -     Kullback-Leibler divergence: no closed form" in str(report)
    assert report.digits >= 19


def test_verification_looks_at_other_points_than_the_derivation():
    family = sf.derive("gamma").family.canonical
    run = checks.Checks(family, 20, 5)
    ((branch, fresh),) = run.points.items()
    assert not [point for point in fresh if point in branch.points]


# --- what is wrong is not shown -------------------------------------------------------------------


def by_a_millionth(right):
    """A table whose entries of higher order are off by one part in a million."""

    def expect(self, monomial):
        value = right(self, monomial)
        power, rate, _ = monomial
        wrong = value is not None and (power > 1 or rate != 0)
        return value * (1 + Rational(1, 10**6)) if wrong else value

    return expect


def test_a_wrong_table_closes_nothing(monkeypatch):
    """What is shown instead is an expectation, which has the right value."""
    family, right = weibull(), numbers("weibull")
    monkeypatch.setattr(GammaKernel, "_expect", by_a_millionth(GammaKernel._expect))
    found = sf.derive(family)
    for formula in (found.outer_product, found.negative_hessian, found.fisher):
        assert formula.status is Status.QUADRATURE
        assert formula.expr[0, 0].has(Expectation)
    assert numbers(family) == pytest.approx(right, rel=1e-10)


def test_verification_is_not_fooled_by_a_wrong_table(monkeypatch):
    family = weibull()
    monkeypatch.setattr(GammaKernel, "_expect", by_a_millionth(GammaKernel._expect))
    report = verify(family, digits=20, points=2)
    forms = [c for c in report.checks if c.name.endswith("form of the information")]
    assert [c.digits for c in forms] == [None, None]


def test_another_road_closes_what_a_wrong_table_does_not(monkeypatch):
    """The normal family's matrix follows from E[score] = 0 without any table."""
    mu, sigma = symbols("mu sigma", positive=True)
    density = -((x - mu) ** 2) / (2 * sigma**2) - log(sigma) - log(2 * pi) / 2
    family = Family("normal", x, "(-oo, oo)", {mu: "real", sigma: "positive"}, density)
    monkeypatch.setattr(NormalKernel, "_expect", lambda self, monomial: Integer(7))
    assert sf.derive(family).fisher.expr.tolist() == [[sigma**-2, 0], [0, 2 / sigma**2]]


def test_a_wrong_road_is_passed_over(monkeypatch):
    """Twice the matrix from the first road: the next ones, or quadrature, have to answer."""
    rate = symbols("rate")
    family = Family("fresh exponential", x, "(0, oo)", {rate: "positive"}, log(rate) - rate * x)
    build = exponential_family.frame

    def doubled(family):
        frame = build(family)
        monkeypatch.setattr(type(frame), "outer_product", lambda self: 2 * right(self))
        return frame

    right = type(build(family.canonical)).outer_product
    monkeypatch.setattr(exponential_family, "frame", doubled)
    assert sf.derive(family).outer_product.expr[0, 0] == rate**-2


@pytest.mark.parametrize("quantity", ["outer_product", "negative_hessian", "kl", "crlb"])
def test_an_error_beyond_float_precision_is_found(monkeypatch, quantity):
    """Wrong in the 13th digit: right to all that the derivation itself looks at."""
    right = getattr(checks, quantity)

    def wrong(family):
        formula = right(family)
        return formula.with_(expr=formula.expr * (1 + Rational(1, 10**13)))

    monkeypatch.setattr(checks, quantity, wrong)
    message = r"^family 'gamma': .* agrees with quadrature to 1[23]\.\d digits only"
    with pytest.raises(MismatchError, match=message):
        verify("gamma", digits=25, points=2)
