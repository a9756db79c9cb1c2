"""Expansions of divergences at zero displacement, their remainders, and the picture of both."""

from __future__ import annotations

from itertools import combinations_with_replacement

import mpmath
import numpy as np
import pytest
import truth
from mpmath import mpf
from parameter_points import draw
from scipy import integrate, stats
from sympy import Abs, Float, Poly, Rational, Symbol, diff, log

import symfisher as sf
from symfisher.errors import DerivationError, InputError
from symfisher.formula import Status
from symfisher.numerics.evaluate import evaluate
from symfisher.quantities.log_ratio import series_in_log_ratio
from symfisher.quantities.remainder import remainder_estimate

t = Symbol("t")
PEARSON, HELLINGER = (t - 1) ** 2, 1 - t ** Rational(1, 2)


def assert_close(ours, theirs, digits):
    with mpmath.workdps(40):
        assert abs(ours - theirs) <= mpf(10) ** -digits * (1 + abs(theirs))


def direction(family):
    return {p: Rational(k + 2, 7) for k, p in enumerate(family.parameters)}


def along(formula, family):
    """The polynomial in t along the direction."""
    steps = formula.extra_symbols["increments"]
    moved = {steps[p.name]: t * d for p, d in direction(family).items()}
    return Poly(formula.expr.subs(moved, simultaneous=True), t)


def numerical_derivatives(closed, family, at, orders):
    """d^n/dt^n of a closed divergence along the direction, by finite differences of many digits."""
    prime = closed.extra_symbols["primed"]

    def value(step):
        second = {
            prime[p.name]: Float(mpf(int(at[p].p)) / int(at[p].q) + step * mpf(d.p) / d.q, 70)
            for p, d in direction(family).items()
        }
        return truth.number(closed.expr, {**at, **second})

    with mpmath.workdps(truth.WORKING_DIGITS):
        return [mpmath.diff(value, 0, n, h=mpf(10) ** -9) for n in orders]


def assert_expands(expansion, closed, family, at, digits=13):
    polynomial = along(expansion, family)
    orders = range(2, expansion.details["order"] + 1)
    for n, derivative in zip(orders, numerical_derivatives(closed, family, at, orders)):
        ours = evaluate(polynomial.coeff_monomial(t**n), at, digits=25)
        assert_close(ours * mpmath.factorial(n), derivative, digits)


@pytest.mark.parametrize(
    "name", ["weibull", "gumbel", "beta", "inverse_gaussian", "poisson", "zeta"]
)
def test_kl_expands_to_fourth_order(name):
    d = sf.derive(name)
    expansion = d.kl_expansion(order=4)
    assert expansion.status is Status.CLOSED
    assert_expands(expansion, d.kl(), d.family, draw(d.family, 31))


@pytest.mark.parametrize("name", ["normal", "gamma", "poisson"])
@pytest.mark.parametrize(("f", "quantity"), [(PEARSON, "chi_square"), (HELLINGER, "hellinger")])
def test_an_f_divergence_expands_to_fourth_order(name, f, quantity):
    d = sf.derive(name)
    expansion = d.f_expansion(f=f, order=4)
    assert expansion.status is Status.CLOSED
    assert_expands(expansion, d.quantity(quantity), d.family, draw(d.family, 31))


@pytest.mark.parametrize(("xi", "n"), [(Rational(-1, 40), 3), (Rational(3, 8), 4)])
def test_generalised_pareto_expands_for_either_sign_of_the_shape(xi, n):
    """Inward displacements have an infinite divergence, the derivatives are those of outward."""
    d = sf.derive("gpd")
    expansion = d.kl_expansion(order=4)
    assert expansion.status is Status.CLOSED
    assert [str(c) for c in expansion.conditions] == ["xi > -1/4"]
    sigma, shape = d.family.parameters
    at = {sigma: Rational(7, 5), shape: xi}
    step = Symbol("s")
    moved = {p: p + step * v for p, v in direction(d.family).items()}
    density = d.family.log_density.subs(moved, simultaneous=True)
    slope = diff(density, step, n).subs(step, 0)
    (mean,), _ = truth.expect(d.family, [-slope], at)
    ours = evaluate(along(expansion, d.family).coeff_monomial(t**n), at, digits=25)
    assert_close(ours * mpmath.factorial(n), mean, 13)


@pytest.mark.parametrize("name", ["student_t", "logistic", "burr_xii"])
def test_families_without_a_closed_divergence_expand_all_the_same(name):
    """Against quadrature of -E[(d . grad)^3 log p]/6, by the quadrature of the tests."""
    d = sf.derive(name)
    expansion = d.kl_expansion(order=3)
    assert expansion.status is Status.CLOSED
    assert d.kl().status is Status.QUADRATURE
    at = draw(d.family, 31)
    step = Symbol("s")
    moved = {p: p + step * v for p, v in direction(d.family).items()}
    third = diff(d.family.log_density.subs(moved, simultaneous=True), step, 3).subs(step, 0)
    (mean,), _ = truth.expect(d.family, [-third], at)
    ours = evaluate(along(expansion, d.family).coeff_monomial(t**3), at, digits=25)
    assert_close(ours, mean / 6, 13)


def test_kl_is_the_f_divergence_of_t_log_t():
    d = sf.derive("gamma")
    own, general = d.kl_expansion(order=4), d.f_expansion(f=t * log(t), order=4)
    steps = own.extra_symbols["increments"].values()
    at = {**draw(d.family, 3), **dict(zip(steps, (Rational(1, 3), Rational(-2, 7))))}
    assert_close(evaluate(own.expr, at, digits=25), evaluate(general.expr, at, digits=25), 20)


@pytest.mark.parametrize("name", ["gamma", "weibull", "student_t"])
def test_third_order_is_the_amari_chentsov_tensor_and_the_connection(name):
    """-E[d_i d_j d_k log p] = T_ijk + the three exponential connection coefficients."""
    d = sf.derive(name)
    tensor, connection = d.amari_chentsov().expr, d.christoffel_first(alpha=1)
    expansion, at = d.kl_expansion(order=3), draw(d.family, 14)
    gammas = connection.expr
    steps = list(expansion.extra_symbols["increments"].values())
    size = len(steps)
    for i, j, k in combinations_with_replacement(range(size), 3):
        part = diff(expansion.expr, steps[i], steps[j], steps[k]).subs(dict.fromkeys(steps, 0))
        indices = connection.details["indices"]
        assert len(indices) == 3
        cyclic = (gammas[k, i, j], gammas[j, i, k], gammas[i, j, k])  # Gamma_k,ij first
        ours = evaluate(part, at, digits=25)
        theirs = evaluate(tensor[i, j, k] + sum(cyclic), at, digits=25)
        assert_close(ours, theirs, 15)


def test_weights_of_the_series_by_hand():
    """KL: G(L) = -L + e^L - 1 = L^2/2 + L^3/6 + ...; Pearson: e^L (e^-L - 1)^2 = L^2 + L^4/12."""
    assert series_in_log_ratio(t * log(t), 4) == {
        2: Rational(1, 2), 3: Rational(1, 6), 4: Rational(1, 24)
    }  # fmt: skip
    assert series_in_log_ratio(PEARSON, 4) == {2: 1, 3: 0, 4: Rational(1, 12)}


# --- where there is none -------------------------------------------------------------------------


def test_a_corner_leaves_the_second_order_only():
    """KL of Laplace with a common scale is |d| + e^-|d| - 1 = d^2/2 - |d|^3/6 + ..."""
    d = sf.derive("laplace")
    assert d.kl_expansion().status is Status.CLOSED
    for found in (d.kl_expansion(order=3), d.f_expansion(f=PEARSON, order=3)):
        assert found.status is Status.NONE
        assert "corner that moves" in found.notes[0]


def test_a_moving_end_asks_for_a_thin_tail():
    d = sf.derive("gpd")
    assert [str(c) for c in d.kl_expansion(order=2).conditions] == ["xi > -1/2"]
    third = d.kl_expansion(order=3)
    assert [str(c) for c in third.conditions] == ["xi > -1/3"]
    assert "inward" in third.notes[-1]
    assert sf.derive("uniform").kl_expansion(order=3).status is Status.NONE


def test_a_generator_with_a_corner_is_refused():
    with pytest.raises(InputError, match="has a corner"):
        sf.derive("normal").f_expansion(f=Abs(t - 1))
    with pytest.raises(InputError, match="no derivative of order 2"):
        sf.derive("normal").f_expansion(f=(t - 1) ** Rational(4, 3))
    with pytest.raises(InputError, match="whole number from 2 on"):
        sf.derive("normal").f_expansion(order=1)


# --- remainders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gamma", "weibull", "normal", "beta"])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_the_remainder_is_not_larger_than_its_estimate(name, order):
    d = sf.derive(name)
    at = draw(d.family, 8)
    step = {p: Rational((-1) ** k, 9) * at[p] for k, p in enumerate(d.family.parameters)}
    closed, expansion = d.kl(), d.kl_expansion(order=order)
    prime, increments = closed.extra_symbols["primed"], expansion.extra_symbols["increments"]
    second = {prime[p.name]: at[p] + v for p, v in step.items()}
    shift = {increments[p.name]: v for p, v in step.items()}
    gap = evaluate(closed.expr, {**at, **second}) - evaluate(expansion.expr, {**at, **shift})
    bound = remainder_estimate(d.family, at, step, order)
    assert abs(gap) <= bound * (1 + 1e-6)
    assert bound <= 60 * abs(gap)


def test_the_remainder_of_an_f_divergence():
    """Pearson's, of an exponential family with one parameter, by hand: r^2/(2r - 1) - 1."""
    d = sf.derive("exponential")
    (rate,) = d.family.parameters
    bound = remainder_estimate(d.family, {rate: 1}, {rate: Rational(1, 5)}, 2, f=PEARSON)
    # 1/(q(2 - q)) - 1 at q = 1.2, less its quadratic part (q - 1)^2
    gap = 1 / (1.2 * 0.8) - 1 - 0.04
    assert gap <= bound <= 10 * gap


def test_a_remainder_outside_the_domain_or_across_a_corner_is_refused():
    family = sf.derive("gamma").family
    alpha, beta = family.parameters
    with pytest.raises(InputError, match="not in"):
        remainder_estimate(family, {alpha: 1, beta: 1}, {alpha: -2})
    with pytest.raises(InputError, match="neither a parameter nor a constant"):
        remainder_estimate(family, {alpha: 1, beta: 1}, {Symbol("gamma"): 1})
    laplace = sf.derive("laplace").family
    mu, b = laplace.parameters
    with pytest.raises(DerivationError, match="corner"):
        remainder_estimate(laplace, {mu: 0, b: 1}, {mu: 1})


# --- the picture ---------------------------------------------------------------------------------


def test_the_picture_shows_the_divergence_and_its_expansions():
    pytest.importorskip("matplotlib")
    from symfisher.plots.divergence import plot_kl_expansions

    axes = plot_kl_expansions(
        "exponential", at={"lamda": 1}, direction={"lamda": 1}, orders=(2, 3), reach=0.5
    )
    exact, second, third = (line.get_data() for line in axes.get_lines())
    steps = np.asarray(exact[0])
    assert np.allclose(exact[1], steps - np.log1p(steps))  # lamda' - log lamda' - 1
    assert np.allclose(second[1], steps**2 / 2)
    assert np.allclose(third[1], steps**2 / 2 - steps**3 / 3)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["divergence", "second order", "third order"]
    with pytest.raises(InputError, match="neither a parameter nor a constant"):
        plot_kl_expansions("exponential", at={"rate": 1}, direction={"lamda": 1})


def test_the_picture_stops_where_the_domain_ends():
    pytest.importorskip("matplotlib")
    from symfisher.plots.divergence import plot_kl_expansions

    axes = plot_kl_expansions("weibull", {"k": 2, "lamda": 1}, {"k": 4}, orders=(2,))
    times = axes.get_lines()[0].get_xdata()
    assert min(times) > -0.5
    assert max(times) == 1


def test_the_exact_line_of_an_open_divergence_is_computed():
    """Logistic: by SciPy at one place."""
    pytest.importorskip("matplotlib")
    from symfisher.plots.divergence import plot_kl_expansions

    axes = plot_kl_expansions("logistic", {"mu": 0, "s": 1}, {"mu": 1}, orders=(2,))
    line = axes.get_lines()[0]
    p, q = stats.logistic(0, 1), stats.logistic(1, 1)
    theirs = integrate.quad(lambda v: p.pdf(v) * (p.logpdf(v) - q.logpdf(v)), -60, 60)[0]
    assert line.get_ydata()[-1] == pytest.approx(theirs, rel=1e-8)
