"""The examples run, and what they write can be used."""

import runpy
import shutil

import pytest
from conftest import ROOT


def example(name):
    return runpy.run_path(str(ROOT / "examples" / f"{name}.py"))["main"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_appendix_compiles_and_cites_a_rule_for_each_step(tmp_path, capsys):
    from latex import compile_document

    path = tmp_path / "gamma_appendix.tex"
    example("gamma_appendix")(str(path))
    source = path.read_text(encoding="utf-8")
    assert source.count(r"\item \emph{") >= 5
    assert r"\psi_1(\alpha)" in source
    log = compile_document(path)
    assert "Overfull" not in log
    assert path.with_suffix(".pdf").stat().st_size > 10_000


def test_first_numbers_says_what_fifty_observations_can_tell(capsys):
    example("first_numbers")()
    printed = capsys.readouterr().out
    # By hand: 1/F at (2.5, 1.5) has a*psi_1(a) - 1 = 0.22589 below; sqrt(2.5/0.22589/50) = 0.4705
    assert "shape: a standard error of at least 0.470" in printed


def test_the_deck_is_written_for_beamer_and_for_typst(tmp_path, capsys):
    example("gamma_deck")(str(tmp_path / "deck"))
    assert r"\begin{frame}" in (tmp_path / "deck.tex").read_text(encoding="utf-8")
    assert r"F(\theta)" in (tmp_path / "deck.tex").read_text(encoding="utf-8")
    assert "presentation-16-9" in (tmp_path / "deck.typ").read_text(encoding="utf-8")


def test_the_natural_gradient_is_there_long_before_the_plain_one(tmp_path, capsys):
    pytest.importorskip("jax")
    picture = tmp_path / "natural_gradient.pdf"
    example("natural_gradient")(str(picture))
    plain, natural = (float(row.split()[-4]) for row in capsys.readouterr().out.splitlines())
    assert natural < plain - 0.2
    assert picture.stat().st_size > 5000


def test_gauss_newton_goes_deeper_than_the_gradient(tmp_path, capsys):
    pytest.importorskip("jax")
    picture = tmp_path / "gauss_newton.pdf"
    example("gauss_newton")(str(picture))
    plain, second = (float(row.split()[-4]) for row in capsys.readouterr().out.splitlines())
    assert second < plain - 0.3
    assert picture.stat().st_size > 5000


def test_the_filter_follows_the_volatility(tmp_path, capsys):
    pytest.importorskip("numba")
    picture = tmp_path / "volatility_filter.pdf"
    example("volatility_filter")(str(picture))
    assert float(capsys.readouterr().out.split()[-1]) > 0.85
    assert picture.stat().st_size > 5000


def test_gamma_regression_finds_its_coefficients_within_four_standard_errors(capsys):
    """Four parameters, normal to first order: a false alarm in 4 of 16 000 samples."""
    example("gamma_glm")()
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert len(rows) == 4
    for row in rows:
        value, error, true = float(row[1]), float(row[4]), float(row[6].rstrip(")"))
        assert abs(value - true) < 4 * error


def test_a_new_distribution_ends_as_an_article_and_a_kernel(tmp_path, capsys):
    example("new_distribution")(str(tmp_path / "unit_weibull"))
    assert "FAIL" not in capsys.readouterr().out
    files = {path.suffix for path in (tmp_path / "unit_weibull").iterdir()}
    assert files == {".toml", ".tex", ".h"}


@pytest.mark.parametrize("name", ["kl_expansion", "ppo_trust_region"])
def test_a_divergence_leaves_its_picture_and_its_formulas(name, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    picture, page = tmp_path / f"{name}.pdf", tmp_path / f"{name}.tex"
    example(name)(str(picture), str(page))
    assert picture.read_bytes().startswith(b"%PDF")
    assert r"\operatorname{KL}(p_\theta \,\|\, p_{\theta+d})" in page.read_text(encoding="utf-8")
    if name == "ppo_trust_region":
        assert "off by at most 15 %" in capsys.readouterr().out
