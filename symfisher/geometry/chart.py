"""The parameter space of a family as a manifold: its Fisher metric and Amari-Chentsov tensor.

Derivatives, products and contractions are done on fractions of integer polynomials, where a zero
is seen without a simplifier; only what is shown is written as a short expression.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TypeVar

from sympy import Expr, Integer

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Field, Workspace
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError, DoesNotExistError
from symfisher.expectation.samples import signs_of
from symfisher.formula import Expectation, Formula
from symfisher.geometry.cubic import Cubic, cubic
from symfisher.geometry.tensors import Index, Matrix, Tensors
from symfisher.quantities.information import fisher

R = TypeVar("R")


class Chart:
    """The parameter space of one canonical family under its Fisher metric.

    Raises:
        DoesNotExistError: there is no Fisher information, or it is singular everywhere.
        DerivationError: it holds functions whose derivatives by the parameters are not known.
    """

    def __init__(self, family: Family) -> None:
        self.family = family
        self.information: Formula = fisher(family)
        if self.information.expr is None:
            raise DoesNotExistError(
                f"family '{family.name}' has no Fisher metric: " + " ".join(self.information.notes)
            )
        self._workspace: Workspace[Tensors] = Workspace(self._built, signs_of(family))
        if not self.work(lambda tensors: bool(tensors.determinant)):
            raise DoesNotExistError(
                f"family '{family.name}': the Fisher matrix is singular everywhere, so it is no "
                "metric: the parameters are not identified"
            )

    @property
    def dimension(self) -> int:
        return len(self.family.parameters)

    def _built(self, field: Field) -> Tensors:
        rows = self.information.expr.tolist()
        return Tensors(field, self.family.parameters, [[*map(field.convert, row)] for row in rows])

    def work(self, compute: Callable[[Tensors], R]) -> R:
        """``compute`` of the tensors, done again where their field turns out too small."""
        try:
            return self._workspace.run(compute)
        except Unconvertible as error:
            raise DerivationError(
                f"family '{self.family.name}': its geometry is not found in closed form, since no "
                f"derivative or relation is known for {error}"
            ) from error

    @cached_property
    def cubic(self) -> Cubic:
        """The Amari-Chentsov tensor."""
        return cubic(self.family)

    def connection(self, tensors: Tensors, alpha: Expr) -> list[Matrix]:
        """Gamma^(alpha)_{ij,k} = Gamma_{ij,k} - alpha/2 T_ijk, at [k][i][j]."""
        if alpha == 0:
            return tensors.levi_civita
        field = tensors.field
        half = field.convert(alpha).scaled(1, 2)
        third = {index: _read(field, value) for index, value in self.cubic.entries.items()}

        def entry(k: int, i: int, j: int) -> Fraction:
            return tensors.levi_civita[k][i][j] - half * third[ordered(i, j, k)]

        size = tensors.size
        return [[[entry(k, i, j) for j in size] for i in size] for k in size]

    def riemann(self, tensors: Tensors, alpha: Expr) -> dict[Index, Fraction]:
        """R_ijkl of the alpha-connection, for k < l."""
        first = self.connection(tensors, alpha)
        return tensors.riemann(first, first if alpha == 0 else self.connection(tensors, -alpha))


def _read(field: Field, value: Expr) -> Fraction:
    """An expectation that was not closed stands for itself."""
    return field.generator(value) if value.has(Expectation) else field.convert(value)


def ordered(*indices: int) -> Index:
    return tuple(sorted(indices))


@lru_cache(maxsize=64)
def chart(family: Family) -> Chart:
    """The chart of a canonical family, with everything that it has found so far."""
    return Chart(family)


def short(field: Field, value: Fraction) -> Expr:
    """The shortest form found of a fraction."""
    if not value:
        return Integer(0)
    expr = field.expression(value)
    return expr if expr.has(Expectation) else tidy(expr)
