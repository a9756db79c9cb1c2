"""A category x in 1..K: every expectation is a sum over its values."""

from __future__ import annotations

from sympy import Dummy, Expr, Symbol, exp

from symfisher.algebra.indexed_derivatives import at_column, indexed_score, normal_log_density
from symfisher.declaration import Family
from symfisher.expectation.indexed.frame import Blocks, IndexedFrame
from symfisher.formula import Step
from symfisher.vectors import at_index


class CategoryFrame(IndexedFrame):
    name = "sum over the categories"

    def __init__(self, family: Family, category: Symbol) -> None:
        super().__init__(family)
        self.category = category
        self.place = Dummy("x", integer=True, positive=True)
        density = normal_log_density(family)
        self.probability = exp(at_index(density, category, self.place))
        self.steps = [
            Step(
                self.name,
                f"An expectation is the sum over the values 1..{family.length} of the category.",
                density,
                exp(density),
            )
        ]

    def expect(self, integrand: Expr) -> Expr | None:
        value = at_index(self.rules.normal(integrand), self.category, self.place)
        return self.rules.total(value * self.probability, self.place)

    def outer_product(self) -> Blocks | None:
        score = indexed_score(self.family)
        return self.blocks(lambda p, q: self.expect(score[p] * at_column(score[q], self.family)))


def frame(family: Family) -> CategoryFrame | None:
    """The frame of a family whose one observation is a category."""
    if family.category is None or len(family.variables) > 1:
        return None
    return CategoryFrame(family, family.category)
