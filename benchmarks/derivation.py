"""symfisher beside general computer algebra: the Fisher matrices of 32 families.

    python benchmarks/derivation.py            all of it, about half an hour on one core
    python benchmarks/derivation.py --quick    seven families and a limit of 3 seconds an entry

Each cell is one family in a fresh process: CPU seconds, imports not counted, and whether every
entry agrees with 20-digit quadrature at one point.  symfisher's seconds hold the declaration, both
forms of the matrix and their verification; the others derive one form and verify nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from itertools import combinations_with_replacement
from math import exp, log
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

QUICK = {"normal", "gamma", "weibull", "gumbel", "log_logistic", "student_t", "kumaraswamy"}


@dataclass(frozen=True)
class Outcome:
    """What one route made of one family."""

    verdict: str
    seconds: float
    constant: bool = False

    @property
    def right(self) -> bool:
        return self.verdict == "ok"

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s" if self.right else f"{self.verdict} ({self.seconds:.0f} s)"


def truth(case) -> list[float]:
    """The upper triangle of E[score score^T] by quadrature in many digits."""
    from sympy import Rational
    from truth import outer_product

    family = import_module(f"symfisher.families.{case.name}").family
    at = {symbol: Rational(case.at[symbol.name]) for symbol in family.domains}
    matrix, _ = outer_product(family, at)
    return [float(matrix[i, j]) for i, j in combinations_with_replacement(range(matrix.rows), 2)]


def run(route: str, case, limit: float, expected: list[float]) -> Outcome:
    """One cell of the table."""
    command = [sys.executable, "routes.py", route, case.name, str(limit)]
    allowed = 20 * limit + 120
    try:
        done = subprocess.run(
            command,
            cwd=HERE,
            env=os.environ | {"PYTHONPATH": str(HERE.parent)},
            capture_output=True,
            text=True,
            timeout=allowed,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome("stuck", allowed)
    if done.returncode:
        return Outcome((done.stderr.strip().splitlines() or ["failed"])[-1][:60], 0)
    answer = json.loads(done.stdout.splitlines()[-1])
    return Outcome(verdict(answer["entries"], expected), answer["seconds"], answer["constant"])


def verdict(entries: list[float | str], expected: list[float]) -> str:
    """In a word, the worst of the entries."""
    scale = max(map(abs, expected))
    found = [
        "wrong" if abs(entry - value) > 1e-9 * scale else "ok"
        for entry, value in zip(entries, expected, strict=True)
        if not isinstance(entry, str)
    ]
    missing = [entry for entry in entries if isinstance(entry, str)]
    if "wrong" in found:
        return "WRONG"
    if "NotImplementedError" in missing and not found:
        return "none"
    return f"{len(missing)} of {len(entries)} open" if missing else "ok"


def table(rows: dict[str, dict[str, Outcome]], routes: list[str]) -> str:
    """The comparison in Markdown, with a summary below it."""
    lines = [f"| family | {' | '.join(routes)} |", "|---" * (len(routes) + 1) + "|"]
    for name, cells in rows.items():
        lines.append(f"| {name} | {' | '.join(str(cells[route]) for route in routes)} |")
    lines += ["", *summary(rows, routes)]
    return "\n".join(lines)


def summary(rows: dict[str, dict[str, Outcome]], routes: list[str]) -> list[str]:
    lines = []
    for route in routes:
        outcomes = [cells[route] for cells in rows.values()]
        solved = [o.seconds for o in outcomes if o.right]
        wrong = sum(o.verdict == "WRONG" for o in outcomes)
        line = f"{route}: {len(solved)} of {len(rows)} solved, {wrong} wrong"
        if solved:
            line += f", median {median(solved):.2f} s, slowest {max(solved):.2f} s"
        lines.append(line + f", {sum(o.seconds for o in outcomes):.0f} s in all")
    for route in [r for r in routes[1:] if "symfisher" in routes]:
        ratios = [
            cells[route].seconds / cells["symfisher"].seconds
            for cells in rows.values()
            if cells[route].right and cells["symfisher"].right and not cells[route].constant
        ]
        if ratios:
            mean = exp(sum(map(log, ratios)) / len(ratios))
            lines.append(f"{route} / symfisher, geometric mean of {len(ratios)}: {mean:.1f}")
    lines.append("Geometric means leave out families whose Hessian is free of the data.")
    return lines


def main() -> None:
    from cases import CASES
    from routes import ROUTES

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="seven families, 3 s an entry")
    parser.add_argument("--limit", type=float, help="CPU seconds for one entry (default: 20)")
    parser.add_argument("--family", action="append", help="only this family (repeatable)")
    parser.add_argument("--route", action="append", choices=ROUTES, help="only this route")
    given = parser.parse_args()
    limit = given.limit or (3 if given.quick else 20)
    names = given.family or (QUICK if given.quick else {case.name for case in CASES})
    routes = given.route or list(ROUTES)
    rows = {}
    for case in CASES:
        if case.name in names:
            expected = truth(case)
            rows[case.name] = {route: run(route, case, limit, expected) for route in routes}
            print(case.name, *rows[case.name].values(), sep="  ", file=sys.stderr, flush=True)
    print(table(rows, routes))


if __name__ == "__main__":
    main()
