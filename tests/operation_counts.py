"""The length of our results beside the literature's formulas, family by family.

Run as a program it writes tests/golden/operation_counts.txt anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from literature import declared, entries
from sympy import Symbol, count_ops, sympify

from symfisher.expectation.engine import engine
from symfisher.formula import Status

FILE = Path(__file__).parent / "golden" / "operation_counts.txt"
_HEADER = f"{'family':32} {'status':>10} {'operations':>10} {'reference':>10}"


class Row(NamedTuple):
    """The operations of the shorter closed form's upper triangle, and of the reference's."""

    status: str
    operations: int | None
    reference: int | None


def measured(name: str) -> Row:
    machine = engine(declared(entries()[name]).canonical)
    forms = [machine.outer_product, machine.negative_hessian]
    closed = [f for f in forms if f.status is Status.CLOSED]
    ours = min((operations(f.expr.tolist()) for f in closed), default=None)
    return Row(str(max(f.status for f in forms)), ours, reference(name))


def reference(name: str) -> int | None:
    """The operations of the entry's own formula, where it has one."""
    entry = entries()[name]
    if not entry["reference_formula"]:
        return None
    symbols = {n: Symbol(n) for group in ("parameters", "constants") for n in entry[group]}
    return operations(
        [[sympify(text, locals=symbols) for text in row] for row in entry["reference_formula"]]
    )


def operations(matrix: list[list[Any]]) -> int:
    """Operations of the upper triangle of a symmetric matrix."""
    return sum(count_ops(entry) for i, row in enumerate(matrix) for entry in row[i:])


def recorded() -> dict[str, Row]:
    lines = [line.split() for line in FILE.read_text().splitlines()[1:]]
    return {name: Row(status, _count(ours), _count(theirs)) for name, status, ours, theirs in lines}


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)


def _line(name: str, row: Row) -> str:
    shown = ["-" if count is None else str(count) for count in row[1:]]
    return f"{name:32} {row.status:>10} {shown[0]:>10} {shown[1]:>10}"


if __name__ == "__main__":
    rows = [_line(name, measured(name)) for name in entries()]
    FILE.write_text("\n".join([_HEADER, *rows]) + "\n")
