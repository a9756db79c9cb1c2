"""Summands with factored coefficients, and the factors that can be taken out of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, lcm
from typing import Any

from flint import fmpq
from sympy import Expr, Rational, S

from symfisher.algebra.cost import cost
from symfisher.algebra.ring import ONE, Factored, Polynomial, Powers, Ring


@dataclass(frozen=True)
class Summand:
    """A coefficient times an expression in transcendental generators."""

    coefficient: Factored
    expr: Expr

    def over(self, front: Factored) -> Summand:
        return Summand(self.coefficient.over(front), self.expr)


def fronts(summands: Sequence[Summand]) -> list[Factored]:
    """Factors that may stand before the sum: none, the shared ones, or a common denominator too.

    What the constant term does not share may still be taken out of the others' coefficients.
    """
    coefficients = [s.coefficient for s in summands]
    varying = [s.coefficient for s in summands if s.expr is not S.One] or coefficients
    found = [ONE]
    for group in (coefficients, varying):
        for denominators in (True, False):
            powers = shared_powers(group, denominators)
            found += [
                Factored(number, powers)
                for number in (fmpq(1), content(coefficients), content(varying))
            ]
    return list(dict.fromkeys(found))


def content(coefficients: Sequence[Factored]) -> Any:
    """The largest rational number of which all coefficients are integer multiples."""
    numerator = gcd(*(int(c.coefficient.p) for c in coefficients))
    denominator = lcm(*(int(c.coefficient.q) for c in coefficients))
    return fmpq(numerator, denominator)


def shared_powers(coefficients: Sequence[Factored], denominators: bool) -> Powers:
    """Powers that divide all coefficients; with ``denominators`` their common denominator too."""
    exponents = [dict(c.powers) for c in coefficients]
    shared = {}
    for number in sorted({n for e in exponents for n in e}):
        values = [e.get(number, 0) for e in exponents]
        low, high = min(values), max(values)
        if denominators or low > 0:
            shared[number] = low
        elif high < 0:
            shared[number] = high
    return tuple((n, e) for n, e in shared.items() if e)


class Estimator:
    """About what a form will cost, found from its factors without writing it."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self._weights: dict[int, float] = {}

    def sum(self, summands: Iterable[Summand], front: Factored) -> float:
        """The operations of the sum behind ``front``."""
        total = self.product(front)
        groups: set[Powers] = set()
        for summand in summands:
            inside = summand.coefficient.over(front)
            total += 1 + cost(summand.expr)
            if summand.expr is not S.One:
                total += _number_estimate(inside.coefficient)
            groups.add(inside.powers)
        return total + sum(self.product(Factored(fmpq(1), powers)) for powers in groups)

    def product(self, factored: Factored) -> float:
        """The operations of a product of factors."""
        total = _number_estimate(factored.coefficient)
        for number, exponent in factored.powers:
            if number not in self._weights:
                self._weights[number] = _polynomial_estimate(self.ring.irreducible[number])
            total += self._weights[number] + 1 + (abs(exponent) != 1)
        return total


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


def as_number(value: Any) -> Expr:
    """A FLINT rational as a SymPy one."""
    return Rational(int(value.p), int(value.q))


def as_fmpq(number: Expr) -> Any:
    """A SymPy rational as a FLINT one."""
    return fmpq(int(number.p), int(number.q))
