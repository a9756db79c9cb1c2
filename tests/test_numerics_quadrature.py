"""Expectations by quadrature against published Fisher matrices, evaluated at 30 digits."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf, psi
from sympy import (
    Abs,
    Eq,
    Integer,
    Piecewise,
    Rational,
    Symbol,
    besseli,
    beta,
    binomial,
    cos,
    diff,
    exp,
    factorial,
    log,
    loggamma,
    pi,
    sqrt,
    symbols,
    zeta,
)

from symfisher.declaration import Family
from symfisher.numerics.quadrature import quadrature

x, y, m, s, t = symbols("x y m s t")
POSITIVE_LINE = "(0, oo)"


def family(logpdf, parameters, support="(-oo, oo)", variable=x, kind="logpdf", constants=None):
    return Family(
        "test",
        variable,
        support,
        parameters,
        constants=constants,
        **{kind: logpdf},
    )


def normal():
    return family(-log(s) - log(2 * pi) / 2 - (x - m) ** 2 / (2 * s**2), {m: "real", s: "positive"})


def gamma_family():
    density = s * log(t) + (s - 1) * log(x) - t * x - loggamma(s)
    return family(density, {s: "positive", t: "positive"}, POSITIVE_LINE)


def beta_family():
    density = (s - 1) * log(x) + (t - 1) * log(1 - x) - log(beta(s, t))
    return family(density, {s: "positive", t: "positive"}, "(0, 1)")


def weibull():
    density = log(s) - log(t) + (s - 1) * log(x / t) - (x / t) ** s
    return family(density, {s: "positive", t: "positive"}, POSITIVE_LINE)


def student():
    density = (
        loggamma((t + 1) / 2) - loggamma(t / 2) - log(pi * t) / 2 - log(s)
        - (t + 1) / 2 * log(1 + ((x - m) / s) ** 2 / t)
    )  # fmt: skip
    return family(density, {m: "real", s: "positive", t: "positive"})


def gev(support, domain):
    z = 1 + t * (x - m) / s
    density = -log(s) - (1 + 1 / t) * log(z) - z ** (-1 / t)
    return family(density, {m: "real", s: "positive", t: domain}, support)


def von_mises():
    density = s * cos(x - m) - log(2 * pi * besseli(0, s))
    return family(density, {m: "(-2, 2)", s: "positive"}, "(-pi, pi)")


def laplace():
    return family(-log(2 * s) - Abs(x - m) / s, {m: "real", s: "positive"})


def three_parameter_gamma():
    density = (s - 1) * log(x - m) - (x - m) / t - s * log(t) - loggamma(s)
    return family(density, {m: "real", s: "positive", t: "positive"}, "(m, oo)")


def poisson():
    return family(y * log(s) - s - log(factorial(y)), {s: "positive"}, "0..oo", y, "logpmf")


def negative_binomial():
    density = loggamma(s + y) - loggamma(s) - loggamma(y + 1) + s * log(t) + y * log(1 - t)
    return family(density, {s: "positive", t: "unit"}, "0..oo", y, "logpmf")


def zeta_family():
    return family(-s * log(y) - log(zeta(s)), {s: "(1, oo)"}, "1..oo", y, "logpmf")


def bivariate_normal():
    r = Symbol("r")
    u, v = x - m, y / s
    density = (
        -log(2 * pi * s) - log(1 - r**2) / 2 - (u**2 - 2 * r * u * v + v**2) / (2 * (1 - r**2))
    )
    return family(
        density, {m: "real", s: "positive", r: "(-1, 1)"}, ["(-oo, oo)", "(-oo, oo)"], (x, y)
    )


def dirichlet():
    density = (
        (s - 1) * log(x) + (t - 1) * log(y) + (m - 1) * log(1 - x - y)
        + loggamma(s + t + m) - loggamma(s) - loggamma(t) - loggamma(m)
    )  # fmt: skip
    parameters = {s: "positive", t: "positive", m: "positive"}
    return family(density, parameters, ["(0, 1)", "(0, 1 - x)"], (x, y))


def gamma_truth(a, b):
    return [[psi(1, a), -1 / b], [-1 / b, a / b**2]]


def beta_truth(a, b):
    both = psi(1, a + b)
    return [[psi(1, a) - both, -both], [-both, psi(1, b) - both]]


def weibull_truth(k, scale):
    g = 1 - mpmath.euler
    return [[(mpmath.pi**2 / 6 + g**2) / k**2, -g / scale], [-g / scale, k**2 / scale**2]]


def student_truth(_, sigma, n):
    cross = -2 / (sigma * (n + 1) * (n + 3))
    last = (psi(1, n / 2) - psi(1, (n + 1) / 2)) / 4 - (n + 5) / (2 * n * (n + 1) * (n + 3))
    return [
        [(n + 1) / ((n + 3) * sigma**2), 0, 0],
        [0, 2 * n / ((n + 3) * sigma**2), cross],
        [0, cross, last],
    ]


def von_mises_truth(_, k):
    ratio = mpmath.besseli(1, k) / mpmath.besseli(0, k)
    return [[k * ratio, 0], [0, 1 - ratio / k - ratio**2]]


def gev_location_truth(_, sigma, xi):
    """Prescott and Walden (1980)."""
    return [[(1 + xi) ** 2 * mpmath.gamma(1 + 2 * xi) / sigma**2]]


def three_parameter_gamma_truth(_, a, b):
    return [
        [1 / (b**2 * (a - 2)), 1 / (b * (a - 1)), 1 / b**2],
        [1 / (b * (a - 1)), psi(1, a), 1 / b],
        [1 / b**2, 1 / b, a / b**2],
    ]


def zeta_truth(a):
    value = [mpmath.zeta(a, 1, derivative=k) for k in range(3)]
    return [[value[2] / value[0] - (value[1] / value[0]) ** 2]]


def bivariate_truth(_, sigma, r):
    q = 1 - r**2
    return [
        [1 / q, 0, 0],
        [0, (2 - r**2) / (sigma**2 * q), -r / (sigma * q)],
        [0, -r / (sigma * q), (1 + r**2) / q**2],
    ]


def dirichlet_truth(*alphas):
    both = psi(1, sum(alphas))
    return [[(psi(1, a) if i == j else 0) - both for j in range(3)] for i, a in enumerate(alphas)]


TRUTHS = [
    (normal(), ("137/101", "0.31"), lambda _, d: [[1 / d**2, 0], [0, 2 / d**2]], 13),
    (gamma_family(), ("1.7", "0.4"), gamma_truth, 13),
    (gamma_family(), ("0.05", "1.3"), gamma_truth, 13),
    (gamma_family(), ("0.01", "1.3"), gamma_truth, 13),
    (gamma_family(), ("300", "1.3"), gamma_truth, 11),
    (beta_family(), ("0.05", "0.1"), beta_truth, 13),
    (beta_family(), ("40", "0.1"), beta_truth, 12),
    (weibull(), ("0.3", "1.9"), weibull_truth, 13),
    (weibull(), ("7", "1.9"), weibull_truth, 13),
    (student(), ("0.3", "1.2", "1.5"), student_truth, 13),
    (student(), ("0.3", "1.2", "0.4"), student_truth, 13),
    (von_mises(), ("0.9", "3"), von_mises_truth, 13),
    (von_mises(), ("-1.8", "0.2"), von_mises_truth, 13),
    (laplace(), ("0.3", "1.5"), lambda _, b: [[1 / b**2, 0], [0, 1 / b**2]], 13),
    (gev("(m - s/t, oo)", "positive"), ("0.3", "1.2", "0.3"), gev_location_truth, 13),
    (gev("(-oo, m - s/t)", "negative"), ("0.3", "1.2", "-0.3"), gev_location_truth, 13),
    (three_parameter_gamma(), ("-0.7", "3.1", "1.2"), three_parameter_gamma_truth, 13),
    (poisson(), ("2.3",), lambda a: [[1 / a]], 13),
    (poisson(), ("5000",), lambda a: [[1 / a]], 9),
    (zeta_family(), ("1.2",), zeta_truth, 12),
    (zeta_family(), ("4",), zeta_truth, 13),
    (bivariate_normal(), ("0.3", "1.7", "0.8"), bivariate_truth, 13),
    (dirichlet(), ("0.4", "2.3", "1.1"), dirichlet_truth, 12),
]


def outer_products(distribution):
    """Score and the products of its entries, with one form for each piece of the support."""
    rule = quadrature(distribution)
    scores = [
        [diff(piece.log_density, p) for p in distribution.parameters] for piece in rule.pieces
    ]
    count = range(len(distribution.parameters))
    score = [tuple(s_[i] for s_ in scores) for i in count]
    products = [tuple(s_[i] * s_[j] for s_ in scores) for i in count for j in count]
    return rule, score, products


def at(distribution, values):
    return {p: Rational(v) for p, v in zip(distribution.parameters, values)}


def exact(truth, values):
    with mpmath.workdps(40):
        return truth(*(mpf(Rational(v).p) / Rational(v).q for v in values))


@pytest.mark.parametrize(("distribution", "values", "truth", "digits"), TRUTHS)
def test_the_outer_product_form_is_right_and_its_error_honest(distribution, values, truth, digits):
    rule, score, products = outer_products(distribution)
    estimate = rule.expect([*score, *products], at(distribution, values))
    count = len(score)
    found = estimate.values[count:].reshape(count, count)
    errors = estimate.errors[count:].reshape(count, count)
    true = np.array([[float(v) for v in row] for row in exact(truth, values)])
    size = len(true)
    scale = np.sqrt(np.outer(np.diag(found), np.diag(found)))[:size, :size]
    deviation = np.abs(found[:size, :size] - true)
    assert abs(estimate.mass - 1) < 10.0**-digits
    assert np.all(deviation <= 10.0**-digits * scale)
    assert np.all(deviation <= 3 * errors[:size, :size] + 1e-15 * scale)


@pytest.mark.parametrize(
    ("distribution", "values", "truth"),
    [
        (gamma_family(), ("0.05", "1.3"), gamma_truth),
        (beta_family(), ("0.5", "1.1"), beta_truth),
        (student(), ("0.3", "1.2", "1.5"), student_truth),
        (von_mises(), ("0.9", "3"), von_mises_truth),
        (gev("(-oo, m - s/t)", "negative"), ("0.3", "1.2", "-0.3"), gev_location_truth),
        (zeta_family(), ("1.2",), zeta_truth),
    ],
)
def test_thirty_digits(distribution, values, truth):
    rule, score, products = outer_products(distribution)
    point = at(distribution, values)
    estimate = rule.expect_precise([*score, *products], point, 30)
    count = len(score)
    true = exact(truth, values)
    with mpmath.workdps(40):
        for i, row in enumerate(true):
            for j, value in enumerate(row):
                found = estimate.values[count + count * i + j]
                assert abs(found - value) <= mpf(10) ** -29 * (1 + abs(value))
        assert abs(estimate.mass - 1) < mpf(10) ** -30


def test_the_negative_binomial_forms_agree_far_out():
    distribution = negative_binomial()
    score = diff(distribution.log_density, s)
    for values in (("2.3", "0.02"), ("0.3", "0.7"), ("2.3", "0.0002")):
        estimate = quadrature(distribution).expect(
            [score, score**2, -diff(score, s)], at(distribution, values)
        )
        assert estimate.mass == pytest.approx(1, abs=1e-12)
        assert estimate.values[1] == pytest.approx(estimate.values[2], abs=3e-11)


@pytest.mark.parametrize("values", [("0.02", "1.3"), ("0.3", "1.3"), ("1000", "0.1")])
def test_shapes_at_the_edge_of_the_domain(values):
    rule, score, products = outer_products(gamma_family())
    estimate = rule.expect([*score, *products], at(gamma_family(), values))
    truth = exact(gamma_truth, values)
    assert estimate.values[2] == pytest.approx(float(truth[0][0]), rel=1e-11)


def test_an_integral_that_diverges_is_not_given_a_number():
    semicircle = family(log(2 / (pi * s**2)) + log(s**2 - x**2) / 2, {s: "positive"}, "(-s, s)")
    score = diff(semicircle.log_density, s)
    estimate = quadrature(semicircle).expect(
        [score, score**2, -diff(score, s)], {s: Rational(13, 7)}
    )
    assert estimate.mass == pytest.approx(1, abs=1e-13)
    assert abs(estimate.values[0]) < 1e-12
    assert not np.isfinite(estimate.errors[1])
    assert not np.isfinite(estimate.errors[2])
    precise = quadrature(semicircle).expect_precise([score**2], {s: Rational(13, 7)}, 30)
    assert not mpmath.isfinite(precise.errors[0])


def test_a_mean_that_does_not_exist_is_seen_on_the_line_too():
    cauchy = family(-log(pi * s) - log(1 + (x / s) ** 2), {s: "positive"})
    estimate = quadrature(cauchy).expect([Abs(x), x**2, 1 / (1 + x**2)], {s: Rational(7, 5)})
    assert np.isinf(estimate.errors[:2]).all()
    assert estimate.values[2] == pytest.approx(5 / 12, rel=1e-13)


def test_counts_of_every_kind_of_support():
    n = Symbol("n")
    trials = family(
        log(binomial(n, y)) + y * log(s) + (n - y) * log(1 - s), {s: "unit"}, "0..n", y, "logpmf",
        constants={n: "integer 1..oo"},
    )  # fmt: skip
    coin = family(y * log(s) + (1 - y) * log(1 - s), {s: "unit"}, "{0, 1}", y, "logpmf")
    signed = family(
        -s * Abs(y) + log((1 - exp(-s)) / (1 + exp(-s))), {s: "positive"}, "-oo..oo", y, "logpmf"
    )
    p = Rational(31, 97)
    assert quadrature(trials).expect([y], {s: p, n: Integer(9)}).values[0] == pytest.approx(9 * p)
    assert quadrature(coin).expect([y], {s: p}).values[0] == pytest.approx(float(p), rel=1e-15)
    found = quadrature(signed).expect([y, y**2], {s: p})
    q = float(exp(-p))
    assert found.mass == pytest.approx(1, abs=1e-14)
    assert abs(found.values[0]) < 1e-12
    assert found.values[1] == pytest.approx(2 * q / (1 - q) ** 2, rel=1e-13)


def test_a_point_mass_at_zero():
    density = Piecewise(
        (log(t + (1 - t) * exp(-s)), Eq(y, 0)),
        (log(1 - t) - s + y * log(s) - loggamma(y + 1), True),
    )
    inflated = family(density, {s: "positive", t: "unit"}, "0..oo", y, "logpmf")
    found = quadrature(inflated).expect([y], at(inflated, ("2.3", "0.2")))
    assert found.mass == pytest.approx(1, abs=1e-14)
    assert found.values[0] == pytest.approx(0.8 * 2.3, rel=1e-14)


def test_a_count_and_a_continuous_variable_together():
    joint = family(
        y * log(x) - x - loggamma(y + 1) - s * x + log(s), {s: "positive"},
        [POSITIVE_LINE, "0..oo"], (x, y), "logpdf",
    )  # fmt: skip
    found = quadrature(joint).expect([x, y, x * y], at(joint, ("1.7",)))
    assert found.mass == pytest.approx(1, abs=1e-13)
    assert found.values == pytest.approx([1 / 1.7, 1 / 1.7, 2 / 1.7**2], rel=1e-13)


def test_heavy_tails_in_two_variables():
    q = 1 + (x**2 + y**2) / (s * t**2)
    both = family(
        -log(2 * pi) - 2 * log(t) - (s / 2 + 1) * log(q), {s: "positive", t: "positive"},
        ["(-oo, oo)", "(-oo, oo)"], (x, y),
    )  # fmt: skip
    found = quadrature(both).expect([1 / q], at(both, ("2.5", "0.7")))
    assert found.mass == pytest.approx(1, abs=1e-12)
    assert found.values[0] == pytest.approx(2.5 / 4.5, rel=1e-12)


def test_a_density_that_is_heavy_tailed_even_in_the_logarithm():
    log_cauchy = family(
        -log(pi) - log(x) - log(s**2 + log(x) ** 2) + log(s), {s: "positive"}, POSITIVE_LINE
    )
    score = diff(log_cauchy.log_density, s)
    found = quadrature(log_cauchy).expect([score, score**2], {s: Rational(3, 2)})
    assert found.mass == pytest.approx(1, abs=2 * found.mass_error)
    assert found.mass_error < 1e-11
    assert found.values[1] == pytest.approx(1 / (2 * 1.5**2), rel=1e-10)


def test_one_point_costs_a_few_milliseconds():
    from time import process_time

    rule, score, products = outer_products(student())
    point = at(student(), ("0.3", "1.2", "1.5"))
    rule.expect([*score, *products], point)
    start = process_time()
    for _ in range(5):
        rule.expect([*score, *products], point)
    assert (process_time() - start) / 5 < 0.02


def test_square_roots_of_the_data_are_no_obstacle():
    """A density whose end is reached as a square root: the arcsine law."""
    arcsine = family(-log(pi) - log(x) / 2 - log(s - x) / 2, {s: "positive"}, "(0, s)")
    found = quadrature(arcsine).expect([sqrt(x * (s - x))], {s: Rational(7, 3)})
    assert found.mass == pytest.approx(1, abs=1e-14)
    assert found.values[0] == pytest.approx(7 / 3 / np.pi, rel=1e-13)


def negative_multinomial(count):
    counts, shares = symbols(f"n1:{count + 1}"), symbols(f"p1:{count + 1}")
    total = sum(counts)
    density = loggamma(s + total) - loggamma(s) + s * log(1 - sum(shares))
    density += sum(n * log(p) - loggamma(n + 1) for n, p in zip(counts, shares))
    return Family(
        "test", counts, ["0..oo"] * count, dict.fromkeys(shares, "unit"),
        logpmf=density, constants={s: "positive"}, constraints=[sum(shares) < 1],
    )  # fmt: skip


@pytest.mark.parametrize("shares", [("90/93", "5/186"), ("9/20", "50/101", "1/20")])
def test_long_sums_over_several_counts(shares):
    """Near the boundary, where hundreds or thousands of values of each count matter: E[n_1]."""
    many = negative_multinomial(len(shares))
    point = dict(zip([*many.parameters, s], map(Rational, (*shares, "5/2"))))
    found = quadrature(many).expect([many.variables[0]], point)
    mean = point[s] * Rational(shares[0]) / (1 - sum(map(Rational, shares)))
    assert found.mass == pytest.approx(1, abs=1e-11)
    assert found.values[0] == pytest.approx(float(mean), rel=1e-9)
    assert abs(found.values[0] - float(mean)) <= found.errors[0]


@pytest.mark.parametrize("tail", ["2", "6/5", "1/2", "1/5"])
def test_estimates_of_errors_are_not_too_small_for_heavy_tails_of_two_counts(tail):
    """A bivariate Waring law: counts with tails of order 1/n^a, which no truncated sum reaches."""
    n, k = symbols("n k")
    a, b = m, t
    density = loggamma(a + 3) + loggamma(b + n + k) - loggamma(a + b + 3 + n + k)
    density += loggamma(a + b) - loggamma(a) - loggamma(b) + loggamma(3 + n + k) - log(2)
    density += -loggamma(n + 1) - loggamma(k + 1) - (n + k) * log(2)
    waring = Family("test", (n, k), ["0..oo"] * 2, {a: "positive", b: "positive"}, logpmf=density)
    found = quadrature(waring).expect([n, log(3 + n + k)], {a: Rational(tail), b: 2})
    if Rational(tail) > 1:
        assert abs(found.values[0] - 3.0 / (float(Rational(tail)) - 1)) <= found.errors[0]
    else:  # it has no mean
        assert found.errors[0] > 0.3 * found.values[0]
    assert found.errors[1] > abs(found.mass - 1)
