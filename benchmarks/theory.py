"""What a theory section asks for, one family at a time: CPU seconds of all of it, from cold.

    python benchmarks/theory.py --output benchmarks/THEORY.md     all bundled families, some minutes
    python benchmarks/theory.py gamma weibull                     these, on the terminal
    python benchmarks/theory.py gamma --each                      with every quantity of its own

Each family is a fresh process; imports are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

import symfisher as sf
from symfisher.errors import SymfisherError
from symfisher.formula import Formula
from symfisher.quantities.registry import quantities

LIMIT = 120  # CPU seconds a family

SUBJECTS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "divergences": (
        ("kl", {}),
        ("kl", {"reverse": True}),
        ("jeffreys_divergence", {}),
        ("renyi", {}),
        ("alpha_divergence", {}),
        ("hellinger", {}),
        ("bhattacharyya", {}),
        ("chi_square", {}),
        ("chi_square", {"kind": "neyman"}),
        ("entropy", {}),
        ("cross_entropy", {}),
        ("jensen_shannon", {}),
        ("total_variation", {}),
    ),
    "expansions": (
        ("kl_expansion", {"order": 3}),
        ("f_expansion", {"f": "(t - 1)**2", "order": 3}),
    ),
    "exponential family": (
        ("exponential_family", {}),
        ("sufficient_statistics", {}),
        ("natural_parameters", {}),
        ("log_partition", {}),
        ("mean_parameters", {}),
        ("dual_potential", {}),
        ("natural_information", {}),
        ("natural_information", {"coordinates": "mean"}),
        ("statistic_moments", {}),
        ("statistic_cumulants", {}),
        ("conjugate_prior", {}),
    ),
    "bounds": (
        ("crlb", {}),
        ("effective_information", {}),
        ("efficient_estimator", {}),
        ("null_space", {}),
        ("bhattacharyya_bound", {}),
        ("hammersley_chapman_robbins", {}),
    ),
    "asymptotics": (
        ("jeffreys", {}),
        ("orthogonal_parameter", {}),
        ("variance_stabilising", {}),
        ("mle_covariance", {}),
        ("cox_snell_bias", {}),
        ("firth_adjustment", {}),
        ("score_skewness", {}),
        ("fisher_scoring", {}),
    ),
    "order 4": (
        ("kl_expansion", {"order": 4}),
        ("f_expansion", {"f": "(t - 1)**2", "order": 4}),
    ),
}


def measured(name: str) -> dict[str, list[tuple[str, float, str]]]:
    """For each subject: every quantity with its CPU seconds and status."""
    quantities()
    derivation = sf.derive(name)
    return {
        subject: [(_label(each, options), *_timed(derivation, each, options))
                  for each, options in asked]
        for subject, asked in SUBJECTS.items()
    }  # fmt: skip


def _label(name: str, options: dict[str, Any]) -> str:
    return " ".join([name, *(f"{key}={value}" for key, value in options.items())])


def _timed(derivation: sf.Derivation, name: str, options: dict[str, Any]) -> tuple[float, str]:
    start = process_time()
    try:
        result = derivation.quantity(name, **options)
        status = result.status.value if isinstance(result, Formula) else "verdict"
    except SymfisherError as reason:
        status = type(reason).__name__
    return process_time() - start, status


def in_fresh_process(name: str) -> dict[str, Any] | None:
    command = [sys.executable, __file__, "--child", name]
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({LIMIT}, {LIMIT + 1}))"
    code = f"{limit}; import runpy, sys; sys.argv = {command[1:]!r}; "
    code += f"runpy.run_path({__file__!r}, run_name='__main__')"
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | one_thread
    )
    if done.returncode:
        print(f"{name}: no result\n{done.stderr[-2000:]}", file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(names: list[str], each: bool) -> str:
    head = ["family", *list(SUBJECTS)[:-1], "total", "order 4"]
    lines = [f"| {' | '.join(head)} |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for name in names:
        found = in_fresh_process(name)
        if found is None:
            lines.append(f"| {name} | {' | '.join('-' for _ in head[1:])} |")
            continue
        sums = {subject: sum(s for _, s, _ in rows) for subject, rows in found.items()}
        own = [sums[s] for s in SUBJECTS if s != "order 4"]
        cells = [f"{value:.2f}" for value in (*own, sum(own), sums["order 4"])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
        print(lines[-1], file=sys.stderr, flush=True)
        if each:
            rows = [row for of_subject in found.values() for row in of_subject]
            for label, seconds, status in sorted(rows, key=lambda row: -row[1]):
                print(f"    {seconds:7.3f}  {status:12}  {label}", file=sys.stderr)
    return "\n".join(lines)


HEAD = """# All of a theory section: one run of benchmarks/theory.py

CPU seconds of one process a family, from cold (imports, half a second, are not counted): everything
that is derived before a quantity, the declaration's checks and the verification against quadrature
are in the figure of the first quantity that needs them.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("family", nargs="*", help="names of bundled families; default: all")
    parser.add_argument("--each", action="store_true", help="every quantity on standard error")
    parser.add_argument("--output", type=Path, help="write Markdown there")
    parser.add_argument("--child", metavar="FAMILY", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(measured(given.child)))
        return
    names = given.family or [n for n in sf.bundled_names() if not _is_indexed(n)]
    text = HEAD + table(names, given.each) + "\n"
    if given.output:
        given.output.write_text(text, encoding="utf-8")
    else:
        print(text)


def _is_indexed(name: str) -> bool:
    return bool(sf.derive(name).family.is_indexed)


if __name__ == "__main__":
    main()
