"""Geodesics, distances, maps, means and descents in numbers, against what is known otherwise."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from mpmath import mp
from scipy.special import digamma, polygamma
from sympy import Rational, log, symbols

import symfisher as sf
from symfisher.errors import DoesNotExistError, InputError
from symfisher.manifold import (
    DualSpace,
    Manifold,
    covariance_distance,
    descend,
    e_projection,
    flow,
    m_projection,
    natural_gradient,
    normal_distance_bounds,
    radius_step,
)
from symfisher.manifold.curve import chebyshev, interpolation

SEED = 20261122


def positive(count, size=2, spread=1.0):
    return np.exp(spread * np.random.default_rng(SEED).normal(size=(2, count, size)))


def normal_pairs(count):
    rng = np.random.default_rng(SEED)
    return tuple(
        np.column_stack([3 * rng.normal(size=count), np.exp(rng.normal(size=count))])
        for _ in range(2)
    )


def normal_distance(p, q):
    """Atkinson and Mitchell 1981, section 4."""
    gap = (p[..., 0] - q[..., 0]) ** 2 / 2 + (p[..., 1] - q[..., 1]) ** 2
    return np.sqrt(8) * np.arcsinh(np.sqrt(gap / (4 * p[..., 1] * q[..., 1])))


@pytest.fixture(scope="module")
def gamma():
    return Manifold("gamma")


@pytest.fixture(scope="module")
def normal():
    return Manifold("normal")


def test_lengths_of_geodesics_are_the_closed_distances(normal):
    p, q = normal_pairs(60)
    curves = normal.geodesic(p, q)
    assert curves.found.all()
    np.testing.assert_allclose(curves.length, normal_distance(p, q), rtol=1e-10)
    np.testing.assert_allclose(normal.distance(p, q), normal_distance(p, q), rtol=1e-13)
    assert (np.abs(curves.length - normal_distance(p, q)) <= 10 * curves.error + 1e-13).all()


@pytest.mark.parametrize("name", ["cauchy", "gumbel", "weibull", "inverse_gaussian", "categorical"])
def test_numeric_and_closed_distances_agree(name):
    space = Manifold(name)
    rng = np.random.default_rng(SEED)
    if name == "categorical":
        p, q = (rng.dirichlet([2, 2, 2], 20)[:, :2] for _ in range(2))
    else:
        p, q = np.exp(rng.normal(size=(2, 20, 2)))
    numeric = space.distance(p, q, closed_form=False)
    np.testing.assert_allclose(numeric, space.distance(p, q), rtol=1e-9)


def extrapolated(slope, state, pieces=4, rows=12):
    """The state at t = 1 by Gragg, Bulirsch and Stoer's extrapolated midpoint rule, in mpmath.

    Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section II.9.
    """
    width = mp.mpf(1) / pieces
    for _ in range(pieces):
        table = []
        for j in range(1, rows + 1):
            h = width / (2 * j)
            before, now = state, [y + h * f for y, f in zip(state, slope(state))]
            for _ in range(2 * j - 1):
                before, now = now, [y + 2 * h * f for y, f in zip(before, slope(now))]
            end = [(y + z + h * f) / 2 for y, z, f in zip(before, now, slope(now))]
            row = [end]
            for k, older in enumerate(table[-1] if table else [], start=1):
                ratio = (mp.mpf(j) / (j - k)) ** 2 - 1
                row.append([a + (a - b) / ratio for a, b in zip(row[-1], older)])
            table.append(row)
        state = table[-1][-1]
    return state


def test_gamma_distance_to_twenty_digits():
    """Shooting in 30 digits in the direction found here meets the end point; its speed, which a
    geodesic keeps, is the distance.  The metric is typed from Lauritzen 1987, section 3."""
    space = Manifold("gamma")
    p, q = [1.5, 0.7], [4.0, 3.0]
    velocity = space.log(p, q).tolist()
    with mp.workdps(30):

        def slope(state):
            a, b, u, v = state
            f, f2 = mp.psi(1, a), mp.psi(2, a)
            # -Gamma_{ij,k} v^i v^j, and the inverse of [[f, -1/b], [-1/b, a/b^2]].
            first = (-f2 * u**2 / 2 - v**2 / (2 * b**2), -u * v / b**2 + a * v**2 / b**3)
            scale = b**2 / (a * f - 1)
            return (
                u,
                v,
                scale * (a / b**2 * first[0] + first[1] / b),
                scale * (f * first[1] + first[0] / b),
            )

        def speed(a, b, u, v):
            return mp.sqrt(mp.psi(1, a) * u**2 - 2 * u * v / b + a * v**2 / b**2)

        start = tuple(map(mp.mpf, [*p, *velocity]))
        end = extrapolated(slope, start)
        assert abs(speed(*end) - speed(*start)) < 1e-18  # the integration is that good
        assert max(abs(end[0] - q[0]), abs(end[1] - q[1])) < 1e-9
        assert abs(speed(*start) - space.distance(p, q)) < 1e-10


def test_gamma_distances_over_a_wide_domain(gamma):
    """Found for parameters from 1e-3 to 1e4, symmetric, and never less than a lower bound.

    Multiplying beta is an isometry, so a distance depends on the ratio of the betas alone.
    """
    rng = np.random.default_rng(SEED)
    p, q = 10 ** rng.uniform(-3, 4, (2, 40, 2))
    there, back = gamma.geodesic(p, q), gamma.geodesic(q, p)
    assert there.found.all()
    assert back.found.all()
    np.testing.assert_allclose(there.length, back.length, rtol=1e-9)
    scaled = gamma.distance(p * [1, 3.7], q * [1, 3.7])
    np.testing.assert_allclose(scaled, there.length, rtol=1e-8)


@pytest.mark.parametrize("name", ["gamma", "beta", "bivariate_normal", "student_t"])
def test_exp_and_log_are_inverse_and_distances_symmetric(name):
    space = Manifold(name)
    rng = np.random.default_rng(SEED)
    k = len(space.names)
    p, q = np.exp(0.5 * rng.normal(size=(2, 8, k)))
    if name == "bivariate_normal":
        p[:, 4], q[:, 4] = np.tanh(rng.normal(size=(2, 8)))
    velocity = space.log(p, q)
    np.testing.assert_allclose(space.exp(p, velocity), q, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(space.norm(p, velocity), space.distance(p, q), rtol=1e-9)
    np.testing.assert_allclose(space.distance(p, q), space.distance(q, p), rtol=1e-9)


def test_triangle_inequality_and_broadcasting(gamma):
    points = positive(5)[0]
    table = gamma.distance(points[:, None], points[None])
    assert table.shape == (5, 5)
    np.testing.assert_allclose(np.diag(table), 0, atol=1e-12)
    assert (table[:, :, None] <= table[:, None] + table[None].transpose(0, 2, 1) + 1e-9).all()


def test_geodesics_minimise_between_their_points(gamma):
    """Points of the curve divide its length."""
    p, q = positive(6)
    curves = gamma.geodesic(p, q)
    middle = curves.at([0.3])[:, 0]
    np.testing.assert_allclose(gamma.distance(p, middle), 0.3 * curves.length, rtol=1e-8)


def test_exponential_and_mixture_geodesics_are_straight_in_their_coordinates():
    """eta = (alpha - 1, -beta) and m = (psi(alpha) - log beta, alpha/beta)."""
    p, q = positive(5, spread=0.5)
    exponential = Manifold("gamma", alpha=1).geodesic(p, q)
    assert exponential.found.all()
    np.testing.assert_allclose(exponential.at([0.25])[:, 0], 0.75 * p + 0.25 * q, rtol=1e-8)
    mixture = Manifold("gamma", alpha=-1).geodesic(p, q)

    def means(x):
        return np.stack([digamma(x[:, 0]) - np.log(x[:, 1]), x[:, 0] / x[:, 1]], -1)

    assert mixture.found.all()
    there = means(mixture.at([0.25])[:, 0])
    np.testing.assert_allclose(there, 0.75 * means(p) + 0.25 * means(q), rtol=1e-7)


def test_transport_keeps_products_and_turns_the_velocity_into_itself(normal):
    p, q = np.array([0.0, 1.0]), np.array([1.0, 2.0])
    u, v = np.array([1.0, 0.0]), np.array([0.3, -0.4])
    a, b = normal.transport([u, v], p, q)
    before, after = normal.metric(p), normal.metric(q)
    np.testing.assert_allclose(a @ after @ b, u @ before @ v, rtol=1e-8)
    velocity = normal.log(p, q)
    np.testing.assert_allclose(
        normal.transport(velocity, p, q), -normal.log(q, p), rtol=1e-7, atol=1e-9
    )


def test_mean_of_two_points_is_their_middle_and_of_a_symmetric_set_its_centre(normal, gamma):
    p, q = positive(1)
    middle = gamma.geodesic(p[0], q[0]).at([0.5])[0]
    np.testing.assert_allclose(gamma.mean([p[0], q[0]]), middle, rtol=1e-7)
    centre = normal.mean([[-1.0, 1.0], [1.0, 1.0], [0.0, 2.0]])
    assert abs(centre[0]) < 1e-9
    gradient = normal.log(centre, [[-1.0, 1.0], [1.0, 1.0], [0.0, 2.0]]).sum(0)
    np.testing.assert_allclose(gradient, 0, atol=1e-8)


def test_metric_and_symbols_agree_with_their_formulas(gamma):
    x = positive(7)[0]
    a, b = x.T
    g = gamma.metric(x)
    np.testing.assert_allclose(g[:, 0, 0], polygamma(1, a), rtol=1e-13)
    np.testing.assert_allclose(g[:, 0, 1], -1 / b, rtol=1e-13)
    symbols_ = gamma.christoffel(x)
    formula = sf.derive("gamma").christoffel_second().expr
    parameters = sf.derive("gamma").family.parameters
    at = dict(zip(parameters, map(Rational, x[0].tolist())))
    for index in np.ndindex(2, 2, 2):
        truth = float(formula[index].subs(at).evalf(20))
        assert symbols_[0][index] == pytest.approx(truth, rel=1e-10)


def test_a_geodesic_that_leaves_the_manifold_is_flagged_with_its_time():
    """The e-geodesic of the normal from (0, 1) along (1, 1) ends where 1/sigma^2 = 1 - 2t is 0."""
    shot = Manifold("normal", alpha=1).shoot([[0.0, 1.0]], [[1.0, 1.0]], [0.2, 10.0])
    assert not shot.found[0]
    assert np.isnan(shot.points[0, 1]).all()
    np.testing.assert_allclose(shot.points[0, 0, 1], 1 / np.sqrt(0.6), rtol=1e-9)
    assert "leaves the manifold" in shot.reasons[0,]
    assert np.isnan(Manifold("normal", alpha=1).exp([0.0, 1.0], [1.0, 1.0])).all()


def test_one_curve_that_fails_does_not_stop_the_others():
    space = Manifold("normal", alpha=1)
    shot = space.shoot([0.0, 1.0], [[1.0, 1.0], [0.1, 0.0]], [1.0])
    assert shot.found.tolist() == [False, True]
    assert np.isfinite(shot.points[1]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Manifold("gamma").distance([1, -2], [1, 1]), "it needs 0 < beta"),
        (lambda: Manifold("gamma").distance([1, np.nan], [1, 1]), "outside the parameter domain"),
        (lambda: Manifold("gamma").distance([1, 2, 3], [1, 1]), "has 2 parameters"),
        (lambda: Manifold("categorical").metric([0.7, 0.5]), "p1 [+] p2 < 1"),
        (lambda: Manifold("binomial"), "constants={'n'"),
        (lambda: Manifold("binomial", constants={"m": 3}), "'m' is no constant|m is no constant"),
        (lambda: Manifold("normal", alpha=1).distance([0, 1], [1, 1]), "alpha=0"),
        (lambda: Manifold("normal").shoot([0, 1], [1, 1], [1.0, 0.5]), "ascend"),
        (lambda: Manifold("normal").mean([[0, 1], [1, 2]], [1, -1]), "positive weights"),
        (lambda: natural_gradient(Manifold("normal"), [0, 1], [1, 1], -1), "damping"),
        (lambda: radius_step(Manifold("normal"), [0, 1], [1, 1], 0), "radius"),
        (lambda: covariance_distance([[1, 2], [2, 1]], np.eye(2)), "positive definite"),
        (lambda: Manifold("gamma").distance("ab", [1, 1]), "has to be real numbers"),
        (lambda: Manifold("gamma").distance([[1, 2], [3]], [1, 1]), "has to be real numbers"),
        (lambda: Manifold("gamma").distance(np.ones((2, 2)), np.ones((3, 2))), "cannot be paired"),
        (lambda: Manifold("gamma").mean(np.ones((0, 2))), "give points"),
        (lambda: Manifold("gamma", alpha="e"), "alpha has to be real numbers"),
        (lambda: Manifold("gamma", alpha=np.nan), "alpha is nan"),
        (lambda: Manifold("binomial", constants={"n": -3}), "outside its domain"),
    ],
)
def test_bad_input_is_refused_with_what_to_write(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_families_without_a_metric_have_no_manifold():
    with pytest.raises(DoesNotExistError, match="no Fisher metric"):
        Manifold("uniform")


def test_student_t_near_its_normal_limit_is_flagged():
    """The information on nu vanishes like nu^-4: what is not resolved is nan with a reason."""
    curves = Manifold("student_t").geodesic([0.0, 1.0, 3.0], [[0.5, 2.0, 30.0], [0.5, 2.0, 1e8]])
    assert curves.found.tolist() == [True, False]
    assert np.isnan(curves.length[1])
    assert "no geodesic was found" in curves.reasons[1,]


def test_points_beyond_the_range_of_floats_are_flagged_without_warnings():
    """No pair raises, and none gives a number: neither by the closed form nor by geodesics."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(Manifold("normal").distance([0, 1e-300], [0, 1e300]))
        for far in (1e8, 1e100):
            curve = Manifold("gamma").geodesic([1 / far, 1.0], [far, 1.0])
            assert not curve.found
            assert "no geodesic was found" in curve.reasons[()]


def test_a_curve_that_cannot_be_followed_says_how_far_it_came():
    """From (0, 1) the velocity (50, 0) reaches sigma = e^-300 at t = 8.5 (half circles)."""
    shot = Manifold("normal").shoot([0.0, 1.0], [50.0, 0.0], [10.0])
    assert not shot.found
    assert re.search(r"at about t = 8\.[45]\d* of 10", shot.reasons[()])


def test_bounds_of_multivariate_normal_distances():
    """Calvo and Oller 1990: the distance, by geodesics, lies between the bounds."""
    space = Manifold("bivariate_normal")
    rng = np.random.default_rng(SEED)
    p, q = rng.normal(size=(2, 6, 5))
    for x in (p, q):
        x[:, 2:4], x[:, 4] = np.exp(x[:, 2:4]), np.tanh(x[:, 4])
    lower, upper = normal_distance_bounds(p[:, :2], _cov(p), q[:, :2], _cov(q))
    distances = space.distance(p, q)
    assert np.isfinite(distances).all()
    assert (lower <= distances + 1e-9).all()
    assert (distances <= upper + 1e-9).all()
    # With one mean the three are the same, which Skovgaard's formula is.
    q[:, :2] = p[:, :2]
    lower, upper = normal_distance_bounds(p[:, :2], _cov(p), q[:, :2], _cov(q))
    np.testing.assert_allclose(space.distance(p, q), upper, rtol=1e-8)
    np.testing.assert_allclose(lower, upper, rtol=1e-8)


def _cov(x):
    off = x[:, 4] * x[:, 2] * x[:, 3]
    return np.stack([np.stack([x[:, 2] ** 2, off], -1), np.stack([off, x[:, 3] ** 2], -1)], -2)


# -- dual coordinates --------------------------------------------------------------------------


def test_dual_coordinates_are_inverted(gamma):
    dual = DualSpace(gamma)
    x = positive(6)[0]
    start = np.ones(2)
    np.testing.assert_allclose(dual.from_mean(dual.mean(x), start), x, rtol=1e-9)
    np.testing.assert_allclose(dual.from_natural(dual.natural(x), start), x, rtol=1e-9)
    eta_slopes, mean_slopes = dual.jacobians(x)
    metric = np.swapaxes(eta_slopes, -1, -2) @ mean_slopes
    np.testing.assert_allclose(metric, gamma.metric(x), rtol=1e-12)


def test_barycentres_minimise_the_summed_divergences(gamma):
    """Nielsen and Nock 2009, theorem 3.1, in either direction of KL."""
    from symfisher.codegen import kernel

    divergence = kernel(sf.derive("gamma").kl()).function
    points, weights = positive(4)[0], np.array([1.0, 2.0, 1.0, 0.5])

    def total(kind, q):
        given, own = points.T, np.broadcast_to(q[:, None], (2, 4))
        ends = (*given, *own) if kind == "mixture" else (*own, *given)
        return weights @ divergence(*ends)

    for kind in ("mixture", "exponential"):
        centre = DualSpace(gamma).centre(points, weights, kind=kind)
        least = total(kind, centre)
        for step in ([1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]):
            assert total(kind, centre + step) > least


def test_mirror_descent_is_natural_gradient_in_the_mean_coordinates(gamma):
    """Raskutti and Mukherjee 2015, theorem 1, with the natural gradient from the metric alone."""
    dual, x = DualSpace(gamma), np.array([2.0, 1.5])
    gradient = np.array([0.3, -0.2])
    new = dual.mirror_step(x, gradient, 0.05)
    _, mean_slopes = dual.jacobians(x)
    step = mean_slopes @ natural_gradient(gamma, x, gradient)
    np.testing.assert_allclose(dual.mean(new), dual.mean(x) - 0.05 * step, rtol=1e-10)


def test_projections_are_orthogonal_and_satisfy_pythagoras():
    """Amari and Nagaoka 2000, theorem 3.8: rho = 0 is an e-flat submodel of the normals."""
    space = Manifold("bivariate_normal")
    p = np.array([0.3, -0.2, 1.2, 0.8, 0.6])
    found = m_projection(
        space, p, lambda u: [u[0], u[1], np.exp(u[2]), np.exp(u[3]), 0.0], [0.0] * 4
    )
    # The m-projection keeps means and variances.
    np.testing.assert_allclose(found.point, [0.3, -0.2, 1.2, 0.8, 0.0], atol=1e-6)
    assert found.divergence == pytest.approx(-np.log(1 - 0.36) / 2, rel=1e-10)
    other = np.array([1.0, 0.5, 0.7, 2.0, 0.0])
    kl = sf.derive("bivariate_normal").kl()
    from symfisher.codegen import kernel

    divergence = kernel(kl).function
    whole = divergence(*p, *other)
    legs = divergence(*p, *found.point), divergence(*found.point, *other)
    assert whole == pytest.approx(sum(legs), rel=1e-9)


def test_the_e_projection_onto_a_mixture_submodel(gamma):
    """Onto fixed mean alpha/beta = 2, which is flat for the m-connection: Pythagoras again."""
    p = np.array([2.0, 3.0])
    found = e_projection(gamma, p, lambda u: [np.exp(u[0]), np.exp(u[0]) / 2], [0.0])
    from symfisher.codegen import kernel

    divergence = kernel(sf.derive("gamma").kl()).function
    other = np.array([5.0, 2.5])
    legs = divergence(*other, *found.point) + divergence(*found.point, *p)
    assert divergence(*other, *p) == pytest.approx(legs, rel=1e-8)


# -- natural gradients -------------------------------------------------------------------------


def likelihood(space, data):
    """Minus the mean log-likelihood of gamma data, with its gradient."""
    mean, log_mean = data.mean(), np.log(data).mean()

    def loss(x):
        a, b = x
        from scipy.special import gammaln

        value = gammaln(a) - a * np.log(b) - (a - 1) * log_mean + b * mean
        return value, np.array([digamma(a) - np.log(b) - log_mean, -a / b + mean])

    return loss


def test_natural_gradient_descent_reaches_the_maximum_likelihood_in_few_steps(gamma):
    data = np.random.default_rng(SEED).gamma(3.0, 1 / 0.05, 500)
    loss = likelihood(gamma, data)
    natural = descend(gamma, loss, [1.0, 1.0], radius=0.5)
    plain = descend(gamma, loss, [1.0, 1.0], radius=0.5, natural=False)
    assert natural.found
    np.testing.assert_allclose(loss(natural.points[-1])[1], 0, atol=1e-6)
    assert len(natural.points) < 40
    assert len(plain.points) > 3 * len(natural.points)
    assert (np.diff(natural.losses) <= 0).all()


def test_a_step_has_the_kl_radius_that_was_asked_for(gamma):
    from symfisher.codegen import kernel

    divergence = kernel(sf.derive("gamma").kl()).function
    x = np.array([2.0, 1.0])
    for radius in (1e-6, 1e-2, 1.0):
        new = radius_step(gamma, x, [1.0, 0.4], radius)
        assert 0.998 * radius < divergence(*x, *new) <= radius
    assert (radius_step(gamma, x, [0.0, 0.0], 0.1) == x).all()


def test_the_natural_gradient_does_not_depend_on_the_parameters():
    """A step in (alpha, mean) and one in (alpha, beta) go the same way."""
    a, m, x = symbols("a m x", positive=True)
    density = sf.derive("gamma").family.log_density
    old = {s.name: s for s in (*sf.derive("gamma").family.parameters,)}
    (data,) = sf.derive("gamma").family.variables
    other = sf.Family(
        "gamma_mean",
        x,
        "(0, oo)",
        {a: "positive", m: "positive"},
        logpdf=density.subs({old["alpha"]: a, old["beta"]: a / m, data: x}, simultaneous=True),
    )
    p = np.array([2.0, 1.5])
    q = np.array([2.0, 2.0 / 1.5])
    gradient = np.array([0.3, -0.7])  # by (alpha, beta)
    jacobian = np.array([[1.0, 0.0], [1 / q[1], -q[0] / q[1] ** 2]])  # (alpha, beta) by (a, m)
    v = natural_gradient(Manifold("gamma"), p, gradient)
    w = natural_gradient(Manifold(other), q, jacobian.T @ gradient)
    np.testing.assert_allclose(jacobian @ w, v, rtol=1e-10)


def test_the_flow_of_the_likelihood_is_straight_in_the_mean_coordinates(gamma):
    """dm/dt = -dL/deta = data mean - m, so that m relaxes exponentially (Amari 1998)."""
    data = np.random.default_rng(SEED).gamma(3.0, 0.5, 200)
    start, times = np.array([1.0, 1.0]), np.array([0.5, 1.0, 2.0])
    points = flow(gamma, likelihood(gamma, data), start, times)
    dual = DualSpace(gamma)
    goal = DualSpace(gamma).mean(descend(gamma, likelihood(gamma, data), start).points[-1])
    wanted = goal + np.exp(-times)[:, None] * (dual.mean(start) - goal)
    np.testing.assert_allclose(dual.mean(points), wanted, rtol=1e-6)


# -- tools -------------------------------------------------------------------------------------


def test_chebyshev_nodes_differentiate_and_integrate_polynomials():
    t, d, weights = chebyshev(9)
    np.testing.assert_allclose(d @ t**5, 5 * t**4, atol=1e-12)
    assert weights @ t**7 == pytest.approx(1 / 8, rel=1e-13)
    t, _, weights = chebyshev(12)
    assert weights @ t**10 == pytest.approx(1 / 11, rel=1e-13)
    places = np.array([0.0, 0.123, 0.5, 1.0])
    np.testing.assert_allclose(interpolation(t, places) @ t**6, places**6, atol=1e-13)


def test_a_family_with_ends_at_both_sides_and_below(normal):
    """Coordinates without ends: log for half-lines on either side, logit for intervals."""
    s, z = symbols("s z")
    below = sf.Family(
        "below", z, "(0, oo)", {s: "(-oo, 0)"}, logpdf=log(-s) + s * z
    )  # exponential of rate -s
    space = Manifold(below)
    numeric = space.distance(-1.0, -3.0, closed_form=False)
    assert numeric == pytest.approx(np.log(3), rel=1e-10)
    bernoulli = Manifold("bernoulli").distance(0.1, 0.9, closed_form=False)
    assert bernoulli == pytest.approx(2 * (np.arcsin(0.9**0.5) - np.arcsin(0.1**0.5)), rel=1e-9)
