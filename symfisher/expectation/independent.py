"""Independent observations: expectations under a product are those under its factors.

Informations add, and the mean of a product of functions of different observations is the product of
their means.  Which families a product is made of is remembered when it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sympy import Add, Expr, ImmutableDenseMatrix, Integer, Mul, expand, zeros

from symfisher.declaration import Family
from symfisher.formula import Expectation, Step


class Factor(Protocol):
    """What the frame asks of the engine of a factor."""

    family: Family

    def score_mean_is_zero(self) -> bool: ...
    def expect(self, integrand: Expr) -> Any: ...


_FACTORS: WeakKeyDictionary[Family, tuple[Factor, ...]] = WeakKeyDictionary()


def remember_factors(product: Family, factors: Sequence[Factor]) -> None:
    """Keep the engines of what a canonical product family is made of, in the product's symbols."""
    _FACTORS[product] = tuple(factors)


def frame(family: Family) -> IndependentFrame | None:
    """The frame of a family that is known to be a product; None for any other."""
    factors = _FACTORS.get(family)
    return None if factors is None else IndependentFrame(family, factors)


class IndependentFrame:
    """Expectations under a product of families by those under its factors."""

    name = "independent observations"

    def __init__(self, family: Family, factors: Sequence[Factor]) -> None:
        self.family = family
        self.factors = tuple(factors)
        self.steps = [
            Step(
                self.name,
                "The observations are independent: their log-densities and informations add.",
                family.log_density,
                Add(*(f.family.log_density for f in self.factors), evaluate=False),
            )
        ]

    def score_mean(self) -> list[Expr] | None:
        centred = all(f.score_mean_is_zero() for f in self.factors)
        return [Integer(0)] * len(self.family.parameters) if centred else None

    def outer_product(self) -> ImmutableDenseMatrix | None:
        """The sum of the factors' matrices, as scores have mean zero; None where one has not."""
        return None if self.score_mean() is None else self._sum("outer_product")

    def negative_hessian(self) -> ImmutableDenseMatrix | None:
        return self._sum("negative_hessian")

    def _sum(self, quantity: str) -> ImmutableDenseMatrix | None:
        size = len(self.family.parameters)
        total = zeros(size, size)
        for factor in self.factors:
            matrix = getattr(factor, quantity).expr
            if matrix.has(Expectation):
                return None
            places = [self.family.parameters.index(p) for p in factor.family.parameters]
            for a, i in enumerate(places):
                for b, j in enumerate(places):
                    total[i, j] += matrix[a, b]
        return ImmutableDenseMatrix(total)

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand] where each of its terms is a product of functions of one factor each."""
        total: Expr = Integer(0)
        for term in Add.make_args(expand(integrand, log=False, power_base=False, power_exp=False)):
            value = self._of_product(term)
            if value is None:
                return None
            total += value
        return total

    def _of_product(self, term: Expr) -> Expr | None:
        rest, value = term, Integer(1)
        for factor in self.factors:
            mine = factor.family
            rest, own = rest.as_independent(*mine.variables, as_Add=False)
            if own == 1:
                continue
            if own.free_symbols - {*mine.variables, *mine.domains}:
                return None
            found = factor.expect(own).expr
            if found.has(Expectation):
                return None
            value = Mul(value, found)
        return Mul(rest, value)
