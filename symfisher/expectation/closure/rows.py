"""The identities between expectations: each one a row of the linear system.

Expectations are taken over the main branch; m(T) stands for the integral or sum of T times the
density there, so m(1) = 1 less the masses of the exceptional points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Symbol

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Field
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.closure.branches import Branches
from symfisher.expectation.closure.statistics import UNIT, Element, Monomial, Statistics


@dataclass(frozen=True)
class Identity:
    """sum(left) = right, an identity between expectations, with the name of its rule."""

    rule: str
    left: Element
    right: Fraction


class Model:
    """The main branch of a family in statistics: scores and slopes, and the exceptional masses."""

    def __init__(self, family: Family, parts: Branches, field: Field) -> None:
        self.family, self.field, self.branches = family, field, parts
        self.parameters = family.parameters
        self.statistics = Statistics(field, family.variables)
        read = (*family.variables, *family.parameters)
        self.terms = [field.constant_or_converted(term, read) for term in Add.make_args(parts.main)]
        self.scores = [self.slope(parameter) for parameter in self.parameters]
        logarithms = [field.convert(mass) for _, mass in parts.exceptions]
        self.masses = [field.power(None, value) for value in logarithms]
        self.point_scores = [
            [field.derivative(value, p) for p in self.parameters] for value in logarithms
        ]

    def slope(self, symbol: Symbol) -> Element:
        """The derivative of the main branch's log-density."""
        return self.statistics.add(
            *(self.statistics.element(self.field.derivative(t, symbol)) for t in self.terms)
        )

    def compounds(self) -> list[Element]:
        """Sums of statistics that a score holds in fixed proportion, such as log x + log(1-x)."""
        found = []
        for score in self.scores:
            groups: list[tuple[Fraction, Element]] = []
            for monomial, coefficient in score.items():
                for lead, group in groups:
                    ratio = (coefficient / lead).rational()
                    if ratio is not None:
                        group[monomial] = self.field.number(ratio.p, ratio.q)
                        break
                else:
                    groups.append((coefficient, {monomial: self.field.one}))
            found += [group for _, group in groups if len(group) > 1]
        return found

    def log_mass(self, value: Expr) -> Fraction:
        """The main branch's log-density with every variable set to ``value``."""
        at = dict.fromkeys(self.family.variables, value)
        return self.field.convert(self.branches.main.xreplace(at))

    def derivative(self, element: Element, symbol: Symbol) -> Element:
        """d/dtheta of an element, coefficients and statistics."""
        statistics, parts = self.statistics, []
        for monomial, coefficient in element.items():
            change = self.field.derivative(coefficient, symbol)
            parts.append({monomial: change} if change else {})
            parts.append(statistics.scale(statistics.derivative(monomial, symbol), coefficient))
        return statistics.add(*parts)

    # -- rows ---------------------------------------------------------------------------------

    def normalisation(self) -> Identity:
        missing = self.field.sum(self.masses)
        return Identity("normalisation", {UNIT: self.field.one}, self.field.one - missing)

    def score_means(self) -> Iterator[Identity]:
        """E[score] = 0: over the main branch, less what the exceptional points carry."""
        for i, score in enumerate(self.scores):
            points = self.field.sum(m * s[i] for m, s in zip(self.masses, self.point_scores))
            yield Identity("mean of the score", score, -points)

    def differentiated(self, statistic: Element, mean: Fraction) -> Iterator[Identity]:
        """d m(T) = m(dT) + m(T score), for a statistic with known mean."""
        for parameter, score in zip(self.parameters, self.scores):
            left = self.statistics.add(
                self.derivative(statistic, parameter), self.statistics.multiply(statistic, score)
            )
            yield Identity("derivative of a mean", left, self.field.derivative(mean, parameter))

    def stein(self, monomials: list[Monomial]) -> Iterator[Identity]:
        """E[dg/dx + g dl/dx] = 0 for a g that vanishes at the ends of the support."""
        for variable, support in zip(self.family.variables, self.family.supports):
            if support.discrete:
                continue
            slope = self.slope(variable)
            vanishing = self.field.convert(_vanishing(self.family, variable))
            for monomial in monomials:
                g = vanishing * self.statistics.fraction(monomial)
                change = self.statistics.element(self.field.derivative(g, variable))
                product = self.statistics.multiply(self.statistics.element(g), slope)
                left = self.statistics.add(change, product)
                yield Identity("Stein's identity", left, self.field.zero)

    def telescoped(self, monomials: list[Monomial]) -> Iterator[Identity]:
        """sum over y of g(y+1) p(y+1) - g(y) p(y) is what is left at the ends, for a count y."""
        for variable, support in zip(self.family.variables, self.family.supports):
            ratio = self.ratio(variable, support)
            if ratio is None:
                continue
            start = self.first_regular(support)
            for monomial in monomials:
                g = self.statistics.expression(monomial) * (variable - start)
                try:
                    later = self.field.convert(g.xreplace({variable: variable + 1})) * ratio
                    now = self.statistics.element(self.field.convert(g))
                except Unconvertible:
                    continue
                left = self.statistics.add(
                    self.statistics.element(later), self.statistics.scale(now, -self.field.one)
                )
                yield Identity("telescoping sum", left, self.field.zero)

    def first_regular(self, support: Domain) -> Expr | None:
        return _first_regular(support, self.branches)

    def ratio(self, variable: Symbol, support: Domain) -> Fraction | None:
        """p(y+1)/p(y) where it is rational in y and vanishes at a finite upper end."""
        if not support.discrete or self.first_regular(support) is None:
            return None
        shifted = self.branches.main.xreplace({variable: variable + 1})
        try:
            difference = self.field.convert(shifted) - self.field.convert(self.branches.main)
            ratio = self.field.power(None, difference)
        except Unconvertible:
            return None
        for index in ratio.generators():
            key = self.field.keys[index]
            if variable in key.free_symbols and key != variable:
                return None
        if not support.upper.is_infinite:
            end = self.field.expression(ratio).xreplace({variable: support.upper})
            if self.field.convert(end):
                return None
        return ratio


def _vanishing(family: Family, variable: Symbol) -> Expr:
    """The product of the distances to all finite ends that bound ``variable``."""
    product: Expr = Integer(1)
    for other, support in zip(family.variables, family.supports):
        for end, distance in (
            (support.lower, other - support.lower),
            (support.upper, support.upper - other),
        ):
            if variable in distance.free_symbols and not end.is_infinite:
                product = product * distance
    return product


def _first_regular(support: Domain, parts: Branches) -> Expr | None:
    """The first point of the main branch, if the exceptional ones are the first of the support."""
    start = support.lower
    if not support.discrete or start.is_infinite or support.points is not None:
        return None
    exceptional = {point for point, _ in parts.exceptions}
    while start in exceptional:
        exceptional.remove(start)
        start = start + 1
    return None if exceptional else start
