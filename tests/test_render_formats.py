"""Every format on the same results, against reviewed pages in tests/golden.

``UPDATE_GOLDEN=1 pytest tests/test_render_formats.py`` writes the pages anew; look at the diff.
"""

import os
import re
import shutil
import xml.dom.minidom

import formula_samples as samples
import pytest
from conftest import ROOT
from sympy import ImmutableDenseMatrix, Symbol, log, pi

from symfisher.declaration import Family
from symfisher.render import format_summaries, load_format
from symfisher.render.sheet import Sheet, sheet_of

GOLDEN = ROOT / "tests" / "golden"
SUFFIX = {"text": "txt", "latex": "tex", "markdown": "md"}
FORMATS = sorted(format_summaries())
HOSTILE = r"<script>alert(1)</script> \input{x} $a_b$ %#&~^ *b* `c` ]("


def page(name, family=samples.family, results=samples.RESULTS):
    form = load_format(name)
    opening, _, closing = form.frame(1)
    return opening + form.document(sheet_of(family, results, form)) + closing


@pytest.fixture
def hostile():
    mu = Symbol("mu", real=True)
    x = Symbol("x", real=True)
    return Family(
        name=HOSTILE,
        variable=x,
        support="(-oo, oo)",
        parameters={mu: "real"},
        logpdf=-((x - mu) ** 2) / 2 - log(2 * pi) / 2,
        title=HOSTILE,
        meanings={"mu": HOSTILE},
    )


def test_the_formats_are_the_files_of_the_folder():
    assert set(FORMATS) == {"html", "json", "jsonl", "latex", "markdown", "text"}
    for name in FORMATS:
        assert name == load_format(name).NAME


@pytest.mark.parametrize("name", FORMATS)
def test_a_page_is_as_it_was_reviewed(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    path = GOLDEN / f"gamma_sample.{SUFFIX.get(name, name)}"
    text = page(name)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_text_is_no_wider_than_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = page("text").splitlines()
    assert max(map(len, lines)) <= columns


def test_a_matrix_too_wide_for_the_terminal_is_listed_by_entries(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    wide = samples.crlb.with_(expr=samples.crlb.expr.applyfunc(lambda e: (e + 1) ** e))
    text = load_format("text").block(wide)
    assert "[α, β] =" in text
    assert "[β, α] =" not in text  # it is symmetric


@pytest.mark.parametrize("name", FORMATS)
def test_names_are_printed_and_never_interpreted(name, hostile):
    text = page(name, hostile, {})
    if name == "html":
        assert "<script" not in text
    if name == "latex":
        assert r"\input" not in text
    if name == "markdown":
        assert "<script" not in text.replace(r"\<", "")
        assert "](" not in text.replace(r"\](", "")


@pytest.mark.parametrize("name", FORMATS)
def test_what_does_not_exist_is_said_with_its_reason(name):
    text = page(name, results={"fisher": samples.missing})
    if name.startswith("json"):
        assert '"fisher": null' in text
    else:
        assert "does not exist" in text
        assert "The support moves." in text


def test_mathml_is_well_formed():
    elements = re.findall(r"<math.*?</math>", page("html"), re.DOTALL)
    assert len(elements) > 10
    for element in elements:
        xml.dom.minidom.parseString(element)


@pytest.mark.parametrize("name", FORMATS)
def test_several_documents_make_one_page(name):
    form = load_format(name)
    opening, between, closing = form.frame(2)
    documents = [form.document(Sheet("a", form.heading(samples.family))) for _ in range(2)]
    text = opening + between.join(documents) + closing
    assert text.endswith("\n")
    assert text.count("\n\n\n") == 0


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("kind", ["sample", "hostile"])
def test_latex_compiles_without_an_overfull_box(kind, hostile, tmp_path):
    from latex import compile_fragment

    body = page("latex") if kind == "sample" else page("latex", hostile, {})
    log = compile_fragment(body, tmp_path)
    assert "Overfull" not in log


def test_a_long_denominator_that_entries_share_is_named(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    a, b = samples.family.parameters
    below = sum((a + k) * log(b + k) for k in range(1, 5))
    expr = ImmutableDenseMatrix([[a * log(a + b + 1), b], [b, -a]]) / below
    bound = samples.crlb.with_(expr=expr.applyfunc(lambda entry: (a + log(a)) ** 2 * entry))
    assert "Δ = " in load_format("text").block(bound)
    assert r"\text{where } \Delta &= " in load_format("latex").block(bound)
    assert "Delta" not in str(load_format("json").block(bound)["crlb"]["expr"])


def test_a_long_sum_in_brackets_is_broken_within_them():
    a, b = samples.family.parameters
    inside = sum((a + k) * log(b + k) for k in range(1, 9))
    text = load_format("latex").block(samples.kl.with_(expr=inside / (2 * b)))
    assert r"\Bigl(" in text
    assert r"\Bigr)" in text
    assert text.count(r"\\") >= 2
