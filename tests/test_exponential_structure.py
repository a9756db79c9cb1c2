"""The exponential-family structure is found, and what follows from it is what quadrature says."""

from __future__ import annotations

import mpmath
import pytest
import truth
from literature import declared, entries
from mpmath import mpf
from parameter_points import draw, draw_easy
from scipy import stats
from sympy import (
    Add,
    Integer,
    KroneckerDelta,
    Rational,
    Symbol,
    diff,
    exp,
    log,
    loggamma,
    pi,
    simplify,
    sympify,
)

import symfisher as sf
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.expectation.exponential_dimension import least_dimension
from symfisher.expectation.exponential_form import exponential_form
from symfisher.formula import Status
from symfisher.numerics.evaluate import evaluate

x = Symbol("x")

FULL = {
    "bernoulli": 1, "beta": 2, "beta_prime": 2, "binomial": 1, "bivariate_normal": 5,
    "categorical": 2, "dirichlet": 3, "exponential": 1, "gamma": 2, "geometric": 1,
    "half_normal": 1, "inverse_gamma": 2, "inverse_gaussian": 2, "log_normal": 2, "log_series": 1,
    "maxwell": 1, "multinomial": 2, "nakagami": 2, "negative_binomial": 1, "normal": 2,
    "pareto": 1, "poisson": 1, "rayleigh": 1, "von_mises": 2, "zero_inflated_poisson": 2,
    "zeta": 1,
}  # fmt: skip
WITHOUT = {
    "weibull": "x**k holds both data and parameters",
    "student_t": "holds both data and parameters",
    "cauchy": "holds both data and parameters",
    "gumbel": "full rank 9",
    "negative_binomial_size": "full rank 9",
    "uniform": "the support's end x = theta moves with theta",
    "pareto_unknown_minimum": "the support's end x = m moves with m",
    "laplace": "the density has a corner in Abs(mu - x)",
}


def close(ours, theirs, digits):
    with mpmath.workdps(40):
        return abs(ours - theirs) <= mpf(10) ** -digits * (1 + abs(theirs))


@pytest.mark.parametrize("name", FULL)
def test_the_structure_is_found_full_and_minimal(name):
    d = sf.derive(name)
    found = d.exponential_family()
    assert found.details["full"] is True
    assert found.details["curved"] is False
    assert found.details["minimal"] is True
    assert len(found.details["statistics"]) == FULL[name]


@pytest.mark.parametrize("name", [n for n in FULL if n != "categorical"])
def test_the_form_adds_up_to_the_log_density(name):
    d = sf.derive(name)
    at = draw(d.family, 5)
    if name in ("dirichlet", "bivariate_normal"):
        at |= dict(zip(d.family.variables, (Rational(2, 7), Rational(3, 7))))
    elif name == "multinomial":
        at |= dict.fromkeys(d.family.variables, Integer(1))
    else:
        inside = Integer(1) if d.family.is_mass else Rational(2, 7)
        at[d.family.variables[0]] = inside + (at.get(Symbol("m", positive=True), 0))
    difference = d.exponential_family().expr.replace(
        KroneckerDelta, lambda i, j: Integer(int(i == j.subs(at) if j.free_symbols else i == j))
    )
    difference = difference.subs(at) - d.family.log_density.subs(at)
    assert abs(difference.evalf(30)) < 1e-20


@pytest.mark.parametrize("name", WITHOUT)
def test_other_families_are_said_to_be_without_and_why(name):
    d = sf.derive(name)
    for quantity in ("exponential_family", "log_partition", "conjugate_prior", "dual_potential"):
        found = d.quantity(quantity)
        assert found.status is Status.NONE
        assert found.expr is None
        assert WITHOUT[name] in found.notes[0]


def test_weibull_with_a_known_shape_has_it():
    k, lamda = Symbol("k"), Symbol("lamda")
    density = log(k) - k * log(lamda) + (k - 1) * log(x) - (x / lamda) ** k
    family = Family("weibull of known shape", x, "(0, oo)", {lamda: "positive"}, density,
                    constants={k: "positive"})  # fmt: skip
    found = sf.derive(family).exponential_family()
    assert found.details["statistics"] == ["x**k"]
    partition = sf.derive(family).log_partition()
    (eta,) = partition.extra_symbols["natural"].values()
    assert simplify(partition.expr + log(-eta)) == 0


@pytest.mark.parametrize("name", ["normal_known_cv", "gamma_hyperbola"])
def test_a_curved_family_is_called_curved(name):
    found = sf.derive(declared(entries()[name])).exponential_family()
    assert found.details["curved"] is True
    assert found.details["minimal"] is True
    assert "curved" in found.notes[-1]


def test_the_rank_of_the_log_density_counts_the_statistics():
    """Normal with mean theta and variance theta^2 is curved with two, N(theta, theta) has one."""
    theta = Symbol("theta", positive=True)
    one = -((x - theta) ** 2) / (2 * theta) - log(theta) / 2
    two = -((x - theta) ** 2) / (2 * theta**2) - log(theta)
    for density, rank in ((one, 1), (two, 2)):
        family = Family("normal", x, "(-oo, oo)", {theta: "positive"}, density - log(2 * pi) / 2)
        assert least_dimension(family.canonical) == rank


# --- the log-partition ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["gamma", "beta", "inverse_gaussian", "von_mises", "log_normal", "nakagami", "poisson"]
)
def test_the_log_partition_is_the_log_of_the_integral(name):
    """A(eta) by quadrature of h exp(eta . T), with expectations under a member: E[e^(d . T)]."""
    d = sf.derive(name)
    form, found = exponential_form(d.family.canonical), d.log_partition()
    assert found.details["in_natural_parameters"] is True
    at = draw(d.family, 7)
    natural = [eta.subs(at) for eta in form.natural_parameters]
    shift = [Rational(1, 9 + 2 * k) * abs(e) for k, e in enumerate(natural)]
    signs = [-1 if e < 0 else 1 for e in natural]
    moved = [e + s * d for e, s, d in zip(natural, signs, shift)]
    tilt = Add(*((m - e) * t for m, e, t in zip(moved, natural, form.statistics)))
    tilt = tilt.subs(dict(zip(form.family.variables, d.family.variables)))
    (ratio,), _ = truth.expect(d.family, [exp(tilt)], at)
    names = found.extra_symbols["natural"].values()
    gained = found.expr.subs({**at, **dict(zip(names, moved))}) - found.expr.subs(
        {**at, **dict(zip(names, natural))}
    )
    with mpmath.workdps(30):
        assert close(mpmath.mpmathify(gained.evalf(25)), mpmath.log(ratio), 14)


KNOWN = {  # Nielsen and Garcia 2009, arXiv:0911.4863, in their tables' natural parameters
    "bernoulli": "log(exp(eta) + 1)",
    "poisson": "exp(eta)",
    "normal": "-eta_1**2/(4*eta_2) - log(-2*eta_2)/2",
    "exponential": "-log(-eta)",
    "gamma": "-eta_2*log(-eta_1) + loggamma(eta_2)",
    "beta": "loggamma(eta_1) + loggamma(eta_2) - loggamma(eta_1 + eta_2)",
    "multinomial": "n*log(exp(eta_1) + exp(eta_2) + 1)",
}


@pytest.mark.parametrize("name", KNOWN)
def test_log_partitions_of_the_literature(name):
    found = sf.derive(name).log_partition()
    names = {s.name: s for s in found.expr.free_symbols}
    assert simplify(found.expr - sympify(KNOWN[name], locals=names)) == 0


# --- moments -------------------------------------------------------------------------------------

ONE = ["gamma", "beta", "von_mises", "inverse_gaussian", "poisson", "zero_inflated_poisson"]


@pytest.mark.parametrize("name", ONE)
def test_cumulants_and_moments_are_those_of_quadrature(name):
    d = sf.derive(name)
    statistics = list(d.sufficient_statistics().expr)
    at = draw_easy(d.family, 9)
    means = [evaluate(m, at, digits=25) for m in d.mean_parameters().expr]
    second, third = d.statistic_cumulants(order=2).expr, d.statistic_cumulants(order=3).expr
    raw = d.statistic_moments(order=2).expr
    size = range(len(statistics))
    products = [statistics[i] * statistics[j] for i in size for j in size]
    triples = [statistics[0] * p for p in products]
    values, _ = truth.expect(d.family, [_shown(e) for e in (*statistics, *products, *triples)], at)
    with mpmath.workdps(30):
        n = len(statistics)
        first, squares, cubes = values[:n], values[n : n + n * n], values[n + n * n :]
        for i in size:
            assert close(means[i], first[i], 15)
            for j in size:
                pair = squares[n * i + j]
                assert close(evaluate(raw[i, j], at, digits=25), pair, 14)
                covariance = pair - first[i] * first[j]
                assert close(evaluate(second[i, j], at, digits=25), covariance, 13)
                joint = (
                    cubes[n * i + j]
                    - first[0] * pair
                    - first[i] * squares[j]
                    - first[j] * squares[i]
                    + 2 * first[0] * first[i] * first[j]
                )
                assert close(evaluate(third[0, i, j], at, digits=25), joint, 12)


def _shown(integrand):
    """Indicators as powers of zero, which mpmath can take at whole numbers."""
    return integrand.replace(KroneckerDelta, lambda i, j: Integer(0) ** abs(j - i))


@pytest.mark.parametrize("name", ["gamma", "normal", "bivariate_normal", "multinomial", "beta"])
def test_the_fisher_matrix_is_the_hessian_of_the_log_partition(name):
    d = sf.derive(name)
    form = exponential_form(d.family.canonical)
    hessian, inverse = d.natural_information(), d.natural_information(coordinates="mean")
    at = draw(d.family, 4)
    values = {s: e.subs(at) for s, e in zip(form.symbols, form.natural_parameters)}
    jacobian = form.jacobian.subs(at)
    pulled = jacobian.T * hessian.expr.subs({**values, **at}) * jacobian
    mean = inverse.expr.subs(at) * hessian.expr.subs({**values, **at})
    size = range(len(d.family.parameters))
    for i in size:
        for j in size:
            theirs = d.fisher.expr[i, j].subs(at)
            assert abs((pulled[i, j] - theirs).evalf(30)) < 1e-15
            assert abs((mean[i, j] - int(i == j)).evalf(30)) < 1e-15


@pytest.mark.parametrize(
    "name", ["normal", "poisson", "bernoulli", "inverse_gaussian", "multinomial"]
)
def test_the_dual_potential_is_the_legendre_transform(name):
    """A*(m) + A(eta) = eta . m, and the gradient of A* is eta."""
    d = sf.derive(name)
    form, dual = exponential_form(d.family.canonical), d.dual_potential()
    assert dual.details["in_mean_parameters"] is True
    at = draw(d.family, 12)
    means = dict(zip(dual.extra_symbols["mean"].values(), (m.subs(at) for m in form.means)))
    total = dual.expr.subs({**at, **means}) + form.log_partition.subs(at)
    product = sum(e.subs(at) * m for e, m in zip(form.natural_parameters, means.values()))
    assert abs((total - product).evalf(30)) < 1e-18
    for symbol, eta in zip(means, form.natural_parameters):
        slope = diff(dual.expr, symbol).subs({**at, **means})
        assert abs((slope - eta.subs(at)).evalf(30)) < 1e-18


def test_the_dual_potential_of_a_gamma_family_stays_in_its_parameters():
    dual = sf.derive("gamma").dual_potential()
    assert dual.details["in_mean_parameters"] is False


# --- the conjugate prior -------------------------------------------------------------------------


def test_the_conjugate_prior_of_a_probability_is_a_beta_density():
    d = sf.derive("bernoulli")
    (p,) = d.family.parameters
    prior = d.conjugate_prior()
    chi, nu = prior.extra_symbols["hyperparameters"].values()
    levels = []
    for value in (Rational(1, 5), Rational(3, 5)):
        ours = float(prior.expr.subs({p: value, chi: 3, nu: 8}))
        levels.append(ours - stats.beta(3, 5).logpdf(float(value)))
    assert levels[0] == pytest.approx(levels[1], rel=1e-12)


def test_the_conjugate_prior_of_a_mean_count_is_a_gamma_density():
    d = sf.derive("poisson")
    (rate,) = d.family.parameters
    prior = d.conjugate_prior()
    chi, nu = prior.extra_symbols["hyperparameters"].values()
    kernel = (chi - 1) * log(rate) - nu * rate
    assert simplify(prior.expr - kernel) == 0


def test_an_order_that_is_no_number_of_factors_is_refused():
    with pytest.raises(InputError, match="give a whole number from 1 on"):
        sf.derive("gamma").statistic_cumulants(order=0)
    with pytest.raises(InputError, match="neither natural nor mean"):
        sf.derive("gamma").natural_information(coordinates="source")


def test_base_measure_and_constants_go_together():
    """The binomial coefficient is in the base measure, not in A."""
    found = sf.derive("binomial").exponential_family()
    assert found.details["log_partition"] == "-n*log(1 - p)"
    base = found.details["log_base_measure"]
    n, y = Symbol("n", positive=True), Symbol("x", nonnegative=True)
    assert base == str(loggamma(n + 1) - loggamma(y + 1) - loggamma(n - y + 1))
