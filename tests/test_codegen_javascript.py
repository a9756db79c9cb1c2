"""Kernels in JavaScript, run by Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from foreign_kernels import SAMPLED, check_families, check_outside, check_sums, formula

from symfisher.codegen import kernel
from symfisher.errors import InputError, KernelError

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no Node")


@pytest.mark.parametrize(("family", "quantity"), SAMPLED)
def test_kernels_agree_with_their_formulas(family: str, quantity: str) -> None:
    check_families("javascript", family, quantity)


def test_points_outside_the_domain_give_nan_and_data_outside_minus_infinity() -> None:
    check_outside("javascript")


def test_a_module_exports_one_function_of_numbers_and_arrays(tmp_path: Path) -> None:
    made = kernel(formula("gamma", "fisher"), "javascript")
    file = made.write(tmp_path)
    (tmp_path / "use.mjs").write_text(
        'import * as module from "./gamma_fisher.mjs";\n'
        "const { gamma_fisher } = module;\n"
        "console.log(Object.keys(module).join());\n"
        "console.log(gamma_fisher(2, [1, 2, 4]).length, gamma_fisher(2, 0.5)[3]);\n"
        "try { gamma_fisher([1, 2], [1, 2, 3]); } catch (error) { console.log(String(error)); }\n"
    )
    done = subprocess.run(
        ["node", "use.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert file.suffix == ".mjs"
    assert done.stdout.splitlines() == [
        "gamma_fisher",
        "12 8",
        "RangeError: gamma_fisher: arrays of 2 and 3 do not go together",
    ]


def test_arguments_broadcast() -> None:
    made = kernel(formula("gamma", "fisher"), "javascript")
    assert made(np.ones((3, 1)), np.ones(4)).shape == (3, 4, 2, 2)
    with pytest.raises(InputError, match="do not broadcast"):
        made([1.0, 2.0], [1.0, 2.0, 3.0])


def test_sums_over_samples() -> None:
    check_sums("javascript")


def test_node_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(KernelError, match="only be called from Python where Node is installed"):
        kernel(formula("gamma", "fisher"), "javascript")(1.0, 2.0)
