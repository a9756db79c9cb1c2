"""Values with errors: a formula evaluates whatever its status, and says how well."""

import mpmath
import numpy as np
import pytest
from scipy import stats
from sympy import Rational

import symfisher as sf
from symfisher.errors import InputError
from symfisher.family_file import loads_family
from symfisher.quantities.information import outer_product

RICE = """
name = "rice"
logpdf = "log(x/s**2) - (x**2 + v**2)/(2*s**2) + log(besseli(0, x*v/s**2))"
[variable]
x = "(0, oo)"
[parameters]
v = "positive"
s = "positive"
"""
SKELLAM = """
name = "skellam"
logpmf = "-(a + b) + y*log(a/b)/2 + log(besseli(Abs(y), 2*sqrt(a*b)))"
[variable]
y = "-oo..oo"
[parameters]
a = "positive"
b = "positive"
"""


def information(text):
    return outer_product(loads_family(text, "test").canonical)


def rice_entry(v, s):
    """E[score_v^2] by mpmath: the score is (x I1/I0 - v)/s^2."""
    with mpmath.workdps(30):
        v, s = mpmath.mpf(v), mpmath.mpf(s)

        def term(x):
            z = x * v / s**2
            ratio = mpmath.besseli(1, z) / mpmath.besseli(0, z)
            density = x / s**2 * mpmath.exp(-(x**2 + v**2) / (2 * s**2)) * mpmath.besseli(0, z)
            return ((x * ratio - v) / s**2) ** 2 * density

        return mpmath.quad(term, [0, v, 2 * v + s, 2 * v + 6 * s, 2 * v + 20 * s])


def test_an_integral_has_a_value_within_its_error():
    formula = information(RICE)
    found = formula.evaluate({"v": 1.25, "s": "3/4"})
    truth = float(rice_entry("1.25", "0.75"))
    assert found.value.shape == found.error.shape == (2, 2)
    assert abs(found.value[0, 0] - truth) <= found.error[0, 0] + 1e-15 * truth
    assert found.error[0, 0] < 1e-12


def test_more_digits_have_a_smaller_error():
    formula = information(RICE)
    found = formula.evaluate({"v": Rational(5, 4), "s": Rational(3, 4)}, digits=25)
    assert abs(found.value[0, 0] - rice_entry("1.25", "0.75")) < mpmath.mpf(10) ** -24
    assert found.error[0, 0] < mpmath.mpf(10) ** -24


@pytest.mark.parametrize("text", [RICE, SKELLAM])
def test_arrays_of_parameters_agree_with_single_points(text):
    formula = information(text)
    first, second = (p.name for p in formula.family.parameters)
    grid = formula.evaluate({first: np.array([[0.7], [1.9]]), second: np.array([0.6, 1.1, 2.5])})
    assert grid.value.shape == grid.error.shape == (2, 3, 2, 2)
    single = formula.evaluate({first: 1.9, second: 1.1})
    assert np.all(np.abs(grid.value[1, 1] - single.value) <= grid.error[1, 1] + 1e-14)
    assert np.all(grid.error < 1e-10 * np.abs(grid.value[..., :1, :1]) + 1e-12)


def test_a_sum_has_a_value_within_its_error():
    formula = information(SKELLAM)
    found = formula.evaluate({"a": 1.5, "b": 0.8})
    y = np.arange(-60, 61)
    step = 1e-4

    def log_mass(a):
        return stats.skellam.logpmf(y, a, 0.8)

    with np.errstate(all="ignore"):
        slope = (log_mass(1.5 + step) - log_mass(1.5 - step)) / (2 * step)
        mass = np.exp(log_mass(1.5))
    truth = np.sum(np.where(mass > 1e-30, slope**2 * mass, 0.0))
    assert found.value[0, 0] == pytest.approx(truth, rel=1e-6)
    assert found.error[0, 0] < 1e-12


def test_a_closed_form_is_evaluated_by_the_same_call():
    found = sf.derive("gamma").fisher.evaluate({"alpha": 2.5, "beta": 1.5})
    assert found.value[1, 1] == pytest.approx(2.5 / 1.5**2, rel=1e-15)
    assert found.error[1, 1] < 1e-14


def test_a_name_that_is_no_argument_is_refused():
    with pytest.raises(InputError, match="has no argument 'q'"):
        information(RICE).evaluate({"v": 1, "q": 2})
    with pytest.raises(InputError, match="needs a value for s"):
        information(RICE).evaluate({"v": 1})


def test_a_point_outside_the_domain_has_no_value():
    with pytest.raises(InputError, match="alpha > 0"):
        sf.derive("gamma").fisher.evaluate({"alpha": -1.5, "beta": 2})
    with pytest.raises(InputError, match="xi > -1/2"):
        sf.derive("gev").fisher.evaluate({"mu": 0, "sigma": 1, "xi": -0.7})


def test_over_arrays_what_is_outside_is_nan_and_an_observation_without_mass_minus_infinity():
    gamma = sf.derive("gamma")
    value, error = gamma.fisher.evaluate({"alpha": np.array([-1.0, 2.0]), "beta": 2})
    assert np.isnan(value[0]).all()
    assert np.isnan(error[0]).all()
    assert np.isfinite(value[1]).all()
    value, _ = gamma.log_density().evaluate({"x": np.array([-1.0, 1.0]), "alpha": 1, "beta": 2})
    assert value[0] == -np.inf
    assert value[1] == pytest.approx(np.log(2) - 2)
