"""Finding families by name and by path."""

import subprocess
import sys

import pytest

import symfisher
from symfisher import catalog
from symfisher.catalog import bundled_family, bundled_names, bundled_titles, resolve_target
from symfisher.declaration import Family
from symfisher.errors import FamilyFileError, InputError, UnknownNameError
from symfisher.suggestions import nearest, shown, suggest

FILE = """
name = "Rayleigh, mine"
logpdf = "log(x) - 2*log(s) - x**2/(2*s**2)"
[variable]
x = "(0, oo)"
[parameters]
s = "positive"
"""


def test_names_are_those_of_the_files_in_the_folder(request):
    folder = request.config.rootpath / "families"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert bundled_names() == tuple(sorted(files))


def test_every_title_is_one_plain_line():
    titles = bundled_titles()
    assert tuple(titles) == bundled_names()
    for title in titles.values():
        assert title
        assert "\n" not in title
        assert not title.endswith(".")


def test_every_bundled_file_declares_a_family_of_its_own_name():
    for name in bundled_names():
        family = bundled_family(name)
        assert isinstance(family, Family)
        assert family.name == name


@pytest.mark.parametrize("name", ["beta_prime", "Beta-Prime", "BETA PRIME", " beta  prime "])
def test_a_name_is_found_in_any_case_and_with_hyphens_or_spaces(name):
    assert resolve_target(name) is bundled_family("beta_prime")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        resolve_target("poison")
    assert str(caught.value) == (
        "no family is called 'poison'; nearest: poisson. "
        "`symfisher list` shows all; the name of a family file ends in .toml"
    )


def test_a_family_is_its_own_target():
    family = bundled_family("gamma")
    assert resolve_target(family) is family


def test_a_file_is_found_by_text_or_path(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    assert resolve_target(path).name == "Rayleigh, mine"
    assert resolve_target(str(path)).name == "Rayleigh, mine"


def test_a_file_in_this_folder_needs_no_ending_unless_a_bundled_family_has_its_name(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(FILE)
    (tmp_path / "gamma").write_text("not a family file")
    assert resolve_target("mine").name == "Rayleigh, mine"
    assert resolve_target("gamma").name == "gamma"


@pytest.mark.parametrize("target", ["missing.toml", "some/where", "./gamma"])
def test_what_looks_like_a_path_is_one(target):
    with pytest.raises(FamilyFileError, match="there is no such file"):
        resolve_target(target)


@pytest.mark.parametrize(
    "target", ["", " ", "..", "\0", "a" * 10_000_000, "é\x1b[31m", "__init__", "os", 3, None]
)
def test_any_other_target_is_a_short_input_error(target):
    with pytest.raises(InputError) as caught:
        resolve_target(target)
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def test_families_are_looked_for_along_the_packages_path(tmp_path, monkeypatch):
    folder = tmp_path / "families"
    folder.mkdir()
    (folder / "cosine.py").write_text('"""Cosine distribution, e.g. of\nangles. More."""\n')
    (folder / "_helper.py").write_text("")
    monkeypatch.setattr(symfisher, "__path__", [str(tmp_path / "nothing"), str(tmp_path)])
    assert bundled_names() == ("cosine",)
    assert bundled_titles() == {"cosine": "Cosine distribution, e.g. of angles"}


def test_listing_does_not_import_sympy():
    code = (
        "import sys; from symfisher.catalog import bundled_titles; bundled_titles(); "
        "assert not {'sympy', 'numpy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_suggestions_ignore_case_and_keep_the_names_spelling():
    assert suggest("GAMA", ["gamma", "normal"]) == ("gamma",)
    assert suggest("besselK", ["besselk", "besseli"])[0] == "besselk"
    assert suggest("zzz", ["gamma"]) == ()
    assert nearest("zzz", ["gamma"]) == ""
    assert catalog.suggest is suggest


def test_shown_text_is_short_and_printable():
    assert shown("a\x1b[2J\nb") == "a?[2J b"
    assert len(shown("a" * 100)) == 60


@pytest.mark.parametrize("words", ["generalized_extreme_value", "generalised extreme value"])
def test_the_words_of_a_title_lead_to_the_name(words):
    with pytest.raises(UnknownNameError, match="nearest: gev"):
        bundled_family(words)
