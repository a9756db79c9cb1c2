"""The derivatives of the log-density by the parameters."""

from __future__ import annotations

from sympy import Expr, ImmutableDenseMatrix

from symfisher.algebra.cost import cost
from symfisher.algebra.indexed_derivatives import transposed
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.truth import hessian_of, score_of
from symfisher.formula import Formula, Step
from symfisher.quantities.registry import quantity

_MOST_OPERATIONS = 250


@quantity("score", "Score: the gradient of the log-density by the parameters.")
def score(family: Family) -> Formula:
    """Score vector, k x 1 in the order of ``family.parameters``, a function of the data too."""
    gradient = ImmutableDenseMatrix([_short(s) for s in score_of(family)])
    step = Step(
        "differentiate",
        "Differentiate the log-density by each parameter.",
        family.log_density,
        gradient,
    )
    return Formula(
        name="score",
        vector=True,
        title="Score",
        symbol=r"s(\theta)",
        expr=gradient,
        family=family,
        reads_data=True,
        trace=(step,),
    )


@quantity("hessian", "Hessian: the second derivatives of the log-density by the parameters.")
def hessian(family: Family) -> Formula:
    """Hessian of the log-density, k x k, a function of the data too.

    At a kink, where it does not exist, it is the value on either side.
    """
    entries = hessian_of(family)
    k = len(entries)
    upper = {(i, j): _short(entries[i][j]) for i in range(k) for j in range(i, k)}
    matrix = ImmutableDenseMatrix(
        k, k, lambda i, j: upper[i, j] if i <= j else transposed(upper[j, i], family)
    )
    step = Step("differentiate", "Differentiate the score once more.", None, matrix)
    return Formula(
        name="hessian",
        title="Hessian of the log-density",
        symbol=r"H(\theta)",
        expr=matrix,
        family=family,
        reads_data=True,
        trace=(step,),
    )


def _short(entry: Expr) -> Expr:
    """The textbook form, of what is short enough to be read at all."""
    return tidy(entry) if cost(entry) <= _MOST_OPERATIONS else entry
