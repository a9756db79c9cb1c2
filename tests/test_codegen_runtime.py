"""The special functions of generated code, in C, against mpmath; and that all languages agree."""

from __future__ import annotations

import ctypes
import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from runtime_fits import constants, tables
from special_reference import REFERENCES, ROOT, Points, worst_error

from symfisher.codegen import runtime
from symfisher.codegen.functions import FUNCTIONS
from symfisher.codegen.runtime import coefficients
from symfisher.codegen.runtime.definitions import definitions

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
LANGUAGES = ("c", "javascript", "numba", "r")
HEADERS = "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror"]


def loop(name: str) -> str:
    """A C function that maps one of the runtime's over arrays."""
    kinds = definitions()[name].arguments
    arrays = "".join(f"const double *a{i}, " for i in range(len(kinds)))
    casts = ["(int)" if kind == "int" else "" for kind in kinds.values()]
    values = ", ".join(f"{cast}a{i}[j]" for i, cast in enumerate(casts))
    call = f"{runtime.called(name, 'c')}({values})"
    return (
        f"void map_{name}(size_t count, {arrays}double *out) "
        f"{{ size_t j; for (j = 0; j < count; j++) out[j] = {call}; }}\n"
    )


@pytest.fixture(scope="module")
def compiled(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Callable[[Points], object]]:
    """The function of a name in C, over a list of points."""
    folder = tmp_path_factory.mktemp("runtime")
    text = HEADERS + runtime.source(sorted(REFERENCES), "c") + "".join(map(loop, REFERENCES))
    (folder / "all.c").write_text(text)
    command = ["cc", "-O2", *STRICT, "-fPIC", "-shared", "all.c", "-o", "all.so", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "all.so"))

    def function(name: str) -> Callable[[Points], object]:
        def over(points: Points) -> object:
            columns = [np.ascontiguousarray(c, dtype=float) for c in zip(*points)]
            out = np.empty(len(points))
            pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*columns, out)]
            getattr(library, f"map_{name}")(ctypes.c_size_t(len(points)), *pointers)
            return out

        return over

    return function


@needs_compiler
@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_each_function_is_as_accurate_as_it_says_over_its_domain(compiled, name: str) -> None:
    worst, where = worst_error(REFERENCES[name], compiled(name))
    assert worst <= REFERENCES[name].bound, (worst, where)


@needs_compiler
def test_digamma_is_accurate_next_to_its_zero(compiled) -> None:
    import mpmath as mp

    for point in [ROOT, math.nextafter(ROOT, 2), math.nextafter(ROOT, 1), ROOT + 1e-12]:
        with mp.workdps(60):
            true = mp.digamma(mp.mpf(point))
            assert abs(compiled("digamma")([(point,)])[0] / true - 1) < 1e-15


@needs_compiler
def test_outside_the_domain_the_value_is_not_a_number(compiled) -> None:
    for name in ("digamma", "trigamma", "log_gamma", "gamma", "log_gamma_remainder"):
        assert np.isnan(compiled(name)([(-1.5,), (math.nan,)])).all(), name
    for name in ("digamma_difference", "trigamma_difference", "log_gamma_difference"):
        assert np.isnan(compiled(name)([(-1.5, 2.0), (1.0, math.nan), (1.0, -3.0)])).all(), name
    assert np.isnan(compiled("zeta")([(0.5,)])).all()


@needs_compiler
def test_ends_of_the_domain(compiled) -> None:
    assert compiled("digamma")([(math.inf,)])[0] == math.inf
    assert compiled("trigamma")([(math.inf,)])[0] == 0
    assert compiled("log_gamma")([(0.0,)])[0] == math.inf
    assert list(compiled("exp")([(-math.inf,), (math.inf,), (-746.0,)])) == [0, math.inf, 0]
    assert list(compiled("log")([(0.0,), (math.inf,)])) == [-math.inf, math.inf]
    assert list(compiled("log1p")([(-1.0,), (math.inf,), (0.0,)])) == [-math.inf, math.inf, 0]
    assert list(compiled("erf")([(-math.inf,), (math.inf,)])) == [-1, 1]
    assert list(compiled("erfc")([(-40.0,), (40.0,)])) == [2, 0]


def test_every_function_that_expressions_call_has_a_reference() -> None:
    inner = {name for name in runtime.names() if name not in FUNCTIONS}
    without = runtime.names() - inner - {*REFERENCES, "bessel_i", "bessel_k"}
    assert not without


def test_tables_are_the_rounded_fits() -> None:
    for name, (_, values) in tables().items():
        assert getattr(coefficients, name) == tuple(map(float, values)), name
    for name, (_, value) in constants().items():
        assert getattr(coefficients, name) == value, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_is_used_is_emitted(language: str) -> None:
    text = runtime.source(["trigamma"], language)
    assert "trigamma" in text
    assert not re.search(r"log_gamma|bessel|zeta|exp\b", text)
    assert runtime.source([], language) == ""


def test_every_description_says_what_it_is() -> None:
    assert all(each.sentence for each in definitions().values())


def sampled_points(count: int = 6) -> dict[str, list[list[float]]]:
    """A few points of each function, whole numbers where it takes them."""
    return {
        name: [
            list(map(float, p))
            for p in REFERENCES[name].points[:: max(1, len(REFERENCES[name].points) // count)]
        ]
        for name in sorted(REFERENCES)
    }


def agree(name: str, got: list[float], expected: object) -> None:
    """To the few units by which the elementary functions of languages differ."""
    np.testing.assert_allclose(got, expected, rtol=1e-13, err_msg=name, equal_nan=True)


@needs_compiler
@pytest.mark.skipif(shutil.which("node") is None, reason="no Node")
def test_javascript_agrees_with_c(compiled, tmp_path: Path) -> None:
    points = sampled_points()
    lines = [runtime.source(sorted(points), "javascript")]
    for name, rows in points.items():
        call = f"String({runtime.called(name, 'javascript')}(...row))"
        lines.append(f"console.log({name!r}, ...{rows}.map((row) => {call}));")
    (tmp_path / "all.mjs").write_text("\n".join(lines))
    compare_lines(["node", "all.mjs"], tmp_path, points, compiled)


@needs_compiler
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R")
def test_r_agrees_with_c(compiled, tmp_path: Path) -> None:
    points = sampled_points()
    lines = [runtime.source(sorted(points), "r")]
    for name, rows in points.items():
        values = ", ".join(
            f"{runtime.called(name, 'r')}({', '.join(map(repr, row))})" for row in rows
        )
        lines.append(f"cat({name!r}, formatC(c({values}), digits = 17, format = 'g'), '\\n')")
    (tmp_path / "all.R").write_text("\n".join(lines))
    compare_lines(["Rscript", "--vanilla", "all.R"], tmp_path, points, compiled)


def compare_lines(command: list[str], folder: Path, points: dict, compiled) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == list(points)
    for name, *texts in lines:
        got = [float(text.replace("Infinity", "inf")) for text in texts]
        agree(name, got, compiled(name)([tuple(row) for row in points[name]]))


@needs_compiler
def test_numba_agrees_with_c(compiled) -> None:
    pytest.importorskip("numba")
    points = sampled_points(3)
    chosen = ["digamma", "trigamma", "log_gamma", "log_gamma_difference", "trigamma_difference"]
    chosen += ["log_beta", "polygamma", "scaled_erfc", "bessel_i_ratio", "zeta_derivative"]
    space: dict = {}
    exec("import math, numba, numpy as np\n" + runtime.source(chosen, "numba"), space)
    for name in chosen:
        whole = [kind == "int" for kind in definitions()[name].arguments.values()]
        rows = [[int(v) if w else v for v, w in zip(row, whole)] for row in points[name]]
        got = [space[runtime.called(name, "numba")](*row) for row in rows]
        agree(name, got, compiled(name)([tuple(row) for row in points[name]]))
