"""Expectations over few cells, by writing out their sum.

Every variable has a numeric finite support, such as 0..1 or 0..1-y1; each cell's log-mass is an
expression in the parameters alone (a ``Piecewise`` on the data is decided by the cell).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sympy import Add, Expr, ImmutableDenseMatrix, Integer, Rational, Symbol, exp, nan, oo, zoo

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Field, Workspace
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.samples import signs_of
from symfisher.formula import Step

MOST_CELLS = 64
FEW_CELLS = 6  # whose sum written out is as short as any other form
Cell = dict[Symbol, Expr]


def frame(family: Family, most: int = MOST_CELLS) -> EnumerationFrame | None:
    """The frame of a canonical family whose data can take at most ``most`` values."""
    cells = _cells(family, most)
    if cells is None:
        return None
    masses = [(cell, family.log_density.xreplace(cell)) for cell in cells]
    masses = [(cell, mass) for cell, mass in masses if mass != -oo]
    if any(mass.has(nan, zoo, oo) for _, mass in masses):
        return None
    workspace = Workspace(lambda numbers: _Table(family, masses, numbers), signs_of(family))
    try:
        workspace.run(lambda table: table)
    except Unconvertible:
        return None
    return EnumerationFrame(family, workspace, masses)


def _cells(family: Family, most: int) -> list[Cell] | None:
    cells: list[Cell] = [{}]
    for variable, support in zip(family.variables, family.supports, strict=True):
        grown: list[Cell] = []
        for cell in cells:
            values = _values(support.substitute(cell))
            if values is None or len(grown) + len(values) > most:
                return None
            grown += [{**cell, variable: value} for value in values]
        cells = grown
    return cells


def _values(support: Domain) -> list[Expr] | None:
    if support.points is not None:
        numeric = all(isinstance(p, Rational) for p in support.points)
        return list(support.points) if numeric else None
    lower, upper = support.lower, support.upper
    if not (support.discrete and isinstance(lower, Integer) and isinstance(upper, Integer)):
        return None
    return [Integer(value) for value in range(int(lower), int(upper) + 1)]


class _Table:
    """Mass and score of each cell."""

    def __init__(self, family: Family, masses: list[tuple[Cell, Expr]], numbers: Field) -> None:
        self.field, self.parameters = numbers, family.parameters
        self.cells = [cell for cell, _ in masses]
        logarithms = [numbers.convert(mass) for _, mass in masses]
        self.masses = [numbers.power(None, value) for value in logarithms]
        self.scores = [[numbers.derivative(v, p) for p in self.parameters] for v in logarithms]

    def mean(self, values: Iterator[Fraction]) -> Expr:
        numbers = self.field
        return numbers.expression(numbers.sum(m * v for m, v in zip(self.masses, values)))

    def score_mean(self) -> list[Expr]:
        return [self.mean(score[i] for score in self.scores) for i in range(len(self.parameters))]

    def matrix(self, entry: Callable[[list[Fraction], int, int], Fraction]) -> list[list[Expr]]:
        size = len(self.parameters)
        upper = {
            (i, j): self.mean(entry(score, i, j) for score in self.scores)
            for i in range(size)
            for j in range(i, size)
        }
        return [[upper[min(i, j), max(i, j)] for j in range(size)] for i in range(size)]

    def negative_hessian(self) -> list[list[Expr]]:
        return self.matrix(lambda s, i, j: -self.field.derivative(s[i], self.parameters[j]))

    def outer_product(self) -> list[list[Expr]]:
        return self.matrix(lambda s, i, j: s[i] * s[j])

    def expect(self, integrand: Expr) -> Expr:
        return self.mean(self.field.convert(integrand.xreplace(cell)) for cell in self.cells)


@dataclass
class EnumerationFrame:
    """Expectations as sums over all cells."""

    family: Family
    workspace: Workspace[_Table]
    masses: list[tuple[Cell, Expr]]
    steps: list[Step] = field(default_factory=list)
    name: str = "enumeration"

    def __post_init__(self) -> None:
        self.steps.append(
            Step(
                self.name,
                f"The data take {len(self.masses)} values; an expectation is the sum over them.",
                Integer(1),
                Add(*(exp(mass) for _, mass in self.masses), evaluate=False),
            )
        )

    def score_mean(self) -> list[Expr] | None:
        return self.workspace.run(lambda table: table.score_mean())

    def negative_hessian(self) -> ImmutableDenseMatrix | None:
        return ImmutableDenseMatrix(self.workspace.run(lambda table: table.negative_hessian()))

    def outer_product(self) -> ImmutableDenseMatrix | None:
        return ImmutableDenseMatrix(self.workspace.run(lambda table: table.outer_product()))

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand]; None where it has no value in some cell or leaves the algebra."""
        values = [integrand.xreplace(cell) for cell, _ in self.masses]
        if any(value.has(nan, zoo, oo) for value in values):
            return None
        try:
            return self.workspace.run(lambda table: table.expect(integrand))
        except Unconvertible:
            return None
