"""One continuous variable: canonical coordinate, kernel, table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from sympy import Expr, Integer, diff

from symfisher.declaration import Family
from symfisher.expectation.crossing import expect_across
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.folding import is_even
from symfisher.expectation.parts import Part
from symfisher.expectation.search import find_part
from symfisher.expectation.terms import UNIT, Element, NotConvertible
from symfisher.expectation.truth import has_further_kinks
from symfisher.formula import Step
from symfisher.pieces import pieces, resolve

Entries = dict[tuple[int, int], Expr | None]


def frame(family: Family, fingerprint: Fingerprint) -> KernelFrame | None:
    """The family in its kernels' coordinates; None where no kernel is recognised."""
    if len(family.variables) != 1 or family.is_mass or family.supports[0].discrete:
        return None
    found = pieces(family)
    parts = []
    for piece in found:
        part = find_part(family, piece, fingerprint, single=len(found) == 1)
        if part is None:
            return None
        parts.append(part)
    return KernelFrame(family, parts)


class KernelFrame:
    """Expectations of a one-variable continuous family by its kernel's table."""

    name = "canonical coordinate"

    def __init__(self, family: Family, parts: Sequence[Part]) -> None:
        self.family = family
        self.parts = tuple(parts)

    @property
    def steps(self) -> list[Step]:
        """What was done so far, in order: coordinate, kernel, score, then table entries."""
        steps: list[Step] = []
        for number, part in enumerate(self.parts):
            steps += part.steps
            if "scores" in self.__dict__:
                steps.append(part.score_step(self.scores[number]))
            steps += part.table_steps()
        return steps

    @property
    def fingerprint(self) -> Fingerprint:
        return self.parts[0].algebra.fingerprint

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand], which may hold further symbols."""
        (variable,) = self.family.variables
        if has_further_kinks(self.family, integrand):
            return expect_across(self.family, integrand)
        total: Expr = Integer(0)
        for part in self.parts:
            smooth = resolve(integrand, self.family, part.piece)
            fold = part.fold
            if fold is not None and not is_even(smooth, variable, fold, self.fingerprint):
                return None
            try:
                element = part.convert(smooth, variable)
            except NotConvertible:
                return None
            value = part.expect(element)
            if value is None:
                return None
            total += part.mass * value
        return total

    # -- scores -------------------------------------------------------------------------------

    @cached_property
    def scores(self) -> list[list[Element]]:
        """Part by part, the score in the part's algebra."""
        return [
            [part.differentiate(part.log_density, p) for p in self.family.parameters]
            for part in self.parts
        ]

    def _expect(self, elements: Sequence[Element]) -> Expr | None:
        """E of a statistic given by one element a part."""
        total: Expr = Integer(0)
        for part, element in zip(self.parts, elements, strict=True):
            value = part.expect(element)
            if value is None:
                return None
            total += part.mass * value
        return total

    @cached_property
    def _declared_means(self) -> list[Expr | None]:
        return [self._expect([s[i] for s in self.scores]) for i in range(self.dimension)]

    @property
    def dimension(self) -> int:
        return len(self.family.parameters)

    def score_mean(self) -> list[Expr] | None:
        """E[score], with the normalising constant as it was declared."""
        means = self._declared_means
        if any(m is None for m in means):
            return None
        return [self.fingerprint.shorten(m) for m in means]

    @cached_property
    def centred(self) -> bool:
        """Whether E[score] = 0 may stand in for the declared normalising constant."""
        if len(self.parts) > 1:
            return False
        means = self.score_mean()
        return means is not None and all(m == 0 for m in means)

    @cached_property
    def _statistics(self) -> list[list[Element]]:
        """The scores, without their constant terms where E[score] = 0 restores them."""
        if not self.centred:
            return self.scores
        return [[_without_constant(s) for s in part] for part in self.scores]

    @cached_property
    def _means(self) -> list[Expr]:
        if not self.centred:
            return [Integer(0)] * self.dimension
        (part,) = self.parts
        return [part.expect(t) for t in self._statistics[0]]

    # -- the two forms --------------------------------------------------------------------------

    def outer_product(self) -> Entries:
        """E[score score^T]: products of scores, term by term from the table."""
        return self._symmetric(self._outer_entry)

    def _outer_entry(self, i: int, j: int) -> Expr | None:
        products = [
            part.algebra.multiply(t[i], t[j])
            for part, t in zip(self.parts, self._statistics, strict=True)
        ]
        value = self._expect(products)
        return None if value is None else value - self._means[i] * self._means[j]

    def negative_hessian(self) -> Entries:
        """-E[Hessian]: second derivatives in the kernel's coordinate, then the table."""
        return self._symmetric(self._hessian_entry)

    def _hessian_entry(self, i: int, j: int) -> Expr | None:
        parameter = self.family.parameters[j]
        slopes = [
            part.differentiate(t[i], parameter)
            for part, t in zip(self.parts, self._statistics, strict=True)
        ]
        value = self._expect(slopes)
        return None if value is None else diff(self._means[i], parameter) - value

    def _symmetric(self, entry: Callable[[int, int], Expr | None]) -> Entries:
        """The upper triangle, None where the table is not enough."""
        k = self.dimension
        return {(i, j): entry(i, j) for i in range(k) for j in range(i, k)}


def _without_constant(element: Element) -> Element:
    return {m: c for m, c in element.items() if m != UNIT}
