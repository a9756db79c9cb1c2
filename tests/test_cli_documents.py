"""The commands that write documents and family files, and what the command line understands."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner
from conftest import ROOT

from symfisher.cli.group import cli
from symfisher.cli.statement import family_text
from symfisher.family_file import load_family, loads_family

EXPONENTIAL = ("--logpdf", "log(k) - k*x", "--variable", "x in (0, oo)", "--parameter", "k > 0")


def run(*arguments, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "symfisher", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_family_is_derived_without_a_file():
    done = run("derive", *EXPONENTIAL, "--quantity", "fisher", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["fisher"]["expr"] == [["k**(-2)"]]


def test_an_error_in_a_stated_family_says_where():
    done = run("derive", "--logpdf", "log(q) - k*x", *EXPONENTIAL[2:])
    assert done.returncode == 2
    assert "the command line, logpdf, column 5: 'q' is not declared" in done.stderr


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("k > 0", "(0, oo)"),
        ("k>=1", "[1, oo)"),
        ("k < a", "(-oo, a)"),
        ("0 < k <= 1", "(0, 1]"),
        ("k in 0..n", "0..n"),
        ("k in positive", "positive"),
    ],
)
def test_a_domain_is_written_as_one_writes_it(text, domain):
    told = family_text("-k*x", None, ["x in real"], [text], [], [])
    assert f'[parameters]\n"k" = "{domain}"' in told


def test_what_is_stated_is_the_family_of_a_file():
    told = family_text(None, "y*log(p)+(1-y)*log(1-p)", ["y in {0, 1}"], ["0 < p < 1"], [], [])
    family = loads_family(told, "the command line")
    assert family.is_mass
    assert str(family.parameters) == "(p,)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("derive",), "name a TARGET"),
        (("derive", "--variable", "x in real"), "needs its --logpdf"),
        (("derive", "--logpdf", "x", "--variable", "x"), "declares nothing"),
        (("derive", "gama"), "nearest: gamma"),
        (("paper", "gamma", "--part", "tabel"), "table"),
        (("paper", "gamma", "--symbol", "alpha"), "write NAME=NEW"),
        (("paper", "gamma", "--symbol", "alpa=k"), "nearest: alpha"),
        (("picture", "gamma", "--quantity", "regularity", "--output", "x.svg"), "a verdict"),
        (("completoin", "bash"), "nearest: completion"),
    ],
)
def test_wrong_input_is_said_and_ends_with_two(arguments, message):
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_a_new_family_file_reads_back_and_is_not_overwritten(tmp_path):
    first = run("new", "my_family", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    path = tmp_path / "my_family.toml"
    family = load_family(path)
    assert [p.name for p in family.parameters] == ["k", "s"]
    path.write_text("mine", encoding="utf-8")
    again = run("new", "my_family", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_name_that_cannot_be_a_family_is_refused(tmp_path):
    assert run("new", "a'b\"", cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell):
    printed = CliRunner().invoke(cli, ["completion", shell])
    assert printed.exit_code == 0
    assert "_SYMFISHER_COMPLETE" in printed.output


def test_families_are_completed():
    words = {"COMP_WORDS": "symfisher derive gam", "COMP_CWORD": "2"}
    done = run(_SYMFISHER_COMPLETE="bash_complete", **words)
    assert "plain,gamma" in done.stdout.splitlines()


def test_a_paper_is_written_whole_or_not_at_all(tmp_path):
    done = run("paper", "gamma", "--part", "proposition", "--output", tmp_path / "gamma.tex")
    assert done.returncode == 0, done.stderr
    assert r"\psi_1(\alpha)" in (tmp_path / "gamma.tex").read_text(encoding="utf-8")
    failed = run("paper", "gamma", "--matrix", "x", "--output", tmp_path / "other.tex")
    assert failed.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["gamma.tex"]


def test_slides_are_written(tmp_path):
    done = run("slides", "poisson", "--format", "typst", "--output", tmp_path / "talk.typ")
    assert done.returncode == 0, done.stderr
    assert "presentation-16-9" in (tmp_path / "talk.typ").read_text(encoding="utf-8")


def test_notation_reaches_latex_on_the_command_line():
    done = run("derive", "gamma", "--quantity", "fisher", "--format", "latex", "--matrix", "F")
    assert r"F(\theta) = \begin{pmatrix}" in done.stdout


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_titles_are_coloured_on_a_terminal_unless_no_color_is_set(no_color, coloured):
    assert ("\x1b[36m" in on_a_terminal(NO_COLOR=no_color, TERM="xterm")) is coloured


@pytest.mark.parametrize("columns", [40, 60])
def test_text_is_no_wider_than_a_narrow_terminal(columns):
    done = run("derive", "student_t", "gev", "--quantity", "score", COLUMNS=str(columns))
    assert max(map(len, done.stdout.splitlines())) <= columns


def on_a_terminal(**environment):
    """What `derive exponential` prints where standard output is a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "symfisher", "derive", "exponential", "--quantity", "score"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=follower,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(follower)
        text = b""
        while chunk := _read(leader):
            text += chunk
        process.wait(timeout=60)
    os.close(leader)
    return text.decode()


def _read(leader):
    try:
        return os.read(leader, 4096)
    except OSError:  # the other end is closed
        return b""
