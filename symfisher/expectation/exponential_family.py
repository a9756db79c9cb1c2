"""Exponential families: every mean follows from E[score] = 0, without an integral or a sum.

A log-density is written as sum_k eta_k(theta) T_k(x) + c(theta) + h(x).  Where the equations

    sum_k (d_i eta_k) E[T_k] = -d_i c

determine all E[T_k], so are the Hessian's mean, since it is linear in the T_k, and, by
differentiating the means, all covariances: d_i E[g] = E[d_i g] + Cov(g, score_i).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from sympy import Abs, Add, Expr, ImmutableDenseMatrix, Max, Min, Piecewise, sign
from sympy.core.relational import Relational

from symfisher.algebra.fraction import Unconvertible
from symfisher.algebra.fraction_field import Workspace
from symfisher.algebra.linear_system import Contradiction
from symfisher.declaration import Family
from symfisher.expectation.exponential_solution import Solution
from symfisher.expectation.samples import signs_of
from symfisher.formula import Expectation, Step


@dataclass(frozen=True)
class ExponentialFamily:
    """sum_k natural_parameters[k] * statistics[k] + offset + base, which is the log-density.

    ``full`` tells that the means of all statistics follow from E[score] = 0; otherwise the family
    is curved: its parameters move on a surface in the space of natural parameters.
    """

    statistics: tuple[Expr, ...]
    natural_parameters: tuple[Expr, ...]
    offset: Expr
    base: Expr
    full: bool


def exponential_structure(family: Family) -> ExponentialFamily | None:
    """The exponential-family form of a canonical family; None where it has none."""
    workspace = _workspace(family)
    return None if workspace is None else workspace.run(_structure)


def _structure(solution: Solution) -> ExponentialFamily:
    expanded = solution.field.expanded
    return ExponentialFamily(
        tuple(solution.statistics),
        tuple(expanded(eta) for eta in solution.natural),
        expanded(solution.offset),
        Add(*(expanded(c) * t for t, (_, c) in solution.base.items())),
        solution.full,
    )


def cumulant(family: Family, index: tuple[int, ...]) -> Expr | None:
    """The joint cumulant of the statistics numbered by ``index``, of a full exponential family."""
    workspace = _workspace(family)
    if workspace is None or not workspace.run(lambda solution: solution.full):
        return None
    ascending = tuple(sorted(index))
    return workspace.run(lambda solution: solution.field.expression(solution.cumulant(ascending)))


def inverse_covariance(family: Family) -> ImmutableDenseMatrix | None:
    """The inverse covariance matrix of the statistics of a full exponential family."""
    workspace = _workspace(family)
    if workspace is None or not workspace.run(lambda solution: solution.full):
        return None
    return ImmutableDenseMatrix(
        workspace.run(
            lambda solution: [
                [solution.field.expression(slope) for slope in solution.mean_slopes(k)]
                for k in range(len(solution.statistics))
            ]
        )
    )


def frame(family: Family) -> ExponentialFrame | None:
    """The frame of a canonical family, if it is a full exponential family."""
    workspace = _workspace(family)
    if workspace is None or not workspace.run(lambda solution: solution.full):
        return None
    return ExponentialFrame(family, workspace)


_MEAN = "Solve E[score] = 0 for the mean of the statistic."


@lru_cache(maxsize=128)
def _workspace(family: Family) -> Workspace[Solution] | None:
    if _moves_or_kinks(family):
        return None
    workspace = Workspace(
        lambda numbers: Solution(family, numbers), signs_of(family), family.variables
    )
    try:
        workspace.run(lambda solution: solution.full)
    except (Unconvertible, Contradiction):
        return None
    return workspace


def _moves_or_kinks(family: Family) -> bool:
    """Whether the support or a kink of the density moves with a parameter."""
    parameters, variables = set(family.parameters), set(family.variables)
    if any(support.free_symbols & parameters for support in family.supports):
        return True
    kinks = family.log_density.atoms(Abs, sign, Max, Min, Piecewise, Relational)
    return any(k.free_symbols & parameters and k.free_symbols & variables for k in kinks)


@dataclass
class ExponentialFrame:
    """Expectations under a full exponential family."""

    family: Family
    workspace: Workspace[Solution]
    steps: list[Step] = field(default_factory=list)
    name: str = "exponential family"

    def __post_init__(self) -> None:
        structure = self.workspace.run(_structure)
        self.steps.append(
            Step(
                self.name,
                "The log-density is linear in statistics of the data, with coefficients that "
                "depend on the parameters alone; E[score] = 0 gives the statistics' means.",
                self.family.log_density,
                Add(*(e * t for e, t in zip(structure.natural_parameters, structure.statistics))),
            )
        )
        means = self.workspace.run(lambda solution: solution.mean_expressions())
        for statistic, mean in zip(structure.statistics, means):
            before = Expectation.under(self.family, statistic)
            self.steps.append(Step("mean of a statistic", _MEAN, before, mean))

    def score_mean(self) -> list[Expr] | None:
        return self.workspace.run(lambda solution: solution.score_mean())

    def negative_hessian(self) -> ImmutableDenseMatrix | None:
        return ImmutableDenseMatrix(self.workspace.run(lambda s: s.negative_hessian()))

    def outer_product(self) -> ImmutableDenseMatrix | None:
        return ImmutableDenseMatrix(self.workspace.run(lambda s: s.outer_product()))

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand] if it is a combination of products of the statistics, else None."""
        try:
            return self.workspace.run(lambda solution: solution.expect(integrand))
        except Unconvertible:
            return None
