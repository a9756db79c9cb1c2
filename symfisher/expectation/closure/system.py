"""Moment closure: rows are taken in, cheapest first, until the wanted expectations are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.algebra.fraction_field import Field
from symfisher.algebra.linear_system import LinearSystem
from symfisher.declaration import Family
from symfisher.expectation.closure.branches import Branches
from symfisher.expectation.closure.check import RowCheck
from symfisher.expectation.closure.counts import infinite_sum, special_means, total_means
from symfisher.expectation.closure.rows import Identity, Model
from symfisher.expectation.closure.statistics import UNIT, Element, Monomial

Means = Callable[[Model, Monomial], Iterable[Identity]]
_MOST_STATISTICS = 40


class Closure:
    """The system of one family.

    ``identities`` are the rows taken in, in order, and ``used`` numbers those among them that
    results rest on.
    """

    def __init__(self, family: Family, parts: Branches, field: Field) -> None:
        self.field = field
        self.model = Model(family, parts, field)
        self.system: LinearSystem[Monomial] = LinearSystem(field)
        self.identities: list[Identity] = []
        self.used: set[int] = set()
        self._tried: set[object] = set()
        self.check = RowCheck(self.model)
        scores = list(self.model.score_means())
        self.regular = not self.check.refuted(scores)
        self._take([self.model.normalisation(), *scores])

    def mean(self, element: Element) -> Fraction | None:
        """m(element), as far as rows can be found that determine it."""
        for extend in self._extensions(element):
            row = self.system.reduce(element, self.field.zero)
            if not row.coefficients:
                self.used |= row.sources
                return -row.value
            extend()
        return None

    # -- which rows, in which order -----------------------------------------------------------

    def _extensions(self, target: Element) -> Iterator[Callable[[], None]]:
        wanted = ordered(target)
        scores = ordered(m for score in self.model.scores for m in score)
        yield lambda: self._differentiate(scores)
        yield lambda: self._tabulate(target, total_means)
        yield lambda: self._by_parts([UNIT, *divisors(scores)])
        yield lambda: self._differentiate(scores)
        yield lambda: self._by_parts(wanted)
        yield lambda: self._differentiate([*scores, *wanted])
        yield lambda: self._tabulate(target)
        yield lambda: self._by_parts(divisors(wanted))
        yield lambda: self._differentiate([*scores, *wanted])
        yield lambda: self._tabulate(target)
        yield lambda: self._by_parts([*self._coordinates(), *divisors(divisors(wanted))])
        yield lambda: self._differentiate([*scores, *wanted])
        yield lambda: self._tabulate(target, _as_sum)
        yield lambda: None

    def _coordinates(self) -> list[Monomial]:
        """Several variables themselves: integration by parts with them stretches and shears."""
        variables = self.model.family.variables
        if len(variables) == 1:
            return []
        elements = (self.model.statistics.element(self.field.convert(v)) for v in variables)
        return [monomial for element in elements for monomial in element]

    def _differentiate(self, monomials: Iterable[Monomial]) -> None:
        single = [{monomial: self.field.one} for monomial in monomials]
        for statistic in (*single, *self.model.compounds()):
            name = ("D", tuple(sorted(statistic)))
            if name in self._tried:
                continue
            row = self.system.reduce(statistic, self.field.zero)
            if not row.coefficients:
                self._tried.add(name)
                with suppress(Unconvertible):
                    rows = list(self.model.differentiated(statistic, -row.value))
                    self._take(rows, row.sources)

    def _by_parts(self, monomials: Iterable[Monomial]) -> None:
        fresh = [m for m in monomials if ("P", m) not in self._tried][:_MOST_STATISTICS]
        self._tried.update(("P", m) for m in fresh)
        for rows in (self.model.stein(fresh), self.model.telescoped(fresh)):
            self._take(self.check.holding(rows))

    def _tabulate(self, target: Element, means: Means = special_means) -> None:
        """Single means that are known for themselves, for what is still missing."""
        missing = [*ordered(target), *ordered(self._rest(target))]
        for monomial in missing:
            name = (means.__name__, monomial)
            if self.system.value(monomial) is None and name not in self._tried:
                self._tried.add(name)
                self._take(means(self.model, monomial))
                if not self._rest(target):
                    return

    def _rest(self, target: Element) -> Iterable[Monomial]:
        return self.system.reduce(target, self.field.zero).coefficients

    def _take(self, identities: Iterable[Identity], sources: frozenset[int] = frozenset()) -> None:
        for identity in identities:
            number = len(self.identities)
            if self.system.add(identity.left, identity.right, sources | {number}):
                self.identities.append(identity)


def _as_sum(model: Model, monomial: Monomial) -> Iterator[Identity]:
    """The mean as the infinite sum that it is, where nothing else is known."""
    identity = infinite_sum(model, monomial)
    if identity is not None:
        yield identity


def ordered(monomials: Iterable[Monomial]) -> list[Monomial]:
    return sorted(set(monomials), key=lambda m: (sum(abs(p) for _, p in m), m))


def divisors(monomials: Iterable[Monomial]) -> list[Monomial]:
    """The monomials and what is left of them when one factor is taken away."""
    found = set(monomials)
    for monomial in monomials:
        for statistic, power in monomial:
            step = power - 1 if power > 0 else power + 1
            rest = tuple((s, step if s == statistic else p) for s, p in monomial)
            found.add(tuple((s, p) for s, p in rest if p))
    return ordered(found)
