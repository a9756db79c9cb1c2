"""Slides and pictures of formulas: they compile, and every part appears in its turn."""

import re
import shutil
import xml.dom.minidom
from functools import cache

import pytest
from latex import compile_document, complaints

import symfisher as sf
from symfisher.documents import picture as pictures
from symfisher.documents import slides as slides_module
from symfisher.documents.picture import picture, save_picture
from symfisher.documents.slides import slides
from symfisher.errors import DerivationError, InputError, MissingPackageError, UnknownNameError

HOSTILE = r'"] #panic("x") $ \input{x} <script>'
has_beamer = shutil.which("kpsewhich") is not None and shutil.which("pdflatex") is not None
needs_beamer = pytest.mark.skipif(not has_beamer, reason="no LaTeX")


LONG = ("dirichlet_multinomial", "gev", "generalized_gamma", "uniform")


@pytest.fixture(scope="module", autouse=True)
def composed_once():
    """Beamer and Typst show the same frames."""
    composed = cache(slides_module.frames)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slides_module, "frames", composed)
        yield


@pytest.fixture(scope="module")
def talks(derivations):
    return {name: slides(derivation) for name, derivation in derivations.items()}


def unexpected(log):
    return [line for line in complaints(log) if "rerunfilecheck" not in line]


@needs_beamer
def test_a_talk_compiles_and_its_steps_are_overlays(tmp_path):
    source = tmp_path / "talk.tex"
    source.write_text(slides(sf.derive("gamma")), encoding="utf-8")
    log = compile_document(source)
    assert unexpected(log) == []
    pages = int(re.search(r"\((\d+) pages", log)[1])
    frames = source.read_text(encoding="utf-8").count(r"\begin{frame}")
    assert frames == 8
    assert pages > 2 * frames


def in_one_document(talks, folder):
    """Talks without their overlays, one behind the other."""
    opening, _ = talks[0].split(r"\begin{document}")
    bodies = [talk.split(r"\begin{document}")[1].split(r"\end{document}")[0] for talk in talks]
    source = folder / "talks.tex"
    body = "".join(bodies).replace("\\pause\n", "")
    source.write_text(rf"{opening}\begin{{document}}{body}\end{{document}}", encoding="utf-8")
    return source


@needs_beamer
def test_no_family_runs_off_its_slide(talks, tmp_path):
    """Nor is any letter smaller than in a footnote."""
    assert not re.findall(r"\\(?:scriptsize|tiny)", "".join(talks.values()))
    source = in_one_document(list(talks.values()), tmp_path)
    assert unexpected(compile_document(source)) == []
    if shutil.which("lualatex"):
        source = in_one_document([talks[name] for name in LONG], tmp_path)
        assert unexpected(compile_document(source, "lualatex")) == []


def test_every_typst_talk_has_a_page_for_each_part_and_no_other(derivations, tmp_path):
    """What is too high for its page would go on on another one."""
    typst = pytest.importorskip("typst")
    opening, parts = "", ""
    count = 0
    for derivation in derivations.values():
        page = slides(derivation, form="typst")
        opening, body = page.split("#page(align(center", 1)
        # Of the pages of a frame only the last, on which all of its parts are.
        parts += "#page(align(center" + body
        count += 1 + body.count("\n#frame(")
    opening = opening.replace("for shown in range(all.len())", "for shown in (all.len() - 1,)")
    source = tmp_path / "talks.typ"
    source.write_text(opening + parts, encoding="utf-8")
    pdf = typst.compile(str(source), None, format="pdf")
    assert pages_of(pdf) == count


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


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
    for name in ("gamma", "von_mises", "zeta"):
        for result in derivations[name].results.values():
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
