"""The steps of a derivation: each has a name and a sentence, and every run gives the same text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import CATALOGUE, ROOT

import symfisher as sf

# Families by every road: a table, an exponential family, the closure of moments, enumeration; with
# two branches, with several pieces.
DIFFERENT = [
    "weibull", "gamma", "negative_binomial_size", "bernoulli", "student_t", "gpd", "laplace",
    "gompertz",
]  # fmt: skip

PRINT_TRACE = """
import sys
import symfisher as sf
for name in sys.argv[1:]:
    derivation = sf.derive(name)
    for step in derivation.trace:
        print(step.rule, "|", step.statement, "|", step.before, "|", step.after)
    for name in ("fisher", "crlb", "kl", "kl_expansion"):
        print(derivation.quantity(name).expr)
    print(derivation.latex(steps=True))
"""


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_step_has_a_rule_and_a_sentence(name):
    d = sf.derive(name)
    steps = d.outer_product.trace
    assert steps
    for step in steps:
        assert step.rule == step.rule.strip() != ""
        assert step.statement[0].isalpha()
        assert not step.statement.isupper()
        assert len(step.statement) < 200
        assert "\n" not in step.statement


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_last_step_is_the_result(name):
    d = sf.derive(name)
    for formula in (d.outer_product, d.negative_hessian):
        assert formula.trace[-1].after == formula.expr


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("weibull", ["canonical coordinate", "gamma kernel", "score in the canonical coordinate"]),
        ("logistic", ["canonical coordinate", "beta kernel", "score in the canonical coordinate"]),
        ("cauchy", ["canonical coordinate", "Student kernel", "score in the canonical coordinate"]),
        ("gamma", ["exponential family"]),
        ("bernoulli", ["enumeration"]),
    ],
)
def test_the_trace_begins_with_the_road_that_was_taken(name, rules):
    assert [step.rule for step in sf.derive(name).outer_product.trace][: len(rules)] == rules


def test_no_step_is_repeated():
    for name in DIFFERENT:
        steps = sf.derive(name).outer_product.trace
        assert len(steps) == len(set(steps)), name


def test_a_piece_s_steps_say_which_piece():
    steps = sf.derive("laplace").outer_product.trace
    statements = [s.statement for s in steps if s.rule == "canonical coordinate"]
    assert [s.partition(" on ")[2] for s in statements] == ["(-oo, mu).", "(mu, oo)."]


def printed(seed: int, names: list[str]) -> str:
    """The traces, results and pages of a fresh process with its own order of hashes."""
    run = subprocess.run(
        [sys.executable, "-c", PRINT_TRACE, *names],
        env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return run.stdout


def test_two_processes_write_the_same_text():
    first = printed(1, DIFFERENT)
    assert "canonical coordinate | " in first
    assert printed(20_240, DIFFERENT) == first
