"""Families from the literature that no file of the package knows: closed, or computed all the same.

tests/data/literature_families.toml holds their log-densities and the status that each form of the
Fisher matrix is known to reach.  Every closed entry has agreed with quadrature at generic points
before it is given out; a dozen are compared here with integrals that mpmath takes of log-densities
written down a second time.
"""

from __future__ import annotations

import json
import os
import tomllib
from functools import cache
from pathlib import Path
from statistics import median

import mpmath
import pytest
from mpmath import mpf
from sympy import Rational

from symfisher.expectation.engine import engine
from symfisher.family_file import loads_family
from symfisher.formula import Expectation
from symfisher.numerics.evaluate import evaluate

FILE = Path(__file__).parent / "data" / "literature_families.toml"
ORDER = ["closed", "series", "quadrature"]
FORMS = ("negative_hessian", "outer_product")
NOTES = ("name", "source", "status", *FORMS)
SECONDS: dict[str, float] = {}


@cache
def entries():
    return {e["name"]: e for e in tomllib.loads(FILE.read_text())["family"]}


@cache
def declared(name):
    entry = entries()[name]
    lines = [f"name = {json.dumps(name)}"]
    fields = {k: v for k, v in entry.items() if k not in NOTES}
    lines += [f"{k} = {json.dumps(v)}" for k, v in fields.items() if isinstance(v, str)]
    for table in (k for k, v in fields.items() if isinstance(v, dict)):
        lines.append(f"[{table}]")
        lines += [f"{k} = {json.dumps(v)}" for k, v in fields[table].items()]
    return loads_family("\n".join(lines), name).canonical


@cache
def forms(name):
    family = declared(name)
    start = sum(os.times()[:4])  # the processes that it starts count too
    found = {form: getattr(engine(family), form) for form in FORMS}
    SECONDS[name] = sum(os.times()[:4]) - start
    return found


@pytest.mark.parametrize("name", list(entries()), scope="module")
def test_status_is_as_known_or_better(name):
    entry = entries()[name]
    for form, expected in forms(name).items():
        known = entry.get(form, entry.get("status"))
        assert ORDER.index(str(expected.status)) <= ORDER.index(known), form
        if str(expected.status) == "closed":
            assert expected.digits >= 10
            assert not expected.expr.has(Expectation)


def test_time_of_the_forms():
    """Printed and not asserted: run with ``pytest -s``."""
    seconds = sorted(SECONDS.values())
    if seconds:
        late = seconds[int(0.95 * len(seconds))]
        print(f"\n{len(seconds)} families: median {median(seconds):.3f} s, 95 % below {late:.3f} s")


# --- against integrals of log-densities that are written down once more --------------------------


def log_exponential_poisson(x, l, b):  # noqa: E741
    return mpmath.log(l * b / (1 - mpmath.exp(-l))) - l - b * x + l * mpmath.exp(-b * x)


def log_birnbaum_saunders(x, a, b):
    z = (mpmath.sqrt(x / b) - mpmath.sqrt(b / x)) / a
    slope = (x + b) / (2 * a * mpmath.sqrt(b) * x ** mpf("1.5"))
    return mpmath.log(mpmath.npdf(z)) + mpmath.log(slope)


def log_power_lindley(x, a, b):
    return mpmath.log(a * b**2 / (b + 1) * (1 + x**a) * x ** (a - 1)) - b * x**a


def log_truncated_weibull(x, k, l):  # noqa: E741
    mass = 1 - mpmath.exp(-l * mpf(2) ** k)
    return mpmath.log(l * k * x ** (k - 1) / mass) - l * x**k


def log_nadarajah_haghighi(x, a, l):  # noqa: E741
    return mpmath.log(a * l * (1 + l * x) ** (a - 1)) + 1 - (1 + l * x) ** a


def log_wrapped_cauchy(x, m, r):
    return mpmath.log((1 - r**2) / (2 * mpmath.pi * (1 + r**2 - 2 * r * mpmath.cos(x - m))))


def log_cardioid(x, m, r):
    return mpmath.log((1 + 2 * r * mpmath.cos(x - m)) / (2 * mpmath.pi))


def log_truncated_gumbel(x, s):
    mass = 1 - mpmath.exp(-1)
    return -mpmath.log(s * mass) - x / s - mpmath.exp(-x / s)


def log_gompertz(x, a, b):
    return mpmath.log(a) + b * x - a / b * mpmath.expm1(b * x)


def log_gb1(x, a, p, q):
    v = (x / mpf("1.5")) ** a
    return mpmath.log(a * v**p * (1 - v) ** (q - 1) / x / mpmath.beta(p, q))


def log_sinh_normal(x, a, m):
    z = 2 / a * mpmath.sinh((x - m) / 2)
    return mpmath.log(mpmath.npdf(z) * mpmath.cosh((x - m) / 2) / a)


def log_two_parameter_lindley(x, t, a):
    return mpmath.log(t**2 / (t + a) * (1 + a * x)) - t * x


TWO_PI = 2 * mpmath.pi
INTEGRALS = [
    ("exponential_poisson", log_exponential_poisson, {"l": "1.7", "b": "0.6"}, [0, 1, 4, 12, 150]),
    ("birnbaum_saunders", log_birnbaum_saunders, {"a": "0.8", "b": "1.3"}, [0, 0.1, 0.5, 2, 9, 90]),
    ("power_lindley", log_power_lindley, {"a": "1.4", "b": "0.9"}, [0, 0.1, 1, 3, 8, 40]),
    ("truncated_weibull_both", log_truncated_weibull, {"k": "1.6", "l": "0.7"}, [0, 0.1, 1, 2]),
    ("nadarajah_haghighi", log_nadarajah_haghighi, {"a": "1.3", "l": "0.8"}, [0, 1, 3, 8, 40]),
    ("wrapped_cauchy", log_wrapped_cauchy, {"m": "0.4", "r": "0.3"}, [-mpmath.pi, 0.4, mpmath.pi]),
    ("cardioid_direction", log_cardioid, {"m": "0.7", "r": "0.21"}, [0, 0.7, 3, TWO_PI]),
    ("truncated_gumbel", log_truncated_gumbel, {"s": "1.9"}, [0, 2, 8, 30, 200]),
    ("gompertz_rate", log_gompertz, {"a": "0.4", "b": "1.2"}, [0, 1, 2, 4, 5]),
    ("gb1", log_gb1, {"a": "1.7", "p": "3.2", "q": "4.1"}, [0, 0.3, 0.8, 1.2, 1.5]),
    ("sinh_normal", log_sinh_normal, {"a": "1.1", "m": "0.2"}, [-9, -2, 0.2, 2, 9]),
    ("two_parameter_lindley", log_two_parameter_lindley, {"t": "1.2", "a": "0.7"}, [0, 1, 5, 60]),
]  # fmt: skip


def scores_product(log_density, values, i, j):
    def slope(x, k):
        step = mpf(10) ** -12  # central differences of third order, at 40 digits
        moved = [[v + (n == k) * s * step for n, v in enumerate(values)] for s in (1, -1, 2, -2)]
        one, back, two, far = (log_density(x, *at) for at in moved)
        return (8 * (one - back) - (two - far)) / (12 * step)

    return lambda x: slope(x, i) * slope(x, j) * mpmath.exp(log_density(x, *values))


@pytest.mark.parametrize(("name", "log_density", "at", "places"), INTEGRALS)
def test_outer_product_equals_mpmath_integrals(name, log_density, at, places):
    family = declared(name)
    numbers = {s: Rational(at.get(s.name, "1.5")) for s in (*family.parameters, *family.constants)}
    matrix = forms(name)["outer_product"].expr
    with mpmath.workdps(40):
        values = [mpf(number) for number in at.values()]
        for i, j in {(0, 0), (0, len(at) - 1), (len(at) - 1, len(at) - 1)}:
            integral = mpmath.quad(scores_product(log_density, values, i, j), places, maxdegree=6)
            ours = evaluate(matrix[i, j], numbers, digits=20)
            assert abs(ours - integral) < mpf(10) ** -9 * (1 + abs(integral))
