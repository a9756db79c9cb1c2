"""The checks behind ``symfisher verify``: fresh points, many digits, no use of the derivation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from mpmath import inf, isfinite, log10, mp, mpf
from sympy import Expr, Integer, Rational, Symbol

from symfisher.declaration import Family
from symfisher.errors import MismatchError
from symfisher.expectation.engine import Branch, Engine, engine
from symfisher.expectation.truth import has_further_kinks, hessian_of, score_of
from symfisher.formula import Expectation, Formula, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.bound import crlb
from symfisher.quantities.divergence import curvatures_at_zero, kl
from symfisher.quantities.information import fisher, negative_hessian, outer_product
from symfisher.quantities.regularity import regularity
from symfisher.verification.report import Check, Report

Point = Mapping[Symbol, Rational]

_GUARD = 5  # digits of quadrature beyond those that are asked for
_SEED = 20
_TOLERATED = 100  # an estimated error may be low by this factor


def judged(report: Report, family: Family) -> Report:
    """The report, unless a check of it failed."""
    for check in report.checks:
        if not check.passed:
            raise MismatchError(
                f"family '{family.name}': {check.name} agrees with quadrature to "
                f"{check.digits:.1f} digits only, and quadrature is better than that"
            )
    return report


@dataclass(frozen=True)
class _Comparison:
    """Digits of agreement, and whether the gap is beyond what quadrature may be off by."""

    digits: Any
    contradicts: bool = False


class Checks:
    """The checks of one canonical family, at fresh points of each of its branches."""

    def __init__(self, family: Family, digits: int, points: int) -> None:
        self.family, self.digits, self.count = family, digits, points
        self.engine: Engine = engine(family)
        self.points = {branch: self._fresh_points(branch) for branch in self.engine.witnesses}

    def _fresh_points(self, branch: Branch) -> list[dict[Symbol, Rational]]:
        regular = branch.family.restricted(branch.conditions)
        return sample_points(regular, self.count, seed=_SEED)

    def all(self) -> Iterator[Check]:
        verdict = regularity(self.family)
        yield self._mass()
        if verdict.zero_mean_score:
            yield self._zero_mean()
        yield self._matrix(outer_product(self.family), products)
        yield self._matrix(negative_hessian(self.family), curvatures)
        yield self._divergence()
        information = fisher(self.family)
        if information.status is Status.CLOSED:
            yield from self._consequences(information)

    # -- integrals --------------------------------------------------------------------------------

    def _mass(self) -> Check:
        one = [Integer(1)]
        return self._against("the density's integral is 1", lambda _: one, lambda _: one)

    def _zero_mean(self) -> Check:
        found = []
        for branch, points in self.points.items():
            score = score_of(branch.family)
            for point in points:
                values, errors = self._quadrature(branch, [*score, *(s**2 for s in score)], point)
                for k in range(len(score)):
                    size = mp.sqrt(abs(values[len(score) + k])) or mpf(1)
                    found.append(self._compared(mpf(0), values[k], size, errors[k]))
        return self._check("the score's mean is 0", found)

    def _matrix(self, formula: Formula, integrands: Callable[[Family], list[Expr]]) -> Check:
        if formula.status is not Status.CLOSED or formula.expr is None:
            return nothing_closed(formula)
        return self._against(formula.title, lambda b: self._entries(formula, b), integrands)

    def _entries(self, formula: Formula, branch: Branch) -> list[Expr]:
        """A matrix's entries on and above the diagonal, in the symbols of a branch."""
        inward = dict(zip(self.family.parameters, branch.family.parameters, strict=True))
        return [formula.expr[i, j].xreplace(inward) for i, j in _pairs(self.family)]

    def _against(
        self,
        name: str,
        closed: Callable[[Branch], list[Expr]],
        integrands: Callable[[Family], list[Expr]],
    ) -> Check:
        """Closed forms against the quadrature of their integrands, branch by branch."""
        found = []
        for branch, points in self.points.items():
            wanted, entries = integrands(branch.family), closed(branch)
            for point in points:
                truths, errors = self._quadrature(branch, wanted, point)
                scale = max([abs(t) for t in truths if isfinite(t)], default=mpf(1)) or mpf(1)
                for expr, truth, error in zip(entries, truths, errors, strict=True):
                    value = self._value(expr, point)
                    own = max(abs(truth), scale * mpf(10) ** (-6))
                    found.append(self._compared(value, truth, own, error))
        return self._check(name, found)

    def _divergence(self) -> Check:
        formula = kl(self.family)
        if formula.status is not Status.CLOSED or formula.expr is None:
            return nothing_closed(formula)
        found = [each for branch in self.points for each in self._divergence_in(formula, branch)]
        return self._check(formula.title, found, len(found))

    def _divergence_in(self, formula: Formula, branch: Branch) -> list[_Comparison]:
        """The divergence at pairs of points of one branch, where its conditions hold."""
        family = branch.family
        prime, density = family.primed, family.log_density
        inward = dict(zip(self.family.parameters, family.parameters, strict=True))
        inward |= {self.family.primed[p]: prime[inward[p]] for p in self.family.parameters}
        integrand = density - density.xreplace(prime)
        found: list[_Comparison] = []
        for first, second in permutations(self.points[branch], 2):
            point = {**first, **{prime[p]: second[p] for p in prime}}
            if len(found) == self.count or not all(
                bool(c.xreplace(inward).xreplace(point)) for c in formula.conditions
            ):
                continue
            value = self._value(formula.expr.xreplace(inward), point)
            if has_further_kinks(family, integrand):
                truth, error = self._value(Expectation.under(family, integrand), point), mpf(0)
            else:
                (truth,), (error,) = self._quadrature(branch, [integrand], point)
            found.append(self._compared(value, truth, abs(truth) or mpf(1), error))
        return found

    # -- identities -------------------------------------------------------------------------------

    def _consequences(self, information: Formula) -> Iterator[Check]:
        """What has to follow from the matrix: the Hessian of KL, and the bound as its inverse."""
        divergence = kl(self.family)
        if divergence.status is Status.CLOSED and not divergence.conditions:
            curvatures = curvatures_at_zero(divergence)
            entries = [information.expr[pair] for pair in curvatures]
            name = "Hessian of the divergence at zero displacement"
            yield self._same(name, list(curvatures.values()), entries)
        bound = crlb(self.family)
        if bound.expr is not None:
            product = information.expr * bound.expr
            k = len(self.family.parameters)
            unit = [Integer(int(i == j)) for i in range(k) for j in range(k)]
            yield self._same("the bound inverts the matrix", list(product), unit)

    def _same(self, name: str, left: Sequence[Expr], right: Sequence[Expr]) -> Check:
        found = []
        for branch, points in self.points.items():
            inward = dict(zip(self.family.parameters, branch.family.parameters, strict=True))
            for point in points:
                for a, b in zip(left, right, strict=True):
                    value, other = (self._value(e.xreplace(inward), point) for e in (a, b))
                    found.append(self._compared(value, other, max(abs(other), mpf(1)), mpf(0)))
        return self._check(name, found)

    # -- numbers ----------------------------------------------------------------------------------

    def _quadrature(
        self, branch: Branch, integrands: Sequence[Expr], point: Point
    ) -> tuple[list[Any], list[Any]]:
        estimate = quadrature(branch.family).expect_precise(
            list(integrands), point, self.digits + _GUARD
        )
        return list(estimate.values), list(estimate.errors)

    def _value(self, closed: Expr, point: Point) -> Any:
        return evaluate(closed, point, digits=self.digits + _GUARD)

    def _compared(self, a: Any, b: Any, scale: Any, error: Any) -> _Comparison:
        with mp.workdps(self.digits + 2 * _GUARD):
            if not (isfinite(a) and isfinite(b)):
                return _Comparison(-mpf(inf), contradicts=True)
            gap = abs(mpf(a) - mpf(b))
            digits = mpf(self.digits + _GUARD) if gap == 0 else -log10(gap / mpf(scale))
            allowed = max(_TOLERATED * mpf(error), mpf(scale) * mpf(10) ** (1 - self.digits))
            return _Comparison(digits, contradicts=bool(gap > allowed))

    def _check(self, name: str, found: Sequence[_Comparison], points: int | None = None) -> Check:
        most = mpf(self.digits + _GUARD)
        digits = float(min([c.digits for c in found], default=most))
        count = sum(map(len, self.points.values())) if points is None else points
        passed = not any(c.contradicts for c in found)
        short = passed and digits < self.digits - 1
        remark = "as far as quadrature reaches" if short else ""
        return Check(name, min(digits, float(most)), count, passed, remark)


def products(family: Family) -> list[Expr]:
    score = score_of(family)
    return [score[i] * score[j] for i, j in _pairs(family)]


def curvatures(family: Family) -> list[Expr]:
    hessian = hessian_of(family)
    return [-hessian[i][j] for i, j in _pairs(family)]


def nothing_closed(formula: Formula) -> Check:
    return Check(formula.title, None, 0, remark=f"no closed form ({formula.status})")


def _pairs(family: Family) -> list[tuple[int, int]]:
    k = len(family.parameters)
    return [(i, j) for i in range(k) for j in range(i, k)]
