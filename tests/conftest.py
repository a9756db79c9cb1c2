"""Shared by all tests: the catalogue as a fixture, ``--family``, and repeatable Hypothesis runs."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, settings

import symfisher as sf

# Tests run side by side, and their matrices are small: threads of BLAS would wait for each other.
for _ in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_, "1")

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = sorted(file.stem for file in (ROOT / "families").glob("[!_]*.py"))
# Families with vectors of any length have tests of their own (test_indexed*.py), which compare
# them with the families written out at fixed lengths; all others are the catalogue.
VECTOR_FAMILIES = [
    name for name in BUNDLED if "IndexedBase" in (ROOT / "families" / f"{name}.py").read_text()
]
CATALOGUE = [name for name in BUNDLED if name not in VECTOR_FAMILIES]

# Examples are the same in every run.  Nothing is shrunk: most properties hold a quadrature or a
# derivation, and shrinking one that fails takes minutes.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("repeatable")


def pytest_addoption(parser):
    parser.addoption(
        "--family",
        action="append",
        choices=CATALOGUE,
        help="run the catalogue tests on this family only (repeatable)",
    )


def pytest_generate_tests(metafunc):
    if "family_name" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--family") or CATALOGUE
        metafunc.parametrize("family_name", chosen)


@pytest.fixture
def family(family_name):
    """Each bundled family of plain symbols in turn."""
    return import_module(f"symfisher.families.{family_name}").family


@pytest.fixture(scope="session")
def derivations():
    """Name -> derivation of every bundled family; what one test derives others need not again."""
    return {name: sf.derive(name) for name in BUNDLED}
