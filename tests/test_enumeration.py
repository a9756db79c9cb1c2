"""Sums over a few cells: exact, whatever the link, and only where the cells are few."""

from __future__ import annotations

import pytest
from literature import declared, entries, worst_error
from sympy import Eq, Integer, Piecewise, Rational, exp, log, simplify, symbols

from symfisher.declaration import Family
from symfisher.expectation import enumeration
from symfisher.numerics.evaluate import evaluate

a, b, p, q, t = symbols("a b p q t")
y, y1, y2 = symbols("y y1 y2")

ENUMERATED = [
    "bernoulli_p",
    "bernoulli_logit",
    "bernoulli_probit",
    "bernoulli_cloglog",
    "logistic_regression_z",
    "categorical_3_softmax",
    "irt_2pl",
]


def frame_of(family: Family) -> enumeration.EnumerationFrame:
    frame = enumeration.frame(family.canonical)
    assert frame is not None
    return frame


@pytest.mark.parametrize("name", ENUMERATED)
def test_both_forms_equal_the_literature(name):
    entry = entries()[name]
    family = declared(entry).canonical
    frame = frame_of(family)
    assert frame.score_mean() == [0] * len(family.parameters)
    assert worst_error(entry, family, frame.negative_hessian()) < 1e-13
    assert worst_error(entry, family, frame.outer_product()) < 1e-13


def test_conditions_on_the_data_are_decided_in_each_cell():
    """Hardy-Weinberg blood groups; a multinomial cell's information is sum (d pi_k)^2 / pi_k."""
    cells = [p**2 + 2 * p * (1 - p - q), q**2 + 2 * q * (1 - p - q), 2 * p * q, (1 - p - q) ** 2]
    conditions = [Eq(y, 0), Eq(y, 1), Eq(y, 2), True]
    mass = Piecewise(*((log(c), k) for c, k in zip(cells, conditions, strict=True)))
    family = Family("abo", y, "0..3", {p: "unit", q: "unit"}, logpmf=mass, constraints=[p + q < 1])
    at = {p: Rational(3, 11), q: Rational(2, 7)}
    found = frame_of(family).outer_product()
    names = {s.name: s for s in family.canonical.parameters}
    for i, u in enumerate((p, q)):
        for j, v in enumerate((p, q)):
            expected = sum(c.diff(u) * c.diff(v) / c for c in cells).subs(at)
            value = found[i, j].subs({names["p"]: at[p], names["q"]: at[q]})
            assert simplify(value - expected) == 0


def test_a_later_variable_may_depend_on_an_earlier_one():
    family = Family(
        "stopped trials",
        (y1, y2),
        ("0..1", "0..y1"),
        {p: "unit"},
        logpmf=(y1 + y2) * log(p) + (1 - y1) * log(1 - p) + y1 * (1 - y2) * log(1 - p),
    )
    frame = frame_of(family)
    s1, s2 = family.canonical.variables
    mean = frame.expect(s1 + s2)
    (canonical,) = family.canonical.parameters
    assert simplify(mean - canonical - canonical**2) == 0


def test_expectations_of_general_functions():
    family = Family(
        "trials",
        y,
        "0..3",
        {t: "real"},
        logpmf=y * t - 3 * log(1 + exp(t)) + Piecewise((log(3), (y > 0) & (y < 3)), (0, True)),
    )
    frame = frame_of(family)
    (variable,), (logit,) = family.canonical.variables, family.canonical.parameters
    value = frame.expect(exp(2 * variable))
    generating = ((1 + exp(2 + logit)) / (1 + exp(logit))) ** 3
    at = {logit: Rational(3, 7)}
    assert float(evaluate(value, at)) == pytest.approx(float(evaluate(generating, at)), rel=1e-14)
    assert frame.expect(1 / variable) is None  # no value at 0
    assert frame.expect(Integer(1)) == 1


@pytest.mark.parametrize(
    ("support", "mass"),
    [("0..oo", y * log(p) + log(1 - p)), ("0..99", y * log(p) + log((1 - p) / (1 - p**100)))],
)
def test_many_cells_are_not_enumerated(support, mass):
    family = Family("geometric", y, support, {p: "unit"}, logpmf=mass)
    assert enumeration.frame(family.canonical) is None
