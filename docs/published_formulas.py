"""Writes docs/published_formulas.md: Fisher matrices of other software, held against quadrature.

    python docs/published_formulas.py

Each entry of published_formulas.toml is a log-density with the matrix that some software computes
for it.  The matrix E[score score^T] is integrated here by mpmath from that log-density alone;
nothing of the engine takes part in the decision.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
from jinja2 import Environment, StrictUndefined
from sympy import Expr, Matrix, Rational, Symbol, diff, lambdify, latex

import symfisher as sf
from symfisher.expressions import parse_expression
from symfisher.family_file import loads_family

HERE = Path(__file__).parent
DATA = HERE / "published_formulas.toml"
TEMPLATE = HERE / "published_formulas.md.j2"
PAGE = HERE / "published_formulas.md"
WORKING_DIGITS = 20
FAMILY_FIELDS = ("logpdf", "logpmf", "variable", "parameters", "constants")
NEGLIGIBLE = -500  # logarithm of a density
FAR = 400  # terms after which the sums here are negligible


@dataclass(frozen=True)
class Formula:
    """One published matrix with the density that it is meant for."""

    entry: dict[str, Any]

    @property
    def family(self) -> sf.Family:
        lines = [f"name = {json.dumps(self.entry['title'])}"]
        for field in FAMILY_FIELDS:
            value = self.entry.get(field)
            if isinstance(value, str):
                lines.append(f"{field} = {json.dumps(value)}")
            elif value is not None:
                lines += [f"[{field}]", *(f"{k} = {json.dumps(v)}" for k, v in value.items())]
        return loads_family("\n".join(lines), self.entry["title"])

    @property
    def names(self) -> dict[str, Symbol]:
        family = self.family
        return {s.name: s for s in (*family.parameters, *family.constants)}

    @property
    def point(self) -> dict[Symbol, Rational]:
        return {self.names[name]: Rational(value) for name, value in self.entry["at"].items()}

    @property
    def theirs(self) -> Matrix:
        rows = self.entry["theirs"]
        return Matrix([[parse_expression(e, self.names, "theirs") for e in row] for row in rows])

    def value_of_theirs(self) -> mpmath.matrix:
        return mpmath.matrix(self.theirs.subs(self.point).evalf(WORKING_DIGITS).tolist())

    def quadrature(self) -> mpmath.matrix:
        """E[score score^T] at the point, by mpmath."""
        family, at = self.family, self.point
        log_density = family.log_density.subs(at).evalf(WORKING_DIGITS)
        score = [
            diff(family.log_density, p).subs(at).evalf(WORKING_DIGITS) for p in family.parameters
        ]
        size = len(score)
        total = mpmath.matrix(size, size)
        for i in range(size):
            for j in range(i + 1):
                value = _expectation(family, score[i] * score[j], log_density, at)
                total[i, j] = total[j, i] = value
        return total


def formulas() -> Iterator[Formula]:
    return map(Formula, tomllib.loads(DATA.read_text())["formula"])


def _expectation(family: sf.Family, integrand: Expr, log_density: Expr, at: Any) -> mpmath.mpf:
    weight = lambdify(family.variables, log_density, "mpmath")
    value = lambdify(family.variables, integrand, "mpmath")

    def term(*x: Any) -> Any:
        log_weight = weight(*x)
        return value(*x) * mpmath.exp(log_weight) if log_weight > NEGLIGIBLE else mpmath.mpf(0)

    if family.is_mass:
        return _sum(family, term, at)
    (support,) = family.supports
    ends = [lambdify((), end.subs(at), "mpmath")() for end in (support.lower, support.upper)]
    return mpmath.quad(term, _pieces(*ends))


def _pieces(lower: Any, upper: Any) -> list[Any]:
    inside = [x for x in (-30, -10, -3, 0, 3, 10, 30) if lower < x < upper]
    return [lower, *inside, upper]


def _sum(family: sf.Family, term: Callable[..., Any], at: Any) -> mpmath.mpf:
    """Over all values: of two indicators those with sum at most one, of a count the first FAR."""
    if len(family.variables) == 2:
        return sum(term(a, b) for a in (0, 1) for b in range(2 - a))
    return mpmath.fsum(term(mpmath.mpf(y)) for y in range(FAR))


def wrong_entries(formula: Formula, truth: mpmath.matrix) -> list[tuple[int, int]]:
    """Where theirs is off by more than four digits can show."""
    theirs = formula.value_of_theirs()
    size = range(truth.rows)
    return [
        (i, j)
        for i in size
        for j in size
        if abs(theirs[i, j] - truth[i, j]) > 1e-4 * mpmath.sqrt(truth[i, i] * truth[j, j])
    ]


def _case(formula: Formula) -> dict[str, Any]:
    family, truth = formula.family, formula.quadrature().apply(mpmath.chop)
    derivation = sf.derive(family)
    ours, theirs, values = derivation.fisher.expr, formula.theirs, formula.value_of_theirs()
    rows = [
        {
            "entry": f"$({latex(family.parameters[i])}, {latex(family.parameters[j])})$",
            "theirs": latex(theirs[i, j]),
            "ours": "there is none" if ours is None else f"${latex(ours[i, j])}$",
            "truth": mpmath.nstr(truth[i, j], 6),
            "value": mpmath.nstr(values[i, j], 6),
        }
        for i, j in wrong_entries(formula, truth)
        if i <= j
    ]
    return {
        **formula.entry,
        "log_density": latex(family.log_density),
        "point": ", ".join(f"${latex(s)} = {formula.entry['at'][s.name]}$" for s in formula.point),
        "rows": rows,
        "reasons": derivation.regularity.reasons,
    }


def page() -> str:
    with mpmath.workdps(WORKING_DIGITS):
        cases = [_case(formula) for formula in formulas()]
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(TEMPLATE.read_text()).render(cases=cases)


if __name__ == "__main__":
    PAGE.write_text(page())
