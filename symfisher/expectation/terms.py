"""The term algebra: sums of c w^m e^(kw) P_1^r_1 (log P_1)^n_1 ... in one real coordinate w.

A log-density, its derivatives by parameters and products of those are all elements of this
algebra, whatever disguise they came in.  An element is a dict from ``Monomial`` to a coefficient
free of w; the P_j are positive *atoms* that are registered when conversion first meets them:

* a sum such as 1 + c e^(aw), or a monic polynomial in w, normalised to a canonical multiple;
* w itself (or -w), where a logarithm or a broken power of the coordinate occurs;
* log P_j, where a logarithm of a logarithm occurs;
* exp(E), where E is no longer linear in w.

Only the first kind can stay: the others ask for a better coordinate (``requests``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from math import comb

from sympy import Add, Expr, Integer, Mul, Pow, Symbol, diff, exp, log

from symfisher.expectation.fingerprint import Fingerprint

Atom = tuple[int, int, Expr]  # index, power of its logarithm, power of itself
Monomial = tuple[int, Expr, tuple[Atom, ...]]  # power of w, rate of the exponential, atoms
Element = dict[Monomial, Expr]

ZERO, ONE = Integer(0), Integer(1)
UNIT: Monomial = (0, ZERO, ())


class NotConvertible(Exception):
    """The expression has no form in this algebra."""


class Kind(Enum):
    SUM = "sum"
    COORDINATE = "coordinate"
    LOGARITHM = "logarithm"
    EXPONENTIAL = "exponential"


@dataclass(frozen=True, eq=False)
class Positive:
    """A positive quantity P(w): its kind and its definition.

    For a sum, ``definition`` is the sum; for the coordinate, w or -w; for a logarithm,
    the element log P_j (or its negative); for an exponential, the exponent.
    """

    kind: Kind
    definition: Element


class Terms:
    """Arithmetic on elements in one coordinate ``w``, with its registered atoms.

    A sum of two exponentials is written 1 + c e^(aw) with a > 0, or with a < 0 for
    ``orientation`` -1, which suits a half-line that reaches to +oo.
    """

    def __init__(self, fingerprint: Fingerprint, w: Symbol, orientation: int = 1) -> None:
        self.fingerprint = fingerprint
        self.w = w
        self.orientation = orientation
        self.atoms: list[Positive] = []

    # -- building ---------------------------------------------------------------------------

    def constant(self, value: Expr) -> Element:
        return {} if value == 0 else {UNIT: value}

    def coordinate(self) -> Element:
        return {(1, ZERO, ()): ONE}

    def exponential(self, rate: Expr) -> Element:
        return {(0, self.fingerprint.shorten(rate), ()): ONE}

    def log_of_atom(self, index: int) -> Element:
        return {(0, ZERO, ((index, 1, ZERO),)): ONE}

    # -- ring operations --------------------------------------------------------------------

    def add(self, *elements: Element) -> Element:
        total: Element = {}
        for element in elements:
            for monomial, coefficient in element.items():
                self._collect(total, monomial, coefficient)
        return total

    def _collect(self, total: Element, monomial: Monomial, coefficient: Expr) -> None:
        if monomial not in total:
            if coefficient != 0:
                total[monomial] = coefficient
            return
        value = self.fingerprint.shorten(total[monomial] + coefficient)
        if value == 0:
            del total[monomial]
        else:
            total[monomial] = value

    def scale(self, element: Element, factor: Expr) -> Element:
        if factor == 0:
            return {}
        return {monomial: factor * c for monomial, c in element.items()}

    def multiply(self, a: Element, b: Element) -> Element:
        total: Element = {}
        for left, c in a.items():
            for right, d in b.items():
                self._collect(total, self.product(left, right), c * d)
        return total

    def product(self, a: Monomial, b: Monomial) -> Monomial:
        if a == UNIT:
            return b
        if b == UNIT:
            return a
        rate = a[1] if b[1] == 0 else self.fingerprint.shorten(a[1] + b[1])
        if not a[2] or not b[2]:
            return (a[0] + b[0], rate, a[2] or b[2])
        powers: dict[int, tuple[int, Expr]] = {j: (n, r) for j, n, r in a[2]}
        for j, n, r in b[2]:
            m, s = powers.get(j, (0, ZERO))
            powers[j] = (m + n, self.fingerprint.shorten(r + s))
        return (a[0] + b[0], rate, powers_of(powers))

    def multiply_all(self, elements: Iterable[Element]) -> Element:
        product: Element = {UNIT: ONE}
        for element in elements:
            product = self.multiply(product, element)
        return product

    def reduced(self, element: Element) -> Element:
        """Numerators divided by the sums below them: e^(aw) = ((1 + c e^(aw)) - 1)/c."""
        return self.add(*(self.scale(self._divided(m) or {m: ONE}, c) for m, c in element.items()))

    def _divided(self, monomial: Monomial) -> Element | None:
        power, rate, atoms = monomial
        for j, n, r in atoms:
            quotient = self._polynomial_quotient(monomial, j, r)
            if quotient is not None:
                return self.reduced(quotient)
            two_terms = self.two_terms(j)
            if two_terms is None or not (r.is_Integer and r < 0):
                continue
            c, a = two_terms
            times = self.fingerprint.shorten(rate / a)
            if times.is_Integer and times > 0:
                others = tuple(atom for atom in atoms if atom[0] != j)
                rest: Element = {(power, ZERO, others): ONE}
                quotient = {
                    (0, ZERO, powers_of({j: (n, r + i)})): comb(int(times), i)
                    * (-1) ** (int(times) - i)
                    / c**times
                    for i in range(int(times) + 1)
                }
                return self.multiply(rest, quotient)
        return None

    def _polynomial_quotient(self, monomial: Monomial, index: int, r: Expr) -> Element | None:
        """w^2 = S - (S - w^2) once, for a monomial with w^2 above a quadratic sum S."""
        power, rate, atoms = monomial
        square: Monomial = (2, ZERO, ())
        definition = self.atoms[index].definition
        if not (r.is_Integer and r < 0 and power >= 2 and definition.get(square) == 1):
            return None
        if any(m[0] > 2 or m[1] != 0 or m[2] for m in definition):
            return None
        lowered: Monomial = (power - 2, rate, atoms)
        raised = self.product(lowered, (0, ZERO, ((index, 0, ONE),)))
        rest = {m: -c for m, c in definition.items() if m != square}
        return self.add({raised: ONE}, self.multiply({lowered: ONE}, rest))

    def two_terms(self, index: int) -> tuple[Expr, Expr] | None:
        """(c, a) where the atom is 1 + c e^(aw)."""
        atom = self.atoms[index]
        definition = atom.definition
        if atom.kind is not Kind.SUM or len(definition) != 2 or definition.get(UNIT) != 1:
            return None
        ((monomial, c),) = [(m, c) for m, c in definition.items() if m != UNIT]
        return None if monomial[0] or monomial[2] else (c, monomial[1])

    # -- registering positive atoms ---------------------------------------------------------

    def register(self, kind: Kind, definition: Element) -> int:
        for index, atom in enumerate(self.atoms):
            if atom.kind is kind and self.equal(atom.definition, definition):
                return index
        self.atoms.append(Positive(kind, definition))
        return len(self.atoms) - 1

    def equal(self, a: Element, b: Element) -> bool:
        return a.keys() == b.keys() and all(self.fingerprint.same(a[m], b[m]) for m in a)

    def log_of_positive(self, index: int) -> Element:
        atom = self.atoms[index]
        return atom.definition if atom.kind is Kind.EXPONENTIAL else self.log_of_atom(index)

    # -- calculus ---------------------------------------------------------------------------

    def derivative(self, element: Element) -> Element:
        """d/dw."""
        return self.add(*(self.scale(self._monomial_slope(m), c) for m, c in element.items()))

    def _monomial_slope(self, monomial: Monomial) -> Element:
        power, rate, atoms = monomial
        parts: list[Element] = []
        if power:
            parts.append({(power - 1, rate, atoms): Integer(power)})
        if rate != 0:
            parts.append({monomial: rate})
        parts += self._atom_changes(monomial, self.atom_slope)
        return self.add(*parts)

    def _atom_changes(self, monomial: Monomial, change: Callable[[int], Element]) -> list[Element]:
        """Product rule over the atoms; ``change(j)`` is the derivative of log P_j."""
        power, rate, atoms = monomial
        parts = []
        for j, n, r in atoms:
            others = tuple(a for a in atoms if a[0] != j)
            rest: Monomial = (power, rate, others)
            slope = change(j)
            if n:
                lowered = self.product(rest, (0, ZERO, powers_of({j: (n - 1, r)})))
                parts.append(self.multiply({lowered: Integer(n)}, slope))
            if r != 0:
                parts.append(self.multiply({monomial: r}, slope))
        return parts

    def atom_slope(self, index: int) -> Element:
        """d/dw log P."""
        return self._log_derivative(index, self.derivative)

    def _log_derivative(self, index: int, differentiate: Callable[[Element], Element]) -> Element:
        atom = self.atoms[index]
        change = differentiate(atom.definition)
        if atom.kind is Kind.EXPONENTIAL:
            return change
        if atom.kind is Kind.COORDINATE:  # |w|, whose reciprocal is a power of w as well
            return self.multiply(change, {(-1, ZERO, ()): atom.definition[1, ZERO, ()]})
        return self.multiply(change, {(0, ZERO, ((index, 0, -ONE),)): ONE})

    def parameter_derivative(self, element: Element, parameter: Symbol) -> Element:
        """d/dtheta at fixed w."""
        parts: list[Element] = []
        for monomial, coefficient in element.items():
            slope = diff(coefficient, parameter)
            if slope != 0:
                parts.append({monomial: slope})
            parts.append(
                self.scale(self._monomial_parameter_slope(monomial, parameter), coefficient)
            )
        return self.add(*parts)

    def _monomial_parameter_slope(self, monomial: Monomial, parameter: Symbol) -> Element:
        power, rate, atoms = monomial
        parts: list[Element] = []
        change = diff(rate, parameter)
        if change != 0:
            parts.append({(power + 1, rate, atoms): change})
        for j, _, r in atoms:
            change = diff(r, parameter)
            if change != 0:
                parts.append(self.multiply({monomial: change}, self.log_of_positive(j)))
        parts += self._atom_changes(
            monomial,
            lambda j: self._log_derivative(j, lambda d: self.parameter_derivative(d, parameter)),
        )
        return self.add(*parts)

    # -- back to SymPy ----------------------------------------------------------------------

    def expression(self, element: Element) -> Expr:
        return Add(*(c * self._monomial_expression(m) for m, c in element.items()))

    def _monomial_expression(self, monomial: Monomial) -> Expr:
        power, rate, atoms = monomial
        factors = [self.w**power, exp(rate * self.w)]
        for j, n, r in atoms:
            quantity = self._atom_expression(j)
            factors += [Pow(log(quantity), n), Pow(quantity, r)]
        return Mul(*factors)

    def _atom_expression(self, index: int) -> Expr:
        atom = self.atoms[index]
        inner = self.expression(atom.definition)
        return exp(inner) if atom.kind is Kind.EXPONENTIAL else inner

    def sign_of(self, element: Element) -> int:
        sign = self.fingerprint.sign(self.expression(element))
        if not sign:
            raise NotConvertible("a quantity whose sign is not the same everywhere")
        return sign


def powers_of(powers: dict[int, tuple[int, Expr]]) -> tuple[Atom, ...]:
    return tuple((j, n, r) for j, (n, r) in sorted(powers.items()) if n or r != 0)
