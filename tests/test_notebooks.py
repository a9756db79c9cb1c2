"""What notebooks show of each object, and the notebooks of examples/, executed."""

import re
import xml.dom.minidom

import pytest
from conftest import ROOT

import symfisher as sf

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


@pytest.fixture(scope="module")
def derivation():
    return sf.derive("exponential")


def shown_objects(d):
    return [d, d.family, d.fisher, d.score, d.kl(), d.regularity, d.verify(digits=15)]


def test_every_object_has_html_and_latex(derivation):
    for each in shown_objects(derivation):
        page = each._repr_html_()
        assert page.startswith("<")
        for element in re.findall(r"<math.*?</math>", page, re.DOTALL):
            xml.dom.minidom.parseString(element)
        assert each._repr_latex_().strip()


def test_a_derivation_opens_as_a_list_of_its_steps(derivation):
    page = derivation.fisher._repr_html_()
    steps = len(dict.fromkeys(derivation.fisher.trace))
    assert f"<summary>Derivation ({steps} step" in page
    assert page.count("<li>") == steps


def test_the_verdict_is_in_words(derivation):
    assert "the score has mean zero" in derivation.regularity._repr_html_()
    assert "moves with theta" in sf.derive("uniform").regularity._repr_latex_()


def test_names_in_a_notebook_are_text():
    from sympy import Symbol, log, pi

    mu, x = Symbol("mu", real=True), Symbol("x", real=True)
    density = -((x - mu) ** 2) / 2 - log(2 * pi) / 2
    hostile = "<script>alert(1)</script>"
    family = sf.Family(
        hostile, x, "(-oo, oo)", {mu: "real"}, density, title=hostile, meanings={"mu": hostile}
    )
    for each in shown_objects(sf.derive(family)):
        assert "<script" not in each._repr_html_()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_runs(path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    ).execute()
    kinds = {
        kind for c in notebook.cells for o in c.get("outputs", []) for kind in o.get("data", {})
    }
    assert {"text/html", "text/latex", "image/png"} <= kinds
