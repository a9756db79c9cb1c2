"""The information of several independent observations, alike or of a design."""

from __future__ import annotations

from typing import Any

from sympy import ImmutableDenseMatrix, Matrix, zeros

from symfisher.algebra.inverse import is_long
from symfisher.algebra.tidy import tidy_matrix
from symfisher.declaration import Family
from symfisher.expectation.engine import status_of
from symfisher.formula import Formula, Step
from symfisher.quantities.given import design_points, sample_size
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity


@quantity(
    "sample_information",
    "Fisher information of n observations, or of a design.",
    ("fisher",),
    default=False,
)
def sample_information(family: Family, n: Any = 1, design: Any = ()) -> Formula:
    """n times the sum of the Fisher matrices at the points of ``design``, k x k.

    A point of the design says what constants of the family are there: ``[{"z": 1}, {"z": 2}]``.
    Independent observations add up (Lehmann and Casella 1998, theorem 2.5.8).
    """
    information = fisher(family)
    size, roles = sample_size(family, n)
    if information.expr is None:
        return information.with_(name="sample_information")
    k = len(family.parameters)
    total: Matrix = zeros(k, k)
    for point in design_points(family, design):
        total += information.expr.xreplace(point)
    total = total * size
    matrix = ImmutableDenseMatrix(total) if is_long(total) else tidy_matrix(total)
    step = Step("add", "Independent observations: add their informations.", None, matrix)
    return information.with_(
        name="sample_information",
        title="Fisher information of the sample",
        symbol=r"\mathcal{I}_n(\theta)",
        expr=matrix,
        status=status_of(matrix),
        trace=(*information.trace, step),
        extra_symbols=roles,
    )
