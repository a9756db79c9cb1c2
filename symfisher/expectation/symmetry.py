"""Odd functions have mean zero: the location and the scale of a symmetric law are orthogonal.

A density that is even about a point gives expectation zero to all that is odd about it, if only
the integral exists (quadrature sees to that afterwards), whatever the density is.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Rational, Symbol, oo

from symfisher.declaration import Family
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.truth import hessian_of, score_of
from symfisher.formula import Step


def frame(family: Family, fingerprint: Fingerprint) -> SymmetryFrame | None:
    """Expectations under a density that is even about a point; None for any other."""
    if len(family.variables) != 1 or family.is_mass or family.supports[0].discrete:
        return None
    for centre in _centres(family):
        if _parity(family.log_density, family, centre, fingerprint) == 1:
            return SymmetryFrame(family, centre, fingerprint)
    return None


def _centres(family: Family) -> Iterator[Expr]:
    """The points about which the density may be even."""
    lower, upper = family.supports[0].lower, family.supports[0].upper
    if (lower, upper) == (-oo, oo):
        yield from (s for s in family.domains if family.domain_of(s).lower == -oo)
        yield Integer(0)
    elif not (lower.is_infinite or upper.is_infinite):
        yield (lower + upper) / 2


def _parity(expr: Expr, family: Family, centre: Expr, fingerprint: Fingerprint) -> int:
    """1 for an even function of x - centre, -1 for an odd one, else 0, by its value at a point."""
    distance, (variable,) = _distance(family, centre, fingerprint), family.variables
    there, back = (expr.subs(variable, centre + side * distance) for side in (1, -1))
    if fingerprint.is_zero(there - back):
        return 1
    return -1 if fingerprint.is_zero(there + back) else 0


def _distance(family: Family, centre: Expr, fingerprint: Fingerprint) -> Symbol:
    """A generic distance from the centre that does not leave the support."""
    distance = fingerprint.new_coordinate("d", positive=True)
    upper = family.supports[0].upper
    places = [Rational(5 + 2 * i, 11) for i in range(len(fingerprint.points))]
    if upper != oo:
        widths = fingerprint.value(upper - centre)
        places = [(w.mid() * s.p / s.q).mid() for w, s in zip(widths, places, strict=True)]
    fingerprint.know(distance, places)
    return distance


class SymmetryFrame:
    """What is odd about the centre of a symmetric density has mean zero."""

    name = "odd symmetry"

    def __init__(self, family: Family, centre: Expr, fingerprint: Fingerprint) -> None:
        self.family, self.centre, self.fingerprint = family, centre, fingerprint
        statement = f"The density is even about {centre}: functions that are odd there have mean 0."
        self.steps = [Step(self.name, statement)]

    def expect(self, integrand: Expr) -> Expr | None:
        parity = _parity(integrand, self.family, self.centre, self.fingerprint)
        return Integer(0) if parity == -1 else None

    def score_mean(self) -> list[Expr] | None:
        return None

    def outer_product(self) -> dict[tuple[int, int], Expr | None]:
        """E[score score^T], where a product of scores is odd."""
        score = score_of(self.family)
        size = range(len(score))
        return {(i, j): self.expect(score[i] * score[j]) for i in size for j in size if i <= j}

    def negative_hessian(self) -> dict[tuple[int, int], Expr | None]:
        """-E[Hessian], where a second derivative is odd."""
        hessian = hessian_of(self.family)
        size = range(len(hessian))
        return {(i, j): self.expect(hessian[i][j]) for i in size for j in size if i <= j}
