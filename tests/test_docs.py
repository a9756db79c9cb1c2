"""Every code block of the documentation does what the page says.

``pycon`` blocks are doctests, ``python`` blocks are run, both in one namespace a page; ``console``
blocks are run by a shell; a ``toml`` block whose first line is a comment with a file's name becomes
that file.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from symfisher.quantities import registry

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
BLOCK = re.compile(r"^```(?P<kind>[\w-]+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class SameButForDigits(doctest.OutputChecker):
    """How many digits a check agrees to may differ from machine to machine."""

    def check_output(self, want, got, optionflags):
        want, got = (re.sub(r"[\d.]+ digits", "N digits", text) for text in (want, got))
        return super().check_output(want, got, optionflags)


def blocks(page):
    text = page.read_text()
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("code"))
        yield found["kind"], found["code"], line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_code_block_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # What a page registers is gone after it, and only that.
    registry.quantities()
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {}
    registry.quantities.cache_clear()
    for kind, code, line in blocks(page):
        if kind == "pycon":
            run_doctest(code, names, f"{page.name}, line {line}")
        elif kind == "python":
            exec(compile(code, f"{page.name}, line {line}", "exec"), names)
        elif kind == "console":
            run_console(code)
        elif kind == "toml" and (name := re.match(r"# (\w+\.toml)\n", code)):
            Path(name[1]).write_text(code)
    registry.quantities.cache_clear()


def run_doctest(code, names, where):
    test = doctest.DocTestParser().get_doctest(code, names, where, where, 0)
    said = []
    runner = doctest.DocTestRunner(SameButForDigits(), verbose=False, optionflags=FLAGS)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, "".join(said)


def run_console(code):
    """The lines that begin with a prompt, with this environment's commands first on the path."""
    script = "\n".join(line[2:] for line in code.splitlines() if line.startswith("$ "))
    bin_first = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=bin_first,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_page_of_published_formulas_is_what_its_command_writes():
    sys.path.insert(0, str(DOCS))
    try:
        import published_formulas
    finally:
        sys.path.remove(str(DOCS))
    assert published_formulas.page() == published_formulas.PAGE.read_text()
