"""Fisher-Rao distances in closed form: found, right, and honest where there is none."""

from __future__ import annotations

import pytest
from mpmath import mp
from parameter_points import draw
from sympy import (
    EulerGamma,
    Integral,
    Rational,
    Symbol,
    acosh,
    atan,
    diff,
    exp,
    lambdify,
    log,
    loggamma,
    pi,
    sqrt,
    symbols,
)

import symfisher as sf
from symfisher.geometry.antiderivative import root_antiderivative

x, y, mu, mu1, mu2, rho = symbols("x y mu mu1 mu2 rho", real=True)
sigma, sigma1, sigma2, nu = symbols("sigma sigma1 sigma2 nu", positive=True)
LINE = "(-oo, oo)"


def pair(family, seed):
    first, second = draw(family, seed), draw(family, seed + 50)
    constants = {c: first[c] for c in family.constants}
    return {**first, **constants}, second


def distance(d, first, second):
    """The value of the closed form between two points."""
    formula = d.fisher_rao_distance()
    assert formula.status == "closed"
    assert formula.digits > 12
    primes = formula.extra_symbols["primed"]
    at = {**first, **{primes[p.name]: second[p] for p in d.family.parameters}}
    return formula.expr.subs(at).evalf(30)


# One parameter: the information, typed here from its own source (tests/published.py), integrated.
@pytest.mark.parametrize(
    ("name", "information"),
    [
        ("bernoulli", lambda p, n: 1 / (p * (1 - p))),
        ("binomial", lambda p, n: n / (p * (1 - p))),
        ("exponential", lambda p, n: 1 / p**2),
        ("geometric", lambda p, n: 1 / (p**2 * (1 - p))),
        ("negative_binomial", lambda p, n: n / (p**2 * (1 - p))),
        ("poisson", lambda p, n: 1 / p),
        ("rayleigh", lambda p, n: 4 / p**2),
        ("maxwell", lambda p, n: 6 / p**2),
        ("pareto", lambda p, n: 1 / p**2),
    ],
)
def test_one_parameter_is_the_integral_of_the_root_of_the_information(name, information):
    d = sf.derive(name)
    (p,) = d.family.parameters
    for seed in range(3):
        first, second = pair(d.family, seed)
        n = first[d.family.constants[0]] if d.family.constants else Rational(0)
        with mp.workdps(40):
            ends = [mp.mpf(at[p].p) / at[p].q for at in (first, second)]
            size = mp.mpf(n.p) / n.q
            truth = abs(mp.quad(lambda t, size=size: mp.sqrt(information(t, size)), ends))
            assert abs(truth - mp.mpf(str(distance(d, first, second)))) < 1e-25


def test_an_integral_that_is_not_elementary_stays_one():
    formula = sf.derive("log_series").fisher_rao_distance()
    assert formula.status == "quadrature"
    assert formula.expr.has(Integral)


HALF_PLANES = {
    # family -> (coordinates u, v and curvature -k) of the half-plane, as printed.
    # Atkinson and Mitchell 1981, section 4; Costa, Santos and Strapasson 2015, equation 4.
    "normal": lambda m, s: (m / sqrt(2), s, Rational(1, 2)),
    "log_normal": lambda m, s: (m / sqrt(2), s, Rational(1, 2)),
    # Mitchell 1988, section 3: Cauchy, metric (dmu^2 + dsigma^2)/(2 sigma^2).
    "cauchy": lambda m, s: (m, s, Rational(2)),
    # Oller 1987, section 3: logistic, metric (dmu^2 + (pi^2/3 + 1) ds^2)/(3 s^2).
    "logistic": lambda m, s: (m / sqrt(1 + pi**2 / 3), s, 9 / (pi**2 + 3)),
    # Laplace: metric (dmu^2 + db^2)/b^2.
    "laplace": lambda m, b: (m, b, Rational(1)),
    # Oller 1987, section 2: Gumbel, shifted by (1 - EulerGamma) beta.
    "gumbel": lambda m, b: (sqrt(6) / pi * (m - (1 - EulerGamma) * b), b, 6 / pi**2),
    # Villarroya and Oller 1993: inverse Gaussian, by 1/sqrt(mu) and 1/sqrt(lambda).
    "inverse_gaussian": lambda m, r: (sqrt(2) / sqrt(m), 1 / sqrt(r), Rational(1, 2)),
}


@pytest.mark.parametrize("name", HALF_PLANES)
def test_half_planes_of_the_literature(name):
    d = sf.derive(name)
    for seed in range(3):
        first, second = pair(d.family, seed)
        u, v, k = HALF_PLANES[name](*(first[p] for p in d.family.parameters))
        a, b, _ = HALF_PLANES[name](*(second[p] for p in d.family.parameters))
        truth = acosh(1 + ((u - a) ** 2 + (v - b) ** 2) / (2 * v * b)) / sqrt(k)
        assert abs((truth - distance(d, first, second)).evalf(30)) < 1e-20


def test_weibull_and_frechet_are_gumbel_by_logarithms():
    """log x turns scale and shape into location and 1/scale; the distance does not notice."""
    gumbel, weibull = sf.derive("gumbel"), sf.derive("weibull")
    for seed in range(2):
        first, second = pair(weibull.family, seed)
        places = {p.name: p for p in weibull.family.parameters}
        turned = [
            dict(zip(gumbel.family.parameters, (-log(at[places["lamda"]]), 1 / at[places["k"]])))
            for at in (first, second)
        ]
        assert abs(distance(weibull, first, second) - distance(gumbel, *turned)) < 1e-20


def family(name, variables, parameters, density, constants=None):
    return sf.Family(
        name, variables, [LINE] * len(variables), parameters, logpdf=density, constants=constants
    )


def test_student_t_with_known_degrees_of_freedom():
    """Mitchell 1988: metric ((nu+1) dmu^2 + 2 nu dsigma^2)/((nu+3) sigma^2)."""
    density = (
        loggamma((nu + 1) / 2)
        - loggamma(nu / 2)
        - log(nu * pi) / 2
        - log(sigma)
        - (nu + 1) / 2 * log(1 + ((x - mu) / sigma) ** 2 / nu)
    )
    d = sf.derive(family("t", [x], {mu: "real", sigma: "positive"}, density, {nu: "positive"}))
    first = {mu: Rational(1, 3), sigma: Rational(3, 2), nu: Rational(5)}
    second = {mu: Rational(-2, 7), sigma: Rational(4, 5)}
    k = (nu + 3) / (2 * nu)
    scale = sqrt((nu + 1) / (2 * nu))
    gap = scale**2 * (first[mu] - second[mu]) ** 2 + (first[sigma] - second[sigma]) ** 2
    truth = acosh(1 + gap / (2 * first[sigma] * second[sigma])) / sqrt(k)
    assert abs((truth.subs(nu, 5) - distance(d, first, second)).evalf(30)) < 1e-20


def test_categorical_and_multinomial_are_spheres():
    """Twice the angle between the roots of the probabilities, times sqrt(n) (Rao 1945)."""
    for name, scale in (("categorical", 1), ("multinomial", None)):
        d = sf.derive(name)
        first, second = pair(d.family, 3)
        n = scale or first[d.family.constants[0]]
        p, q = ([at[s] for s in d.family.parameters] for at in (first, second))
        cosine = sum(sqrt(a * b) for a, b in zip([*p, 1 - sum(p)], [*q, 1 - sum(q)]))
        truth = 2 * sqrt(n) * mp.acos(mp.mpf(str(cosine.evalf(30))))
        assert abs(truth.evalf(20) - distance(d, first, second)) < 1e-14


def test_products_add_squares_and_hyperbolic_space_has_any_dimension():
    two = -((x - mu1) ** 2) / (2 * sigma1**2) - (y - mu2) ** 2 / (2 * sigma2**2)
    both = family(
        "two",
        [x, y],
        {mu1: "real", sigma1: "positive", mu2: "real", sigma2: "positive"},
        two - log(2 * pi * sigma1 * sigma2),
    )
    first = {mu1: Rational(0), sigma1: Rational(1), mu2: Rational(1, 2), sigma2: Rational(2)}
    second = {mu1: Rational(1), sigma1: Rational(3), mu2: Rational(-1), sigma2: Rational(1, 2)}
    normal = sf.derive("normal")
    m, s = normal.family.parameters
    legs = [
        distance(normal, {m: first[a], s: first[b]}, {m: second[a], s: second[b]})
        for a, b in ((mu1, sigma1), (mu2, sigma2))
    ]
    found = distance(sf.derive(both), first, second)
    assert abs(found - sqrt(legs[0] ** 2 + legs[1] ** 2)) < 1e-20
    # A common sigma: metric (dmu1^2 + dmu2^2 + 4 dsigma^2)/sigma^2, of curvature -1/4.
    round_ = -((x - mu1) ** 2 + (y - mu2) ** 2) / (2 * sigma**2) - log(2 * pi * sigma**2)
    d = sf.derive(family("round", [x, y], {mu1: "real", mu2: "real", sigma: "positive"}, round_))
    p = {mu1: Rational(0), mu2: Rational(1), sigma: Rational(1)}
    q = {mu1: Rational(2), mu2: Rational(-1), sigma: Rational(5, 2)}
    gap = Rational(4 + 4, 4) + Rational(9, 4)
    truth = 2 * acosh(1 + gap / (2 * Rational(5, 2)))
    assert abs((truth - distance(d, p, q)).evalf(30)) < 1e-20


def test_covariances_with_a_known_mean():
    """Half the squared logarithms of the eigenvalues of S^-1 S' (Skovgaard 1984, theorem 5.1)."""
    quadratic = x**2 / sigma1**2 - 2 * rho * x * y / (sigma1 * sigma2) + y**2 / sigma2**2
    density = -quadratic / (2 * (1 - rho**2)) - log(2 * pi * sigma1 * sigma2) - log(1 - rho**2) / 2
    parameters = {sigma1: "positive", sigma2: "positive", rho: "(-1, 1)"}
    d = sf.derive(family("centred", [x, y], parameters, density))
    first = {sigma1: Rational(1), sigma2: Rational(2), rho: Rational(1, 2)}
    second = {sigma1: Rational(3), sigma2: Rational(1), rho: Rational(-1, 3)}
    with mp.workdps(40):
        s, t = (_covariance(at) for at in (first, second))
        values = mp.eig(mp.inverse(s) * t)[0]
        truth = mp.sqrt(sum(mp.log(v) ** 2 for v in values) / 2)
        assert abs(truth - mp.mpf(str(distance(d, first, second)))) < 1e-20


def _covariance(at):
    a, b, r = (mp.mpf(at[s].p) / at[s].q for s in (sigma1, sigma2, rho))
    return mp.matrix([[a * a, r * a * b], [r * a * b, b * b]])


def test_a_known_covariance_leaves_the_mahalanobis_distance():
    density = -(2 * (x - mu1) ** 2 - 2 * (x - mu1) * (y - mu2) + 3 * (y - mu2) ** 2) / 2
    d = sf.derive(
        family("fixed", [x, y], {mu1: "real", mu2: "real"}, density - log(2 * pi) + log(5) / 2)
    )
    first, second = {mu1: Rational(1), mu2: Rational(2)}, {mu1: Rational(4), mu2: Rational(-1)}
    assert distance(d, first, second) == sqrt(2 * 9 - 2 * 3 * (-3) + 3 * 9).evalf(30)


def test_close_points_keep_their_digits():
    """The form does not cancel: float64 of a distance of 1e-12 is right to 1e-10."""
    d = sf.derive("normal")
    formula = d.fisher_rao_distance()
    arguments = [*d.family.parameters, *formula.extra_symbols["primed"].values()]
    near = lambdify(arguments, formula.expr, "math")(0.0, 1.0, 1e-12, 1.0)
    assert near == pytest.approx(1e-12, rel=1e-10)


@pytest.mark.parametrize("name", ["gamma", "beta", "dirichlet", "student_t", "bivariate_normal"])
def test_no_closed_form_is_said_to_be_none(name):
    formula = sf.derive(name).fisher_rao_distance()
    assert formula.expr is None
    assert formula.status == "none"
    assert "symfisher.manifold" in formula.notes[0]


t = Symbol("t", positive=True)


@pytest.mark.parametrize(
    "square",
    [
        1 / (t**2 + 1),
        1 / (t * (t + 1)),
        (1 + t**2) / t**2,
        exp(2 * t),
        exp(t) / (1 + exp(t)) ** 2,
        exp(t) + 1,
        1 / t**3,
        1 / (1 - t**2),
        1 / (t * (1 - t) ** 2),
        (2 - t) * t,
        4 * t**2,
    ],
)
def test_antiderivatives_of_roots(square):
    def sign(expr):
        values = [complex(expr.subs(t, v).evalf()) for v in (0.1, 0.5, 0.9)]
        if any(abs(v.imag) > 1e-12 for v in values):
            return None
        return (
            1 if all(v.real > 0 for v in values) else -1 if all(v.real < 0 for v in values) else 0
        )

    found = root_antiderivative(square, t, sign)
    for place in (Rational(1, 7), Rational(2, 3)):
        assert abs((diff(found, t) - sqrt(square)).subs(t, place).evalf(20)) < 1e-15


def test_an_arc_tangent_is_not_carried_over_its_branch():
    """The antiderivative is continuous on the whole interval: its differences are lengths."""
    found = root_antiderivative(1 / (t * (1 - t)), t, lambda e: 1 if e.subs(t, 0.4) > 0 else -1)
    assert abs((found - 2 * atan(sqrt(t) / sqrt(1 - t))).subs(t, Rational(9, 10)).evalf()) < 1e-12


def test_efron_curvature_of_curved_families():
    """Efron 1975: zero for exponential families, 5/2 its square for Cauchy's location."""
    assert sf.derive("gamma").efron_curvature().expr == 0
    location = sf.Family(
        "location", x, LINE, {mu: "real"}, logpdf=-log(1 + (x - mu) ** 2) - log(pi)
    )
    assert sf.derive(location).efron_curvature().expr ** 2 == Rational(5, 2)
    density = -((x - sigma) ** 2) / (2 * sigma**2) - log(2 * pi * sigma**2) / 2
    curved = sf.Family("curved", x, LINE, {sigma: "positive"}, logpdf=density)
    # By hand from E[z^n] of the normal with z = (x - theta)/theta: i = 3, nu_11 = -16, nu_02 = 86.
    first, second = diff(density, sigma), diff(density, sigma, 2)
    z = Symbol("z")
    moments = {0: 1, 1: 0, 2: 1, 3: 0, 4: 3}

    def mean(expr):
        polynomial = expr.subs(x, sigma * (1 + z)).subs(sigma, 1).expand().as_poly(z)
        return sum(c * moments[n] for (n,), c in polynomial.terms())

    i, mixed, square = mean(first**2), mean(first * second), mean(second**2)
    truth = (square - i**2 - mixed**2 / i) / i**2
    assert sf.derive(curved).efron_curvature().expr ** 2 == truth == Rational(2, 27)


@pytest.mark.parametrize("name", ["normal", "gamma", "poisson", "beta", "bivariate_normal"])
def test_the_canonical_divergence_is_the_kl_divergence(name):
    d = sf.derive(name)
    first, second = draw(d.family, 1), draw(d.family, 2)
    prime = d.kl().extra_symbols["primed"]
    at = {**first, **{prime[p.name]: second[p] for p in d.family.parameters}}
    assert abs((d.canonical_divergence().expr - d.kl().expr).subs(at).evalf(30)) < 1e-20
