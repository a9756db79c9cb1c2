"""Slides and pictures of formulas: they compile, and every part appears in its turn."""

import re
import shutil
import xml.dom.minidom

import pytest
from conftest import CATALOGUE
from latex import compile_document, complaints

import symfisher as sf
from symfisher.documents import picture as pictures
from symfisher.documents.picture import picture, save_picture
from symfisher.documents.slides import slides
from symfisher.errors import DerivationError, InputError, MissingPackageError, UnknownNameError

HOSTILE = r'"] #panic("x") $ \input{x} <script>'
has_beamer = shutil.which("kpsewhich") is not None and shutil.which("pdflatex") is not None
needs_beamer = pytest.mark.skipif(not has_beamer, reason="no LaTeX")


@pytest.fixture(scope="module")
def derivations():
    return [sf.derive(name) for name in CATALOGUE[::2]]


@needs_beamer
def test_a_talk_compiles_and_its_steps_are_overlays(tmp_path):
    source = tmp_path / "talk.tex"
    source.write_text(slides(sf.derive("gamma")), encoding="utf-8")
    log = compile_document(source)
    assert not [line for line in complaints(log) if "rerunfilecheck" not in line]
    pages = int(re.search(r"\((\d+) pages", log)[1])
    frames = source.read_text(encoding="utf-8").count(r"\begin{frame}")
    assert frames == 8
    assert pages > 2 * frames


@needs_beamer
def test_no_family_runs_off_its_slide(derivations, tmp_path):
    """All talks in one document, without their overlays."""
    talks = [slides(each).replace("\\pause\n", "") for each in derivations]
    opening, _ = talks[0].split(r"\begin{document}")
    bodies = [talk.split(r"\begin{document}")[1].split(r"\end{document}")[0] for talk in talks]
    source = tmp_path / "talks.tex"
    whole = rf"{opening}\begin{{document}}{''.join(bodies)}\end{{document}}"
    source.write_text(whole, encoding="utf-8")
    log = compile_document(source)
    wide = re.findall(r"Overfull \\hbox.*", log)
    high = [float(points) for points in re.findall(r"Overfull \\vbox \(([\d.]+)pt", log)]
    assert not wide
    assert max(high, default=0) < 15  # the margin below a frame's text is 20 pt


def test_the_typst_talk_compiles(tmp_path):
    typst = pytest.importorskip("typst")
    for name in ("gamma", "gev", "categorical", "uniform"):
        source = tmp_path / f"{name}.typ"
        source.write_text(slides(sf.derive(name), form="typst"), encoding="utf-8")
        assert typst.compile(str(source), None, format="pdf").startswith(b"%PDF")


@pytest.mark.parametrize("form", ["beamer", "typst"])
def test_names_on_slides_are_text(form, tmp_path):
    from sympy import Symbol, log, pi

    mu, x = Symbol("mu", real=True), Symbol("x", real=True)
    density = -((x - mu) ** 2) / 2 - log(2 * pi) / 2
    family = sf.Family(
        HOSTILE, x, "(-oo, oo)", {mu: "real"}, density, title=HOSTILE, meanings={"mu": HOSTILE}
    )
    page = slides(sf.derive(family), form=form)
    if form == "beamer":
        assert r"\input" not in page
        return
    typst = pytest.importorskip("typst")
    source = tmp_path / "hostile.typ"
    source.write_text(page, encoding="utf-8")
    assert typst.compile(str(source), None, format="pdf").startswith(b"%PDF")


def test_a_form_that_does_not_exist_is_refused():
    with pytest.raises(UnknownNameError, match="nearest: beamer"):
        slides(sf.derive("gamma"), form="beemer")


@pytest.mark.parametrize("engine", ["typst", "latex"])
def test_a_formula_becomes_a_picture(engine, tmp_path):
    if engine == "typst":
        pytest.importorskip("typst")
    elif not (shutil.which("pdflatex") and shutil.which("pdftocairo")):
        pytest.skip("no pdflatex or no pdftocairo")
    fisher = sf.derive("gamma").fisher
    xml.dom.minidom.parseString(picture(fisher, "svg", engine=engine))
    save_picture(fisher, tmp_path / "fisher.png", engine=engine)
    assert (tmp_path / "fisher.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["fisher.png"]


def test_every_result_becomes_typst_that_compiles(derivations, tmp_path):
    typst = pytest.importorskip("typst")
    from symfisher.formula import Formula
    from symfisher.render import latex
    from symfisher.render.typst import typst as as_typst

    lines = []
    for derivation in derivations:
        for result in derivation.results.values():
            if isinstance(result, Formula) and result.expr is not None:
                lines.append(f"$ {as_typst(pictures._mathematics(latex.displayed(result)))} $")
    source = tmp_path / "all.typ"
    source.write_text("\n\n".join(lines), encoding="utf-8")
    assert typst.compile(str(source), None, format="pdf").startswith(b"%PDF")


def test_a_picture_that_cannot_be_made_leaves_nothing(tmp_path, monkeypatch):
    derivation = sf.derive("gamma")
    with pytest.raises(UnknownNameError, match="there are: svg, png, pdf"):
        save_picture(derivation.fisher, tmp_path / "fisher.gif")
    with pytest.raises(DerivationError, match="support's end"):
        save_picture(sf.derive("uniform").fisher, tmp_path / "fisher.svg")
    monkeypatch.setattr(pictures.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(pictures.shutil, "which", lambda name: None)
    with pytest.raises(MissingPackageError, match="texlive-latex-base"):
        save_picture(derivation.fisher, tmp_path / "fisher.svg")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path):
    pytest.importorskip("typst")
    with pytest.raises(InputError, match="cannot write"):
        save_picture(sf.derive("gamma").fisher, tmp_path / "nowhere" / "fisher.svg")
