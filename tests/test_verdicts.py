"""The regularity verdict: which condition fails, where it holds, and what is then not shown."""

import pytest
from literature import declared, entries
from sympy import Gt, Rational, Symbol, simplify

import symfisher as sf
from symfisher.expectation.boundary import moving_kinks
from symfisher.family_file import loads_family
from symfisher.formula import Status
from symfisher.quantities.regularity import missed_mass

WIGNER = """
name = "Wigner semicircle"
logpdf = "log(2) - log(pi) - 2*log(r) + log(r**2 - x**2)/2"
[variable]
x = "(-r, r)"
[parameters]
r = "positive"
"""
EPANECHNIKOV = """
name = "Epanechnikov"
logpdf = "log(3) - log(4) - 3*log(r) + log(r**2 - x**2)"
[variable]
x = "(-r, r)"
[parameters]
r = "positive"
"""
WEIBULL_3 = """
name = "Weibull with unknown minimum"
logpdf = "log(k) - log(s) + (k - 1)*log((x - m)/s) - ((x - m)/s)**k"
[variable]
x = "(m, oo)"
[parameters]
m = "real"
s = "positive"
k = "positive"
"""
GAMMA_3 = """
name = "gamma with unknown minimum"
logpdf = "-a*log(s) - loggamma(a) + (a - 1)*log(x - m) - (x - m)/s"
[variable]
x = "(m, oo)"
[parameters]
m = "real"
s = "positive"
a = "positive"
"""


@pytest.mark.parametrize(
    ("name", "moves"),
    [("uniform", "theta"), ("shifted_exponential", "theta"), ("pareto_unknown_minimum", "m")],
)
def test_a_density_that_does_not_vanish_at_a_moving_end_has_no_information(name, moves):
    d = sf.derive(name)
    verdict = d.regularity
    assert not verdict.regular
    assert not verdict.support_fixed
    assert not verdict.quadratic_mean_differentiable
    assert f"moves with {moves} and the density does not vanish" in verdict.reasons[0]
    for formula in (d.fisher, d.crlb(), d.kl_expansion()):
        assert formula.status is Status.NONE
        assert formula.expr is None
        assert formula.notes


def test_the_two_forms_of_the_uniform_differ():
    d = sf.derive("uniform")
    (theta,) = d.family.parameters
    assert d.outer_product.expr[0, 0] == 1 / theta**2
    assert d.negative_hessian.expr[0, 0] == -1 / theta**2


@pytest.mark.parametrize("text", [WIGNER, EPANECHNIKOV])
def test_a_density_that_vanishes_too_slowly_has_no_information(text):
    d = sf.derive(loads_family(text, "test"))
    assert not d.regularity.quadratic_mean_differentiable
    assert "more than 1 is needed" in d.regularity.reasons[0]
    assert d.fisher.expr is None


@pytest.mark.parametrize(("text", "parameter", "bound"), [(WEIBULL_3, "k", 2), (GAMMA_3, "a", 2)])
def test_an_unknown_minimum_is_regular_where_the_density_vanishes_fast(text, parameter, bound):
    """Smith (1985): shape above 2."""
    d = sf.derive(loads_family(text, "test"))
    verdict = d.regularity
    assert verdict.regular
    assert not verdict.support_fixed
    assert verdict.conditions == (Gt(Symbol(parameter, positive=True), bound),)
    assert d.fisher.status is Status.CLOSED


@pytest.mark.parametrize("name", ["gev", "gpd"])
def test_extreme_value_families_are_regular_above_minus_one_half(name):
    """Smith (1985), Prescott and Walden (1980)."""
    d = sf.derive(name)
    xi = d.family.parameters[-1]
    assert d.regularity.regular
    assert d.regularity.conditions == (Gt(xi, Rational(-1, 2)),)
    assert d.fisher.status is Status.CLOSED


@pytest.mark.parametrize("name", ["laplace", "triangular"])
def test_what_a_kink_misses_closes_the_gap_between_the_forms(name):
    d = sf.derive(name)
    verdict = d.regularity
    assert not verdict.regular
    assert verdict.quadratic_mean_differentiable
    assert not verdict.twice_differentiable
    assert not verdict.forms_agree
    assert "kink" in verdict.reasons[0]
    (kink,) = moving_kinks(d.family)
    k = len(d.family.parameters)
    for i in range(k):
        for j in range(i, k):
            gap = d.outer_product.expr[i, j] - d.negative_hessian.expr[i, j]
            assert simplify(gap - missed_mass(kink, i, j, d.family)) == 0
    assert d.fisher.expr == d.outer_product.expr


def test_a_regular_family_has_nothing_to_report():
    verdict = sf.derive("gamma").regularity
    assert verdict.regular
    assert verdict.support_fixed
    assert verdict.reasons == ()
    assert verdict.conditions == ()


# --- the literature's families --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "asymmetric_laplace",
            "the log-density has a kink at x = mu: the score of mu jumps there by "
            "(kap**2 + 1)/(kap*s), so -E[Hessian] taken off the kink misses 1/s**2 in the entry "
            "(mu, mu)",
        ),
        (
            "log_laplace",
            "the log-density has a kink at x = exp(mu): the score of mu jumps there by 2/b, so "
            "-E[Hessian] taken off the kink misses 1/b**2 in the entry (mu, mu)",
        ),
        (
            "triangular_mode",
            "the log-density has a kink at x = th: the score of th jumps there by "
            "1/(th*(1 - th)), so -E[Hessian] taken off the kink misses 2/(th*(1 - th)) in the "
            "entry (th, th)",
        ),
    ],
)
def test_the_reason_names_the_kink_and_what_it_takes(name, reason):
    """Still differentiable in quadratic mean, so the outer product bounds variances."""
    d = sf.derive(declared(entries()[name]))
    verdict = d.regularity
    assert verdict.reasons == (reason,)
    assert verdict.quadratic_mean_differentiable
    assert verdict.zero_mean_score
    assert verdict.support_fixed
    assert d.fisher.expr == d.outer_product.expr
    assert d.crlb().status is Status.CLOSED
    assert (d.crlb().expr * d.fisher.expr).applyfunc(simplify).is_Identity


@pytest.mark.parametrize("name", ["asymmetric_laplace", "log_laplace", "triangular_mode"])
def test_missed_mass_is_the_whole_gap_in_the_literature_s_families_too(name):
    d = sf.derive(declared(entries()[name]).canonical)
    (kink,) = moving_kinks(d.family)
    gap = d.outer_product.expr - d.negative_hessian.expr
    for i in range(gap.rows):
        for j in range(i, gap.cols):
            assert simplify(gap[i, j] - missed_mass(kink, i, j, d.family)) == 0


@pytest.mark.parametrize("name", ["slash", "lognormal_3param", "gamma_3param", "skew_normal"])
def test_a_verdict_is_not_misled(name):
    """By a removable singularity, by an end that moves where the density is flat, or by a
    parameter whose declared domain leaves no room for the irregular part."""
    verdict = sf.derive(declared(entries()[name])).regularity
    assert verdict.regular
    assert verdict.twice_differentiable
    assert verdict.forms_agree
    assert verdict.conditions == ()
    assert verdict.reasons == ()


@pytest.mark.parametrize("text", [GAMMA_3, WEIBULL_3])
def test_results_carry_the_conditions_under_which_they_hold(text):
    d = sf.derive(loads_family(text, "test"))
    (condition,) = d.regularity.conditions
    for formula in (d.fisher, d.crlb(), d.outer_product, d.kl_expansion()):
        assert formula.conditions == (condition,)


@pytest.mark.parametrize("shape", ["1", "3/2", "2"])
def test_a_known_shape_that_is_too_small_has_no_information(shape):
    """gamma with unknown minimum at a = 2: the density falls like the distance, E[1/d^2] = oo."""
    text = GAMMA_3.replace('a = "positive"\n', "").replace("a*", f"{shape}*")
    text = text.replace("loggamma(a)", f"loggamma({shape})").replace("(a - 1)", f"({shape} - 1)")
    d = sf.derive(loads_family(text, "test"))
    assert not d.regularity.regular
    assert not d.regularity.quadratic_mean_differentiable
    assert d.fisher.expr is None
    assert d.crlb().expr is None
    place = "m moves with m and the density"
    assert place in d.regularity.reasons[0]


def test_an_end_that_depends_on_a_known_constant_does_not_move():
    text = 'name = "t"\nlogpdf = "log(a) + a*log(c) - (a + 1)*log(x)"\n[variable]\n'
    text += 'x = "(c, oo)"\n[parameters]\na = "positive"\n[constants]\nc = "positive"\n'
    verdict = sf.derive(loads_family(text, "test")).regularity
    assert verdict.regular
    assert verdict.support_fixed
