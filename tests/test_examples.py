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
