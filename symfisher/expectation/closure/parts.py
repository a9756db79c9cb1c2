"""Moment closure over a support in parts: each part has unknowns of its own, in one system.

Where a density has one formula for x < y and another for x > y, or one for a count of zero and
another beyond, m_r(T) stands for the integral or sum of T times the density over part r.  The
density integrates to one and the scores have mean zero over all parts together; derivatives of
known means, integration and summation by parts hold on each part by itself, as its ends do not
move with the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from sympy import Expr, Symbol, exp

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Field
from symfisher.algebra.linear_system import LinearSystem
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.closure.branches import Branches
from symfisher.expectation.closure.check import RowCheck
from symfisher.expectation.closure.counts import infinite_sum, special_means
from symfisher.expectation.closure.rows import Identity, Model
from symfisher.expectation.closure.statistics import UNIT, Element, Monomial
from symfisher.expectation.closure.system import divisors, ordered
from symfisher.numerics.part import Part
from symfisher.numerics.partition import partition
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature

Key = tuple[int, Monomial]
JointElement = dict[Key, Fraction]

_POINTS = 4
_EXACT = 1e-12


def smooth_parts(family: Family) -> tuple[Part, ...]:
    """The parts of a family's support, if there are several and their ends stay where they are."""
    if family.is_indexed or (len(family.variables) == 1 and not family.supports[0].discrete):
        return ()
    points = sample_points(family, _POINTS)
    parts = partition(family.variables, family.supports, family.log_density, points)
    moving = set(family.parameters)
    fixed = not any(s.free_symbols & moving for part in parts for s in part.supports)
    return parts if len(parts) > 1 and fixed else ()


class PartModel:
    """One part as a density of its own: the model of its statistics, and how data are read."""

    def __init__(self, family: Family, part: Part, field: Field) -> None:
        self.part = part
        self.reflection = {
            v: -v
            for v, s in zip(part.variables, part.supports)
            if s.discrete and s.lower.is_infinite and not s.upper.is_infinite
        }
        supports = tuple(
            Domain(-s.upper, -s.lower, discrete=True) if v in self.reflection else s
            for v, s in zip(part.variables, part.supports)
        )
        density = part.log_density.xreplace(self.reflection)
        self.family = family._twin(variables=part.variables, supports=supports, log_density=density)
        self.model = Model(self.family, Branches(density), field)
        self.check = RowCheck(self.model) if part.variables else None

    def element(self, integrand: Expr) -> Element:
        """The integrand on this part, in its statistics."""
        here = self.part.resolve(integrand).xreplace(self.reflection)
        return self.model.statistics.element(self.model.field.convert(here))

    def mass(self) -> Identity | None:
        """m(1) where it can be read off: all is fixed, or the parameters stand in a factor."""
        field, density = self.model.field, self.family.log_density
        if not self.part.variables:
            return Identity(
                "mass of a point", {UNIT: field.one}, field.power(None, field.convert(density))
            )
        _, rest = density.as_independent(*self.family.parameters, as_Add=True)
        if rest.free_symbols & {*self.part.variables} or rest == 0:
            return None
        (point,) = sample_points(self.family, 1, seed=5)
        factor = quadrature(self.family).expect([exp(-rest)], point)
        if abs(float(factor.values[0]) - 1.0) > _EXACT + factor.errors[0]:
            return None
        mass = field.power(None, field.convert(rest))
        return Identity("factor without parameters", {UNIT: field.one}, mass)

    def holding(self, rows: Iterable[Identity]) -> list[Identity]:
        return [] if self.check is None else self.check.holding(rows)


class PartsClosure:
    """The system of one family over its parts; see ``Closure`` for one part."""

    def __init__(self, family: Family, parts: tuple[Part, ...], field: Field) -> None:
        self.family, self.field = family, field
        self.parts = [PartModel(family, part, field) for part in parts]
        self.system: LinearSystem[Key] = LinearSystem(field)
        self.rules: list[str] = []
        self.used: set[int] = set()
        self._tried: set[object] = set()
        self._take("normalisation", {(r, UNIT): field.one for r in range(len(parts))}, field.one)
        for parameter in range(len(family.parameters)):
            self._take("mean of the score", self.score(parameter), field.zero)
        for r, one in enumerate(self.parts):
            mass = one.mass()
            if mass is not None:
                self._take_on(r, [mass])

    # -- elements -----------------------------------------------------------------------------

    def score(self, i: int) -> JointElement:
        return self._joined(one.model.scores[i] for one in self.parts)

    def product(self, i: int, j: int) -> JointElement:
        return self._joined(
            one.model.statistics.multiply(one.model.scores[i], one.model.scores[j])
            for one in self.parts
        )

    def hessian(self, i: int, parameter: Symbol) -> JointElement:
        return self._joined(
            one.model.derivative(one.model.scores[i], parameter) for one in self.parts
        )

    def integrand(self, expr: Expr) -> JointElement:
        return self._joined(one.element(expr) for one in self.parts)

    def _joined(self, elements: Iterable[Element]) -> JointElement:
        return {(r, m): c for r, element in enumerate(elements) for m, c in element.items()}

    # -- means --------------------------------------------------------------------------------

    def mean(self, element: JointElement) -> Fraction | None:
        """The mean over all parts, as far as rows can be found that determine it."""
        for extend in self._extensions(element):
            row = self.system.reduce(element, self.field.zero)
            if not row.coefficients:
                self.used |= row.sources
                return -row.value
            extend()
        return None

    def _extensions(self, target: JointElement) -> Iterator[Callable[[], None]]:
        wanted = self._by_part(target)
        scores = [ordered(m for score in one.model.scores for m in score) for one in self.parts]
        both = [[*s, *w] for s, w in zip(scores, wanted)]
        yield lambda: self._differentiate([[UNIT, *s] for s in scores])
        yield lambda: self._by_parts([[UNIT, *divisors(s)] for s in scores])
        yield lambda: self._differentiate([[UNIT, *s] for s in scores])
        yield lambda: self._by_parts(wanted)
        yield lambda: self._differentiate(both)
        yield lambda: self._tabulate(target, special_means)
        yield lambda: self._by_parts([divisors(w) for w in wanted])
        yield lambda: self._differentiate(both)
        yield lambda: self._tabulate(target, special_means)
        yield lambda: self._tabulate(target, _as_sum)
        yield lambda: None

    def _by_part(self, element: JointElement) -> list[list[Monomial]]:
        return [ordered(m for r, m in element if r == k) for k in range(len(self.parts))]

    def _differentiate(self, monomials: list[list[Monomial]]) -> None:
        for r, one in enumerate(self.parts):
            for monomial in monomials[r]:
                name = ("D", r, monomial)
                row = self.system.reduce({(r, monomial): self.field.one}, self.field.zero)
                if name not in self._tried and not row.coefficients:
                    self._tried.add(name)
                    with suppress(Unconvertible):
                        statistic = {monomial: self.field.one}
                        rows = list(one.model.differentiated(statistic, -row.value))
                        self._take_on(r, rows, row.sources)

    def _by_parts(self, monomials: list[list[Monomial]]) -> None:
        for r, one in enumerate(self.parts):
            fresh = [m for m in monomials[r] if ("P", r, m) not in self._tried]
            self._tried.update(("P", r, m) for m in fresh)
            for rows in (one.model.stein(fresh), one.model.telescoped(fresh)):
                self._take_on(r, one.holding(rows))

    def _tabulate(
        self, target: JointElement, means: Callable[[Model, Monomial], Iterable[Identity]]
    ) -> None:
        """Single means that are known for themselves, for what is still missing."""
        missing = self.system.reduce(target, self.field.zero).coefficients
        for r, monomial in sorted({*target, *missing}):
            name = (means.__name__, r, monomial)
            if self.system.value((r, monomial)) is None and name not in self._tried:
                self._tried.add(name)
                if self.parts[r].part.variables:
                    self._take_on(r, means(self.parts[r].model, monomial))

    def _take_on(
        self, r: int, identities: Iterable[Identity], sources: frozenset[int] = frozenset()
    ) -> None:
        """Rows that hold on one part."""
        for row in identities:
            left = {(r, m): c for m, c in row.left.items()}
            self._take(row.rule, left, row.right, sources)

    def _take(
        self, rule: str, left: JointElement, right: Fraction, sources: frozenset[int] = frozenset()
    ) -> None:
        if self.system.add(left, right, sources | {len(self.rules)}):
            self.rules.append(rule)


def _as_sum(model: Model, monomial: Monomial) -> Iterator[Identity]:
    """The mean as the infinite sum that it is, where nothing else is known."""
    identity = infinite_sum(model, monomial)
    if identity is not None:
        yield identity
