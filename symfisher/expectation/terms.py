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

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from math import comb

from sympy import Add, Expr, Integer, Mul, Pow, Symbol, diff, exp, log, sqrt

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


class Algebra:
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
        return (a[0] + b[0], rate, _atoms(powers))

    def multiply_all(self, elements: Iterable[Element]) -> Element:
        product: Element = {UNIT: ONE}
        for element in elements:
            product = self.multiply(product, element)
        return product

    def reduced(self, element: Element) -> Element:
        """Numerators divided by the sums below them: e^(aw) = ((1 + c e^(aw)) - 1)/c."""
        return self.add(*(self.scale(self._divided(m), c) for m, c in element.items()))

    def _divided(self, monomial: Monomial) -> Element:
        power, rate, atoms = monomial
        for j, n, r in atoms:
            two_terms = self.two_terms(j)
            if two_terms is None or not (r.is_Integer and r < 0):
                continue
            c, a = two_terms
            times = self.fingerprint.shorten(rate / a)
            if times.is_Integer and times > 0:
                others = tuple(atom for atom in atoms if atom[0] != j)
                rest: Element = {(power, ZERO, others): ONE}
                quotient = {
                    (0, ZERO, _atoms({j: (n, r + i)})): comb(int(times), i)
                    * (-1) ** (int(times) - i)
                    / c**times
                    for i in range(int(times) + 1)
                }
                return self.multiply(rest, quotient)
        return {monomial: ONE}

    def two_terms(self, index: int) -> tuple[Expr, Expr] | None:
        """(c, a) where the atom is 1 + c e^(aw)."""
        atom = self.atoms[index]
        definition = atom.definition
        if atom.kind is not Kind.SUM or len(definition) != 2 or definition.get(UNIT) != 1:
            return None
        ((monomial, c),) = [(m, c) for m, c in definition.items() if m != UNIT]
        return None if monomial[0] or monomial[2] else (c, monomial[1])

    # -- logarithm, power, exponential ------------------------------------------------------

    def log(self, element: Element) -> Element:
        """log of a positive element: products become sums, the rest atoms."""
        coefficient, monomial, sums = self._factored(element)
        if self.fingerprint.sign(coefficient) != 1:
            raise NotConvertible("the logarithm of a quantity that is not positive")
        parts = [self.constant(log(coefficient)), self._log_of_monomial(monomial)]
        parts += [self.scale(self.log_of_atom(index), Integer(n)) for index, n in sums]
        return self.add(*parts)

    def _log_of_monomial(self, monomial: Monomial) -> Element:
        power, rate, atoms = monomial
        parts: list[Element] = []
        if rate != 0:
            parts.append({(1, ZERO, ()): rate})
        if power:
            parts.append(self.scale(self.log_of_atom(self._modulus()), Integer(power)))
        for j, n, r in atoms:
            if r != 0:
                parts.append(self.scale(self._log_of_positive(j), r))
            if n:
                parts.append(self.scale(self.log_of_atom(self._modulus_of_log(j)), Integer(n)))
        return self.add(*parts)

    def _log_of_positive(self, index: int) -> Element:
        atom = self.atoms[index]
        return atom.definition if atom.kind is Kind.EXPONENTIAL else self.log_of_atom(index)

    def _modulus(self) -> int:
        """The atom |w|."""
        sign = self.sign_of(self.coordinate())
        return self._register(Kind.COORDINATE, {(1, ZERO, ()): Integer(sign)})

    def _modulus_of_log(self, index: int) -> int:
        """The atom |log P|."""
        element = self.log_of_atom(index)
        signed = self.scale(element, Integer(self.sign_of(element)))
        return self._register(Kind.LOGARITHM, signed)

    def power(self, element: Element, exponent: Expr) -> Element:
        """element ** exponent: multiplied out for small natural exponents, else atoms."""
        if exponent == 1:
            return element
        if exponent.is_Integer and 0 <= exponent <= 6 and len(element) ** int(exponent) <= 64:
            return self.multiply_all([element] * int(exponent))
        coefficient, monomial, sums = self._factored(element)
        if not exponent.is_Integer and self.fingerprint.sign(coefficient) != 1:
            raise NotConvertible("a broken power of a quantity that is not positive")
        power, rate, atoms = monomial
        powers: dict[int, tuple[int, Expr]] = {}
        if power:
            powers[self._modulus()] = (0, power * exponent)
        for j, n, r in atoms:
            powers[j] = (0, self.fingerprint.shorten(r * exponent))
            if n:
                powers[self._modulus_of_log(j)] = (0, n * exponent)
        for index, n in sums:
            powers[index] = (0, self.fingerprint.shorten(n * exponent))
        shortened: Monomial = (0, self.fingerprint.shorten(rate * exponent), _atoms(powers))
        return {shortened: coefficient**exponent}

    def exp(self, element: Element) -> Element:
        """exp of an element: what is linear in w and in the log P_j stays a monomial."""
        constant, rate = ZERO, ZERO
        powers: dict[int, tuple[int, Expr]] = {}
        rest: Element = {}
        for monomial, coefficient in element.items():
            power, k, atoms = monomial
            if monomial == UNIT:
                constant = coefficient
            elif (power, k, atoms) == (1, ZERO, ()):
                rate = coefficient
            elif power == 0 and k == 0 and len(atoms) == 1 and atoms[0][1:] == (1, ZERO):
                powers[atoms[0][0]] = (0, self.fingerprint.shorten(coefficient))
            else:
                rest[monomial] = coefficient
        if rest:
            index, exponent = self._register_exponential(rest)
            powers[index] = (0, exponent)
        monomial = (0, self.fingerprint.shorten(rate), _atoms(powers))
        return {monomial: exp(constant)}

    # -- registering positive atoms ---------------------------------------------------------

    def _factored(self, element: Element) -> tuple[Expr, Monomial, list[tuple[int, int]]]:
        """element = c * |monomial| * product of P_j^n_j over registered sums P_j > 0."""
        if not element:
            raise NotConvertible("zero has neither logarithm nor reciprocal")
        coefficient, monomial, sums = factor_sum(self, element)
        indices = [(self._register(Kind.SUM, terms), n) for terms, n in sums]
        return coefficient * self._sign_of_monomial(monomial), monomial, indices

    def _sign_of_monomial(self, monomial: Monomial) -> int:
        power, _, atoms = monomial
        sign = self.sign_of(self.coordinate()) ** power if power else 1
        for j, n, _ in atoms:
            if n:
                sign *= self.sign_of(self.log_of_atom(j)) ** n
        return sign

    def _register(self, kind: Kind, definition: Element) -> int:
        for index, atom in enumerate(self.atoms):
            if atom.kind is kind and self.equal(atom.definition, definition):
                return index
        self.atoms.append(Positive(kind, definition))
        return len(self.atoms) - 1

    def _register_exponential(self, exponent: Element) -> tuple[int, Expr]:
        """Index and power r with exp(exponent) = P^r: exponents in proportion share one atom."""
        for index, atom in enumerate(self.atoms):
            if atom.kind is Kind.EXPONENTIAL:
                ratio = self._ratio(exponent, atom.definition)
                if ratio is not None:
                    return index, ratio
        self.atoms.append(Positive(Kind.EXPONENTIAL, exponent))
        return len(self.atoms) - 1, ONE

    def _ratio(self, a: Element, b: Element) -> Expr | None:
        if a.keys() != b.keys():
            return None
        ratios = [self.fingerprint.shorten(a[m] / b[m]) for m in a]
        same = all(self.fingerprint.same(r, ratios[0]) for r in ratios[1:])
        return ratios[0] if same else None

    def equal(self, a: Element, b: Element) -> bool:
        return a.keys() == b.keys() and all(self.fingerprint.same(a[m], b[m]) for m in a)

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

    def _atom_changes(self, monomial: Monomial, change) -> list[Element]:
        """Product rule over the atoms; ``change(j)`` is the derivative of log P_j."""
        power, rate, atoms = monomial
        parts = []
        for j, n, r in atoms:
            others = tuple(a for a in atoms if a[0] != j)
            rest: Monomial = (power, rate, others)
            slope = change(j)
            if n:
                lowered = self.product(rest, (0, ZERO, _atoms({j: (n - 1, r)})))
                parts.append(self.multiply({lowered: Integer(n)}, slope))
            if r != 0:
                parts.append(self.multiply({monomial: r}, slope))
        return parts

    def atom_slope(self, index: int) -> Element:
        """d/dw log P."""
        return self._log_derivative(index, self.derivative)

    def _log_derivative(self, index: int, differentiate) -> Element:
        atom = self.atoms[index]
        change = differentiate(atom.definition)
        if atom.kind is Kind.EXPONENTIAL:
            return change
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
                parts.append(self.multiply({monomial: change}, self._log_of_positive(j)))
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


def _atoms(powers: dict[int, tuple[int, Expr]]) -> tuple[Atom, ...]:
    return tuple((j, n, r) for j, (n, r) in sorted(powers.items()) if n or r != 0)


def factor_sum(
    algebra: Algebra, element: Element
) -> tuple[Expr, Monomial, list[tuple[Element, int]]]:
    """element = c * monomial * product of normalised positive sums to natural powers."""
    element, denominators = _over_common_denominator(algebra, element)
    if len(element) == 1:
        ((monomial, coefficient),) = element.items()
        return coefficient, algebra.product(monomial, denominators), []
    coefficient, monomial, terms = _divided_by_pivot(algebra, element)
    monomial = algebra.product(monomial, denominators)
    root = _square_root(algebra, terms)
    if root is not None:
        terms, power = root, 2
    else:
        power = 1
    if power == 2 or algebra.sign_of(terms) > 0:
        if power == 2 and algebra.sign_of(terms) < 0:
            terms = algebra.scale(terms, -ONE)
        return coefficient, monomial, [(terms, power)]
    return -coefficient, monomial, [(algebra.scale(terms, -ONE), 1)]


def _over_common_denominator(algebra: Algebra, element: Element) -> tuple[Element, Monomial]:
    """(numerator, denominator) where natural powers of registered sums divide some terms."""
    lowest: dict[int, int] = {}
    for index in {j for m in element for j, _, _ in m[2]}:
        powers = [_power_in(m, index) for m in element]
        if algebra.atoms[index].kind is Kind.SUM and all(r.is_Integer for r in powers):
            least = int(min(powers))
            if -4 <= least < 0:
                lowest[index] = least
    if not lowest:
        return element, UNIT
    terms = [_cleared(algebra, m, c, lowest) for m, c in element.items()]
    denominators = tuple((j, 0, Integer(r)) for j, r in sorted(lowest.items()))
    return algebra.add(*terms), (0, ZERO, denominators)


def _power_in(monomial: Monomial, index: int) -> Expr:
    return next((r for j, _, r in monomial[2] if j == index), ZERO)


def _cleared(algebra: Algebra, monomial: Monomial, c: Expr, lowest: dict[int, int]) -> Element:
    """c * monomial times the denominators, with powers of the sums multiplied out."""
    power, rate, atoms = monomial
    kept = tuple((j, n, ZERO if j in lowest else r) for j, n, r in atoms)
    rest: Monomial = (power, rate, tuple(a for a in kept if a[1] or a[2] != 0))
    factors = [
        algebra.atoms[j].definition
        for j, least in lowest.items()
        for _ in range(int(_power_in(monomial, j)) - least)
    ]
    return algebra.multiply_all([{rest: c}, *factors])


def _divided_by_pivot(algebra: Algebra, element: Element) -> tuple[Expr, Monomial, Element]:
    """Divide by the term that makes the rest 1 + smaller, or by the leading coefficient."""
    pivot = _pivot(algebra, element)
    coefficient = element[pivot]
    if pivot[0] or any(n for _, n, _ in pivot[2]):
        # a polynomial in the coordinate or in a logarithm: make it monic
        return coefficient, UNIT, algebra.scale(element, 1 / coefficient)
    inverse: Monomial = (0, -pivot[1], tuple((j, 0, -r) for j, _, r in pivot[2]))
    shorten = algebra.fingerprint.shorten
    terms = algebra.multiply(element, {inverse: 1 / coefficient})
    return coefficient, pivot, {m: shorten(c) for m, c in terms.items()}


def _pivot(algebra: Algebra, element: Element) -> Monomial:
    def degree(monomial: Monomial) -> int:
        return monomial[0] + sum(n for _, n, _ in monomial[2])

    top = max(degree(m) for m in element)
    if top:
        return max(element, key=lambda m: (degree(m), m[0], str(m)))
    by_rate = sorted(
        element, key=lambda m: (algebra.orientation * _size(algebra, m[1]), str(m))
    )
    if len(element) == 2:
        low, high = by_rate
        sign = algebra.fingerprint.sign(element[low] * element[high])
        if sign is None and UNIT in by_rate:
            return UNIT  # the other term changes sign within the domain: it cannot lead
        if sign != 1:
            return _larger(algebra, element, low, high)
    return by_rate[0]


def _size(algebra: Algebra, rate: Expr) -> float:
    return float(algebra.fingerprint.value(rate)[0].mid())


def _larger(algebra: Algebra, element: Element, a: Monomial, b: Monomial) -> Monomial:
    difference = algebra.expression({a: element[a]}) ** 2 - algebra.expression({b: element[b]}) ** 2
    return b if algebra.fingerprint.sign(difference) == -1 else a


def _square_root(algebra: Algebra, terms: Element) -> Element | None:
    """The sum whose square a three-term sum is, if it is one."""
    if len(terms) != 3:
        return None
    for first, last in ((a, b) for a in terms for b in terms if str(a) < str(b)):
        (middle,) = [m for m in terms if m not in (first, last)]
        half = _half(algebra, first), _half(algebra, last)
        if None in half or algebra.product(*half) != middle:  # type: ignore[arg-type]
            continue
        gap = terms[middle] ** 2 - 4 * terms[first] * terms[last]
        if algebra.fingerprint.is_zero(gap) and algebra.fingerprint.sign(terms[first]) == 1:
            root = sqrt(terms[first])
            shorten = algebra.fingerprint.shorten
            return {half[0]: shorten(root), half[1]: shorten(terms[middle] / (2 * root))}
    return None


def _half(algebra: Algebra, monomial: Monomial) -> Monomial | None:
    power, rate, atoms = monomial
    if power % 2 or any(n % 2 for _, n, _ in atoms):
        return None
    shorten = algebra.fingerprint.shorten
    halves = tuple((j, n // 2, shorten(r / 2)) for j, n, r in atoms)
    return power // 2, shorten(rate / 2), halves
