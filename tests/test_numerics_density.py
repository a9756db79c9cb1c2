"""A declared density is real on its support and has mass one, or the message says how not."""

import pytest
from sympy import Abs, log, loggamma, pi, symbols

from symfisher.declaration import Family
from symfisher.errors import DeclarationError

x, y, a, m = symbols("x y a m")
RATE = {a: "positive"}


def declare(logpdf, support, parameters=RATE, variable=x, kind="logpdf"):
    return Family("test", variable, support, parameters, **{kind: logpdf})


def test_a_density_passes_and_is_marked_as_checked():
    assert declare(log(a) - a * x, "(0, oo)").mass_checked


@pytest.mark.parametrize(
    ("logpdf", "support", "message"),
    [
        (log(a) - a * x - log(2), "(0, oo)", r"integrates to 0\.5 at a = .*add log\(2\) to it"),
        (-(a**2) * x**2 + log(a), "(-oo, oo)", r"integrates to 1\.77245 .*subtract log\(pi\)/2"),
        (log(a) - a * x, "(1, oo)", r"and not to 1 over \(1, oo\); check the support"),
        (-(a + 1) * log(x), "(1, oo)", "check the support and the normalising constant"),
        (a * x, "(0, oo)", "integrates to infinity"),
        (-a * log(x) / 2, "(0, oo)", "integrates to infinity"),
        (log(a) - a * x + log(x - 1), "(0, oo)", r"not real at x = 0\.\d+ with a = "),
    ],
)
def test_what_is_no_density_is_refused_with_its_mass(logpdf, support, message):
    with pytest.raises(DeclarationError, match=message):
        declare(logpdf, support)


def test_a_mass_function_is_summed():
    with pytest.raises(DeclarationError, match=r"logpmf: it sums to .* over 1\.\.oo"):
        declare(y * log(a) - a - loggamma(y + 1), "1..oo", variable=y, kind="logpmf")


def test_several_variables_are_integrated_together():
    with pytest.raises(DeclarationError, match=r"integrates to 0\.5.*add log\(2\)"):
        declare(2 * log(a) - a * (x + y) - log(2), ["(0, oo)", "(0, oo)"], variable=(x, y))


def test_each_case_of_a_support_is_checked():
    from sympy import Piecewise, oo

    from symfisher.domains import Domain

    support = Domain(Piecewise((0, a > 0), (-oo, True)), Piecewise((oo, a > 0), (0, True)))
    density = log(Abs(a)) - a * x
    assert declare(density, support, {a: "real"}).mass_checked
    with pytest.raises(DeclarationError, match="integrates to"):
        declare(log(Abs(a)) - a * x - (1 - a / Abs(a)), support, {a: "real"})


def test_a_constant_that_enters_by_its_logarithm_is_taken_as_positive():
    density = -log(m) - log(2 * pi) / 2 - log(a) - (x - m) ** 2 / (2 * a**2 * m**2)
    family = Family("test", x, "(-oo, oo)", {m: "positive"}, density, constants={a: "real"})
    assert family.mass_checked
