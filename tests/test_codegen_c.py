"""Kernels in C: every family of the catalogue, strict compilers, ends of domains, the example."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from kernel_points import floats, generic_points, holds_at, true_value
from scipy import stats
from sympy import Indexed

import symfisher as sf
from symfisher.catalog import bundled_names
from symfisher.codegen import kernel
from symfisher.codegen.system_compiler import FLAGS
from symfisher.errors import InputError, KernelError

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
LACKING = (Indexed,)  # vectors of symbolic length
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
EXAMPLE = Path(__file__).parents[1] / "examples" / "c_kernel"


def formula(family: str, quantity: str):
    return sf.derive(family).quantity(quantity)


@pytest.fixture(scope="module")
def catalogue():
    """(family, quantity) -> formula, for what every family has in closed form."""
    found = {}
    for family in bundled_names():
        derivation = sf.derive(family)
        for quantity in ("log_density", "score", "fisher"):
            each = derivation.quantity(quantity)
            if each.expr is not None and each.status == "closed" and not each.expr.has(*LACKING):
                found[family, quantity] = each
    return found


@pytest.fixture(scope="module")
def all_headers(catalogue, tmp_path_factory: pytest.TempPathFactory):
    """All kernels of the catalogue in one folder, and one file that includes them twice."""
    folder = tmp_path_factory.mktemp("headers")
    kernels = {key: kernel(each, "c") for key, each in catalogue.items()}
    names = [each.write(folder).name for each in kernels.values()]
    (folder / "all.c").write_text("".join(f'#include "{name}"\n' for name in [*names, *names]))
    return folder, kernels


@pytest.mark.parametrize("compiler", COMPILERS)
def test_all_headers_together_compile_without_a_warning(all_headers, compiler: str) -> None:
    folder, _ = all_headers
    command = [compiler, "-O0", *STRICT, "-c", "all.c", "-o", f"{compiler}.o"]
    subprocess.run(command, cwd=folder, check=True)


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler")
def test_headers_are_cpp_too(all_headers) -> None:
    folder, kernels = all_headers
    wanted = [k for (family, _), k in kernels.items() if family in ("gamma", "multinomial", "beta")]
    (folder / "some.cpp").write_text("".join(f'#include "{k.name}.h"\n' for k in wanted))
    command = ["g++", "-O0", "-Wall", "-Wextra", "-Werror", "-c", "some.cpp", "-o", "cpp.o"]
    subprocess.run(command, cwd=folder, check=True)


def test_every_family_agrees_with_its_formulas(all_headers, catalogue) -> None:
    folder, kernels = all_headers
    command = ["cc", "-O1", "-std=c99", "-fPIC", "-shared", "all.c", "-o", "all.so", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "all.so"))
    for key, each in catalogue.items():
        for point in generic_points(each):
            if holds_at(each, point):
                got = call(library, kernels[key], floats(each, point))
                np.testing.assert_allclose(
                    got, true_value(each, point), rtol=1e-9, err_msg=str(key)
                )


def call(library: ctypes.CDLL, made, values: list[float]) -> np.ndarray:
    """The value at one point, by way of the C function."""
    out = np.empty(made.program.shape)
    arguments = [np.array([value]) for value in values]
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*arguments, out)]
    getattr(library, made.name)(ctypes.c_size_t(1), *pointers)
    return out


@pytest.fixture(scope="module")
def gamma_fisher():
    return kernel(formula("gamma", "fisher"), "c")


def test_the_signature_is_that_of_the_interface(gamma_fisher) -> None:
    wanted = "void gamma_fisher(size_t n, const double *alpha, const double *beta, double *out);"
    assert wanted in gamma_fisher.source
    assert gamma_fisher.suffix == ".h"


def test_a_header_brings_only_what_it_calls(gamma_fisher) -> None:
    assert "symfisher_trigamma" in gamma_fisher.source
    assert "symfisher_log" not in gamma_fisher.source


def test_a_point_outside_the_domain_gives_nan_in_all_entries_and_others_stand(gamma_fisher) -> None:
    values = gamma_fisher(np.array([1.0, -1.0, 0.0, np.nan, 2.0]), np.array([1.0, 1, 1, 1, -3]))
    assert np.isfinite(values[0]).all()
    assert np.isnan(values[1:]).all()


def test_single_precision_has_a_function_of_its_own(tmp_path: Path, gamma_fisher) -> None:
    gamma_fisher.write(tmp_path)
    (tmp_path / "unit.c").write_text('#include "gamma_fisher.h"\n')
    command = ["cc", "-O2", *STRICT, "-fPIC", "-shared", "unit.c", "-o", "unit.so", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    function = ctypes.CDLL(str(tmp_path / "unit.so")).gamma_fisher_float
    rng = np.random.default_rng(1)
    alpha, beta = rng.uniform(0.1, 5, (2, 3001)).astype(np.float32)
    out = np.empty((3001, 2, 2), np.float32)
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in (alpha, beta, out)]
    function(ctypes.c_size_t(3001), *pointers)
    np.testing.assert_array_equal(out, gamma_fisher(alpha, beta).astype(np.float32))


def test_data_outside_the_support_have_log_density_minus_infinity() -> None:
    density = kernel(formula("gamma", "log_density"), "c")
    values = density(np.array([-1.0, 2.0, np.nan]), 1.5, 2.0)
    assert values[0] == -np.inf
    assert values[1] == pytest.approx(stats.gamma(1.5, scale=0.5).logpdf(2.0), rel=1e-14)
    assert np.isnan(values[2])
    assert np.isnan(density(-1.0, -1.5, 2.0))


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 1000, 90000])
def test_any_number_of_points_is_written(count: int) -> None:
    fisher = kernel(formula("bivariate_normal", "fisher"), "c").function
    rng = np.random.default_rng(count)
    arguments = [rng.uniform(0.1, 0.9, count) for _ in range(5)]
    values = fisher(*arguments)
    assert values.shape == (count, 5, 5)
    for i in {0, count // 2, count - 1} if count else ():
        np.testing.assert_array_equal(values[i], fisher(*(a[i] for a in arguments)))


def test_log_likelihood_sums_over_samples_of_any_size() -> None:
    total = kernel(formula("gamma", "log_likelihood"), "c").function
    rng = np.random.default_rng(0)
    for size in (1, 7, 8, 255, 256, 257, 1000):
        x = rng.gamma(2.0, 0.5, (2, size))
        got = np.asarray(total(x, [2.0, 1.5], [2.0, 3.0]))
        expected = [
            stats.gamma(2, scale=0.5).logpdf(x[0]),
            stats.gamma(1.5, scale=1 / 3).logpdf(x[1]),
        ]
        np.testing.assert_allclose(got.reshape(2, -1)[:, 0], np.sum(expected, axis=1), rtol=1e-12)


def test_arguments_broadcast_and_out_is_filled(gamma_fisher) -> None:
    out = np.empty((3, 4, 2, 2))
    returned = gamma_fisher(np.arange(1.0, 4)[:, None], np.arange(1.0, 5), out=out)
    assert returned is out
    np.testing.assert_array_equal(out[1, 2], gamma_fisher(2.0, 3.0))


def test_what_cannot_be_called_is_said(gamma_fisher, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"do not broadcast: alpha \(2,\), beta \(3,\)"):
        gamma_fisher([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(InputError, match=r"takes 2 arguments \(alpha, beta\), not 1"):
        gamma_fisher(1.0)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(KernelError, match="no C compiler was found"):
        _ = kernel(formula("gamma", "fisher"), "c").function


@pytest.mark.parametrize("quantity", ["fisher", "log_density"])
def test_a_kernel_is_built_in_less_than_a_second(quantity: str, tmp_path: Path) -> None:
    header = kernel(formula("beta", quantity), "c").write(tmp_path)
    unit = tmp_path / "unit.c"
    unit.write_text(f'#include "{header.name}"\n')
    start = time.monotonic()
    subprocess.run(["cc", *FLAGS, str(unit), "-o", str(tmp_path / "unit.so"), "-lm"], check=True)
    assert time.monotonic() - start < 3  # 0.2 s on an idle machine


def test_two_files_of_one_program_include_a_header(tmp_path: Path, gamma_fisher) -> None:
    gamma_fisher.write(tmp_path)
    (tmp_path / "one.c").write_text('#include "gamma_fisher.h"\nint other(void);\n'
                                    "int main(void) { return other(); }\n")  # fmt: skip
    (tmp_path / "two.c").write_text('#include "gamma_fisher.h"\nint other(void) { return 0; }\n')
    subprocess.run(["cc", "one.c", "two.c", "-o", "program", "-lm"], cwd=tmp_path, check=True)
    subprocess.run([tmp_path / "program"], check=True)


def test_the_example_fits_a_gamma_distribution(tmp_path: Path) -> None:
    for quantity in ("score", "fisher"):
        kernel(formula("gamma", quantity), "c").write(tmp_path)
    shutil.copy(EXAMPLE / "fit_gamma.c", tmp_path)
    command = ["cc", "-O2", *STRICT, "fit_gamma.c", "-o", "fit_gamma", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    data = np.random.default_rng(4).gamma(3.0, 0.5, 2000)
    done = subprocess.run(
        [tmp_path / "fit_gamma"], input="\n".join(map(repr, data.tolist())), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    (shape, _, error), (rate, *_) = (
        [float(word) for word in line.replace("+-", "0").split()[1:]]
        for line in done.stdout.splitlines()
    )
    expected_shape, _, expected_scale = stats.gamma.fit(data, floc=0)
    assert shape == pytest.approx(expected_shape, rel=1e-4)
    assert rate == pytest.approx(1 / expected_scale, rel=1e-4)
    assert 0.05 < error < 0.2
