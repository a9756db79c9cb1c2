"""Metric, connections and curvature against differences, quadrature and the literature."""

from __future__ import annotations

from itertools import product

import pytest
import truth
from mpmath import mp
from parameter_points import draw, draw_easy
from sympy import (
    Eq,
    Piecewise,
    Rational,
    Symbol,
    diff,
    lambdify,
    log,
    pi,
    simplify,
    sqrt,
    symbols,
)

import symfisher as sf
from symfisher.errors import DoesNotExistError, InputError

x = symbols("x", real=True)
sigma, n = symbols("sigma n", positive=True)
alpha, beta = symbols("alpha beta", positive=True)

# Their geometry is a matter of one file each; the rest of the catalogue goes through the same code.
SEVERAL = ["beta", "cauchy", "gamma", "gumbel", "inverse_gaussian", "lomax", "normal", "weibull"]
# Values of the scalar curvature, each with its source.
CURVATURE = {
    # Amari and Nagaoka 2000, example 2.2: K = -1/2, so R = 2 K = -1.
    "normal": "-1",
    # The same by x -> log x.
    "log_normal": "-1",
    # Sato, Sugawa and Kawaguchi 1979 (their curvature has the opposite sign).
    "bivariate_normal": "-9/2",
    # Mitchell 1988: location and scale of Student's t; nu = 1 has K = -2.
    "cauchy": "-4",
    # Lauritzen 1987, section 3.
    "inverse_gaussian": "-1",
    # Oller 1987: Gumbel, Weibull and Frechet, K = -6/pi^2.
    "gumbel": "-12/pi**2",
    "weibull": "-12/pi**2",
    "frechet": "-12/pi**2",
    # Oller 1987: the logistic's K = -9/(pi^2 + 3), which log-logistic shares.
    "logistic": "-18/(pi**2 + 3)",
    "log_logistic": "-18/(pi**2 + 3)",
    # Arwini and Dodson 2008, section 3.4, in the shape and any scale or rate.
    "gamma": "(trigamma(alpha) + alpha*polygamma(2, alpha))/(2*(alpha*trigamma(alpha) - 1)**2)",
    # A part of the sphere of radius 2 (Amari 2016, section 3.5): n(n - 1)/4 with n = 2.
    "categorical": "1/2",
    # Radius 2 sqrt(n) for n trials.
    "multinomial": "1/(2*n)",
}


def expected(text):
    return sf.expressions.parse_expression(text, {"alpha": alpha, "n": n}, "test")


@pytest.mark.parametrize("name", CURVATURE)
def test_scalar_curvature_of_the_literature(name):
    found = sf.derive(name).scalar_curvature().expr
    for value in (Rational(7, 5), Rational(13, 4)):
        difference = (found - expected(CURVATURE[name])).subs({alpha: value, n: value})
        assert abs(difference.evalf(40)) < 1e-30


def function(expr, parameters):
    """An mpmath function of the parameters."""
    return lambdify(parameters, expr, [{"polygamma": mp.psi}, "mpmath"])


def numbers(at, parameters):
    return [mp.mpf(at[p].p) / at[p].q for p in parameters]


def slope(expr, at, parameters, place):
    """The derivative by one parameter, from differences in 60 digits."""
    values, f = numbers(at, parameters), function(expr, parameters)
    return mp.diff(lambda v: f(*values[:place], v, *values[place + 1 :]), values[place])


def test_von_mises_curvature_is_that_of_a_surface_of_revolution():
    """In the arc length r of kappa the metric is dr^2 + h^2 dmu^2, whose curvature is -h''/h."""
    d = sf.derive("von_mises")
    g, found = d.metric().expr, d.sectional_curvature().expr
    mean, kappa = d.family.parameters
    across, along = function(g[0, 0], [kappa]), function(g[1, 1], [kappa])
    with mp.workdps(50):
        at = mp.mpf(17) / 10

        def bend(k):  # dh/dr
            return mp.diff(lambda z: mp.sqrt(across(z)), k) / mp.sqrt(along(k))

        curvature = -mp.diff(bend, at) / mp.sqrt(along(at) * across(at))
        assert abs(curvature - function(found, [kappa])(at)) < 1e-12
    assert mean not in found.free_symbols


@pytest.mark.parametrize("name", ["gamma", "beta", "dirichlet"])
def test_gamma_beta_and_dirichlet_have_negative_curvature(name):
    """Le Brigant, Preston and Puechmorel 2021 for beta and Dirichlet; Lauritzen 1987 for gamma."""
    d = sf.derive(name)
    value, parameters = d.sectional_curvature().expr, d.family.parameters
    entries = [value[i, j] for i in range(3) for j in range(i)] if name == "dirichlet" else [value]
    for seed in range(4):
        at = numbers(draw(d.family, seed), parameters)
        assert all(function(entry, parameters)(*at) < 0 for entry in entries)


@pytest.mark.parametrize("name", SEVERAL)
def test_christoffel_symbols_are_those_of_the_metrics_derivatives(name):
    """Gamma_{ij,k} = (d_i g_jk + d_j g_ik - d_k g_ij)/2, from differences."""
    d = sf.derive(name)
    g, found = d.metric().expr, d.christoffel_second().expr
    lowered = d.christoffel_first().expr
    parameters, at = d.family.parameters, draw(d.family, 1)
    size = range(len(parameters))
    with mp.workdps(60):
        values = numbers(at, parameters)
        dg = [[[slope(g[i, j], at, parameters, k) for j in size] for i in size] for k in size]
        inverse = mp.matrix([[function(g[i, j], parameters)(*values) for j in size] for i in size])
        inverse = inverse**-1
        for k, i, j in product(size, repeat=3):
            first = [(dg[i][j][m] + dg[j][i][m] - dg[m][i][j]) / 2 for m in size]
            assert abs(first[k] - function(lowered[k, i, j], parameters)(*values)) < 1e-20
            second = sum(inverse[k, m] * first[m] for m in size)
            assert abs(second - function(found[k, i, j], parameters)(*values)) < 1e-20


@pytest.mark.parametrize(
    ("name", "connection"),
    [
        ("beta", 0),
        ("beta", Rational(1, 3)),
        ("dirichlet", 0),
        ("gumbel", Rational(1, 3)),
        ("bivariate_normal", 0),
        ("bivariate_normal", Rational(1, 3)),
    ],
)
def test_riemann_tensor_is_that_of_the_christoffel_symbols(name, connection):
    """Lowered, with the sign of Misner, Thorne and Wheeler 1973, from differences."""
    d = sf.derive(name)
    g, gamma = d.metric().expr, d.christoffel_second(alpha=connection).expr
    found = d.riemann(alpha=connection).expr
    parameters, at = d.family.parameters, draw(d.family, 2)
    size = range(len(parameters))
    with mp.workdps(60):
        values = numbers(at, parameters)
        value = {i: function(gamma[i], parameters)(*values) for i in product(size, repeat=3)}
        few = [(0, 1, 0, 1), (1, 0, 0, 1), (0, 0, 0, 1), (len(size) - 1, 0, 0, len(size) - 1)]
        for i, j, k, m in few:
            mixed = [
                slope(gamma[a, m, j], at, parameters, k)
                - slope(gamma[a, k, j], at, parameters, m)
                + sum(value[a, k, b] * value[b, m, j] for b in size)
                - sum(value[a, m, b] * value[b, k, j] for b in size)
                for a in size
            ]
            lowered = sum(function(g[i, a], parameters)(*values) * mixed[a] for a in size)
            assert abs(lowered - function(found[i, j, k, m], parameters)(*values)) < 1e-20
            assert (found[i, j, k, m] + found[i, j, m, k]).subs(at).evalf(30).is_zero is not False


def test_ricci_and_scalar_curvature_are_contractions_of_the_riemann_tensor():
    d = sf.derive("bivariate_normal")
    at = draw(d.family, 3)
    inverse = d.inverse_metric().expr.subs(at)
    curvature, ricci = d.riemann().expr.subs(at), d.ricci().expr.subs(at)
    size = range(5)
    for j, m in product(size, repeat=2):
        total = sum(inverse[i, k] * curvature[i, j, k, m] for i in size for k in size)
        assert ricci[j, m] == total
    assert d.scalar_curvature().expr == sum(inverse[j, m] * ricci[j, m] for j in size for m in size)


@pytest.mark.parametrize("name", [*SEVERAL, "binomial", "log_series", "logistic", "poisson"])
def test_third_moments_of_the_score(name):
    """Amari-Chentsov tensor, and duality: Gamma^(1)_{ij,k} = E[l_ij l_k], against quadrature.

    Quadrature shares nothing with the package; with it d_k g_ij = Gamma_{ki,j} + Gamma*_{kj,i}.
    """
    d = sf.derive(name)
    family = d.family
    density, parameters = family.log_density, family.parameters
    at = draw_easy(family, 4)
    size = range(len(parameters))
    triples = [(i, j, k) for i, j, k in product(size, repeat=3) if i <= j]
    first = [diff(density, p) for p in parameters]
    second = {(i, j): diff(first[i], parameters[j]) for i in size for j in size if i <= j}
    integrands = [first[i] * first[j] * first[k] for i, j, k in triples]
    integrands += [second[i, j] * first[k] for i, j, k in triples]
    values, _ = truth.expect(family, integrands, at)
    cubic, exponential = d.amari_chentsov().expr, d.christoffel_first(alpha=1).expr
    mixture, g = d.christoffel_first(alpha=-1).expr, d.metric().expr
    arguments = [*parameters, *family.constants]

    def number(expr):
        return function(expr, arguments)(*numbers(at, arguments))

    with mp.workdps(50):
        for place, (i, j, k) in enumerate(triples):
            assert abs(number(cubic[i, j, k]) - values[place]) < 1e-18
            assert abs(number(exponential[k, i, j]) - values[place + len(triples)]) < 1e-18
            dual = number(exponential[j, k, i]) + number(mixture[i, k, j])
            assert abs(slope(g[i, j], at, arguments, k) - dual) < 1e-18


FLAT = ["beta", "bernoulli", "bivariate_normal", "categorical", "dirichlet", "gamma", "normal"]


@pytest.mark.parametrize("name", FLAT)
def test_exponential_families_are_dually_flat(name):
    """Amari and Nagaoka 2000, theorem 3.5."""
    d = sf.derive(name)
    for connection in (1, -1):
        formula = d.riemann(alpha=connection)
        assert not any(formula.expr.reshape(len(formula.expr)))
        assert formula.notes == ("It vanishes: the connection is flat.",)


def test_mixture_families_have_no_mixture_symbols():
    """A convex combination of two known densities is a straight line for the m-connection."""
    w = Symbol("w", positive=True)
    weights = [w, Rational(1, 2) - w, Rational(1, 2)]
    mass = Piecewise(*((log(p), Eq(x, k)) for k, p in enumerate(weights)))
    family = sf.Family("mixture", x, "0..2", {w: "(0, 1/2)"}, logpmf=mass)
    assert sf.derive(family).christoffel_first(alpha=-1).expr[0, 0, 0] == 0
    assert sf.derive(family).christoffel_first(alpha=1).expr[0, 0, 0] != 0


def test_categorical_mixture_connection_vanishes_in_the_probabilities():
    assert not any(sf.derive("categorical").christoffel_second(alpha=-1).expr.reshape(8))


def test_normal_christoffel_symbols_as_printed():
    """Costa, Santos and Strapasson 2015, equation 8: metric (dmu^2 + 2 dsigma^2)/sigma^2."""
    found = sf.derive("normal").christoffel_second().expr
    s = sf.derive("normal").family.parameters[1]
    assert found[0, 0, 1] == found[0, 1, 0] == -1 / s
    assert found[1, 0, 0] == 1 / (2 * s)
    assert found[1, 1, 1] == -1 / s
    assert found[0, 0, 0] == found[0, 1, 1] == found[1, 0, 1] == found[1, 1, 0] == 0


def test_alpha_curvature_of_the_normal_is_proportional_to_one_less_alpha_squared():
    """Amari 1985, example 2.4: K^(alpha) = -(1 - alpha^2)/2, here with a symbol for alpha."""
    a = Symbol("a")
    found = sf.derive("normal").scalar_curvature(alpha=a).expr
    assert simplify(found + 1 - a**2) == 0


def test_volume_element_is_the_root_of_the_determinant():
    d = sf.derive("gamma")
    at = draw(d.family, 1)
    square = d.volume_element().expr ** 2 - d.metric().expr.det()
    assert abs(square.subs(at).evalf(30)) < 1e-25
    assert sf.derive("normal").volume_element().expr == sqrt(2) / sigma**2


def test_geodesic_equations_contract_the_symbols_with_the_velocities():
    d = sf.derive("normal")
    formula = d.geodesic_equations()
    v = formula.extra_symbols["velocities"]
    assert list(v) == ["mu", "sigma"]
    s = d.family.parameters[1]
    assert simplify(formula.expr[0] - 2 * v["mu"] * v["sigma"] / s) == 0
    assert simplify(formula.expr[1] - (v["sigma"] ** 2 - v["mu"] ** 2 / 2) / s) == 0


def test_a_family_declared_in_other_symbols_has_its_geometry_in_them():
    location, scale, z = symbols("location scale z")
    density = -(((z - location) / scale) ** 2) / 2 - log(scale) - log(2 * pi) / 2
    family = sf.Family("own", z, "(-oo, oo)", {location: "real", scale: "positive"}, logpdf=density)
    d = sf.derive(family)
    assert d.christoffel_second().expr[1, 0, 0] == 1 / (2 * scale)
    assert d.sectional_curvature(plane=(location, scale)).expr == Rational(-1, 2)


@pytest.mark.parametrize("wrong", ["alpha", "1 +", float("nan"), "oo", (1, 2), alpha])
def test_an_alpha_that_is_no_number_is_refused(wrong):
    with pytest.raises(InputError, match="alpha is"):
        sf.derive("gamma").christoffel_second(alpha=wrong)


def test_a_plane_needs_two_parameters():
    d = sf.derive("bivariate_normal")
    assert d.sectional_curvature(plane=("sigma1", "rho")).expr == Rational(-1, 2)
    for wrong in (("mu1",), ("mu1", "mu1"), ("mu1", "tau")):
        with pytest.raises(InputError, match="plane is"):
            d.sectional_curvature(plane=wrong)


def test_families_without_a_metric_say_why():
    with pytest.raises(DoesNotExistError, match="end x = theta moves"):
        sf.derive("uniform").riemann()
    with pytest.raises(DoesNotExistError, match="no sectional curvature"):
        sf.derive("poisson").sectional_curvature()


def test_parameters_that_are_not_identified_have_no_metric():
    a, b = symbols("a b", positive=True)
    family = sf.Family(
        "twice", x, "(0, oo)", {a: "positive", b: "positive"}, logpdf=log(a * b) - a * b * x
    )
    with pytest.raises(DoesNotExistError, match="not identified"):
        sf.derive(family).christoffel_second()


def test_only_independent_entries_are_printed():
    formula = sf.derive("bivariate_normal").riemann()
    pairs = [(i, j) for i, j in product(range(5), repeat=2) if i < j]
    independent = [formula.expr[a + b] for a, b in product(pairs, repeat=2) if a <= b]
    text = str(formula)
    assert text.count(" = ") == sum(entry != 0 for entry in independent)
    assert "equal up to sign by symmetry or zero" in text
    latex = sf.derive("normal").christoffel_second()._repr_latex_()
    assert r"\Gamma^{\sigma}_{\mu \mu} &= \frac{1}{2 \sigma}" in latex
