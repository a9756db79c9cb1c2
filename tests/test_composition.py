"""Families made from families: what is derived from them is what is derived from no other road."""

import numpy as np
import pytest
import scipy_oracle
import sympy
import truth
from conftest import CATALOGUE
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from sympy import Matrix, Rational, Symbol, diff, exp

import symfisher as sf
from symfisher.catalog import bundled_family
from symfisher.composition.distribution_function import part_of, probability
from symfisher.composition.product import product, sample
from symfisher.composition.reparametrization import named, reparametrize
from symfisher.composition.standard_forms import derived_forms
from symfisher.composition.submodel import submodel
from symfisher.composition.truncation import censored, grouped, truncated
from symfisher.formula import Status
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points

DECLARED = [
    (name, form) for name in CATALOGUE for form in bundled_family(name).facts.parametrizations
]


def information(family):
    return sf.derive(family).outer_product.expr


def numbers(matrix, at):
    return np.array([[evaluate(e, at) for e in matrix.row(i)] for i in range(matrix.rows)])


def assert_transforms(new, old, olds, at):
    """F_new = J^T F_old J at a point of the new family."""
    jacobian = Matrix([[diff(e, p) for p in new.parameters] for e in olds.values()])
    there = {p: sympy.sympify(evaluate(e, at)) for p, e in olds.items()}
    there |= {c: at[c] for c in old.constants}
    j = numbers(jacobian, at)
    expected = j.T @ numbers(information(old), there) @ j
    found = numbers(information(new), at)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.all(abs(found - expected) <= 1e-9 * scale), new


# -- other parameters -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [pair if n % 3 == 0 else pytest.param(*pair, marks=pytest.mark.slow)
     for n, pair in enumerate(DECLARED)],
)  # fmt: skip
def test_a_declared_parametrisation_is_derived_by_the_engine_and_is_the_transformed_one(name, form):
    old, new = bundled_family(name), named(bundled_family(name), form)
    if information(new).has(sf.formula.Expectation) or len(old.cases) > 1:
        pytest.skip("no closed form")
    texts = old.facts.parametrizations[form]
    known = {s.name: s for s in (*new.parameters, *new.constants)}
    olds = {}
    for p in old.parameters:
        expr = sympy.sympify(texts.get(p.name, p.name))
        olds[p] = expr.subs({s: known[s.name] for s in expr.free_symbols})
    for at in sample_points(new, 2, seed=5):
        assert_transforms(new, old, olds, at)


@pytest.mark.parametrize(
    ("name", "form"),
    [("gamma", "natural"), ("normal", "mean"), ("inverse_gaussian", "mean"),
     ("weibull", "logarithms"), ("multinomial", "natural"), ("negative_binomial", "logarithms")],
)  # fmt: skip
def test_natural_mean_and_logarithmic_parameters_are_derived(name, form):
    old = bundled_family(name)
    assert form not in old.facts.parametrizations
    new, change = named(old, form), derived_forms(old)[form]
    known = {s.name: s for s in (*new.parameters, *new.constants)}
    olds = {
        p: (e := change.get(p.name, p)).subs({s: known[s.name] for s in e.free_symbols})
        for p in old.parameters
    }
    for at in sample_points(new, 2, seed=5):
        assert_transforms(new, old, olds, at)


def test_in_natural_parameters_the_information_is_the_hessian_of_the_log_partition():
    d = sf.derive("inverse_gaussian")
    hessian, new = d.natural_information(), d.reparametrize("natural")
    (at,) = sample_points(new.family, 1, seed=2)
    places = [s.name for s in new.family.parameters]
    order = [places.index(s.name) for s in hessian.extra_symbols["natural"].values()]
    there = {s: at[new.family.parameters[places.index(s.name)]] for s in hessian.expr.free_symbols}
    expected = numbers(hessian.expr, there)
    assert numbers(new.fisher.expr, at)[np.ix_(order, order)] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "form", "domains"),
    [
        ("gamma", "mean_shape", {"alpha": "(0, oo)", "mu": "(0, oo)"}),
        ("binomial", "mean", {"mu": "(0, n)"}),
        ("bernoulli", "arcsine", {"phi": "(0, pi/2)"}),
        ("normal", "natural", {"eta1": "(-oo, oo)", "eta2": "(-oo, 0)"}),
        ("geometric", "Mean", {"mu": "(1, oo)"}),
        ("student_t", "standard-deviation", {"s": "(0, oo)", "nu": "(2, oo)"}),
        ("kumaraswamy", "median and shape", {"a": "(0, oo)", "m": "(0, 1)"}),
        ("beta", "mean and precision", {"mu": "(0, 1)", "phi": "(0, oo)"}),
    ],
)
def test_the_domains_of_new_parameters_are_derived(name, form, domains):
    family = named(bundled_family(name), form)
    found = {p.name: str(family.domains[p]) for p in family.parameters}
    assert domains.items() <= found.items()


def test_what_no_interval_says_becomes_a_constraint():
    family = named(bundled_family("bivariate_normal"), "covariance")
    v1, v2, c = (Symbol(n) for n in ("v1", "v2", "c"))
    allowed = {v1: 4, v2: 9, c: 5}
    forbidden = {v1: 4, v2: 9, c: 7}
    own = {s.name: s for s in family.parameters}
    for point, holds in ((allowed, True), (forbidden, False)):
        at = {own[s.name]: sympy.Integer(v) for s, v in point.items()}
        assert all(bool(k.subs(at)) for k in family.constraints) is holds


def test_both_directions_are_the_same_family():
    gamma = bundled_family("gamma")
    forward = reparametrize(gamma, {"mu": "alpha/beta", "alpha": "alpha"})
    backward = reparametrize(gamma, {"beta": "alpha/mu"})
    assert [p.name for p in forward.parameters] == ["alpha", "mu"]
    for one, two in zip(sample_points(forward, 3), sample_points(backward, 3), strict=True):
        a, b = (
            evaluate(f.log_density, {**p, f.variables[0]: Rational(7, 5)})
            for f, p in ((forward, one), (backward, two))
        )
        assert a == pytest.approx(b, rel=1e-13)


def test_symbols_that_are_given_are_used():
    v = Symbol("v")  # without assumptions
    mu, sigma = bundled_family("normal").parameters
    family = reparametrize(bundled_family("normal"), {v: sigma**2})
    assert family.parameters == (mu, v)
    assert sympy.simplify(information(family)[1, 1] - 1 / (2 * v**2)) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mu": "alpha/beta"}, "say which old ones stay"),
        ({"alpha": "2*alpha"}, "both directions"),
        ({"mu": "alpha/betta"}, "nearest: beta"),
        ({"m": "(alpha - 1)**2", "beta": "beta"}, "not one to one"),
        ({"alpha": "a*b", "beta": "a/c"}, "use submodel"),
        ({}, "empty"),
    ],
)
def test_a_change_that_is_none_is_refused_in_words(change, words):
    with pytest.raises(sf.InputError, match=words.replace("(", r"\(")):
        reparametrize(bundled_family("gamma"), change)


def test_an_unknown_parametrisation_names_the_nearest():
    with pytest.raises(sf.UnknownNameError, match="nearest: mean and shape"):
        named(bundled_family("gamma"), "mean and shap")
    assert sf.derive("gamma").parametrizations[1] == "mean and shape"


# -- ties -----------------------------------------------------------------------------------------


def test_the_curved_normal_family():
    """N(theta, theta^2): 3/theta^2 (Efron 1975, example 3)."""
    family = submodel(bundled_family("normal"), {"mu": "theta", "sigma": "theta"})
    (theta,) = family.parameters
    assert str(family.domains[theta]) == "(0, oo)"
    assert sympy.simplify(information(family)[0, 0] - 3 / theta**2) == 0


def test_hardy_weinberg_proportions():
    """2/(t(1 - t)): two genes are counted (Weir 1996, section 2)."""
    family = submodel(bundled_family("categorical"), {"p1": "t**2", "p2": "2*t*(1 - t)"})
    (t,) = family.parameters
    assert str(family.domains[t]) == "(0, 1)"
    assert sympy.simplify(information(family)[0, 0] - 2 / (t * (1 - t))) == 0


def test_parameters_are_fixed_at_numbers_and_at_constants():
    normal = bundled_family("normal")
    assert information(submodel(normal, {"sigma": 2}))[0, 0] == Rational(1, 4)
    known = submodel(normal, {"sigma": "s"}, constants={"s": "positive"})
    (s,) = known.constants
    assert information(known)[0, 0] == 1 / s**2


@pytest.mark.parametrize(
    ("ties", "words"),
    [({"sigma": -1}, "outside its domain"), ({"sgma": 1}, "nearest: sigma"),
     ({"mu": 0, "sigma": 1}, "no parameter to learn")],
)  # fmt: skip
def test_ties_that_cannot_hold_are_refused(ties, words):
    with pytest.raises(sf.InputError, match=words):
        submodel(bundled_family("normal"), ties)


# -- independent observations ---------------------------------------------------------------------


def test_informations_of_independent_observations_add():
    family = product(bundled_family("normal"), bundled_family("poisson"))
    normal, poisson = (information(bundled_family(n)) for n in ("normal", "poisson"))
    assert information(family) == sympy.diag(normal, poisson)


def test_a_shared_name_is_one_parameter():
    lamda = Symbol("lamda", positive=True)
    both = product(bundled_family("exponential"), bundled_family("poisson"))
    assert both.parameters == (lamda,)
    assert sympy.simplify(information(both)[0, 0] - 1 / lamda**2 - 1 / lamda) == 0


def test_a_sample_has_n_times_the_information():
    three = sample(bundled_family("poisson"), 3)
    assert len({v.name for v in three.variables}) == 3
    assert sympy.simplify(information(three)[0, 0] - 3 / three.parameters[0]) == 0
    with pytest.raises(sf.InputError, match="2 to 8"):
        sample(three, 100)


@pytest.mark.parametrize("name", ["weibull", "gumbel", "student_t"])
def test_a_sample_of_no_exponential_family_closes_by_independence(name):
    one, two = sf.derive(name), sf.derive(name).sample(2)
    assert two.fisher.status is Status.CLOSED
    assert "independent observations" in {step.rule for step in two.fisher.trace}
    (at,) = sample_points(one.family, 1, seed=4)
    found, single = numbers(two.fisher.expr, at), numbers(one.fisher.expr, at)
    np.testing.assert_allclose(found, 2 * single, rtol=1e-12)


def test_the_bias_of_a_sample_is_half_of_one_observation_s():
    """The expansion in 1/n knows a sample of two as n = 2."""
    one, two = (sf.derive("weibull"), sf.derive("weibull").sample(2))
    (at,) = sample_points(one.family, 1, seed=4)
    for a, b in zip(one.cox_snell_bias(n=2).expr, two.cox_snell_bias(n=1).expr, strict=True):
        assert evaluate(a, at) == pytest.approx(evaluate(b, at), rel=1e-10)


# -- windows --------------------------------------------------------------------------------------

WINDOWS = {
    "zero-truncated Poisson": (truncated, "poisson", {"lower": 1}),
    "half of a normal": (truncated, "normal", {"lower": "a"}),
    "doubly truncated normal": (truncated, "normal", {"lower": 0, "upper": 2}),
    "truncated exponential": (truncated, "exponential", {"upper": "c"}),
    "truncated Pareto": (truncated, "lomax", {"upper": 3}),
    "censored exponential": (censored, "exponential", {"right": "c"}),
    "censored Weibull": (censored, "weibull", {"right": "c"}),
    "Tobit": (censored, "normal", {"left": 0}),
    "censored on both sides": (censored, "normal", {"left": -1, "right": 2}),
    "censored count": (censored, "poisson", {"right": 3}),
    "grouped normal": (grouped, "normal", {"cuts": [-1, 0, 2]}),
    "grouped count": (grouped, "poisson", {"cuts": [1, 3]}),
}


def window(name):
    make, base, options = WINDOWS[name]
    return make(bundled_family(base), **options)


def corners(family, at):
    """Where the density of a censored family has its step."""
    pieces = family.log_density.atoms(sympy.Piecewise)
    if family.is_mass or not pieces:
        return []
    conditions = [c for p in pieces for _, c in p.args if c != True]  # noqa: E712
    return sorted({(c.gts + c.lts - family.variables[0]).subs(at) for c in conditions})


@pytest.mark.parametrize("name", WINDOWS)
def test_the_information_through_a_window_is_what_quadrature_finds(name):
    family = window(name)
    matrix = sf.derive(family).fisher
    assert matrix.status is Status.CLOSED
    (at,) = sample_points(family, 1, seed=8)
    values, _ = truth.expect(
        family, truth.scores(family), at, pairs=True, corners=corners(family, at)
    )
    scale = max(abs(v) for v in values)
    for found, expected in zip(matrix.expr, values, strict=True):
        assert abs(mp.mpf(evaluate(found, at, digits=25)) - expected) < 1e-15 * scale


def test_the_censored_exponential_is_the_textbook_s():
    """(1 - exp(-lambda c))/lambda^2 (Lawless 2003, section 4.1)."""
    family = censored(bundled_family("exponential"), right="c")
    (lamda,), (c,) = family.parameters, family.constants
    assert sympy.simplify(information(family)[0, 0] - (1 - exp(-lamda * c)) / lamda**2) == 0


def test_the_censored_family_keeps_its_verdict():
    verdict = sf.derive(window("Tobit")).regularity
    assert verdict.regular
    assert verdict.support_fixed


@settings(max_examples=12)
@given(st.sampled_from(sorted(WINDOWS)), st.integers(0, 10**6))
def test_no_window_gains_information(name, seed):
    """Data processing: F - F_seen is positive semidefinite for censored and grouped data."""
    make, base, _ = WINDOWS[name]
    if make is truncated:  # another law, not another view of the same
        return
    family = window(name)
    (at,) = sample_points(family, 1, seed=seed)
    old = bundled_family(base)
    full = numbers(information(old), {p: at[p] for p in old.parameters})
    seen = numbers(information(family), at)
    assert np.linalg.eigvalsh(full - seen).min() >= -1e-9 * np.linalg.eigvalsh(full).max()


@settings(max_examples=6)
@given(st.integers(0, 10**6))
def test_finer_cells_hold_more(seed):
    normal = bundled_family("normal")
    coarse, fine = grouped(normal, [0]), grouped(normal, [-1, 0, 1])
    (at,) = sample_points(normal, 1, seed=seed)
    gap = numbers(information(fine), at) - numbers(information(coarse), at)
    assert np.linalg.eigvalsh(gap).min() >= -1e-12


def test_without_a_distribution_function_its_integral_stands():
    """The information of a truncated von Mises law is the covariance of its score there, by
    mpmath's quadrature."""
    family = truncated(bundled_family("von_mises"), upper=Rational(1, 2))
    found = sf.derive(family).fisher
    assert found.status is Status.QUADRATURE
    mu, kappa = family.parameters
    at = {mu: Rational(3, 10), kappa: Rational(7, 5)}
    ends = [-mp.pi, mpf("0.5")]
    m, k = (mpf(at[p].p) / at[p].q for p in (mu, kappa))

    def mean(f):
        weigh = lambda x: mp.exp(k * mp.cos(x - m))  # noqa: E731
        return mp.quad(lambda x: f(x) * weigh(x), ends) / mp.quad(weigh, ends)

    scores = [lambda x: k * mp.sin(x - m), lambda x: mp.cos(x - m)]
    means = [mean(s) for s in scores]
    for i, j in ((0, 0), (0, 1), (1, 1)):
        expected = mean(lambda x, i=i, j=j: scores[i](x) * scores[j](x)) - means[i] * means[j]
        assert evaluate(found.expr[i, j], at) == pytest.approx(float(expected), rel=1e-10)


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("von_mises", ("0.3", "1.4")),
        # Heavy tails, at which quadrature itself may not converge, do not decide on regularity.
        pytest.param("student_t", ("0.3", "1.2", "3.5"), marks=pytest.mark.slow),
    ],
)
def test_a_censored_tail_without_distribution_function_loses_information(name, at):
    family = bundled_family(name)
    seen = sf.derive(censored(family, right=2))
    assert seen.regularity.regular
    at = dict(zip(family.parameters, map(Rational, at)))
    gap = numbers(sf.derive(family).fisher.expr, at) - numbers(seen.fisher.expr, at)
    assert np.linalg.eigvalsh(gap).min() > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [({}, "at least one end"), ({"lower": -1}, "outside the support"),
     ({"upper": "lamda"}, "is a parameter")],
)  # fmt: skip
def test_a_window_that_is_none_is_refused(options, words):
    with pytest.raises(sf.InputError, match=words):
        truncated(bundled_family("exponential"), **options)


@pytest.mark.parametrize(
    "name",
    ["exponential", "gamma", "weibull", "gumbel", "logistic", "normal", "cauchy", "log_normal",
     "pareto", "lomax", "frechet", "maxwell", "gompertz", "nakagami"],
)  # fmt: skip
def test_a_distribution_function_is_scipy_s(name):
    """P(X < c), found by the engine, against SciPy's distribution function."""
    family = bundled_family(name).canonical
    own = family.supports[0]
    (at,) = sample_points(family, 1, seed=3)
    c = Rational(9, 4) if own.lower != -sympy.oo and own.upper == sympy.oo else Rational(2, 5)
    if own.lower.free_symbols:
        c = own.lower.subs(at) + 1
    closed = probability(family, own.lower, c)
    law = scipy_oracle.distribution(family, at)
    assert evaluate(closed, at) == pytest.approx(law.cdf(float(c)), rel=1e-10)
    assert part_of(family, own.lower, c).supports[0].upper == c


def test_compositions_compose():
    """The regression, censored, of a family in other parameters."""
    d = sf.derive("weibull").reparametrize("location and scale of the logarithm")
    d = d.regression({"mu": "identity"}, ["z"]).censored(right="c")
    assert [p.name for p in d.family.parameters] == ["sigma", "beta0", "beta1"]
    matrix, (at,) = d.fisher.expr, sample_points(d.family, 1, seed=1)
    values, _ = truth.expect(
        d.family, truth.scores(d.family), at, pairs=True, corners=corners(d.family, at)
    )
    for found, expected in zip(matrix, values, strict=True):
        assert abs(evaluate(found, at) - expected) < 1e-10 * max(abs(v) for v in values)
