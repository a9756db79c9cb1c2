"""Rows held against quadrature before they are believed.

An identity may fail where a density does not vanish at an end of its support or where a moment
does not exist.  Each row is a relation between a few expectations, so one pass of quadrature at
a generic point tells which hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import nan

import numpy as np
from sympy import Expr, Pow, Rational, Sum, Symbol

from symfisher.algebra.fraction import Fraction, Polynomial
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError
from symfisher.expectation.closure.rows import Identity, Model
from symfisher.expectation.closure.statistics import Monomial
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.samples import strangers_values
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature

_AGREEMENT = 1e-6  # relative to the sum of the sizes of a row's terms


class RowCheck:
    """Decides at one generic point of the parameters whether identities hold."""

    def __init__(self, model: Model) -> None:
        self.model = model
        family = model.family
        second = {primed: family.domains[p] for p, primed in family.primed.items()}
        (self.point,) = sample_points(family, 1, seed=5, extra=second)
        self._fingerprint = Fingerprint([self.point])
        self._family = main_family(model)
        self._means: dict[Monomial, float] = {}
        self._noise: dict[Monomial, float] = {}  # what the quadrature may be off by
        self._values: dict[int, float] = {}

    def holding(self, identities: Iterable[Identity]) -> list[Identity]:
        """The identities that hold, in their order; all where no quadrature is to be had."""
        rows = list(identities)
        return [row for row, error in zip(rows, self._errors(rows)) if error <= _AGREEMENT]

    def refuted(self, identities: Iterable[Identity]) -> bool:
        """Whether one of the identities is seen not to hold."""
        return any(error > _AGREEMENT for error in self._errors(list(identities)))

    def _errors(self, rows: list[Identity]) -> list[float]:
        """Relative errors, nan where the quadrature is not good enough to tell."""
        if self._family is None:
            return [0.0 for _ in rows]
        fresh = sorted({m for row in rows for m in row.left} - set(self._means))
        self._measure(self._family, fresh)
        return [self._error(row) for row in rows]

    def _measure(self, family: Family, monomials: list[Monomial]) -> None:
        expressions = [self.model.statistics.expression(m) for m in monomials]
        self._meet({s for e in expressions for s in e.free_symbols} - {*family.variables})
        try:
            estimate = quadrature(family).expect(expressions, self.point)
        except DerivationError:
            self._means.update(dict.fromkeys(monomials, nan))
            self._noise.update(dict.fromkeys(monomials, nan))
            return
        reliable = estimate.errors <= 1e-7 * np.abs(estimate.values) + 1e-9
        values = np.where(reliable, estimate.values, np.nan)
        self._means.update(zip(monomials, map(float, values)))
        self._noise.update(zip(monomials, map(float, 10 * estimate.errors + 1e-14)))

    def _meet(self, symbols: set[Symbol]) -> None:
        """Give a value to each symbol that neither the family nor its primed twin has."""
        for symbol in sorted(symbols - set(self.point), key=str):
            (self.point[symbol],) = strangers_values(symbol, 1)
            self._fingerprint.know(symbol, [self.point[symbol]])

    def _error(self, identity: Identity) -> float:
        coefficients = {m: self._number(c) for m, c in identity.left.items()}
        terms = [c * self._means[m] for m, c in coefficients.items()]
        right = self._number(identity.right)
        noise = sum(abs(c) * self._noise[m] for m, c in coefficients.items())
        size = abs(right) + sum(map(abs, terms)) + noise / _AGREEMENT
        return abs(sum(terms) - right) / size if size else 0.0

    def _number(self, value: Fraction) -> float:
        return self._polynomial(value.num) / self._polynomial(value.den)

    def _polynomial(self, polynomial: Polynomial) -> float:
        total = 0.0
        for exponents, coefficient in polynomial.terms():
            term = float(int(coefficient))
            for index, power in enumerate(exponents):
                if power:
                    term *= self._generator(index) ** int(power)
            total += term
        return total

    def _generator(self, index: int) -> float:
        if index not in self._values:
            field = self.model.field
            key = Pow(field.keys[index], Rational(1, field.root_of(index)))
            self._values[index] = nan if key.has(Sum) else self._value(key)
        return self._values[index]

    def _value(self, key: Expr) -> float:
        (value,) = self._fingerprint.value(key)
        return float(value.mid())


def main_family(model: Model) -> Family | None:
    """The main branch as a density of its own (it integrates to less than one)."""
    family = model.family
    if not model.branches.exceptions:
        return family
    (support,) = family.supports
    start = model.first_regular(support)
    if start is None:
        return None
    twin = object.__new__(Family)
    twin.__dict__.update({k: v for k, v in vars(family).items() if k not in _CACHED})
    twin.log_density = model.branches.main
    twin.supports = (Domain(start, support.upper, discrete=True),)
    return twin


_CACHED = ("canonical", "declared_symbols", "cases")
