"""What a kernel class is: a recogniser, a standard form and a table of expectations."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb

from sympy import Expr, Integer, oo

from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import UNIT, ZERO, Element, Kind, Monomial


@dataclass(frozen=True)
class Affine:
    """The kernel's own coordinate W = slope * w + offset."""

    slope: Expr
    offset: Expr


@dataclass(frozen=True)
class Shape:
    """The logarithm of an unnormalised density in w, sorted by what it is made of.

    ``linear`` and ``quadratic`` are the coefficients of w and w^2, ``exponentials`` maps a rate
    to the coefficient of e^(rate w), ``sums`` an atom to the coefficient of its logarithm.
    """

    algebra: Algebra
    lower: Expr
    upper: Expr
    constant: Expr
    linear: Expr
    quadratic: Expr
    exponentials: dict[Expr, Expr]
    sums: dict[int, Expr]

    @property
    def fingerprint(self) -> Fingerprint:
        return self.algebra.fingerprint

    @property
    def on_the_line(self) -> bool:
        return self.lower == -oo and self.upper == oo


def shape_of(algebra: Algebra, element: Element, lower: Expr, upper: Expr) -> Shape | None:
    """The element as a ``Shape``; None where a term is of no kernel's kind."""
    constant: Expr = ZERO
    linear: Expr = ZERO
    quadratic: Expr = ZERO
    exponentials: dict[Expr, Expr] = {}
    sums: dict[int, Expr] = {}
    for monomial, raw in element.items():
        power, rate, atoms = monomial
        coefficient = algebra.fingerprint.shorten(raw)
        if monomial == UNIT:
            constant = raw
        elif not atoms and rate == 0 and power == 1:
            linear = coefficient
        elif not atoms and rate == 0 and power == 2:
            quadratic = coefficient
        elif not atoms and power == 0:
            exponentials[rate] = coefficient
        elif (power, rate) == (0, 0) and len(atoms) == 1 and atoms[0][1:] == (1, 0):
            if algebra.atoms[atoms[0][0]].kind is not Kind.SUM:
                return None
            sums[atoms[0][0]] = coefficient
        else:
            return None
    return Shape(algebra, lower, upper, constant, linear, quadratic, exponentials, sums)


@dataclass
class Kernel:
    """A density of W known up to its constant, with E[monomial] in closed form."""

    name = "kernel"
    statement = ""
    algebra: Algebra
    _known: dict[Monomial, Expr | None] = field(default_factory=dict, init=False)

    def log_mass(self) -> Expr:
        """log of the integral of the unnormalised kernel over its interval."""
        raise NotImplementedError

    def log_density(self) -> Expr:
        """The kernel's logarithm in W, up to a constant, as it is recognised."""
        raise NotImplementedError

    def used(self) -> list[tuple[Monomial, Expr]]:
        """The table's entries that were asked for, the simpler ones first."""
        known = [(m, value) for m, value in self._known.items() if value is not None]
        return sorted(known, key=lambda entry: (entry[0][0], str(entry[0])))

    def expect(self, monomial: Monomial) -> Expr | None:
        """E[monomial], or None where the table has no entry."""
        if monomial == UNIT:
            return Integer(1)
        if monomial[0] < 0:
            return None
        if monomial not in self._known:
            self._known[monomial] = self._expect(monomial)
        return self._known[monomial]

    def _expect(self, monomial: Monomial) -> Expr | None:
        raise NotImplementedError


def moment_from_cumulants(cumulants: list[Expr]) -> Expr:
    """The raw moment of order len(cumulants), by m_n = sum binom(n-1, j) kappa_{j+1} m_{n-1-j}."""
    moments: list[Expr] = [Integer(1)]
    for n in range(1, len(cumulants) + 1):
        moments.append(
            sum((comb(n - 1, j) * cumulants[j] * moments[n - 1 - j] for j in range(n)), Integer(0))
        )
    return moments[-1]
