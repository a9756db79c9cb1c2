"""Kernels in R, run by R."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from foreign_kernels import SAMPLED, check_families, check_outside, check_sums, formula

from symfisher.codegen import kernel
from symfisher.errors import KernelError

pytestmark = pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R")


@pytest.mark.parametrize(("family", "quantity"), SAMPLED)
def test_kernels_agree_with_their_formulas(family: str, quantity: str) -> None:
    check_families("r", family, quantity)


def test_points_outside_the_domain_give_nan_and_data_outside_minus_infinity() -> None:
    check_outside("r")


def test_a_script_defines_a_function_of_vectors(tmp_path: Path) -> None:
    kernel(formula("gamma", "fisher"), "r").write(tmp_path)
    (tmp_path / "use.R").write_text(
        'source("gamma_fisher.R")\n'
        "value <- gamma_fisher(c(1, 2), 4)\n"
        "cat(dim(value), value[2, 1, 2], value[1, 1, 1] == trigamma(1), '\\n')\n"
        "cat(tryCatch(gamma_fisher(1:2, 1:3), error = conditionMessage), '\\n')\n"
    )
    command = ["Rscript", "--vanilla", "use.R"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [line.strip() for line in done.stdout.splitlines()] == [
        "2 2 2 -0.25 TRUE",
        "gamma_fisher: vectors of 2, 3 do not go together",
    ]


def test_sums_over_samples() -> None:
    check_sums("r")


def test_r_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(KernelError, match="only be called from Python where R is installed"):
        kernel(formula("gamma", "fisher"), "r")(1.0, 2.0)
