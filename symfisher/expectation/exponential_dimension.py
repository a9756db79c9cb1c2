"""How many statistics a density needs, counted in numbers, and why a family has no finite set.

log p(x_j; theta_i), freed of what depends on i or on j alone, is the matrix of eta_k(theta_i)
T_k(x_j): its rank is the least number of statistics (Barndorff-Nielsen 1978, section 8.1).  A
family whose rank grows with the number of points has no exponential-family form.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import mpmath
from sympy import Abs, Integer, Max, Min, Piecewise, sign

from symfisher.algebra.fraction import Unconvertible
from symfisher.algebra.fraction_field import Workspace
from symfisher.algebra.linear_system import Contradiction
from symfisher.declaration import Family
from symfisher.expectation.exponential_solution import Solution
from symfisher.expectation.samples import joint_points, signs_of
from symfisher.numerics.evaluate import evaluate

MOST = 9  # statistics that are told apart from infinitely many
_DIGITS = 60
_SMALL = 25  # digits below the largest pivot that count as zero


def least_dimension(family: Family, most: int = MOST) -> int:
    """The rank of the centred log-density at ``most`` + 1 points of parameters and of data."""
    points = joint_points(family, 4 * (most + 1))
    widest = max(points, key=lambda p: sum(float(p[c]) for c in family.constants))
    constants = {c: widest[c] for c in family.constants}
    own = [{**{s: p[s] for s in family.parameters}, **constants} for p in points[: most + 1]]
    drawn = [{v: p[v] for v in family.variables} for p in points]
    data = _first_counts(family, constants, most + 1) or _different(drawn, most + 1)
    with mpmath.workdps(_DIGITS):
        rows = [
            [evaluate(family.log_density, {**here, **there}, _DIGITS) for there in data]
            for here in own
        ]
        centred = [
            [rows[i][j] - rows[i][0] - rows[0][j] + rows[0][0] for j in range(1, len(data))]
            for i in range(1, len(own))
        ]
        return _rank(centred)


def _first_counts(family: Family, constants: dict[Any, Any], count: int) -> list[dict[Any, Any]]:
    """The smallest values of a single count: special cases stand there, such as an excess of zeros.

    Empty where there is no single count with a first value.
    """
    support = family.supports[0].substitute(constants)
    if len(family.variables) > 1 or not support.discrete or not support.lower.is_Integer:
        return []
    last = support.lower + count - 1
    if support.upper.is_Integer:
        last = min(last, support.upper)
    return [{family.variables[0]: Integer(k)} for k in range(support.lower, last + 1)]


def _different(data: list[dict[Any, Any]], count: int) -> list[dict[Any, Any]]:
    """The first ``count`` that differ: counts repeat."""
    return list({tuple(point.values()): point for point in data}.values())[:count]


def _rank(matrix: list[list[Any]]) -> int:
    """By elimination with complete pivoting."""
    rank, largest = 0, mpmath.mpf(0)
    while matrix and matrix[0]:
        size, i, j = max(
            (abs(value), i, j) for i, row in enumerate(matrix) for j, value in enumerate(row)
        )
        largest = max(largest, size)
        if size <= largest * mpmath.mpf(10) ** -_SMALL:
            break
        rank, pivot = rank + 1, matrix.pop(i)
        matrix = [_cleared(row, pivot, j) for row in matrix]
    return rank


def _cleared(row: list[Any], pivot: list[Any], j: int) -> list[Any]:
    factor = row[j] / pivot[j]
    return [a - factor * b for k, (a, b) in enumerate(zip(row, pivot)) if k != j]


@lru_cache(maxsize=64)
def why_not(family: Family) -> str:
    """Why a family without an exponential-family form has none, in words."""
    moved = _moving_end(family) or _moving_corner(family)
    if moved:
        return moved
    term = _entangled(family)
    mixed = f"{term}, so that its log-density does not separate" if term else "it does not separate"
    rank = least_dimension(family)
    if rank == MOST:
        return f"{mixed}: at {MOST + 1} points of parameters and data it has full rank {MOST}"
    return f"{mixed} as it is written, though {_would_do(rank)}"


def _would_do(rank: int) -> str:
    return "one statistic would do" if rank == 1 else f"{rank} statistics would do"


def absence(family: Family) -> str:
    """A sentence on why there is no form: the family has none, or none was found."""
    reason = why_not(family)
    if reason.endswith("would do"):
        return f"No exponential-family form was found: {reason}."
    return f"It is no exponential family: {reason}."


def _moving_end(family: Family) -> str:
    for variable, support in zip(family.variables, family.supports):
        for end in (support.lower, support.upper):
            moving = [str(p) for p in family.parameters if p in end.free_symbols]
            if moving:
                return f"the support's end {variable} = {end} moves with {', '.join(moving)}"
    return ""


def _moving_corner(family: Family) -> str:
    parameters, variables = set(family.parameters), set(family.variables)
    for node in sorted(family.log_density.atoms(Abs, sign, Max, Min, Piecewise), key=str):
        if node.free_symbols & parameters and node.free_symbols & variables:
            return f"the density has a corner in {node}, which moves with the parameters"
    return ""


def _entangled(family: Family) -> str:
    """The first piece of the log-density that holds data and parameters inseparably."""
    workspace = Workspace(
        lambda numbers: Solution(family, numbers), signs_of(family), family.variables
    )
    try:
        workspace.run(lambda solution: solution.full)
    except Unconvertible as reason:
        return str(reason)
    except Contradiction:
        return ""
    return ""
