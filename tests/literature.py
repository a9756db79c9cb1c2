"""The literature's log-densities with their Fisher matrices at three points, as families."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from sympy import Expr, Rational, Symbol

from symfisher.declaration import Family
from symfisher.numerics.evaluate import evaluate

FILE = Path(__file__).parent / "data" / "open_families.json"


@cache
def entries() -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in json.loads(FILE.read_text())}


def declared(entry: dict[str, Any]) -> Family:
    """The entry as a family over symbols without assumptions."""
    from symfisher.expressions import parse_condition, parse_domain, parse_expression

    names = {
        name: Symbol(name)
        for group in ("variable", "parameters", "constants")
        for name in entry.get(group, {})
    }

    def domains(group: str) -> dict[Symbol, Any]:
        texts = entry.get(group, {})
        return {names[n]: parse_domain(t, names, entry["id"]) for n, t in texts.items()}

    supports = domains("variable")
    kind = "logpmf" if all(d.discrete for d in supports.values()) else "logpdf"
    return Family(
        entry["id"],
        tuple(supports),
        tuple(supports.values()),
        domains("parameters"),
        constants=domains("constants"),
        constraints=[parse_condition(c, names, entry["id"]) for c in entry.get("constraints", [])],
        **{kind: parse_expression(entry["logdensity"], names, entry["id"])},
    )


def worst_error(entry: dict[str, Any], family: Family, matrix: Any) -> float:
    """The largest error at the entry's points, relative to sqrt(F_ii F_jj)."""
    worst = 0.0
    for point in entry["points"]:
        at = _values(family, point["at"])
        expected = [[float(value) for value in row] for row in point["fisher"]]
        for i, row in enumerate(expected):
            for j, value in enumerate(row):
                size = (expected[i][i] * expected[j][j]) ** 0.5
                worst = max(worst, abs(_number(matrix[i, j], at) - value) / size)
    return worst


def _values(family: Family, at: dict[str, str]) -> dict[Symbol, Rational]:
    return {s: Rational(at[s.name]) for s in (*family.parameters, *family.constants)}


def _number(expr: Expr, at: dict[Symbol, Rational]) -> float:
    return float(evaluate(expr, at, digits=20))
