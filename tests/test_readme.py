"""What the README shows is what happens."""

from __future__ import annotations

import re

from conftest import ROOT

import symfisher as sf
from symfisher.family_file import loads_family

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_python_example_runs_and_the_file_declares_the_same_family():
    (code,), (file,) = blocks("python"), blocks("toml")
    names: dict = {}
    exec(code, names)
    declared, read = names["d"].fisher, sf.derive(loads_family(file, "README.md")).fisher
    assert declared.status == read.status == "closed"
    assert str(declared.expr) == str(read.expr)


def test_shown_result_is_what_is_printed():
    (shown,) = blocks("text")
    assert shown.strip() in str(sf.derive("student_t").fisher)


def test_commands_name_bundled_families_and_known_options():
    derived = re.findall(r"symfisher (?:derive|verify) ([a-z_ ]+?)(?: {2,}| --|\n|$)", README)
    named = {name for line in derived for name in line.split()}
    assert named
    assert named <= set(sf.bundled_names())
