"""Counts with heavy tails: hypergeometric values at argument one, and sums that are kept.

The truth is mpmath's ``nsum`` over masses that are written down a second time.
"""

import mpmath
import pytest
from flint import arb
from mpmath import mpf
from sympy import Rational, Sum, hyper

from symfisher.expectation.engine import engine
from symfisher.family_file import loads_family
from symfisher.numerics import ball
from symfisher.numerics.acceleration import power_tail
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.unit_argument import sum_at_one

mpmath.mp.dps = 40
NAMES = {
    "yule_simon": ("log(r) + log(beta(y, r + 1))", "1..oo", "r"),
    "waring": ("log(beta(a + y, r + 1)) - log(beta(a, r))", "0..oo", "a r"),
    "beta_geometric": ("log(beta(a + 1, b + y)) - log(beta(a, b))", "0..oo", "a b"),
    "beta_negative_binomial": (
        "loggamma(r + y) - log(factorial(y)) - loggamma(r) + log(beta(a + r, b + y))"
        " - log(beta(a, b))",
        "0..oo",
        "a b r",
    ),
}


def declared(name):
    mass, support, parameters = NAMES[name]
    lines = [f'name = "{name}"', f'logpmf = "{mass}"', "[variable]", f'y = "{support}"']
    lines += ["[parameters]", *(f'{p} = "positive"' for p in parameters.split())]
    return loads_family("\n".join(lines), name).canonical


def log_mass(name, y, at):
    if name == "yule_simon":
        return mpmath.log(at["r"] * mpmath.beta(y, at["r"] + 1))
    if name == "waring":
        return mpmath.log(mpmath.beta(at["a"] + y, at["r"] + 1) / mpmath.beta(at["a"], at["r"]))
    a, b = at["a"], at["b"]
    if name == "beta_geometric":
        return mpmath.log(mpmath.beta(a + 1, b + y) / mpmath.beta(a, b))
    r = at["r"]
    size = mpmath.gamma(r + y) / mpmath.factorial(y) / mpmath.gamma(r)
    return mpmath.log(size * mpmath.beta(a + r, b + y) / mpmath.beta(a, b))


AT = {"a": Rational(7, 4), "b": Rational(6, 5), "r": Rational(9, 4)}


def information(name, parameters, i, j):
    """E[-d2 log p], with the derivatives by central differences at 40 digits."""

    def minus_second(y):
        step = mpf(10) ** -8

        def at(*moves):
            values = {p: mpf(AT[p].p) / AT[p].q for p in parameters}
            for p, move in moves:
                values[p] += move * step
            return log_mass(name, y, values)

        p, q = parameters[i], parameters[j]
        corners = [(s * t, at((p, s), (q, t))) for s in (1, -1) for t in (1, -1)]
        return -sum(sign * value for sign, value in corners) / (4 * step**2)

    def term(y):
        values = {p: mpf(AT[p].p) / AT[p].q for p in parameters}
        return minus_second(y) * mpmath.exp(log_mass(name, y, values))

    first = 1 if name == "yule_simon" else 0
    return mpmath.nsum(term, [first, mpmath.inf], method="levin")


@pytest.mark.parametrize("name", NAMES)
def test_fisher_matrix_equals_levin_sums(name):
    family = declared(name)
    forms = [engine(family).negative_hessian, engine(family).outer_product]
    status = "series" if name == "beta_negative_binomial" else "closed"
    assert [str(f.status) for f in forms] == [status] * 2
    names = [p.name for p in family.parameters]
    at = {p: AT[p.name] for p in family.parameters}
    for i, j in {(0, 0), (0, len(names) - 1)}:
        truth = information(name, names, i, j)
        for form in forms:
            assert abs(evaluate(form.expr[i, j], at) / truth - 1) < 1e-10


def test_trigamma_means_by_tails_are_hypergeometric():
    entry = engine(declared("yule_simon")).negative_hessian.expr[0, 0]
    assert entry.has(hyper)
    assert not entry.has(Sum)


def gauss(a, b, c):
    """2F1(a, b; c; 1), DLMF 15.4.20."""
    return c.gamma() * (c - a - b).gamma() / (c - a).gamma() / (c - b).gamma()


@pytest.mark.parametrize("bits", [80, 300])
@pytest.mark.parametrize("shape", ["0.5", "7.25", "60.5"])
def test_series_at_argument_one_enclose_known_values(shape, bits):
    with ball.precision(bits):
        a, one = arb(shape), arb(1)
        pairs = [
            (sum_at_one([a, arb("0.25")], [a + 2]), gauss(a, arb("0.25"), a + 2)),
            (sum_at_one([one, one, a], [one + 1, a + 1]), a * harmonic(a - 1) / (a - 1)),
        ]
        for found, exact in pairs:
            assert found.rel_accuracy_bits() > 0.7 * bits
            assert found.overlaps(exact)


def harmonic(x):
    return (x + 1).digamma() + arb.const_euler()


def test_divergent_series_at_argument_one_have_no_value():
    assert sum_at_one([arb(1), arb(2)], [arb(3)]).is_nan()


def test_levin_sums_a_tail_and_says_how_well():
    with ball.precision(400):
        terms = [1 / arb(j) ** 2 for j in range(10, 60)]
        value, error = power_tail(terms, 10)
        exact = arb(2).zeta(arb(10))
        assert abs(value - exact) <= error
        assert error < arb(10) ** -30
        _, error = power_tail([arb(j).log() / arb(j) ** 2 for j in range(10, 60)], 10)
        assert error > arb(10) ** -12
