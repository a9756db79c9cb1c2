"""The shortest way to write a fraction whose generators are known.

A fraction is written as a product of short factors, as a sum over its transcendental monomials
with common factors pulled out in several ways, with the square completed, or in partial fractions;
each way is a candidate and the cheapest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import gcd, lcm
from typing import Any

from flint import fmpq
from sympy import Expr, Pow, Rational, S

from symfisher.algebra.cost import cost
from symfisher.algebra.partial_fractions import partial_fractions
from symfisher.algebra.products import linear_combination, shortest, times, without_content
from symfisher.algebra.ring import ONE, Factored, Fraction, Polynomial, Powers, Ring

MOST_TERMS = 14  # a longer polynomial is grouped by one set of generators only
MOST_SUMMANDS = 6  # a longer numerator is not distributed over its denominator
EFFORT = 200  # sums written for one fraction; after that the plainest form is taken
WORSE = 5.0  # an estimate worse than the best by more is not written out
THOROUGH, USUAL = 4, 2  # ways of pulling out factors that are written in full


@dataclass(frozen=True)
class Item:
    """One summand: a coefficient times an expression in transcendental generators."""

    coefficient: Factored
    expr: Expr


class Writer:
    """Writes fractions of one ring; everything written is remembered."""

    def __init__(
        self,
        ring: Ring,
        transcendental: frozenset[int],
        roots: Sequence[tuple[int, int, Factored]] = (),
    ) -> None:
        self.ring = ring
        self.transcendental = transcendental
        self.roots = roots
        self.effort = EFFORT
        self._weights: dict[int, float] = {}
        self._polynomials: dict[int, Expr] = {}
        self._quotients: dict[Factored, Expr] = {}

    # -- whole fractions ---------------------------------------------------------------------

    def fraction(self, fraction: Fraction) -> Expr:
        """The shortest form found."""
        if fraction.numerator == 0:
            return S.Zero
        whole = self.ring.factored(fraction)
        inner = self._summation_generators(fraction)
        candidates = self.collected(fraction, inner, thorough=True) if inner else []
        if not candidates or self._is_short_product(whole):
            candidates.append(self.quotient(whole))
        return shortest(candidates)

    def _is_short_product(self, factored: Factored) -> bool:
        """Whether its numerator has several factors, or one that is short."""
        sums = [len(self._poly(n)) for n, e in factored.powers if e > 0 and len(self._poly(n)) > 1]
        return len(sums) != 1 or sums[0] <= MOST_TERMS

    def _summation_generators(self, fraction: Fraction) -> frozenset[int]:
        """Transcendental generators that enter the denominator as plain powers at most."""
        _, factors = fraction.denominator.factor()
        bound = {i for f, _ in factors if len(f) > 1 for i in self._used(f)}
        return self.transcendental & frozenset(self._used(fraction.numerator)) - bound

    def _used(self, polynomial: Polynomial) -> list[int]:
        return [i for i, degree in enumerate(polynomial.degrees()) if degree]

    # -- products ----------------------------------------------------------------------------

    def quotient(self, factored: Factored) -> Expr:
        """A product of short factors, or partial fractions where they are shorter."""
        if factored not in self._quotients:
            candidates = [self.product(factored)]
            if self.effort > 0 and self._may_split(factored):
                candidates += self._split_quotients(factored)
            self._quotients[factored] = shortest(candidates)
        return self._quotients[factored]

    def _may_split(self, factored: Factored) -> bool:
        above = sum(len(self._poly(n)) for n, e in factored.powers if e > 0)
        return above <= MOST_TERMS and any(e < 0 for _, e in factored.powers)

    def _split_quotients(self, factored: Factored) -> Iterable[Expr]:
        below = {i for n, e in factored.powers if e < 0 for i in self._used(self._poly(n))}
        for generator in sorted(below):
            parts = partial_fractions(self.ring, factored, generator)
            if len(parts) > 1:
                yield from self.pulled([Item(p, S.One) for p in parts], self.product)
        numerator = self.ring.expanded(factored).numerator
        if 1 < len(numerator) <= MOST_SUMMANDS:
            denominator = self.ring.expanded(factored).denominator
            terms = [self.ring.polynomial({m: c}) for m, c in numerator.to_dict().items()]
            parts = [self.ring.factored(self.ring.reduced(t, denominator)) for t in terms]
            yield from self.pulled([Item(p, S.One) for p in parts], self.product)

    def _poly(self, number: int) -> Polynomial:
        return self.ring.irreducible[number]

    def product(self, factored: Factored) -> Expr:
        """Its factors side by side, signs turned so that few minus signs are left."""
        powers = self._with_roots(dict(factored.powers))
        signs = {n: self._orientation(n) for n in powers}
        coefficient = factored.coefficient
        for number, exponent in powers.items():
            if exponent % 2 and signs[number] < 0:
                coefficient = -coefficient
        turned = self._turned(powers, signs) if coefficient < 0 else None
        if turned is not None:
            signs[turned], coefficient = -signs[turned], -coefficient
        written = [(self._oriented(n, signs[n]), e) for n, e in powers.items()]
        factors = [Pow(x, e) for x, e in self._folded(written, powers)]
        return times(Rational(int(coefficient.p), int(coefficient.q)), *factors)

    def _oriented(self, number: int, sign: int) -> Expr:
        expr = self.polynomial(number)
        return expr if sign == self._orientation(number) else _negated(expr)

    def _orientation(self, number: int) -> int:
        """The sign with which an irreducible polynomial is written: fewest minus signs."""
        terms = self._poly(number).to_dict()
        negative = sum(1 for c in terms.values() if c < 0)
        if 2 * negative != len(terms):
            return 1 if 2 * negative < len(terms) else -1
        constant = terms.get((0,) * len(self.ring.gens), 0)
        if constant in (1, -1):
            return 1 if constant > 0 else -1
        return 1

    def _turned(self, powers: dict[int, int], signs: dict[int, int]) -> int | None:
        """The factor that takes over a leading minus sign: one with signs of both kinds."""
        mixed = []
        for number, exponent in powers.items():
            negative = [c < 0 for c in self._poly(number).to_dict().values()]
            if exponent % 2 and 0 < sum(negative) < len(negative):
                mixed.append((abs(len(negative) - 2 * sum(negative)), exponent < 0, number))
        return min(mixed)[2] if mixed else None

    def _with_roots(self, powers: dict[int, int]) -> dict[int, int]:
        """Where all factors under a root divide the product, they become powers of the root."""
        for root, degree, value in self.roots:
            inside = dict(value.powers)
            if value.coefficient != 1 or any(e < 1 for e in inside.values()):
                continue
            for sign in (1, -1):
                fits = [sign * powers.get(n, 0) // e for n, e in inside.items()]
                fold = min(fits, default=0)
                if fold > 0:
                    number = self.ring.number(self.ring.gens[root])
                    powers = {n: e - sign * fold * inside.get(n, 0) for n, e in powers.items()}
                    powers[number] = powers.get(number, 0) + sign * fold * degree
        return {n: e for n, e in powers.items() if e}

    def _folded(
        self, written: list[tuple[Expr, int]], powers: dict[int, int]
    ) -> list[tuple[Expr, int]]:
        """(1 - r)*(1 + r) as 1 - r**2: pairs that are shorter multiplied out."""
        polynomials = [self._poly(n) for n in powers]
        left = list(range(len(written)))
        result = []
        for i, j in combinations(range(len(written)), 2):
            if i not in left or j not in left or abs(written[i][1]) != abs(written[j][1]):
                continue
            if written[i][1] != written[j][1] or min(len(polynomials[i]), len(polynomials[j])) < 2:
                continue
            joint = polynomials[i] * polynomials[j]
            separate = cost(written[i][0]) + cost(written[j][0]) + 1
            sign = self._product_sign(written[i][0], written[j][0], polynomials[i], polynomials[j])
            expanded = self._flat(joint if sign > 0 else -joint)
            if cost(expanded) < separate - 0.5:
                result.append((expanded, written[i][1]))
                left = [k for k in left if k not in (i, j)]
        return [written[k] for k in left] + result

    def _product_sign(self, left: Expr, right: Expr, p: Polynomial, q: Polynomial) -> int:
        return self._sign_of(left, p) * self._sign_of(right, q)

    def _sign_of(self, expr: Expr, polynomial: Polynomial) -> int:
        number = self.ring.number(polynomial)
        written = self.polynomial(number)
        return self._orientation(number) * (1 if expr == written else -1)

    # -- polynomials -------------------------------------------------------------------------

    def polynomial(self, number: int) -> Expr:
        """An irreducible polynomial, times its orientation, in its shortest form."""
        if number not in self._polynomials:
            polynomial = self._poly(number) * self._orientation(number)
            self._polynomials[number] = self._short_polynomial(polynomial)
        return self._polynomials[number]

    def _short_polynomial(self, polynomial: Polynomial) -> Expr:
        candidates = [self._flat(polynomial)]
        if len(polynomial) > 2 and self.effort > 0:
            used = frozenset(self._used(polynomial))
            fraction = Fraction(polynomial, self.ring.one)
            sets = [used & self.transcendental]
            if len(polynomial) <= MOST_TERMS or not sets[0]:
                sets += [frozenset({i}) for i in sorted(used)]
            for generators in dict.fromkeys(sets):
                if generators and self._groups(polynomial, generators):
                    candidates += self.collected(fraction, generators)
        return shortest(candidates)

    def _groups(self, polynomial: Polynomial, generators: frozenset[int]) -> bool:
        """Whether sorting by ``generators`` can save anything: several terms share a monomial."""
        inside = [
            tuple(int(e) for i, e in enumerate(m) if i in generators) for m in polynomial.monoms()
        ]
        shared = len(set(m for m in inside if any(m))) < sum(1 for m in inside if any(m))
        squares = {m for m in inside if max(m) == 2 == sum(m)}
        return shared or any(m for m in inside if squares and sum(m) == 1)

    def _flat(self, polynomial: Polynomial) -> Expr:
        """The expanded sum."""
        terms = [(_number(fmpq(c)), self._monomial(m)) for m, c in polynomial.to_dict().items()]
        return linear_combination(terms)

    def _monomial(self, exponents: Sequence[int]) -> Expr:
        return times(
            S.One,
            *(Pow(g, e) for g, e in zip(self.ring.generators, exponents, strict=False) if e),
        )

    # -- sums --------------------------------------------------------------------------------

    def collected(
        self, fraction: Fraction, generators: frozenset[int], *, thorough: bool = False
    ) -> list[Expr]:
        """Candidates as a sum over the monomials in ``generators``."""
        terms = self._terms(fraction, generators)
        if len(terms) < 2:
            return []
        items = [Item(c, self._monomial(m)) for m, c in terms.items()]
        candidates = list(self.pulled(items, self.quotient, thorough))
        if thorough or len(terms) <= MOST_TERMS:
            for squared in self._squares(terms):
                candidates += self.pulled(squared, self.quotient, thorough)
        return candidates

    def _terms(
        self, fraction: Fraction, generators: frozenset[int]
    ) -> dict[tuple[int, ...], Factored]:
        """Monomial in ``generators`` -> its coefficient, free of them."""
        below, denominator = self._plain_powers(fraction.denominator, generators)
        parts: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in fraction.numerator.to_dict().items():
            inside = tuple(e if i in generators else 0 for i, e in enumerate(exponents))
            outside = tuple(0 if i in generators else e for i, e in enumerate(exponents))
            monomial = tuple(a - b for a, b in zip(inside, below, strict=True))
            parts.setdefault(monomial, {})[outside] = coefficient
        return {
            m: self.ring.factored(self.ring.reduced(self.ring.polynomial(p), denominator))
            for m, p in sorted(parts.items(), reverse=True)
        }

    def _plain_powers(
        self, denominator: Polynomial, generators: frozenset[int]
    ) -> tuple[tuple[int, ...], Polynomial]:
        """The monomial in ``generators`` that divides the denominator, and what is left of it."""
        monomials = denominator.monoms()
        count = len(self.ring.gens)
        shared = tuple(
            min(int(m[i]) for m in monomials) if i in generators else 0 for i in range(count)
        )
        return shared, denominator / self.ring.polynomial({shared: 1})

    def pulled(
        self, items: Sequence[Item], write: Callable[[Factored], Expr], thorough: bool = False
    ) -> Iterable[Expr]:
        """The sum with no factor, the shared factors, or all factors and denominators in front."""
        choices = list(dict.fromkeys(self._fronts(items)))
        choices.sort(key=lambda front: self._estimate(items, front))
        most = 1 if self.effort <= 0 else THOROUGH if thorough else USUAL
        limit = self._estimate(items, choices[0]) + WORSE
        for front in choices[:most]:
            if self._estimate(items, front) > limit:
                break
            self.effort -= 1
            inside = [Item(i.coefficient.over(front), i.expr) for i in items]
            yield self._fronted(front, self._sum(inside, write))

    def _estimate(self, items: Sequence[Item], front: Factored) -> float:
        """About what the sum will cost behind ``front``, found without writing it."""
        groups: dict[Powers, float] = {}
        for item in items:
            inside = item.coefficient.over(front)
            number = _number_estimate(inside.coefficient) if item.expr is not S.One else 0
            groups[inside.powers] = groups.get(inside.powers, 0) + 1 + number
        return self._weight(front) + sum(
            groups.values(), sum(self._weight(Factored(fmpq(1), p)) for p in groups)
        )

    def _weight(self, factored: Factored) -> float:
        """About the operations of a product of factors."""
        total = _number_estimate(factored.coefficient)
        for number, exponent in factored.powers:
            if number not in self._weights:
                self._weights[number] = _polynomial_estimate(self._poly(number))
            total += self._weights[number] + 1 + (abs(exponent) != 1)
        return total

    def _fronted(self, front: Factored, inside: Expr) -> Expr:
        if front == ONE:
            return inside
        if front.coefficient < 0 or all(_is_negative(t) for t in inside.args if inside.is_Add):
            front, inside = front.scaled(-1), _negated(inside)
        outer = self.product(front)
        number, rest = outer.as_coeff_Mul()
        return times(number, rest, inside)

    def _fronts(self, items: Sequence[Item]) -> Iterable[Factored]:
        yield ONE
        coefficients = [i.coefficient for i in items]
        varying = [i.coefficient for i in items if i.expr is not S.One] or coefficients
        content = _content(coefficients)
        for powers in (
            _shared_powers(coefficients, True),
            _shared_powers(coefficients, False),
            _shared_powers(varying, True),
            _shared_powers(varying, False),
        ):
            yield Factored(fmpq(1), powers)
            yield Factored(content, powers)
            yield Factored(_content(varying), powers)

    def _sum(self, items: Sequence[Item], write: Callable[[Factored], Expr]) -> Expr:
        """The summands, those with proportional coefficients grouped."""
        groups: dict[Powers, list[tuple[Expr, Expr]]] = {}
        for item in items:
            number = _number(item.coefficient.coefficient)
            groups.setdefault(item.coefficient.powers, []).append((number, item.expr))
        total: list[tuple[Expr, Expr]] = []
        for powers, terms in groups.items():
            if powers == ():
                total += terms
            elif len(terms) == 1:
                ((number, expr),) = terms
                total.append((S.One, self._scaled(Factored(_fmpq(number), powers), expr, write)))
            else:
                content, rest = without_content(terms)
                joint = linear_combination(rest)
                scale = Factored(_fmpq(content), powers)
                total.append((S.One, self._scaled(scale, joint, write)))
        return linear_combination(total)

    def _scaled(self, scale: Factored, expr: Expr, write: Callable[[Factored], Expr]) -> Expr:
        outer = write(scale)
        number, rest = outer.as_coeff_Mul()
        if expr is S.One:
            return outer
        return times(number, rest, expr)

    # -- squares -----------------------------------------------------------------------------

    def _squares(self, terms: dict[tuple[int, ...], Factored]) -> Iterable[list[Item]]:
        """The sum with a quadratic part of rank one written as a square."""
        for index in range(len(self.ring.gens)):
            double = self._unit(index, 2)
            if double in terms and str(self.ring.generators[index]) != "pi":
                completed = self._completed(terms, index)
                if completed is not None:
                    yield from completed

    def _unit(self, index: int, power: int) -> tuple[int, ...]:
        return tuple(power if i == index else 0 for i in range(len(self.ring.gens)))

    def _completed(
        self, terms: dict[tuple[int, ...], Factored], index: int
    ) -> list[list[Item]] | None:
        """lead*(generator + h)**2 + rest, h linear in the other generators; two scalings of it."""
        lead = terms[self._unit(index, 2)]
        inner: dict[tuple[int, ...], Factored] = {self._unit(index, 1): ONE}
        for monomial, coefficient in terms.items():
            if monomial[index] == 1 and all(e >= 0 for e in monomial) and sum(monomial) <= 2:
                partner = tuple(e - (i == index) for i, e in enumerate(monomial))
                inner[partner] = coefficient.over(lead).scaled(fmpq(1, 2))
        if len(inner) < 2:
            return None
        rest = self._without_square(terms, lead, inner)
        if len(rest) >= len(terms):
            return None
        linear = [Item(c, self._monomial(m)) for m, c in inner.items()]
        others = [Item(c, self._monomial(m)) for m, c in rest.items()]
        results = []
        fronts = dict.fromkeys([ONE, *self._fronts(linear)])
        best = min(fronts, key=lambda f: self._square_estimate(lead, linear, f))
        for front in dict.fromkeys([ONE, best]):
            square = self._square_item(lead, linear, front)
            results.append([square, *others])
        return results

    def _square_estimate(self, lead: Factored, linear: Sequence[Item], front: Factored) -> float:
        inside = [Item(i.coefficient.over(front), i.expr) for i in linear]
        return self._estimate(inside, ONE) + self._weight(lead.times(front).times(front))

    def _square_item(self, lead: Factored, linear: Sequence[Item], front: Factored) -> Item:
        inside = self._sum([Item(i.coefficient.over(front), i.expr) for i in linear], self.quotient)
        negative = sum(_is_negative(t) for t in inside.args) if inside.is_Add else 0
        if 2 * negative > len(inside.args) or (
            2 * negative == len(inside.args) and any(t.is_Number and t < 0 for t in inside.args)
        ):
            inside = _negated(inside)
        return Item(lead.times(front).times(front), Pow(inside, 2))

    def _without_square(
        self,
        terms: dict[tuple[int, ...], Factored],
        lead: Factored,
        inner: dict[tuple[int, ...], Factored],
    ) -> dict[tuple[int, ...], Factored]:
        """terms - lead*inner**2."""
        fractions = {m: [self.ring.expanded(c)] for m, c in terms.items()}
        for left, a in inner.items():
            for right, b in inner.items():
                monomial = tuple(x + y for x, y in zip(left, right, strict=True))
                value = self.ring.expanded(lead.times(a).times(b).scaled(-1))
                fractions.setdefault(monomial, []).append(value)
        sums = {m: self.ring.sum(parts) for m, parts in fractions.items()}
        return {m: self.ring.factored(f) for m, f in sums.items() if f.numerator != 0}


def _negated(expr: Expr) -> Expr:
    """-expr with the sign carried into a sum."""
    if expr.is_Add:
        return expr.func(*(_negated_term(t) for t in expr.args))
    return -expr


def _negated_term(term: Expr) -> Expr:
    number, rest = term.as_coeff_Mul()
    return times(-number, rest)


def _is_negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)


def _number(value: Any) -> Expr:
    return Rational(int(value.p), int(value.q))


def _fmpq(number: Expr) -> Any:
    return fmpq(int(number.p), int(number.q))


def _number_estimate(number: Any) -> float:
    return float((abs(number.p) != 1) + (number.q != 1))


def _polynomial_estimate(polynomial: Polynomial) -> float:
    """Operations of the expanded polynomial."""
    total = float(len(polynomial) - 1)
    for monomial, coefficient in polynomial.to_dict().items():
        present = [e for e in monomial if e]
        total += sum(1 for e in present if e > 1) + max(len(present) - 1, 0)
        total += bool(present) and abs(coefficient) != 1
    return total


def _content(coefficients: Sequence[Factored]) -> Any:
    """The largest rational number of which all coefficients are integer multiples."""
    numerator = gcd(*(int(c.coefficient.p) for c in coefficients))
    denominator = lcm(*(int(c.coefficient.q) for c in coefficients))
    return fmpq(numerator, denominator)


def _shared_powers(coefficients: Sequence[Factored], denominators: bool) -> Powers:
    """Powers that divide all coefficients; with ``denominators`` their common denominator too."""
    exponents = [dict(c.powers) for c in coefficients]
    numbers = sorted({n for e in exponents for n in e})
    shared = {}
    for number in numbers:
        values = [e.get(number, 0) for e in exponents]
        low, high = min(values), max(values)
        if denominators or low > 0:
            shared[number] = low
        elif high < 0:
            shared[number] = high
    return tuple((n, e) for n, e in shared.items() if e)

