"""From an expression to a fraction in its generators, with all relations used up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Indexed, Symbol

from symfisher.algebra.gamma_shift import Shift
from symfisher.algebra.generators import Rewriting, leaves, rewriting
from symfisher.algebra.homogeneity import with_fewer_powers
from symfisher.algebra.powers import Relation
from symfisher.algebra.ring import Fraction, Polynomial, Ring, TooLargeError, UnfitError, multiplied

MOST_GENERATORS = 40


@dataclass(frozen=True)
class Reading:
    """A fraction in ``ring``; sums are sorted by its ``transcendental`` generators."""

    ring: Ring
    fraction: Fraction
    transcendental: frozenset[int]
    rewriting: Rewriting
    relations: tuple[tuple[Relation, Fraction], ...]


def as_rational(expr: Expr, settle: Callable[[Expr], Expr], shift: Shift = Shift.BASE) -> Reading:
    """``expr`` as a fraction; raises TooLargeError beyond the limits on size."""
    found = rewriting(expr, settle, shift)
    relations = [r for r in found.relations if _within(r, found)]
    atoms = _by_name(found.atoms)
    generators = [*atoms, *found.powers]
    if len(generators) > MOST_GENERATORS:
        raise TooLargeError
    ring = Ring(generators)
    reader = Reader(ring, found)
    fraction = reader.read(expr)
    for relation in relations:
        fraction = _reduced_by(fraction, relation, reader)
    if found.powers:
        ring, fraction = with_fewer_powers(ring, fraction, len(found.powers), settle)
        generators = list(ring.generators)
        reader = Reader(ring, found)
    values = tuple((r, reader.read(r.value)) for r in relations)
    parametric = {i for i, g in enumerate(generators) if isinstance(g, Symbol | Indexed)}
    parametric |= {i for i, g in enumerate(generators) if i >= len(atoms)}
    parametric |= {i for i, g in enumerate(generators) if g.is_Pow and g.base.is_Symbol}
    transcendental = frozenset(range(len(generators))) - parametric
    return Reading(ring, fraction, transcendental, found, values)


def _by_name(atoms: list[Expr]) -> list[Expr]:
    """Transcendental generators first: the lexicographic order then sorts terms by them."""
    unique = list(dict.fromkeys(atoms))
    return sorted(unique, key=lambda g: (isinstance(g, Symbol), str(g)))


def _within(relation: Relation, found: Rewriting) -> bool:
    """Whether a relation's value can be written in the generators; its own symbols are added."""
    inside: set[Expr] = set()
    leaves(relation.value, inside)
    known = {*found.atoms, *found.products, *found.images}
    missing = {node for node in inside if node not in known}
    if any(not node.is_Symbol for node in missing):
        return False
    found.atoms += sorted(missing, key=str)
    return True


class Reader:
    """Reads expressions into the ring, each node once."""

    def __init__(self, ring: Ring, found: Rewriting) -> None:
        self.ring, self.found = ring, found
        self._seen: dict[Expr, Fraction] = {}

    def read(self, expr: Expr) -> Fraction:
        if expr not in self._seen:
            self._seen[expr] = self._read(expr)
        return self._seen[expr]

    def _read(self, expr: Expr) -> Fraction:
        if expr.is_Rational:
            return self.ring.constant(int(expr.p), int(expr.q))
        if expr in self.ring.index:
            return self.ring.generator(expr)
        if expr in self.found.products:
            powers = [self.ring.power(self.read(g), n) for g, n in self.found.products[expr] if n]
            return self._product(powers)
        if expr in self.found.images:
            return self.read(self.found.images[expr])
        if expr.is_Add:
            return self.ring.sum(_short_first([self.read(a) for a in expr.args]))
        if expr.is_Mul:
            return self._product(_short_first([self.read(a) for a in expr.args]))
        if not (expr.is_Pow and expr.exp.is_Integer):
            raise UnfitError(f"{expr} is none of the generators")
        return self.ring.power(self.read(expr.base), int(expr.exp))

    def _product(self, factors: list[Fraction]) -> Fraction:
        total = self.ring.constant(1)
        for factor in factors:
            total = self.ring.product(total, factor)
        return total


def _short_first(fractions: list[Fraction]) -> list[Fraction]:
    """Equal denominators side by side, short ones first; the order of ``args`` plays no part."""
    return sorted(
        fractions,
        key=lambda f: (len(f.denominator), str(f.denominator), len(f.numerator), str(f.numerator)),
    )


# -- relations -------------------------------------------------------------------------------


def _reduced_by(fraction: Fraction, relation: Relation, reader: Reader) -> Fraction:
    """Powers of the generator below its degree, and none in the denominator where degree is 2."""
    ring = reader.ring
    index = ring.index[relation.generator]
    value = reader.read(relation.value)
    above = _reduced_polynomial(fraction.numerator, index, relation.degree, value, ring)
    below = _reduced_polynomial(fraction.denominator, index, relation.degree, value, ring)
    quotient = ring.product(above, ring.inverse(below))
    if relation.degree != 2 or not quotient.denominator.degrees()[index]:
        return quotient
    conjugate = _conjugate(quotient.denominator, index, ring)
    above = _times(quotient.numerator, conjugate, index, value, ring)
    below = _times(quotient.denominator, conjugate, index, value, ring)
    return ring.product(above, ring.inverse(below))


def _times(
    left: Polynomial, right: Polynomial, index: int, value: Fraction, ring: Ring
) -> Fraction:
    return _reduced_polynomial(multiplied(left, right), index, 2, value, ring)


def _conjugate(polynomial: Polynomial, index: int, ring: Ring) -> Polynomial:
    terms = {m: -c if m[index] % 2 else c for m, c in polynomial.to_dict().items()}
    return ring.polynomial(terms)


def _reduced_polynomial(
    polynomial: Polynomial, index: int, degree: int, value: Fraction, ring: Ring
) -> Fraction:
    """The polynomial with generator**degree replaced by ``value``."""
    parts: dict[int, dict[tuple[int, ...], int]] = {}
    for monomial, coefficient in polynomial.to_dict().items():
        whole, rest = divmod(monomial[index], degree)
        kept = (*monomial[:index], rest, *monomial[index + 1 :])
        parts.setdefault(whole, {})[kept] = coefficient
    terms = [
        ring.product(Fraction(ring.polynomial(part), ring.one), ring.power(value, whole))
        for whole, part in sorted(parts.items())
    ]
    return ring.sum(terms)
