"""What is installed: from the wheel, the sdist, an editable install and a bare checkout alike."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import BUNDLED, ROOT

import symfisher

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_SHIPPED = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info")
PIP_INSTALL = [
    "-m",
    "pip",
    "install",
    "-q",
    "--ignore-installed",
    "--no-deps",
    "--no-build-isolation",
]
DERIVE = "import symfisher as sf; print(sf.derive('exponential').fisher.expr)"


def test_list_of_packages_matches_the_folders():
    folders = {
        ".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "symfisher").rglob("*.py")
    }
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == folders | {"symfisher.families"}


def test_every_package_has_an_init_file():
    folders = {file.parent for file in (ROOT / "symfisher").rglob("*.py")} | {ROOT / "families"}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").is_file()]


def test_public_names_all_load():
    assert symfisher.__all__ == sorted(symfisher.__all__, key=lambda name: (name.islower(), name))
    assert all(getattr(symfisher, name) is not None for name in symfisher.__all__)
    assert set(symfisher.__all__) <= set(dir(symfisher))


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'derivative'"):
        symfisher.derivative  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import symfisher",
        "import symfisher.cli",
        "import symfisher.catalog as c; c.bundled_titles()",
    ],
)
def test_heavy_libraries_are_loaded_only_when_needed(code):
    heavy = "{'sympy', 'numpy', 'scipy', 'flint', 'joblib'} & set(sys.modules)"
    assert run([sys.executable, "-c", f"import sys\n{code}\nprint(sorted({heavy}))"]) == "[]"


def test_bare_checkout_derives(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{DERIVE}"
    assert run([sys.executable, "-c", code], cwd=tmp_path) == "Matrix([[lamda**(-2)]])"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """The wheel and the sdist, built from a copy so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("source") / "symfisher"
    shutil.copytree(ROOT, copy, ignore=NOT_SHIPPED)
    shutil.copytree(ROOT / ".ci", copy / ".ci")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."], cwd=copy)
    (wheel,), (sdist,) = (copy / "dist").glob("*.whl"), (copy / "dist").glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist, "checkout": copy}


def test_wheel_holds_one_top_level_package(distributions):
    with zipfile.ZipFile(distributions["wheel"]) as archive:
        names = archive.namelist()
    top = {name.split("/")[0] for name in names}
    assert top == {"symfisher", f"symfisher-{symfisher.__version__}.dist-info"}
    shipped = {f"symfisher/families/{name}.py" for name in BUNDLED}
    assert shipped | {"symfisher/py.typed", "symfisher/families/references.bib"} <= set(names)


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_installed_package_derives(distributions, tmp_path, kind):
    python = environment(tmp_path / "env")
    wanted = {
        "wheel": [distributions["wheel"]],
        "sdist": [distributions["sdist"]],
        "editable": ["--editable", distributions["checkout"]],
    }[kind]
    run(
        [
            python,
            "-m",
            "pip",
            "install",
            "-q",
            "--ignore-installed",
            "--no-deps",
            "--no-build-isolation",
            *wanted,
        ]
    )
    assert run([python, "-c", DERIVE], cwd=tmp_path) == "Matrix([[lamda**(-2)]])"
    home = run([python, "-c", "import symfisher; print(symfisher.__file__)"], cwd=tmp_path)
    assert Path(home).is_relative_to(tmp_path if kind != "editable" else distributions["checkout"])
    absent = "import importlib.util; print(importlib.util.find_spec('families'))"
    assert run([python, "-c", absent], cwd=tmp_path) == "None"
    listed = run([python.parent / "symfisher", "list"], cwd=tmp_path)
    assert all(name in listed for name in ("gamma", "zero_inflated_poisson"))


def environment(folder: Path) -> Path:
    """A fresh environment with links to this one's dependencies, so that nothing is downloaded.

    A symfisher that is installed here is not linked: it would come before an editable one.
    """
    venv.create(folder, with_pip=False)
    borrowed = folder / "borrowed"
    borrowed.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "symfisher" not in entry.name and entry.suffix != ".pth":
            (borrowed / entry.name).symlink_to(entry)
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "borrowed.pth").write_text(f"{borrowed}\n")
    return folder / "bin" / "python"


def run(command, cwd: Path = ROOT) -> str:
    """What a command prints; the checkout is not on its path."""
    clean = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
