"""The shortest way to write a fraction whose generators are known.

A fraction is written as a product of short factors, as a sum over its transcendental monomials
with common factors taken out in several ways, with a square completed, or in partial fractions;
each way is a candidate and the cheapest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import combinations

from flint import fmpq
from sympy import Expr, Pow, S

from symfisher.algebra.cost import cost
from symfisher.algebra.partial_fractions import partial_fractions
from symfisher.algebra.products import linear_combination, shortest, times, without_content
from symfisher.algebra.ring import ONE, Factored, Fraction, Polynomial, Powers, Ring
from symfisher.algebra.signs import (
    has_positive_number,
    imbalance,
    is_negative,
    negated,
    orientation,
    under_square,
)
from symfisher.algebra.sorting import Terms, is_worth_sorting, sorted_terms, used_generators
from symfisher.algebra.squares import Square, squares
from symfisher.algebra.summands import Estimator, Summand, as_fmpq, as_number, fronts

MOST_TERMS = 14  # a longer polynomial is grouped by one set of generators only
MOST_SUMMANDS = 6  # a longer numerator is not distributed over its denominator
EFFORT = 200  # sums written for one fraction; after that the plainest form is taken
WORSE = 5.0  # a form estimated worse than the best by more is not written out
THOROUGH, USUAL = 5, 2  # forms written out for the whole and for its parts

Root = tuple[int, int, Factored]  # generator, degree and the value of its power
Write = Callable[[Factored], Expr]


class Writer:
    """Writes fractions of one ring; everything written is remembered.

    ``transcendental`` numbers the generators that sums are sorted by; ``given`` holds sums as they
    stood in the input, whose signs are kept under even powers.
    """

    def __init__(
        self,
        ring: Ring,
        transcendental: frozenset[int],
        roots: Sequence[Root] = (),
        given: Collection[Expr] = (),
    ) -> None:
        self.ring = ring
        self.transcendental = transcendental
        self.roots = roots
        self.given = given
        self.effort = EFFORT
        self.estimator = Estimator(ring)
        self._polynomials: dict[int, Expr] = {}
        self._quotients: dict[Factored, Expr] = {}

    def fraction(self, fraction: Fraction) -> Expr:
        """The shortest form found."""
        if fraction.numerator == 0:
            return S.Zero
        whole = self.ring.factored(fraction)
        inner = self._summation_generators(fraction)
        candidates = self._collected(fraction, inner, THOROUGH) if inner else []
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
        bound = {i for f, _ in factors if len(f) > 1 for i in used_generators(f)}
        return self.transcendental & frozenset(used_generators(fraction.numerator)) - bound

    def _poly(self, number: int) -> Polynomial:
        return self.ring.irreducible[number]

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
        below = {i for n, e in factored.powers if e < 0 for i in used_generators(self._poly(n))}
        for generator in sorted(below):
            yield from self._sum_of_products(partial_fractions(self.ring, factored, generator))
        whole = self.ring.expanded(factored)
        if len(whole.numerator) <= MOST_SUMMANDS:
            terms = [self.ring.polynomial({m: c}) for m, c in whole.numerator.to_dict().items()]
            reduced = [self.ring.reduced(t, whole.denominator) for t in terms]
            yield from self._sum_of_products([self.ring.factored(r) for r in reduced])

    def _sum_of_products(self, parts: Sequence[Factored]) -> Iterable[Expr]:
        if len(parts) > 1:
            yield from self._written([[Summand(p, S.One) for p in parts]], self.product, USUAL)

    def product(self, factored: Factored) -> Expr:
        """Its factors side by side, signs turned so that few minus signs are left."""
        powers = self._with_roots(dict(factored.powers))
        turned = [n for n, e in powers.items() if e % 2 and orientation(self._poly(n)) < 0]
        coefficient = factored.coefficient * (-1) ** len(turned)
        opposite = self._taker_of_sign(powers) if coefficient < 0 else None
        if opposite is not None:
            coefficient = -coefficient
        bases = {n: self.polynomial(n) for n in powers}
        if opposite is not None:
            bases[opposite] = negated(bases[opposite])
        factors = [Pow(base, e) for base, e in self._folded(bases, powers, opposite)]
        return times(as_number(coefficient), *factors)

    def _taker_of_sign(self, powers: dict[int, int]) -> int | None:
        """The factor that takes over a leading minus sign: one with signs of both kinds."""
        mixed = []
        for number, exponent in powers.items():
            uneven = imbalance(self._poly(number))
            if exponent % 2 and uneven is not None:
                mixed.append((has_positive_number(self.polynomial(number)), uneven, number))
        return min(mixed)[2] if mixed else None

    def _with_roots(self, powers: dict[int, int]) -> dict[int, int]:
        """Where all factors under a root divide the product, they become powers of the root."""
        for root, degree, value in self.roots:
            inside = dict(value.powers)
            if value.coefficient != 1 or any(e < 1 for e in inside.values()):
                continue
            for sign in (1, -1):
                fold = min((sign * powers.get(n, 0) // e for n, e in inside.items()), default=0)
                if fold > 0:
                    number = self.ring.number(self.ring.gens[root])
                    powers = {n: e - sign * fold * inside.get(n, 0) for n, e in powers.items()}
                    powers[number] = powers.get(number, 0) + sign * fold * degree
        return {n: e for n, e in powers.items() if e}

    def _folded(
        self, bases: dict[int, Expr], powers: dict[int, int], opposite: int | None
    ) -> Iterable[tuple[Expr, int]]:
        """(1 - r)*(1 + r) as 1 - r**2: pairs that are shorter multiplied out."""
        left = dict(powers)
        for i, j in combinations(powers, 2):
            if i in left and j in left and left[i] == left[j] and self._are_sums(i, j):
                joint = self._flat(self._joint(i, j, opposite))
                if cost(joint) < cost(bases[i]) + cost(bases[j]) + 0.5:
                    yield self._signed(joint, left.pop(i)), left.pop(j)
        for number, exponent in left.items():
            yield self._signed(bases[number], exponent), exponent

    def _are_sums(self, *numbers: int) -> bool:
        return all(len(self._poly(n)) > 1 for n in numbers)

    def _joint(self, i: int, j: int, opposite: int | None) -> Polynomial:
        sign = orientation(self._poly(i)) * orientation(self._poly(j))
        return self._poly(i) * self._poly(j) * (-sign if opposite in (i, j) else sign)

    def _signed(self, base: Expr, exponent: int) -> Expr:
        return base if exponent % 2 else under_square(base, self.given)

    # -- polynomials -------------------------------------------------------------------------

    def polynomial(self, number: int) -> Expr:
        """An irreducible polynomial, times its orientation, in its shortest form."""
        if number not in self._polynomials:
            polynomial = self._poly(number)
            oriented = polynomial * orientation(polynomial)
            self._polynomials[number] = self._short_polynomial(oriented)
        return self._polynomials[number]

    def _short_polynomial(self, polynomial: Polynomial) -> Expr:
        candidates = [self._flat(polynomial)]
        if len(polynomial) > 2 and self.effort > 0:
            fraction = Fraction(polynomial, self.ring.one)
            for generators in self._groupings(polynomial):
                candidates += self._collected(fraction, generators, USUAL)
        return shortest(candidates)

    def _groupings(self, polynomial: Polynomial) -> Iterable[frozenset[int]]:
        """The sets of generators by which sorting its terms can save anything."""
        used = frozenset(used_generators(polynomial))
        sets = [used & self.transcendental]
        if len(polynomial) <= MOST_TERMS or not sets[0]:
            sets += [frozenset({i}) for i in sorted(used)]
        return [s for s in dict.fromkeys(sets) if s and is_worth_sorting(polynomial, s)]

    def _flat(self, polynomial: Polynomial) -> Expr:
        """The expanded sum."""
        terms = polynomial.to_dict().items()
        return linear_combination([(as_number(fmpq(c)), self._monomial(m)) for m, c in terms])

    def _monomial(self, exponents: Sequence[int]) -> Expr:
        powers = zip(self.ring.generators, exponents)
        return times(S.One, *(Pow(g, int(e)) for g, e in powers if e))

    # -- sums --------------------------------------------------------------------------------

    def _collected(self, fraction: Fraction, generators: frozenset[int], most: int) -> list[Expr]:
        """Candidates as a sum over the monomials in ``generators``."""
        terms = sorted_terms(self.ring, fraction, generators)
        if len(terms) < 2:
            return []
        variants = [self._summands(terms)]
        if most == THOROUGH or len(terms) <= MOST_TERMS:
            for square in squares(self.ring, terms):
                rest = self._summands(square.rest)
                variants += [[item, *rest] for item in self._square_summands(square)]
        return list(self._written(variants, self.quotient, most))

    def _summands(self, terms: Terms) -> list[Summand]:
        return [Summand(c, self._monomial(m)) for m, c in terms.items()]

    def _square_summands(self, square: Square) -> list[Summand]:
        """The square as it is, and with the fractions in it multiplied out."""
        linear = self._summands(square.linear)

        def estimate(front: Factored) -> float:
            outside = self.estimator.product(square.lead.times(front).times(front))
            return outside + self.estimator.sum([s.over(front) for s in linear], ONE)

        chosen = dict.fromkeys([ONE, min(fronts(linear), key=estimate)])
        return [self._square_summand(square.lead, linear, front) for front in chosen]

    def _square_summand(
        self, lead: Factored, linear: Sequence[Summand], front: Factored
    ) -> Summand:
        inside = self._sum([s.over(front) for s in linear], self.quotient)
        square = Pow(under_square(inside, self.given), 2)
        return Summand(lead.times(front).times(front), square)

    def _written(
        self, variants: Iterable[Sequence[Summand]], write: Write, most: int
    ) -> Iterable[Expr]:
        """The sums, with different factors in front, that promise to be shortest."""
        choices = [(self.estimator.sum(v, f), v, f) for v in variants for f in fronts(v)]
        choices.sort(key=lambda choice: choice[0])
        best = choices[0][0]
        for estimate, summands, front in choices[: most if self.effort > 0 else 1]:
            if estimate <= best + WORSE:
                self.effort -= 1
                front = front.scaled(self._natural_sign(front))
                yield self._behind(front, self._sum([s.over(front) for s in summands], write))

    def _behind(self, front: Factored, inside: Expr) -> Expr:
        """front * inside, with no sum of negative terms."""
        if front == ONE:
            return inside
        if inside.is_Add and all(map(is_negative, inside.args)):
            front, inside = front.scaled(-1), negated(inside)
        return _times_sum(self.product(front), inside)

    def _natural_sign(self, factored: Factored) -> int:
        """The sign of the coefficient when each factor is written in its own orientation."""
        turned = sum(e for n, e in factored.powers if orientation(self._poly(n)) < 0)
        return -1 if (factored.coefficient < 0) != (turned % 2 == 1) else 1

    def _sum(self, summands: Sequence[Summand], write: Write) -> Expr:
        """The summands, those with proportional coefficients grouped."""
        groups: dict[Powers, list[tuple[Expr, Expr]]] = {}
        for summand in summands:
            number = as_number(summand.coefficient.coefficient)
            groups.setdefault(summand.coefficient.powers, []).append((number, summand.expr))
        total = groups.pop((), [])
        for powers, terms in groups.items():
            number, rest = without_content(terms)
            outer = write(Factored(as_fmpq(number), powers))
            total.append((S.One, _times_sum(outer, linear_combination(rest))))
        return linear_combination(total)


def _times_sum(outer: Expr, inside: Expr) -> Expr:
    if inside is S.One:
        return outer
    number, rest = outer.as_coeff_Mul()
    return times(number, rest, inside)
