"""The term algebra closed under logarithm, power and exponential.

Whatever has no form among the monomials becomes a registered positive atom.
"""

from __future__ import annotations

from sympy import Expr, Integer, exp, log

from symfisher.expectation.sums import factor_sum
from symfisher.expectation.terms import (
    ONE,
    UNIT,
    ZERO,
    Element,
    Kind,
    Monomial,
    NotConvertible,
    Positive,
    Terms,
    powers_of,
)


class Algebra(Terms):
    """Elements with their logarithms, powers and exponentials."""

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
                parts.append(self.scale(self.log_of_positive(j), r))
            if n:
                parts.append(self.scale(self.log_of_atom(self._modulus_of_log(j)), Integer(n)))
        return self.add(*parts)

    def _modulus(self) -> int:
        """The atom |w|."""
        sign = self.sign_of(self.coordinate())
        return self.register(Kind.COORDINATE, {(1, ZERO, ()): Integer(sign)})

    def _modulus_of_log(self, index: int) -> int:
        """The atom |log P|."""
        element = self.log_of_atom(index)
        signed = self.scale(element, Integer(self.sign_of(element)))
        return self.register(Kind.LOGARITHM, signed)

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
        shortened: Monomial = (0, self.fingerprint.shorten(rate * exponent), powers_of(powers))
        return self._with_whole_powers(shortened, coefficient**exponent)

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
        monomial = (0, self.fingerprint.shorten(rate), powers_of(powers))
        return self._with_whole_powers(monomial, exp(constant))

    def _with_whole_powers(self, monomial: Monomial, coefficient: Expr) -> Element:
        """A whole power of |w| as one of w, which is what the kernels know."""
        power, rate, atoms = monomial
        for atom in atoms:
            index, n, r = atom
            if self.atoms[index].kind is Kind.COORDINATE and not n and r.is_Integer:
                ((_, sign),) = self.atoms[index].definition.items()
                others = tuple(a for a in atoms if a is not atom)
                return {(power + int(r), rate, others): coefficient * sign**r}
        return {monomial: coefficient}

    def _factored(self, element: Element) -> tuple[Expr, Monomial, list[tuple[int, int]]]:
        """element = c * |monomial| * product of P_j^n_j over registered sums P_j > 0."""
        if not element:
            raise NotConvertible("zero has neither logarithm nor reciprocal")
        coefficient, monomial, sums = factor_sum(self, element)
        indices = [(self.register(Kind.SUM, terms), n) for terms, n in sums]
        return coefficient * self._sign_of_monomial(monomial), monomial, indices

    def _sign_of_monomial(self, monomial: Monomial) -> int:
        power, _, atoms = monomial
        sign = self.sign_of(self.coordinate()) ** power if power else 1
        for j, n, _ in atoms:
            if n:
                sign *= self.sign_of(self.log_of_atom(j)) ** n
        return sign

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
