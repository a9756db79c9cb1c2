"""Every bundled declaration: its form, its facts, and that it is the density it says it is."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from random import Random

import pytest
import scipy_oracle
import truth
from conftest import CATALOGUE, ROOT
from parameter_points import draw, draw_easy
from sympy import Matrix, Symbol, sympify

BIBLIOGRAPHY = (ROOT / "families" / "references.bib").read_text()
BIB_KEYS = re.findall(r"^@\w+\{(\w+),$", BIBLIOGRAPHY, re.MULTILINE)
WITHOUT_SCIPY = {"categorical", "kumaraswamy", "zero_inflated_poisson"}


def test_the_catalogue_is_complete():
    assert len(CATALOGUE) >= 46
    assert {"gamma", "gev", "dirichlet", "negative_binomial_size", "multinomial"} <= set(CATALOGUE)


def test_file_declares_one_family_and_has_no_logic(family_name):
    source = (ROOT / "families" / f"{family_name}.py").read_text()
    statements = ast.parse(source).body
    assert len(source.splitlines()) <= 45
    imported = {s.module for s in statements if isinstance(s, ast.ImportFrom)}
    assert imported <= {"sympy", "symfisher.declaration", "symfisher.domains"}
    allowed = ast.Expr | ast.ImportFrom | ast.Assign
    assert all(isinstance(s, allowed) for s in statements)


def test_name_and_title_are_those_of_the_file(family_name, family):
    docstring = import_module(f"symfisher.families.{family_name}").__doc__
    assert family.name == family_name
    assert docstring.splitlines()[0] == f"{family.facts.title}."


def test_every_parameter_and_constant_is_explained(family):
    declared = [symbol.name for symbol in (*family.parameters, *family.constants)]
    assert list(family.facts.meanings) == declared
    assert all(family.facts.meanings.values())


def test_references_are_in_the_bibliography(family):
    assert family.facts.references
    assert set(family.facts.references) <= set(BIB_KEYS)


def test_bibliography_keys_are_unique():
    assert len(BIB_KEYS) == len(set(BIB_KEYS)) == BIBLIOGRAPHY.count("@")


def test_symbols_carry_what_their_domains_allow(family):
    assert family.canonical is family


def test_parametrizations_are_changes_of_all_the_parameters(family):
    """Each map gives every parameter, and its Jacobian is not singular at a generic point."""
    for chart in family.facts.parametrizations.values():
        assert list(chart) == [p.name for p in family.parameters]
        images = Matrix([_parsed(text, family) for text in chart.values()])
        fresh = sorted(images.free_symbols - set(family.constants), key=str)
        assert len(fresh) == len(family.parameters)
        at = {s: sympify(k + 2) / 17 for k, s in enumerate((*fresh, *family.constants))}
        assert abs(complex(images.jacobian(fresh).det().subs(at))) > 1e-9


def test_density_integrates_to_one(family):
    mass, error = truth.mass(family, draw_easy(family, 1))
    assert abs(mass - 1) < 1e-20
    assert error < 1e-18


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_log_density_is_that_of_scipy(family, seed):
    if not family.facts.scipy:
        assert family.name in WITHOUT_SCIPY
        pytest.skip("SciPy has no such distribution")
    at = draw(family, seed)
    for observation in _observations(family, at, seed):
        seen = {**at, **dict(zip(family.variables, observation, strict=True))}
        ours = float(family.log_density.subs(seen))
        assert ours == pytest.approx(scipy_oracle.log_density(family, at, observation), rel=2e-11)


def _parsed(text, family):
    """The text with its constants as declared and every name that SymPy does not know a symbol."""
    names = set(re.findall(r"[A-Za-z]\w*(?!\w*\()", text)) - {"EulerGamma", "pi"}
    constants = {constant.name: constant for constant in family.constants}
    return sympify(text, locals={name: Symbol(name) for name in names} | constants)


def _observations(family, at, seed):
    """Three observations inside the support, not too far out."""
    random = Random(seed)
    for _ in range(3):
        seen: list = []
        for domain in family.supports:
            here = {**at, **dict(zip(family.variables, seen, strict=False))}
            seen.append(_inside(random, domain.substitute(here), here))
        yield seen


def _inside(random, domain, here):
    lower, upper = domain.lower.subs(here), domain.upper.subs(here)
    share = sympify(random.randint(100, 900)) / 1000
    if domain.discrete:
        return lower + random.randint(0, int(min(upper - lower, 7)))
    if lower.is_finite and upper.is_finite:
        return lower + (upper - lower) * share
    if lower.is_finite:
        return lower + 4 * share
    return (upper if upper.is_finite else 4) - 8 * share
