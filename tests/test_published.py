"""The engine against the closed forms of the literature, and those against quadrature."""

from __future__ import annotations

from importlib import import_module

import published
import pytest
import truth
from conftest import CATALOGUE
from mpmath import sqrt
from parameter_points import draw, draw_easy
from sympy import Rational, count_ops, diff, sympify

import symfisher as sf
from symfisher.formula import Status
from symfisher.numerics.evaluate import evaluate

IRREGULAR = list(published.OUTER_PRODUCT_ONLY)


def bundled(name):
    return import_module(f"symfisher.families.{name}").family


def numbers(matrix, at):
    return [[truth.number(entry, at) for entry in row] for row in matrix.tolist()]


def assert_close(ours, theirs, tolerance):
    """Entry by entry, relative to the square root of the product of the diagonal entries."""
    size = len(theirs)
    for i in range(size):
        for j in range(size):
            scale = sqrt(abs(theirs[i][i] * theirs[j][j])) or 1
            assert abs(ours[i][j] - theirs[i][j]) < tolerance * max(scale, abs(theirs[i][j]))


# --- the published forms themselves -------------------------------------------------------------


def test_every_bundled_family_has_a_published_form():
    assert {*published.FISHER, *published.OUTER_PRODUCT_ONLY} == set(CATALOGUE)
    assert not {*published.FISHER} & {*published.OUTER_PRODUCT_ONLY}


@pytest.mark.parametrize("name", published.FISHER)
def test_published_fisher_matrix_is_the_mean_outer_product(name):
    family = bundled(name)
    at = draw_easy(family, 7)
    expected, error = truth.outer_product(family, at)
    assert error < 1e-18
    assert_close(
        numbers(published.matrix(published.FISHER[name], family), at), expected.tolist(), 1e-18
    )


@pytest.mark.parametrize("name", ["gev", "gpd"])
@pytest.mark.parametrize("interval", [(-0.35, -0.1), (0.1, 0.7)])
def test_published_extreme_value_forms_hold_for_both_signs_of_the_shape(name, interval):
    family = bundled(name)
    at = draw(family, 3, {"xi": interval})
    expected, _ = truth.outer_product(family, at)
    assert_close(
        numbers(published.matrix(published.FISHER[name], family), at), expected.tolist(), 1e-18
    )


@pytest.mark.parametrize("name", IRREGULAR)
def test_published_forms_of_irregular_families_hold(name):
    family = bundled(name)
    at = draw(family, 7)
    outer, _ = truth.outer_product(family, at)
    assert_close(
        numbers(published.matrix(published.OUTER_PRODUCT_ONLY[name], family), at),
        outer.tolist(),
        1e-18,
    )
    pairs = [(p, q) for p in family.parameters for q in family.parameters]
    curvature, _ = truth.expect(family, [-diff(family.log_density, p, q) for p, q in pairs], at)
    stated = numbers(published.matrix(published.NEGATIVE_HESSIAN_ONLY[name], family), at)
    assert [v for row in stated for v in row] == pytest.approx(curvature, abs=1e-18)


@pytest.mark.parametrize("name", published.KL)
def test_published_divergence_is_the_mean_log_ratio(name):
    family = bundled(name)
    first, second = draw_easy(family, 7), draw_easy(family, 8)
    fixed = {c: first[c] for c in family.constants}
    ratio = family.log_density - family.log_density.subs({**second, **fixed})
    corners = [second[p] for p in family.parameters if p.name in truth.KINKS.get(name, ())]
    (expected,), error = truth.expect(family, [ratio], first, corners=corners)
    assert error < 1e-16
    assert abs(kl_number(name, family, first, second) - expected) < 1e-16 * max(1, abs(expected))


@pytest.mark.parametrize(("name", "first", "second", "value"), published.KL_VALUES)
def test_published_divergences_give_the_values_of_another_implementation(
    name, first, second, value
):
    family = bundled(name)
    points = [{p: sympify(at[p.name]) for p in family.parameters} for at in (first, second)]
    assert float(kl_number(name, family, *points)) == pytest.approx(float(value), rel=1e-5)


def kl_number(name, family, first, second):
    symbols = published.primed(family)
    moved = {symbols[f"{p.name}_prime"]: second[p] for p in family.parameters}
    return truth.number(published.read(published.KL[name], family, symbols), {**first, **moved})


# --- the engine against them --------------------------------------------------------------------


@pytest.mark.parametrize("name", published.FISHER)
def test_fisher_matrix_is_the_published_one(name):
    d = sf.derive(name)
    form = published.matrix(published.FISHER[name], d.family)
    for seed in (11, 12):
        at = draw(d.family, seed)
        stated = numbers(form, at)
        assert_close(numbers(d.fisher.expr, at), stated, 1e-12)
        assert_close(numbers(d.outer_product.expr, at), stated, 1e-12)


@pytest.mark.parametrize("name", sorted(set(published.FISHER) - {"laplace", "triangular"}))
def test_negative_hessian_form_is_the_published_one_too(name):
    d = sf.derive(name)
    at = draw(d.family, 13)
    stated = numbers(published.matrix(published.FISHER[name], d.family), at)
    assert_close(numbers(d.negative_hessian.expr, at), stated, 1e-12)


@pytest.mark.parametrize("name", ["laplace", "triangular"])
def test_kink_takes_information_from_the_pointwise_hessian(name):
    """It is differentiable in quadratic mean, so the outer product is the Fisher matrix."""
    d = sf.derive(name)
    assert d.regularity.quadratic_mean_differentiable
    at = draw(d.family, 13)
    outer, curvature = numbers(d.outer_product.expr, at), numbers(d.negative_hessian.expr, at)
    assert abs(outer[0][0] - curvature[0][0]) > 1e-3


@pytest.mark.parametrize("name", IRREGULAR)
def test_irregular_family_shows_both_forms_and_no_fisher_matrix(name):
    d = sf.derive(name)
    at = draw(d.family, 11)
    for formula, forms in (
        (d.outer_product, published.OUTER_PRODUCT_ONLY),
        (d.negative_hessian, published.NEGATIVE_HESSIAN_ONLY),
    ):
        assert_close(
            numbers(formula.expr, at),
            numbers(published.matrix(forms[name], d.family), at),
            1e-12,
        )
    assert not d.regularity.regular
    assert not d.regularity.quadratic_mean_differentiable
    assert d.regularity.reasons
    assert d.fisher.expr is None
    assert d.crlb().expr is None


@pytest.mark.parametrize("name", published.FISHER)
def test_fisher_matrix_is_no_longer_than_the_published_one(name):
    d = sf.derive(name)
    theirs = published.matrix(published.FISHER[name], d.family)
    assert _operations(d.fisher.expr) <= _operations(theirs)


@pytest.mark.parametrize("name", published.KL)
def test_divergence_is_the_published_one(name):
    d = sf.derive(name)
    kl = d.kl()
    family, roles = d.family, kl.extra_symbols["primed"]
    first, second = draw(family, 21), draw(family, 22)
    at = {**first, **{roles[p.name]: second[p] for p in family.parameters}}
    stated = kl_number(name, family, first, second)
    ours = truth.number(kl.expr, at) if kl.status is Status.CLOSED else evaluate(kl.expr, at)
    assert abs(ours - stated) < 1e-12 * max(1, abs(stated))


@pytest.mark.parametrize("wrong", published.WRONG, ids=lambda w: f"{w.family}-{w.found_in}")
def test_wrong_form_in_circulation_is_not_ours(wrong):
    d = sf.derive(wrong.family)
    i, j = (k - 1 for k in wrong.entry)
    at = draw(d.family, 31)
    theirs = truth.number(published.read(wrong.text, d.family), at)
    ours = truth.number(getattr(d, wrong.quantity).expr[i, j], at)
    assert abs(ours - theirs) > 1e-3 * abs(ours)


def test_student_t_does_not_repeat_the_figures_of_vgam():
    d = sf.derive("student_t")
    known = published.VGAM_STUDENT_T
    at = {p: Rational(known["at"][p.name]) for p in d.family.parameters}
    values = numbers(d.fisher.expr, at)
    assert float(values[0][0]) == pytest.approx(0.460, abs=5e-4)
    assert float(values[2][2]) == pytest.approx(0.00159, abs=5e-6)
    assert abs(float(values[0][0]) - known[1, 1]) > 0.03
    assert abs(float(values[2][2]) - known[3, 3]) > 0.0003


def _operations(matrix):
    """Operations of the upper triangle."""
    size = matrix.shape[0]
    return sum(count_ops(matrix[i, j]) for i in range(size) for j in range(i, size))
