"""Divergences from the integral of p^a q^(1-a), between families, and what they are near zero."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import sqrt

import mpmath
import pytest
import truth
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf
from parameter_points import draw, draw_easy
from scipy import stats
from scipy.integrate import quad
from sympy import Abs, Integer, Piecewise, Rational, Symbol, diff, exp, log

import symfisher as sf
from symfisher.errors import InputError, UnknownNameError
from symfisher.formula import Status
from symfisher.numerics.evaluate import evaluate

HALF = Rational(1, 2)
t = Symbol("t")


def second_point(formula, second, role="primed"):
    symbols = formula.extra_symbols[role]
    return {symbols[p.name]: value for p, value in second.items() if p.name in symbols}


def value(formula, first, second, role="primed", digits=25, **more):
    at = {**first, **second_point(formula, second, role)}
    if "order" in formula.extra_symbols:
        at[formula.extra_symbols["order"]["alpha"]] = more["alpha"]
    return evaluate(formula.expr, at, digits=digits)


def holds(formula, first, second, **more):
    at = {**first, **second_point(formula, second)}
    if "order" in formula.extra_symbols:
        at[formula.extra_symbols["order"]["alpha"]] = more["alpha"]
    return all(bool(c.subs(at)) for c in formula.conditions)


def pair(family, seed):
    first, second = draw_easy(family, seed), draw_easy(family, seed + 10_000)
    second.update({c: first[c] for c in family.constants})
    return first, second


def affinity(family, first, second, order):
    """The integral of p^order q^(1-order) by the quadrature of the tests."""
    moved = {p: second[p] for p in family.parameters}
    ratio = family.log_density.subs(moved, simultaneous=True) - family.log_density
    corners = [second[p] for p in family.parameters if p.name in truth.KINKS.get(family.name, ())]
    (found,), error = truth.expect(family, [exp((1 - order) * ratio)], first, corners=corners)
    assert error < mpf(10) ** -15 * max(1, abs(found))
    return found


def assert_close(ours, theirs, digits):
    with mpmath.workdps(40):
        assert abs(ours - theirs) <= mpf(10) ** -digits * (1 + abs(theirs))


# --- against quadrature --------------------------------------------------------------------------

CLOSED = [
    "bernoulli", "beta", "beta_prime", "binomial", "categorical", "cauchy", "exponential", "gamma",
    "geometric", "half_normal", "inverse_gamma", "inverse_gaussian", "laplace", "log_normal",
    "log_series", "lomax", "maxwell", "nakagami", "negative_binomial", "normal", "pareto",
    "poisson", "rayleigh", "von_mises", "zero_inflated_poisson",
]  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_bhattacharyya_distance_is_minus_log_of_the_affinity(name):
    d = sf.derive(name)
    found = d.bhattacharyya()
    assert found.status is Status.CLOSED
    assert found.conditions == ()
    first, second = pair(d.family, 3)
    with mpmath.workdps(30):
        theirs = -mpmath.log(affinity(d.family, first, second, HALF))
    assert_close(value(found, first, second), theirs, 14)


QUICK = ["bernoulli", "beta", "exponential", "gamma", "geometric", "normal", "pareto", "poisson"]


@settings(max_examples=10)
@given(st.sampled_from(QUICK), st.integers(0, 999), st.integers(1, 9))
def test_renyi_divergence_of_an_order_below_one_needs_no_condition(name, seed, tenths):
    d = sf.derive(name)
    found = d.renyi()
    first, second = pair(d.family, seed)
    order = Rational(tenths, 10) + Rational(1, 97)
    assert holds(found, first, second, alpha=order)
    with mpmath.workdps(30):
        theirs = mpmath.log(affinity(d.family, first, second, order)) / (order - 1)
    assert_close(value(found, first, second, alpha=order), theirs, 13)


@pytest.mark.parametrize("name", [*QUICK, "nakagami", "laplace", "uniform", "shifted_exponential"])
def test_chi_square_where_its_conditions_hold(name):
    """Nearer to the first point than to the second: at the border the integral diverges."""
    d = sf.derive(name)
    found = d.chi_square()
    assert found.status is Status.CLOSED
    for seed in range(80):
        first, second = pair(d.family, seed)
        second = {s: (3 * first[s] + v) / 4 for s, v in second.items()}
        if holds(found, first, second):
            theirs = affinity(d.family, first, second, 2) - 1
            assert_close(value(found, first, second), theirs, 12)
            break
    else:
        pytest.fail("no point satisfies the conditions")


FINITE = {  # where the integral of p^2/q converges, by hand from the tails
    "exponential": "2*lamda - lamda_prime > 0",
    "normal": "-sigma**2 + 2*sigma_prime**2 > 0",
    "half_normal": "-sigma**2 + 2*sigma_prime**2 > 0",
    "pareto": "2*alpha - alpha_prime > 0",
    "log_series": "-p**2 + p_prime > 0",
    "zeta": "2*s - s_prime - 1 > 0",
    "poisson": None,
    "bernoulli": None,
    "von_mises": None,
    "uniform": "theta <= theta_prime",
}


@pytest.mark.parametrize("name", FINITE)
def test_chi_square_says_where_it_is_finite(name):
    conditions = sf.derive(name).chi_square().conditions
    assert [str(c) for c in conditions] == ([FINITE[name]] if FINITE[name] else [])


def test_gamma_and_geometric_have_the_conditions_of_their_tails():
    assert {str(c) for c in sf.derive("gamma").chi_square().conditions} == {
        "2*alpha - alpha_prime > 0", "2*beta - beta_prime > 0"
    }  # fmt: skip
    d = sf.derive("geometric")
    (p,), found = d.family.parameters, d.chi_square()
    # sum of (1-p)^(2x)/(1-q)^x: (1-p)^2 < 1-q
    for a, b in ((Rational(1, 2), Rational(7, 10)), (Rational(1, 2), Rational(4, 5))):
        assert holds(found, {p: a}, {p: b}) == bool((1 - a) ** 2 < 1 - b)


@pytest.mark.parametrize(
    ("name", "common"),
    [("weibull", "k"), ("gumbel", "beta"), ("laplace", "b"), ("frechet", "alpha"),
     ("kumaraswamy", "a"), ("burr_xii", "c"), ("lomax", "lamda"), ("gompertz", "b"),
     ("logistic", "s"), ("log_logistic", "beta"), ("student_t", "mu")],
)  # fmt: skip
def test_a_common_parameter_closes_what_is_open_without(name, common):
    d = sf.derive(name)
    found = d.renyi(alpha=Rational(2, 3), common=common)
    assert found.status is Status.CLOSED
    assert common not in found.extra_symbols["primed"]
    first, second = pair(d.family, 5)
    second.update({p: first[p] for p in d.family.parameters if p.name == common})
    with mpmath.workdps(30):
        theirs = -3 * mpmath.log(affinity(d.family, first, second, Rational(2, 3)))
    assert_close(value(found, first, second), theirs, 13)


@pytest.mark.parametrize("name", ["weibull", "student_t", "logistic"])
def test_what_is_open_still_has_a_value(name):
    d = sf.derive(name)
    found = d.hellinger()
    assert found.status is Status.QUADRATURE
    first, second = pair(d.family, 11)
    theirs = 1 - affinity(d.family, first, second, HALF)
    assert_close(value(found, first, second, digits=12), theirs, 9)


def test_f_divergences_are_means_of_the_generator():
    """E_q[f(p/q)] by SciPy, with generators that are powers, logarithms and neither."""
    d = sf.derive("gamma")
    alpha, beta = d.family.parameters
    first = {alpha: Rational(5, 2), beta: Rational(3, 2)}
    second = {alpha: Rational(2), beta: Rational(6, 5)}
    p, q = stats.gamma(2.5, scale=1 / 1.5), stats.gamma(2, scale=1 / 1.2)
    generators = [
        (t * log(t), lambda r: r * mpmath.log(r), Status.CLOSED),
        (-log(t), lambda r: -mpmath.log(r), Status.CLOSED),
        ((t - 1) ** 2 * log(t), lambda r: (r - 1) ** 2 * mpmath.log(r), Status.CLOSED),
        ((t - 1) ** 2 / (t + 1), lambda r: (r - 1) ** 2 / (r + 1), Status.QUADRATURE),
    ]
    for f, function, status in generators:
        found = d.f_divergence(f=f)
        assert found.status is status

        def integrand(x, function=function):
            return float(function(p.pdf(x) / q.pdf(x))) * q.pdf(x)

        theirs = quad(integrand, 0, 40, epsabs=1e-13, limit=300)[0]
        assert float(value(found, first, second, digits=15)) == pytest.approx(theirs, rel=1e-8)


@pytest.mark.parametrize("name", ["normal", "exponential", "uniform", "poisson"])
def test_total_variation_and_jensen_shannon_by_scipy(name):
    d = sf.derive(name)
    laws = {
        "normal": (lambda v: stats.norm(v["mu"], v["sigma"]), {"mu": 0.25, "sigma": 1.5},
                   {"mu": -0.5, "sigma": 0.75}),
        "exponential": (lambda v: stats.expon(scale=1 / v["lamda"]), {"lamda": 1.5},
                        {"lamda": 0.5}),
        "uniform": (lambda v: stats.uniform(0, v["theta"]), {"theta": 2.0}, {"theta": 3.0}),
        "poisson": (lambda v: stats.poisson(v["lamda"]), {"lamda": 2.0}, {"lamda": 3.5}),
    }  # fmt: skip
    law, one, two = laws[name]
    names = {p.name: p for p in d.family.parameters}
    first = {names[k]: Rational(str(v)) for k, v in one.items()}
    second = {names[k]: Rational(str(v)) for k, v in two.items()}
    p, q = law(one), law(two)
    weigh = p.pmf if name == "poisson" else p.pdf
    other = q.pmf if name == "poisson" else q.pdf

    def half(a, b):
        return a * float(mpmath.log(2 * a / (a + b))) / 2 if a > 0 else 0.0

    functions = {
        "total_variation": lambda x: abs(weigh(x) - other(x)) / 2,
        "jensen_shannon": lambda x: half(weigh(x), other(x)) + half(other(x), weigh(x)),
    }
    for quantity, function in functions.items():
        if name == "poisson":
            theirs = sum(function(k) for k in range(80))
        else:
            cuts = [0, 1, 2, 3] if name == "uniform" else None
            low, high = {"normal": (-14, 14), "exponential": (0, 90), "uniform": (0, 3)}[name]
            theirs = quad(function, low, high, points=cuts, epsabs=1e-12, limit=500)[0]
        ours = float(value(d.quantity(quantity), first, second, digits=15))
        back = float(value(d.quantity(quantity), second, first, digits=15))
        assert ours == pytest.approx(theirs, abs=2e-9)
        assert ours == pytest.approx(back, abs=1e-12)
        assert 0 < ours < 1


# --- published closed forms ----------------------------------------------------------------------


def test_gamma_divergence_is_that_of_statproofbook():
    """The Book of Statistical Proofs, P/gam-kl: shapes a, rates b."""
    d = sf.derive("gamma")
    alpha, beta = d.family.parameters
    first = {alpha: Rational(5, 2), beta: Rational(3, 4)}
    second = {alpha: Rational(7, 3), beta: Rational(8, 5)}
    with mpmath.workdps(30):
        a1, b1, a2, b2 = mpf(5) / 2, mpf(3) / 4, mpf(7) / 3, mpf(8) / 5
        theirs = (
            a2 * mpmath.log(b1 / b2)
            - mpmath.log(mpmath.gamma(a1) / mpmath.gamma(a2))
            + (a1 - a2) * mpmath.digamma(a1)
            - (b1 - b2) * a1 / b1
        )
    assert_close(value(d.kl(), first, second), theirs, 20)


def test_bernoulli_entropy_and_renyi_divergence_are_sums_of_two_terms():
    d = sf.derive("bernoulli")
    (p,) = d.family.parameters
    first, second = {p: Rational(3, 10)}, {p: Rational(3, 5)}
    with mpmath.workdps(30):
        a, b = mpf(3) / 10, mpf(3) / 5
        entropy = -a * mpmath.log(a) - (1 - a) * mpmath.log(1 - a)
        renyi = mpmath.log(a**3 / b**2 + (1 - a) ** 3 / (1 - b) ** 2) / 2
    assert_close(evaluate(d.entropy().expr, first, digits=25), entropy, 20)
    assert_close(value(d.renyi(alpha=3), first, second), renyi, 20)


def test_normal_renyi_divergence_is_that_of_gil_alajaji_and_linder():
    """Gil, Alajaji and Linder 2013, table 2: univariate Gaussian."""
    d = sf.derive("normal")
    mu, sigma = d.family.parameters
    first, second = {mu: Rational(1, 3), sigma: Rational(6, 5)}, {mu: Rational(-2), sigma: 1}
    order = Rational(7, 5)
    with mpmath.workdps(30):
        s, r, a = mpf(6) / 5, mpf(1), mpf(7) / 5
        mixed = a * r**2 + (1 - a) * s**2
        theirs = (
            mpmath.log(r / s)
            + mpmath.log(r**2 / mixed) / (2 * (a - 1))
            + a * (mpf(7) / 3) ** 2 / (2 * mixed)
        )
    assert_close(value(d.renyi(), first, second, alpha=order), theirs, 18)


def test_exponential_and_weibull_renyi_divergence_of_gil_alajaji_and_linder():
    """Table 2: exponential, and Weibull with a common shape."""
    a = Rational(3, 2)
    d = sf.derive("exponential")
    (rate,) = d.family.parameters
    with mpmath.workdps(30):
        theirs = mpmath.log(mpf(2) / 3) + 2 * mpmath.log(mpf(2) / (mpf(3) / 2 * 2 - mpf(3) / 2))
    assert_close(value(d.renyi(), {rate: 2}, {rate: 3}, alpha=a), theirs, 20)
    d = sf.derive("weibull")
    k, scale = d.family.parameters
    with mpmath.workdps(30):
        i, j, shape = mpf(2), mpf(3), mpf(5) / 4
        mixed = mpf(3) / 2 * j**shape - i**shape / 2
        theirs = shape * mpmath.log(j / i) + 2 * mpmath.log(j**shape / mixed)
    first, second = {k: Rational(5, 4), scale: 2}, {k: Rational(5, 4), scale: 3}
    assert_close(value(d.renyi(common="k"), first, second, alpha=a), theirs, 20)


def test_weibull_divergence_is_that_of_bauckhage():
    """Bauckhage 2013, arXiv:1310.3713, equation 2."""
    d = sf.derive("weibull")
    k, scale = d.family.parameters
    first, second = {k: Rational(3, 2), scale: 2}, {k: Rational(5, 2), scale: Rational(7, 3)}
    with mpmath.workdps(30):
        k1, l1, k2, l2 = mpf(3) / 2, mpf(2), mpf(5) / 2, mpf(7) / 3
        theirs = (
            mpmath.log(k1 / l1**k1) - mpmath.log(k2 / l2**k2)
            + (k1 - k2) * (mpmath.log(l1) - mpmath.euler / k1)
            + (l1 / l2) ** k2 * mpmath.gamma(k2 / k1 + 1) - 1
        )  # fmt: skip
    assert_close(value(d.kl(), first, second), theirs, 20)


@pytest.mark.parametrize(("name", "common"), [("logistic", "s"), ("log_logistic", "beta")])
def test_logistic_laws_of_one_scale_have_a_closed_divergence(name, common):
    """With v uniform, E[log(1 - v + c v)] = c log c/(c - 1) - 1; against quadrature."""
    d = sf.derive(name)
    found = d.kl(common=common)
    assert found.status is Status.CLOSED
    first, second = pair(d.family, 8)
    second.update({p: first[p] for p in d.family.parameters if p.name == common})
    moved = d.family.log_density.subs(second, simultaneous=True)
    (theirs,), _ = truth.expect(d.family, [d.family.log_density - moved], first)
    assert_close(value(found, first, second), theirs, 14)


def test_triangular_divergence_by_hand():
    """The means of log x and log(1 - x) over the three pieces."""
    d = sf.derive("triangular")
    (mode,) = d.family.parameters
    found = d.kl()
    assert found.status is Status.CLOSED
    for a, b in ((Rational(3, 10), Rational(3, 5)), (Rational(3, 5), Rational(3, 10))):
        p, q = stats.triang(float(a)), stats.triang(float(b))
        theirs = quad(lambda x, p=p, q=q: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), 0, 1,
                      points=[float(a), float(b)], epsabs=1e-13)[0]  # fmt: skip
        assert float(value(found, {mode: a}, {mode: b}, digits=15)) == pytest.approx(theirs)


# --- entropies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["normal", "gamma", "beta", "weibull", "gumbel", "student_t", "laplace", "gev", "logistic"],
)
def test_entropy_is_the_mean_surprise(name):
    d = sf.derive(name)
    found = d.entropy()
    at = draw(d.family, 2)
    if name == "gev":
        assert found.status is Status.CLOSED
        mu, sigma, xi = (float(at[p]) for p in d.family.parameters)
        theirs = stats.genextreme(-xi, mu, sigma).entropy()
        assert float(evaluate(found.expr, at)) == pytest.approx(float(theirs), rel=1e-9)
        return
    (theirs,), _ = truth.expect(d.family, [-d.family.log_density], at)
    assert_close(evaluate(found.expr, at, digits=20), theirs, 12)


def test_cross_entropy_is_entropy_and_divergence():
    d = sf.derive("gamma")
    first, second = pair(d.family, 4)
    total = value(d.cross_entropy(), first, second)
    with mpmath.workdps(30):
        own = evaluate(d.entropy().expr, first, digits=25)
        parts = value(d.kl(), first, second) + own
    assert_close(total, parts, 20)


# --- where a mean log-ratio is finite -------------------------------------------------------------

TAILS = {  # conditions by hand, from the tails of the two densities
    ("student_t", "normal"): "nu - 2 > 0",
    ("logistic", "gumbel"): "beta - s > 0",
    ("gamma", "inverse_gamma"): "alpha - 1 > 0",
    ("lomax", "exponential"): "alpha - 1 > 0",
    ("gpd", "exponential"): "1 - xi > 0",
    ("zeta", "poisson"): "s - 2 > 0",
    ("zeta", "geometric"): "s - 2 > 0",
    ("gamma", "weibull"): None,
    ("lomax", "gpd"): "xi >= 0",
}


@pytest.mark.parametrize(("one", "two"), TAILS)
def test_divergence_between_families_says_where_it_is_finite(one, two):
    conditions = [str(c) for c in sf.derive(one).kl(other=two).conditions]
    assert conditions == ([TAILS[one, two]] if TAILS[one, two] else [])


@pytest.mark.parametrize(
    ("one", "two", "end"),
    [("cauchy", "normal", "-oo"), ("exponential", "inverse_gamma", "0"),
     ("log_normal", "gompertz", "oo")],
)  # fmt: skip
def test_a_tail_that_is_too_heavy_makes_the_divergence_infinite(one, two, end):
    found = sf.derive(one).kl(other=two)
    assert found.status is Status.NONE
    assert f"towards x = {end} the logarithm of the second density falls too fast" in found.notes[0]


@pytest.mark.parametrize("seed", [4, 5])
@pytest.mark.parametrize("shapes", [("2/7", "3/5"), ("-1/4", "-2/5"), ("-1/3", "1/2")])
def test_generalised_pareto_divergence_whatever_the_signs_of_the_shapes(shapes, seed):
    d = sf.derive("gpd")
    found = d.kl()
    assert found.status is Status.CLOSED
    sigma, xi = d.family.parameters
    first = {sigma: Rational(seed, 7), xi: Rational(shapes[0])}
    second = {sigma: Rational(9, 4), xi: Rational(shapes[1])}
    theirs = mean_of_log_ratio(d.family, first, second)
    assert_close(value(found, first, second), theirs, 14)


def mean_of_log_ratio(family, first, second):
    moved = family.log_density.subs(second, simultaneous=True)
    (found,), error = truth.expect(family, [family.log_density - moved], first)
    assert error < mpf(10) ** -15 * max(1, abs(found))
    return found


def test_laws_of_one_endpoint_have_a_finite_divergence_at_the_pole_of_its_series():
    """gpd with shapes below zero: at sigma/xi = sigma'/xi' the argument of 2F1 is one."""
    d = sf.derive("gpd")
    sigma, xi = d.family.parameters
    at = {sigma: Rational(1), xi: Rational(-1, 3)}
    assert abs(value(d.kl(), at, at)) < mpf(10) ** -20


def test_cauchy_divergences_are_those_of_nielsen_and_okamura():
    """Chi-square ((m-m')^2 + (s-s')^2)/(2 s s') (2023, "On f-divergences between Cauchy
    distributions", proposition 1); the affinity by the complete elliptic integral."""
    d = sf.derive("cauchy")
    mu, sigma = d.family.parameters
    first, second = {mu: Rational(1, 3), sigma: Rational(2)}, {mu: Rational(-1), sigma: HALF}
    chi = (Rational(4, 3) ** 2 + Rational(3, 2) ** 2) / 2
    with mpmath.workdps(30):
        number = mpf(chi.p) / chi.q
        theirs = 1 - 2 / mpmath.pi * mpmath.ellipk(-number / 2)
    for kind in ("pearson", "neyman"):
        assert_close(value(d.chi_square(kind=kind), first, second), number, 20)
    assert_close(value(d.hellinger(), first, second), theirs, 20)


def test_a_negative_order_asks_for_the_other_inclusion():
    """Uniform laws: the integral of q^2/p over (0, theta') is theta/theta', infinite beyond p."""
    d = sf.derive("uniform")
    found = d.chi_square(kind="neyman")
    assert [str(c) for c in found.conditions] == ["theta_prime <= theta"]
    (theta,) = d.family.parameters
    assert_close(value(found, {theta: Rational(3)}, {theta: Rational(2)}), mpf(1) / 2, 20)
    assert "alpha > 0" in [str(c) for c in d.renyi().conditions]
    assert d.f_divergence(f=-log(t)).status is Status.NONE
    # t - 1 to the third: ((theta'/theta - 1)^3 theta + (-1)^3 (theta' - theta))/theta'
    cubed = d.f_divergence(f=(t - 1) ** 3)
    assert_close(value(cubed, {theta: Rational(2)}, {theta: Rational(5)}), mpf(3) / 4, 20)


def test_entropy_of_the_inverse_gaussian_is_that_of_scipy():
    d = sf.derive("inverse_gaussian")
    mu, lamda = d.family.parameters
    ours = evaluate(d.entropy().expr, {mu: Rational(3, 2), lamda: Rational(4)}, digits=18)
    assert float(ours) == pytest.approx(stats.invgauss(1.5 / 4, scale=4).entropy(), rel=1e-7)


def test_what_is_open_names_a_parameter_that_closes_it_in_common():
    assert sf.derive("weibull").hellinger().notes == (
        "No closed form was found between any two members; there is one between members with the "
        "same k: common='k'.",
    )
    assert "common='s'" in sf.derive("logistic").kl().notes[0]


# --- between families ----------------------------------------------------------------------------

BETWEEN = [
    ("gamma", "log_normal"), ("log_normal", "gamma"), ("weibull", "gamma"), ("laplace", "normal"),
    ("normal", "laplace"), ("gumbel", "normal"), ("exponential", "weibull"), ("gamma", "normal"),
    ("student_t", "normal"), ("exponential", "lomax"), ("inverse_gaussian", "gamma"),
    ("triangular", "beta"), ("poisson", "negative_binomial"), ("logistic", "normal"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), BETWEEN)
def test_divergence_between_families(one, two):
    d, other = sf.derive(one), sf.derive(two)
    found = d.kl(other=two)
    assert found.status in (Status.CLOSED, Status.SERIES)
    first, second = draw(d.family, 6), draw(other.family, 8)
    variable = dict(zip(other.family.variables, d.family.variables))
    there = other.family.log_density.subs(second, simultaneous=True).subs(variable)
    corners = [second[p] for p in second if p.name in truth.KINKS.get(two, ())]
    integrand = d.family.log_density - there
    (theirs,), _ = truth.expect(d.family, [integrand], first, corners=corners)
    assert_close(value(found, first, second, "second", digits=18), theirs, 11)


def test_another_family_of_ones_own_is_taken_too():
    other = sf.derive("weibull").family
    found = sf.derive("exponential").kl(other=other)
    assert found.status is Status.CLOSED
    assert set(found.extra_symbols["second"]) == {"k", "lamda"}
    assert found.extra_symbols["second"]["lamda"].name == "lamda_prime"


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        ("normal", "gamma", "the first density has mass on x in"),
        ("poisson", "geometric", "the first density has mass on x in 0..oo"),
        ("normal", "poisson", "a law of counts and the other has a density"),
        ("uniform", "pareto", "where the second vanishes the ratio is infinite"),
    ],
)
def test_divergence_between_different_supports_is_infinite_for_a_reason(one, two, reason):
    found = sf.derive(one).kl(other=two)
    if one == "uniform":  # (0, theta) in (m, oo) never
        assert found.status is Status.NONE
    assert found.expr is None
    assert reason in found.notes[0]


def test_a_symbolic_order_has_a_letter_that_the_family_does_not_use():
    names = {name: sf.derive(name).renyi().extra_symbols["order"]["alpha"].name
             for name in ("normal", "gamma")}  # fmt: skip
    assert names == {"normal": "alpha", "gamma": "q"}


def test_a_bounded_divergence_exists_between_different_supports():
    """1 - integral of sqrt(p q) over the half-line."""
    found = sf.derive("normal").hellinger(other="exponential")
    mu, sigma = sf.derive("normal").family.parameters
    (rate,) = sf.derive("exponential").family.parameters
    p, q = stats.norm(0.5, 1.5), stats.expon(scale=0.5)
    theirs = 1 - quad(lambda x: sqrt(p.pdf(x) * q.pdf(x)), 0, 60, epsabs=1e-13)[0]
    first = {mu: HALF, sigma: Rational(3, 2)}
    ours = value(found, first, {rate: Integer(2)}, "second", digits=15)
    assert float(ours) == pytest.approx(theirs, abs=1e-9)


def test_wrong_options_are_refused():
    d = sf.derive("normal")
    with pytest.raises(UnknownNameError, match="nearest: sigma"):
        d.kl(common="sigm")
    with pytest.raises(UnknownNameError, match="nearest: gamma"):
        d.kl(other="gama")
    with pytest.raises(InputError, match="2"):
        d.kl(other="dirichlet")
    with pytest.raises(InputError, match="two members of one family"):
        d.kl(other="laplace", common="mu")
    with pytest.raises(InputError, match="limit in which this divergence is KL"):
        d.renyi(alpha=1)
    with pytest.raises(InputError, match="write pearson or neyman"):
        d.chi_square(kind="fisher")
    with pytest.raises(InputError, match=r"f\(1\) is 1"):
        d.f_divergence(f=t**2)
    with pytest.raises(InputError, match="one symbol"):
        d.f_divergence(f=t * Symbol("s"))


# --- near zero -----------------------------------------------------------------------------------

# The second derivative of each at zero displacement, in units of the Fisher matrix: f''(1).
CURVATURE = [
    ("kl", {}, 1),
    ("kl", {"reverse": True}, 1),
    ("jeffreys_divergence", {}, 2),
    ("renyi", {"alpha": Rational(1, 3)}, Rational(1, 3)),
    ("renyi", {"alpha": 2}, 2),
    ("alpha_divergence", {"alpha": Rational(1, 2)}, 1),
    ("alpha_divergence", {"alpha": 3}, 1),
    ("hellinger", {}, Rational(1, 4)),
    ("bhattacharyya", {}, Rational(1, 4)),
    ("chi_square", {}, 2),
    ("chi_square", {"kind": "neyman"}, 2),
    ("f_divergence", {"f": t**3 - 1}, 6),
    ("f_divergence", {"f": -log(t)}, 1),
]


@pytest.mark.parametrize(("quantity", "options", "factor"), CURVATURE)
@pytest.mark.parametrize("name", ["normal", "gamma", "poisson", "beta"])
def test_hessian_at_zero_displacement_is_a_multiple_of_the_fisher_matrix(
    name, quantity, options, factor
):
    d = sf.derive(name)
    found, information = d.quantity(quantity, **options), d.fisher.expr
    prime = found.extra_symbols["primed"]
    back = {prime[p.name]: p for p in d.family.parameters}
    at = draw(d.family, 23)
    for (i, a), (j, b) in combinations_with_replacement(enumerate(d.family.parameters), 2):
        slope = diff(found.expr, prime[a.name])
        assert abs(evaluate(slope.xreplace(back), at, digits=25)) < mpf(10) ** -18
        curvature = diff(slope, prime[b.name]).xreplace(back)
        theirs = factor * information[i, j]
        assert_close(evaluate(curvature, at, digits=25), evaluate(theirs, at, digits=25), 18)


def test_jensen_shannon_divergence_is_a_quarter_of_the_quadratic_form():
    """f = (t log t - (1 + t) log((1 + t)/2))/2 has f''(1) = 1/4."""
    d = sf.derive("normal")
    mu, sigma = d.family.parameters
    first = {mu: Rational(0), sigma: Rational(1)}
    step = Rational(1, 1000)
    second = {mu: step, sigma: 1 + step}
    form = 3 * float(step) ** 2 / 2  # d^T F d / 2 with F = diag(1, 2)
    found = float(value(d.jensen_shannon(), first, second, digits=18))
    assert found / form == pytest.approx(1 / 4, rel=2e-3)


# --- data maps -----------------------------------------------------------------------------------

MAPPED = [  # the second is the first family of mapped data, parameters in this order
    ("normal", "log_normal"),  # x -> e^x
    ("gamma", "inverse_gamma"),  # x -> 1/x
    ("beta", "beta_prime"),  # x -> x/(1 - x)
]


@settings(max_examples=15)
@given(
    st.sampled_from(MAPPED),
    st.sampled_from(["kl", "jeffreys_divergence", "hellinger", "chi_square", "bhattacharyya"]),
    st.integers(0, 999),
)
def test_divergences_do_not_change_when_the_data_are_mapped(names, quantity, seed):
    one, two = (sf.derive(name) for name in names)
    first, second = pair(one.family, seed)
    renamed = dict(zip(one.family.parameters, two.family.parameters))
    left = one.quantity(quantity)
    right = two.quantity(quantity)
    if not holds(left, first, second):
        return
    mapped = [{renamed[s]: v for s, v in point.items()} for point in (first, second)]
    assert_close(value(left, first, second), value(right, *mapped), 18)


@settings(max_examples=10)
@given(st.sampled_from(["weibull", "gamma", "normal"]), st.integers(0, 999), st.integers(1, 9))
def test_divergences_do_not_change_when_the_data_are_rescaled(name, seed, scale):
    """By the scale parameter, which moves with the data."""
    d = sf.derive(name)
    scaled = {"weibull": ["lamda"], "gamma": [], "normal": ["mu", "sigma"]}[name]
    first, second = pair(d.family, seed)

    def moved(point):
        rate = {"beta": Rational(1, scale)} if name == "gamma" else {}
        factors = {**dict.fromkeys(scaled, scale), **rate}
        return {s: v * factors.get(s.name, 1) for s, v in point.items()}

    for quantity in ("kl", "jeffreys_divergence"):
        found = d.quantity(quantity)
        there = value(found, moved(first), moved(second))
        assert_close(value(found, first, second), there, 18)


def test_corners_are_written_with_the_distance_of_the_medians():
    found = sf.derive("laplace").renyi(alpha=HALF)
    assert found.expr.has(Abs)
    assert not found.expr.has(Piecewise)
