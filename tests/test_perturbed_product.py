"""The Farlie-Gumbel-Morgenstern family: its information in closed form, whatever the margins."""

import mpmath
import pytest
from sympy import Rational

from symfisher.expectation.engine import engine
from symfisher.family_file import loads_family
from symfisher.numerics.evaluate import evaluate

MARGINS = {
    "uniform": ("log(1 + t*(1 - 2*x)*(1 - 2*y))", "(0, 1)"),
    "exponential": ("-x - y + log(1 + t*(2*exp(-x) - 1)*(2*exp(-y) - 1))", "(0, oo)"),
    "halved": ("log(1 + t*(1 - 2*x)*(1 - 2*y)/2)", "(0, 1)"),
}


def declared(margin):
    density, support = MARGINS[margin]
    lines = ['name = "fgm"', f'logpdf = "{density}"', "[variable]", f'x = "{support}"']
    lines += [f'y = "{support}"', "[parameters]", 't = "(-1, 1)"']
    return loads_family("\n".join(lines), "fgm").canonical


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("strength", [Rational(-3, 5), Rational(1, 7), Rational(9, 10)])
def test_information_equals_a_double_integral(margin, strength):
    family = declared(margin)
    size = mpmath.mpf("0.5") if margin == "halved" else 1
    t = mpmath.mpf(strength.p) / strength.q
    truth = mpmath.quad(
        lambda u, v: (size * u * v) ** 2 / (1 + size * t * u * v) / 4, [-1, 1], [-1, 1]
    )
    for form in (engine(family).negative_hessian, engine(family).outer_product):
        assert str(form.status) == "closed"
        found = evaluate(form.expr[0, 0], {family.parameters[0]: strength})
        assert float(found) == pytest.approx(float(truth), rel=1e-9)
