"""Generated kernels against what programmers write by hand, in one run on one machine.

    python benchmarks/kernels.py                            all, less than ten minutes
    python benchmarks/kernels.py --quick                    Fisher matrices at n = 10,000
    python benchmarks/kernels.py --families gamma --counts 10000
    python benchmarks/kernels.py --peers PYTHON --output benchmarks/KERNELS.md

Figures are CPU times of the process, all threads together: the least of repeated calls, those of
the columns by turns. PYTHON is the interpreter of an environment with geomstats and NGBoost:

    python -m venv peers && peers/bin/pip install "numpy<2.4" scipy geomstats ngboost
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from kernel_formulas import CASES, Case, derivation
from kernel_opponents import (
    Run,
    c_call,
    c_opponent,
    hessian_opponent,
    jax_opponent,
    lambdify_opponent,
    numba_opponent,
    numpy_opponent,
    torch_opponent,
)
from kernel_timing import cpu_times
from kernel_vectors import VECTOR_CASES, vector_opponents

from symfisher.codegen import Kernel, kernel
from symfisher.codegen.system_compiler import build, compiler

FAMILIES = (*CASES, *VECTOR_CASES)
QUANTITIES = ("fisher", "score", "log_density")
COUNTS = (100, 10_000, 1_000_000)
COLUMNS = {
    "numpy": "NumPy by hand, million points a second",
    "sf numpy": "generated NumPy",
    "numba": "Numba by hand",
    "sf numba": "generated Numba",
    "c": "C by hand, -ffast-math",
    "sf c": "generated C",
    "jax": "JAX by hand, jitted",
    "sf jax": "generated JAX",
    "hessian": "jax.hessian of the log-partition",
    "torch": "PyTorch by hand",
    "sf torch": "generated PyTorch",
    "lambdify": "sympy.lambdify",
    "lambdify cse": "sympy.lambdify(cse=True)",
    "geomstats": "geomstats, metric_matrix",
    "ngboost": "NGBoost, metric (in the logarithm of a scale)",
    "fill": "filling the result",
}


def installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def generated_c(made: Kernel, arrays: list[np.ndarray]) -> Run:
    """The generated header, compiled and called as C is, with the pointers made before."""
    function = getattr(build(made.source, made.name, tuple(compiler())), made.name)
    function.restype = None
    return c_call(function, arrays, np.empty((len(arrays[0]), *made.program.shape)))


def generated_jax(made: Kernel, arrays: list[np.ndarray]) -> Run:
    import jax

    jax.config.update("jax_enable_x64", True)
    function, values = jax.jit(made.function), [jax.numpy.asarray(a) for a in arrays]
    return lambda: function(*values).block_until_ready()


def opponents(name: str, case: Case, quantity: str, count: int) -> Iterator[tuple[str, Run | None]]:
    """(column, call) for everything that is installed."""
    drawn = dict(zip(case.arguments(quantity), case.draw(quantity, count)))
    arrays = list(drawn.values())
    formula = derivation(case).quantity(quantity)
    symbols = list(formula.arguments)
    ordered = [drawn[s.name] for s in symbols]

    def generated(backend: str) -> Kernel:
        return kernel(formula, backend)

    yield "numpy", numpy_opponent(case, quantity, arrays)
    vectorised = generated("numpy").function
    yield "sf numpy", lambda: vectorised(*ordered)
    yield "c", c_opponent(case, quantity, arrays)
    yield "sf c", generated_c(generated("c"), ordered)
    if installed("numba"):
        yield "numba", numba_opponent(case, quantity, arrays)
        compiled = generated("numba").function
        out = np.empty((count, *generated("numba").program.shape))
        yield "sf numba", lambda: compiled(*ordered, out=out)
    if installed("jax"):
        yield "jax", jax_opponent(case, quantity, arrays)
        yield "sf jax", generated_jax(generated("jax"), ordered)
        if quantity == "fisher":
            yield "hessian", hessian_opponent(name, arrays)
    if installed("torch"):
        import torch

        torch.set_num_threads(1)
        eager, values = generated("torch").function, [torch.as_tensor(a) for a in ordered]
        yield "torch", torch_opponent(case, quantity, arrays)
        yield "sf torch", lambda: eager(*values)
    yield "lambdify", lambdify_opponent(formula.expr, symbols, ordered, False)
    yield "lambdify cse", lambdify_opponent(formula.expr, symbols, ordered, True)
    result = np.empty((count, *generated("c").program.shape))
    yield "fill", lambda: result.fill(1.5)


def agree(column: str, value: object, expected: np.ndarray) -> None:
    """Raise where an opponent computes something else."""
    if column in ("fill", "hessian"):
        return
    got = np.asarray(value).reshape(expected.shape)
    np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-9, err_msg=column)


def measure(name: str, quantity: str, count: int, least: float) -> tuple[int, dict[str, float]]:
    """Points, fewer where the result would not fit, and column -> CPU seconds of one call."""
    if name in VECTOR_CASES:
        case = VECTOR_CASES[name]
        count = case.count(quantity, count)
        found = vector_opponents(case, quantity, count, installed)
    else:
        found = opponents(name, CASES[name], quantity, count)
    runs, expected = {}, np.empty(0)
    for column, run in found:
        if run is not None:
            value = run()
            expected = np.array(value) if column == "numpy" else expected
            agree(column, value, expected)
            runs[column] = run
    return count, cpu_times(runs, least)


def add_peers(python: str, results: dict) -> None:
    """The Fisher matrices of packages in another environment, against NumPy by hand there."""
    script = Path(__file__).with_name("kernel_peers.py")
    for (quantity, _), rows in results.items():
        for name, (points, times) in rows.items() if quantity == "fisher" else ():
            command = [python, str(script), name, str(points)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            for column, ratio in json.loads(done.stdout).items():
                times[column] = times["numpy"] / ratio


def ratios(times: dict[str, float]) -> dict[str, float]:
    return {column: times["numpy"] / seconds for column, seconds in times.items()}


def table(rows: dict[str, dict[str, float]], first: dict[str, str]) -> list[str]:
    """Markdown: one row a family, the columns that any row has."""
    columns = [c for c in COLUMNS if c != "numpy" and any(c in row for row in rows.values())]
    lines = [" | ".join(["| family", "numpy", *columns]) + " |", "|---" * (len(columns) + 2) + "|"]
    for name, row in rows.items():
        cells = [f"{row[c]:.3g}" if c in row else "" for c in columns]
        lines.append(" | ".join([f"| {name}", first[name], *cells]) + " |")
    for title, names in (("geometric mean", [*rows]), ("without vectors", [*CASES])):
        chosen = [row for name, row in rows.items() if name in names]
        if chosen and (title == "geometric mean" or len(chosen) < len(rows)):
            cells = [_mean(chosen, column) for column in columns]
            lines.append(" | ".join([f"| {title}", "", *cells]) + " |")
    return [*lines, ""]


def _mean(rows: list[dict[str, float]], column: str) -> str:
    found = [row[column] for row in rows if column in row]
    return f"**{statistics.geometric_mean(found):.3g}**" if found else ""


HEAD = """# Kernels against hand-written code

Output of `python benchmarks/kernels.py` on {machine}.
Figures are CPU times of the process, all threads together: the least of repeated calls, those of
the columns by turns.

The first column is million points a second of NumPy with SciPy by hand; the others are how many
times faster each is. Numba, C and the fill write to an array made before, the others make theirs.
What programmers write by hand is in `kernel_formulas.py` and `kernel_opponents.py`; each result is
compared with the first before it is timed. Single cells vary by a third on a shared machine.
Vectors have fewer points where the result would take more than 160 MB: a Fisher matrix of
softmax(100) at 2,000 points, of Dirichlet(10) at 200,000. geomstats and NGBoost run in an
environment of their own, against NumPy by hand there. PyTorch's own polygamma(1, x) is fast because
it stops at an error of 5e-10; the generated one is right to 1e-15.{missing}
"""


def report(results: dict[tuple[str, int], dict[str, tuple[int, dict[str, float]]]]) -> str:
    measured = {c for rows in results.values() for _, times in rows.values() for c in times}
    absent = [c for c in COLUMNS if c not in measured]
    missing = f"\nNot installed, so not measured: {', '.join(absent)}." if absent else ""
    lines = [HEAD.format(machine=machine(), missing=missing)]
    lines += [f"* {column}: {meaning}" for column, meaning in COLUMNS.items()] + [""]
    for (quantity, count), found in results.items():
        rows = {name: ratios(each) for name, (_, each) in found.items()}
        speed = {name: f"{n / each['numpy'] / 1e6:.3g}" for name, (n, each) in found.items()}
        lines += [f"## {quantity}, n = {count:,}", "", *table(rows, speed)]
    return "\n".join(lines).rstrip()


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.processor(),
    )  # fmt: skip
    return f"{model}, Python {platform.python_version()}, NumPy {np.__version__}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--quantities", default=",".join(QUANTITIES))
    parser.add_argument("--counts", default=",".join(map(str, COUNTS)))
    parser.add_argument("--seconds", type=float, default=0.1, help="least CPU time of a cell")
    parser.add_argument("--quick", action="store_true", help="Fisher matrices at n = 10,000")
    parser.add_argument("--peers", help="the Python of an environment with geomstats and NGBoost")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    if given.quick:
        given.quantities, given.counts = "fisher", "10000"
    results: dict = defaultdict(dict)
    for quantity in given.quantities.split(","):
        for count in map(int, given.counts.split(",")):
            for name in given.families.split(","):
                points, times = measure(name, quantity, count, given.seconds)
                results[quantity, count][name] = points, times
                shown = " ".join(f"{c}: {r:.3g}" for c, r in ratios(times).items())
                print(f"{quantity} {name} {count}: {shown}", flush=True)
    if given.peers:
        add_peers(given.peers, results)
    text = report(results)
    if given.output:
        given.output.write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
