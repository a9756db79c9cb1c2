"""Generated kernels against what programmers write by hand, in one run on one machine.

    python benchmarks/kernels.py                            all, about five minutes
    python benchmarks/kernels.py --families gamma --counts 10000
    python benchmarks/kernels.py --output benchmarks/KERNELS.md

Figures are CPU times of the process, all threads together: medians of repeated calls.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import statistics
import time
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
)

from symfisher.codegen import Kernel, kernel
from symfisher.codegen.system_compiler import build

QUANTITIES = ("fisher", "score", "log_density")
COUNTS = (100, 10_000, 1_000_000)
COLUMNS = {
    "numpy": "NumPy by hand, million points a second",
    "sf numpy": "generated NumPy",
    "numba": "Numba by hand",
    "sf numba": "generated Numba",
    "c": "C by hand, -ffast-math",
    "sf c": "generated C",
    "jax": "JAX by hand",
    "sf jax": "generated JAX",
    "hessian": "jax.hessian of the log-partition",
    "lambdify": "sympy.lambdify",
    "lambdify cse": "sympy.lambdify(cse=True)",
    "fill": "filling the result",
}


def cpu_time(run: Run, least: float) -> float:
    """Median CPU seconds of a call; at least five calls and ``least`` seconds."""
    run()
    start = time.process_time()
    run()
    once = max(time.process_time() - start, 1e-7)
    inner = max(1, int(1e-3 / once))
    times: list[float] = []
    while len(times) < 5 or (sum(times) * inner < least and len(times) < 200):
        start = time.process_time()
        for _ in range(inner):
            run()
        times.append((time.process_time() - start) / inner)
    return statistics.median(times)


def generated_c(made: Kernel, arrays: list[np.ndarray]) -> Run:
    """The generated header, compiled and called as C is, with the pointers made before."""
    function = getattr(build(made.source, made.name), made.name)
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
    if importlib.util.find_spec("numba"):
        yield "numba", numba_opponent(case, quantity, arrays)
        compiled = generated("numba").function
        out = np.empty((count, *generated("numba").program.shape))
        yield "sf numba", lambda: compiled(*ordered, out=out)
    if importlib.util.find_spec("jax"):
        yield "jax", jax_opponent(case, quantity, arrays)
        yield "sf jax", generated_jax(generated("jax"), ordered)
        if quantity == "fisher":
            yield "hessian", hessian_opponent(name, arrays)
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


def measure(name: str, quantity: str, count: int, least: float) -> dict[str, float]:
    """Column -> CPU seconds of one call."""
    times, expected = {}, np.empty(0)
    for column, run in opponents(name, CASES[name], quantity, count):
        if run is None:
            continue
        value = run()
        expected = np.asarray(value) if column == "numpy" else expected
        agree(column, value, expected)
        times[column] = cpu_time(run, least)
    return times


def ratios(times: dict[str, float]) -> dict[str, float]:
    return {column: times["numpy"] / seconds for column, seconds in times.items()}


def table(rows: dict[str, dict[str, float]], first: dict[str, str]) -> list[str]:
    """Markdown: one row a family, the columns that any row has."""
    columns = [c for c in COLUMNS if c != "numpy" and any(c in row for row in rows.values())]
    lines = [" | ".join(["| family", "numpy", *columns]) + " |", "|---" * (len(columns) + 2) + "|"]
    for name, row in rows.items():
        cells = [f"{row[c]:.3g}" if c in row else "" for c in columns]
        lines.append(" | ".join([f"| {name}", first[name], *cells]) + " |")
    means = {
        c: statistics.geometric_mean(row[c] for row in rows.values() if c in row) for c in columns
    }
    cells = [f"**{means[c]:.3g}**" for c in columns]
    return [*lines, " | ".join(["| geometric mean", "", *cells]) + " |", ""]


HEAD = """# Kernels against hand-written code

Output of `python benchmarks/kernels.py` on {machine}.
Figures are CPU times of the process, all threads together: medians of repeated calls.

The first column is million points a second of NumPy with SciPy by hand; the others are how many
times faster each is. Numba, C and the fill write to an array made before, the others make theirs.
What programmers write by hand is in `kernel_formulas.py` and `kernel_opponents.py`; each result is
compared with the first before it is timed. Single cells vary by a third on a shared machine.
"""


def report(results: dict[tuple[str, int], dict[str, dict[str, float]]]) -> str:
    lines = [HEAD.format(machine=machine())]
    lines += [f"* {column}: {meaning}" for column, meaning in COLUMNS.items()] + [""]
    for (quantity, count), times in results.items():
        rows = {name: ratios(each) for name, each in times.items()}
        speed = {name: f"{count / each['numpy'] / 1e6:.3g}" for name, each in times.items()}
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
    parser.add_argument("--families", default=",".join(CASES))
    parser.add_argument("--quantities", default=",".join(QUANTITIES))
    parser.add_argument("--counts", default=",".join(map(str, COUNTS)))
    parser.add_argument("--seconds", type=float, default=0.1, help="least CPU time of a cell")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    results: dict = defaultdict(dict)
    for quantity in given.quantities.split(","):
        for count in map(int, given.counts.split(",")):
            for name in given.families.split(","):
                times = measure(name, quantity, count, given.seconds)
                results[quantity, count][name] = times
                shown = " ".join(f"{c}: {r:.3g}" for c, r in ratios(times).items())
                print(f"{quantity} {name} {count}: {shown}", flush=True)
    text = report(results)
    if given.output:
        given.output.write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
