"""The literature's families: what has a closed form gets it, everything else still computes.

tests/data/open_families.json has 124 log-densities with Fisher matrices at three points, which
were computed independently to 25 digits, and with what is known of each of them.
"""

from __future__ import annotations

from functools import cache

import mpmath
import operation_counts
import pytest
from literature import declared, entries
from sympy import Rational, Sum

from symfisher.expectation.engine import engine
from symfisher.formula import Expectation, Status
from symfisher.numerics.evaluate import evaluate, evaluate_matrix
from symfisher.quantities.bound import crlb
from symfisher.quantities.information import fisher, negative_hessian, outer_product
from symfisher.quantities.regularity import regularity

FORMS = {"fisher_outer": outer_product, "fisher_neghess": negative_hessian}

# No information exists here: E[score^2] diverges, so neither form has a value.
WITHOUT_INFORMATION = {"wigner_semicircle"}
# A closed form is known and is not found, each with the reason.
NOT_CLOSED: dict[str, str] = {}
# Longer than the reference, each with the reason.
LONGER = {
    "cardioid": "sqrt(1 - 4 rho^2) is written as two square roots, of 1 - 2 rho and of 1 + 2 rho",
    "gig": "the reference abbreviates ratios of Bessel functions, which are written out here",
}

NAMES = list(entries())
WITH_INFORMATION = [name for name in NAMES if name not in WITHOUT_INFORMATION]
KNOWN = [name for name in WITH_INFORMATION if entries()[name]["closed_form_known"]]
EXPECTED_CLOSED = [name for name in KNOWN if name not in NOT_CLOSED]


def for_each(names):
    """The tests of one family run one after another: what they share is derived once."""
    return pytest.mark.parametrize("name", names, scope="module")


@cache
def family_of(name):
    return declared(entries()[name]).canonical


def stored(name, form):
    """(point, matrix) pairs of one form; where the file has no such form, both are F."""
    entry = entries()[name]
    matrices = entry.get(form, [point["fisher"] for point in entry["points"]])
    for point, matrix in zip(entry["points"], matrices, strict=True):
        if matrix is not None:
            yield point["at"], [[float(value) for value in row] for row in matrix]


def assert_equals_the_stored(name, form, matrix, digits, tolerance):
    family = family_of(name)
    compared = 0
    for at, expected in stored(name, form):
        point = {s: Rational(at[s.name]) for s in (*family.parameters, *family.constants)}
        found = evaluate_matrix(matrix, point, digits=digits)
        for i, row in enumerate(expected):
            for j, value in enumerate(row):
                size = abs(expected[i][i] * expected[j][j]) ** 0.5 or 1.0
                assert abs(float(found[i][j]) - value) <= tolerance * size, (at, i, j)
                compared += 1
    return compared


@for_each(EXPECTED_CLOSED)
def test_known_closed_form_is_derived_in_both_forms(name):
    for form, derive in FORMS.items():
        formula = derive(family_of(name))
        assert formula.status is Status.CLOSED
        assert formula.digits >= 10
        assert assert_equals_the_stored(name, form, formula.expr, 20, 1e-11)


@for_each([n for n in WITH_INFORMATION if n not in EXPECTED_CLOSED])
def test_what_has_no_closed_form_is_computed(name):
    for form, derive in FORMS.items():
        formula = derive(family_of(name))
        counts = all(support.discrete for support in formula.family.supports)
        assert formula.status is (Status.SERIES if counts else Status.QUADRATURE)
        assert formula.expr.has(Expectation, Sum)
        assert assert_equals_the_stored(name, form, formula.expr, 15, 1e-10)


@for_each(NAMES)
def test_verdict_is_the_one_of_the_literature(name):
    verdict = regularity(family_of(name))
    assert verdict.regular is entries()[name]["regular"]
    assert verdict.regular or verdict.reasons


@for_each([n for n in NAMES if not entries()[n]["regular"]])
def test_irregular_entry_has_a_fisher_matrix_just_where_the_file_gives_one(name):
    exists = entries()[name]["points"][0]["fisher"] is not None
    information = fisher(family_of(name))
    assert (information.expr is not None) is exists
    assert (crlb(family_of(name)).expr is not None) is exists
    if exists:
        at_points = [point["fisher"] for point in entries()[name]["points"]]
        assert at_points == entries()[name]["fisher_outer"]
        assert information.expr == engine(family_of(name)).outer_product.expr
    else:
        assert information.status is Status.NONE
        assert information.notes


@for_each(sorted(WITHOUT_INFORMATION))
def test_divergent_information_is_not_given_a_value(name):
    """Analytic continuation has a finite one, which both forms would agree on."""
    for derive in FORMS.values():
        assert derive(family_of(name)).status is not Status.CLOSED
    assert not list(stored(name, "fisher_outer"))


@for_each(EXPECTED_CLOSED)
def test_closed_form_is_no_longer_than_the_literature_s_and_than_recorded(name):
    ours, theirs = operation_counts.measured(name), operation_counts.recorded()[name]
    assert ours.operations <= theirs.operations
    assert ours.reference == theirs.reference
    if ours.reference is not None and name not in LONGER:
        assert ours.operations <= ours.reference


def test_table_of_operations_has_every_family():
    """python tests/operation_counts.py writes it."""
    table = operation_counts.recorded()
    assert list(table) == NAMES
    open_ones = {name for name, row in table.items() if row.status != "closed"}
    assert open_ones == {*NAMES} - {*EXPECTED_CLOSED}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("diffzeta", "fisher_outer"),  # a heavy tail whose terms cancel
        ("skellam", "fisher_neghess"),
        ("folded_normal", "fisher_neghess"),
    ],
)
def test_open_expectation_has_as_many_digits_as_are_asked_for(name, form):
    family, entry = family_of(name), entries()[name]
    point, texts = entry["points"][1]["at"], entry["points"][1]["fisher"]
    at = {s: Rational(point[s.name]) for s in (*family.parameters, *family.constants)}
    found = evaluate(FORMS[form](family).expr[0, 0], at, digits=22)
    with mpmath.workdps(30):
        assert abs(found / mpmath.mpf(texts[0][0]) - 1) < mpmath.mpf(10) ** -21
