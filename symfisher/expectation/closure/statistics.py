"""Functions of the data as polynomials in *statistics*, with coefficients in the parameters.

A statistic is a generator of the fraction field that holds data (x, log x, psi(y + r), ...), or
the inverse of a polynomial in such, as in 1/(theta + lambda y).  An element maps monomials in
statistics to fractions in the parameters; relations between an inverse and its polynomial keep
one form of each element, so that the monomials' expectations are the unknowns of a linear system.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Expr, Symbol

from symfisher.algebra.fraction import Fraction, Polynomial, Unconvertible
from symfisher.algebra.fraction_field import Field

Monomial = tuple[tuple[int, int], ...]  # (statistic, power), sorted by statistic
Element = dict[Monomial, Fraction]
UNIT: Monomial = ()


class Statistics:
    """The registered statistics, and arithmetic on elements."""

    def __init__(self, field: Field, variables: Iterable[Symbol]) -> None:
        self.field = field
        self.variables = frozenset(variables)
        self._data: dict[int, bool] = {}  # generator -> whether it holds data
        self._of_generator: dict[int, int] = {}
        self._inverse_of: dict[int, Fraction] = {}  # statistic -> its polynomial
        self._generator_of: dict[int, int] = {}
        self._terms: dict[int, list[tuple[Monomial, Fraction]]] = {}
        self._count = 0

    # -- elements -----------------------------------------------------------------------------

    def element(self, value: Fraction) -> Element:
        """The fraction as a polynomial in statistics."""
        field = self.field
        powers: dict[int, int] = {}
        rest = field.one
        for factor, power in field.factors(value.den):
            fraction = field.fraction(factor, factor**0)
            if not self._holds_data(fraction):
                rest = rest / fraction**power
            elif len(factor) == 1:
                statistic = self._generator(fraction.generators()[0])
                powers[statistic] = powers.get(statistic, 0) - power
            else:
                powers[self._inverse(fraction)] = power
        total: Element = {}
        for monomial, coefficient in self._by_monomial(value.num):
            self._collect(total, _product(monomial, _sorted(powers)), coefficient * rest)
        return self._reduced(total)

    def add(self, *elements: Element) -> Element:
        total: Element = {}
        for element in elements:
            for monomial, coefficient in element.items():
                self._collect(total, monomial, coefficient)
        return total

    def scale(self, element: Element, factor: Fraction) -> Element:
        return {m: c * factor for m, c in element.items()} if factor else {}

    def multiply(self, a: Element, b: Element) -> Element:
        total: Element = {}
        for left, c in a.items():
            for right, d in b.items():
                self._collect(total, _product(left, right), c * d)
        return self._reduced(total)

    def fraction(self, monomial: Monomial) -> Fraction:
        """The monomial as an element of the field."""
        value = self.field.one
        for statistic, power in monomial:
            if statistic in self._inverse_of:
                value = value / self._inverse_of[statistic] ** power
            else:
                key = self.field.generator_at(self._generator_of[statistic])
                value = value * key**power
        return value

    def derivative(self, monomial: Monomial, symbol: Symbol) -> Element:
        return self.element(self.field.derivative(self.fraction(monomial), symbol))

    def expression(self, monomial: Monomial) -> Expr:
        return self.field.expression(self.fraction(monomial))

    # -- registering --------------------------------------------------------------------------

    def _is_data(self, index: int) -> bool:
        if index not in self._data:
            self._data[index] = bool(self.field.keys[index].free_symbols & self.variables)
        return self._data[index]

    def _holds_data(self, value: Fraction) -> bool:
        return any(self._is_data(index) for index in value.generators())

    def _generator(self, index: int) -> int:
        if index not in self._of_generator:
            self._of_generator[index] = self._count
            self._generator_of[self._count] = index
            self._count += 1
        return self._of_generator[index]

    def _inverse(self, polynomial: Fraction) -> int:
        for statistic, known in self._inverse_of.items():
            if known == polynomial:
                return statistic
        self._inverse_of[self._count] = polynomial
        self._count += 1
        return self._count - 1

    def _by_monomial(self, polynomial: Polynomial) -> list[tuple[Monomial, Fraction]]:
        groups: dict[Monomial, dict[Any, Any]] = {}
        for exponents, coefficient in polynomial.terms():
            powers, rest = {}, []
            for index, power in enumerate(exponents):
                mine = bool(power) and self._is_data(index)
                rest.append(0 if mine else int(power))
                if mine:
                    powers[self._generator(index)] = int(power)
            groups.setdefault(_sorted(powers), {})[tuple(rest)] = coefficient
        return [(m, self.field.polynomial(terms)) for m, terms in groups.items()]

    def _terms_of(self, inverse: int) -> list[tuple[Monomial, Fraction]]:
        """The polynomial of which the statistic is the inverse."""
        if inverse not in self._terms:
            self._terms[inverse] = self._by_monomial(self._inverse_of[inverse].num)
        return self._terms[inverse]

    def _collect(self, total: Element, monomial: Monomial, coefficient: Fraction) -> None:
        old = total.get(monomial)
        new = coefficient if old is None else old + coefficient
        if new:
            total[monomial] = new
        elif old is not None:
            del total[monomial]

    # -- relations ----------------------------------------------------------------------------

    def _reduced(self, element: Element) -> Element:
        """No inverse beside the leading monomial of its polynomial, nor beside its fellow."""
        for _ in range(200):
            for monomial in element:
                replacement = self._replacement(monomial)
                if replacement is not None:
                    break
            else:
                return element
            coefficient = element.pop(monomial)
            for m, c in replacement.items():
                self._collect(element, m, c * coefficient)
        raise Unconvertible("a product of inverses that does not come to an end")

    def _replacement(self, monomial: Monomial) -> Element | None:
        powers = dict(monomial)
        inverses = [s for s in powers if s in self._inverse_of]
        for statistic in inverses:
            found = self._divided(monomial, powers, statistic)
            if found is not None:
                return found
        for i, first in enumerate(inverses):
            for second in inverses[i + 1 :]:
                found = self._apart(monomial, first, second)
                if found is not None:
                    return found
        return None

    def _divided(self, monomial: Monomial, powers: dict[int, int], inverse: int) -> Element | None:
        """m*w for a monomial m of P = 1/w by the other monomials: c*m*w = 1 - (P - c*m)*w.

        m is the leading one where m divides the monomial, and the constant one where a negative
        power of a variable is left, which all other terms of P contain.
        """
        terms = self._terms_of(inverse)
        lead, _ = max(terms, key=lambda t: (sum(p for _, p in t[0]), t[0]))
        if all(powers.get(s, 0) >= p for s, p in lead):
            return self._without(monomial, inverse, terms, lead)
        negative = [s for s, p in powers.items() if p < 0]
        constant = any(m == UNIT for m, _ in terms)
        for statistic in negative if constant else []:
            if all(m == UNIT or dict(m).get(statistic, 0) > 0 for m, _ in terms):
                return self._without(monomial, inverse, terms, UNIT)
        return None

    def _without(
        self,
        monomial: Monomial,
        inverse: int,
        terms: list[tuple[Monomial, Fraction]],
        chosen: Monomial,
    ) -> Element:
        rest = _quotient(monomial, chosen)
        coefficient = next(c for m, c in terms if m == chosen)
        result: Element = {_quotient(rest, ((inverse, 1),)): self.field.one / coefficient}
        for m, c in terms:
            if m != chosen:
                self._collect(result, _product(rest, m), -(c / coefficient))
        return result

    def _apart(self, monomial: Monomial, first: int, second: int) -> Element | None:
        """1/(P Q) = (q/Q - p/P)/(q P - p Q) for P, Q linear in one statistic, slopes p and q."""
        p, q = self._linear(first), self._linear(second)
        if p is None or q is None or p[0] != q[0]:
            return None
        resultant = q[1] * p[2] - p[1] * q[2]
        return {
            _quotient(monomial, ((first, 1),)): q[1] / resultant,
            _quotient(monomial, ((second, 1),)): -(p[1] / resultant),
        }

    def _linear(self, inverse: int) -> tuple[Monomial, Fraction, Fraction] | None:
        """x, a, b with P = a*x + b."""
        terms = dict(self._terms_of(inverse))
        constant = terms.pop(UNIT, self.field.zero)
        if len(terms) != 1:
            return None
        ((monomial, slope),) = terms.items()
        return (monomial, slope, constant) if sum(p for _, p in monomial) == 1 else None


def _sorted(powers: dict[int, int]) -> Monomial:
    return tuple(sorted((s, p) for s, p in powers.items() if p))


def _product(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    powers = dict(a)
    for statistic, power in b:
        powers[statistic] = powers.get(statistic, 0) + power
    return _sorted(powers)


def _quotient(a: Monomial, b: Monomial) -> Monomial:
    return _product(a, tuple((s, -p) for s, p in b))
