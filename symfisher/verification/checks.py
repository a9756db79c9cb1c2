"""The checks behind ``symfisher verify``: fresh points, many digits, no use of the derivation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mpmath import inf, isfinite, log10, mp, mpf
from sympy import Expr, Integer, Rational, Symbol, diff

from symfisher.catalog import resolve_target
from symfisher.declaration import Family
from symfisher.errors import MismatchError
from symfisher.expectation.engine import Branch, Engine, engine
from symfisher.expectation.truth import hessian_of, score_of
from symfisher.formula import Formula, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.bound import crlb
from symfisher.quantities.divergence import kl
from symfisher.quantities.information import fisher, negative_hessian, outer_product
from symfisher.quantities.regularity import regularity
from symfisher.verification.report import Check, Report

Point = Mapping[Symbol, Rational]

_GUARD = 5  # digits of quadrature beyond those that are asked for
_SEED = 20


def verify(target: Any, digits: int = 30, points: int = 5) -> Report:
    """Compare every closed expectation of a family with quadrature to ``digits`` digits.

    Args:
        target: a bundled name, a path or a ``Family``.
        digits: decimal digits asked for.
        points: how many random parameter points, other than those of the derivation.

    Raises:
        MismatchError: a closed form does not agree; the message names it and the point.
    """
    family = resolve_target(target).canonical
    checks = _Checks(family, digits, points)
    report = Report(family.name, tuple(checks.all()))
    for check in report.checks:
        if not check.passed:
            raise MismatchError(
                f"family '{family.name}': {check.name} holds to {check.digits:.1f} digits only, "
                f"not to {digits}; {check.remark}"
            )
    return report


class _Checks:
    def __init__(self, family: Family, digits: int, points: int) -> None:
        self.family, self.digits, self.count = family, digits, points
        self.engine: Engine = engine(family)
        self.points = {branch: self._fresh_points(branch) for branch in self.engine.branches}

    def _fresh_points(self, branch: Branch) -> list[dict[Symbol, Rational]]:
        regular = branch.family.restricted(branch.conditions)
        return sample_points(regular, self.count, seed=_SEED)

    def all(self) -> Iterator[Check]:
        verdict = regularity(self.family)
        yield self._against("the density's integral is 1", [Integer(1)], [[Integer(1)]])
        if verdict.zero_mean_score:
            yield self._zero_mean()
        for formula, integrands in (
            (outer_product(self.family), self._products),
            (negative_hessian(self.family), self._curvatures),
        ):
            yield self._matrix(formula, integrands)
        yield self._divergence()
        information = fisher(self.family)
        if information.status is Status.CLOSED:
            yield from self._consequences(information)

    # -- integrals --------------------------------------------------------------------------------

    def _products(self, family: Family) -> list[Expr]:
        score = score_of(family)
        return [score[i] * score[j] for i, j in _pairs(family)]

    def _curvatures(self, family: Family) -> list[Expr]:
        hessian = hessian_of(family)
        return [-hessian[i][j] for i, j in _pairs(family)]

    def _zero_mean(self) -> Check:
        worst = mpf(inf)
        for branch, points in self.points.items():
            for point in points:
                score = score_of(branch.family)
                estimate = self._quadrature(branch, [*score, *(s**2 for s in score)], point)
                k = len(score)
                for mean, square in zip(estimate[:k], estimate[k:], strict=True):
                    worst = min(worst, self._agreed(mean, mpf(0), mp.sqrt(abs(square)) or mpf(1)))
        return self._check("the score's mean is 0", worst)

    def _matrix(self, formula: Formula, integrands: Any) -> Check:
        if formula.status is not Status.CLOSED or formula.expr is None:
            return _nothing_closed(formula)
        entries = [formula.expr[i, j] for i, j in _pairs(self.family)]
        branches = [integrands(branch.family) for branch in self.engine.branches]
        return self._against(f"{formula.title}", entries, branches)

    def _against(self, name: str, closed: Sequence[Expr], branches: Sequence[Any]) -> Check:
        """Closed forms against the quadrature of each branch's integrands."""
        worst = mpf(inf)
        if len(branches) == 1:
            branches = list(branches) * len(self.points)
        for (branch, points), integrands in zip(self.points.items(), branches, strict=True):
            inward = dict(zip(self.family.parameters, branch.family.parameters, strict=True))
            for point in points:
                truths = self._quadrature(branch, integrands, point)
                values = [self._value(c.xreplace(inward), point) for c in closed]
                scale = max([abs(t) for t in truths if isfinite(t)], default=mpf(1)) or mpf(1)
                for value, truth in zip(values, truths, strict=True):
                    own = max(abs(truth), scale * mpf(10) ** (-6))
                    worst = min(worst, self._agreed(value, truth, own))
        return self._check(name, worst)

    def _divergence(self) -> Check:
        formula = kl(self.family)
        if formula.status is not Status.CLOSED or formula.expr is None:
            return _nothing_closed(formula)
        (branch,) = self.engine.branches
        prime = formula.extra_symbols["primed"]
        back = {prime[p.name]: p for p in self.family.parameters}
        integrand = self.family.log_density - self.family.log_density.xreplace(
            {p: s for s, p in back.items()}
        )
        worst, used = mpf(inf), 0
        for first in self.points[branch]:
            for second in self.points[branch]:
                point = {**first, **{s: second[p] for s, p in back.items()}}
                holds = all(bool(c.xreplace(point)) for c in formula.conditions)
                if first is second or not holds or used >= self.count:
                    continue
                (truth,) = self._quadrature(branch, [integrand], point)
                value = self._value(formula.expr, point)
                worst = min(worst, self._agreed(value, truth, abs(truth) or mpf(1)))
                used += 1
        return self._check(formula.title, worst, used)

    # -- identities -------------------------------------------------------------------------------

    def _consequences(self, information: Formula) -> Iterator[Check]:
        """What has to follow from the matrix: the Hessian of KL, and the bound as its inverse."""
        divergence = kl(self.family)
        if divergence.status is Status.CLOSED and not divergence.conditions:
            prime = divergence.extra_symbols["primed"]
            back = {prime[p.name]: p for p in self.family.parameters}
            curvature = [
                diff(divergence.expr, prime[p.name], prime[q.name]).xreplace(back)
                for p, q in (
                    (self.family.parameters[i], self.family.parameters[j])
                    for i, j in _pairs(self.family)
                )
            ]
            entries = [information.expr[i, j] for i, j in _pairs(self.family)]
            yield self._same("Hessian of the divergence at zero displacement", curvature, entries)
        bound = crlb(self.family)
        if bound.expr is not None:
            product = (information.expr * bound.expr).tolist()
            k = len(self.family.parameters)
            found = [product[i][j] for i in range(k) for j in range(k)]
            unit = [Integer(int(i == j)) for i in range(k) for j in range(k)]
            yield self._same("the bound inverts the matrix", found, unit)

    def _same(self, name: str, left: Sequence[Expr], right: Sequence[Expr]) -> Check:
        worst = mpf(inf)
        for branch, points in self.points.items():
            inward = dict(zip(self.family.parameters, branch.family.parameters, strict=True))
            for point in points:
                for a, b in zip(left, right, strict=True):
                    value, other = (self._value(e.xreplace(inward), point) for e in (a, b))
                    worst = min(worst, self._agreed(value, other, max(abs(other), mpf(1))))
        return self._check(name, worst)

    # -- numbers ----------------------------------------------------------------------------------

    def _quadrature(self, branch: Branch, integrands: Sequence[Expr], point: Point) -> list[Any]:
        estimate = quadrature(branch.family).expect_precise(
            list(integrands), point, self.digits + _GUARD
        )
        return list(estimate.values)

    def _value(self, closed: Expr, point: Point) -> Any:
        return evaluate(closed, point, digits=self.digits + _GUARD)

    def _agreed(self, a: Any, b: Any, scale: Any) -> Any:
        with mp.workdps(self.digits + 2 * _GUARD):
            if not (isfinite(a) and isfinite(b)):
                return -mpf(inf)
            gap = abs(mpf(a) - mpf(b)) / mpf(scale)
            return mpf(self.digits + _GUARD) if gap == 0 else -log10(gap)

    def _check(self, name: str, worst: Any, points: int | None = None) -> Check:
        digits = float(min(worst, mpf(self.digits + _GUARD)))
        count = sum(map(len, self.points.values())) if points is None else points
        return Check(name, digits, count, digits >= self.digits - 1)


def _nothing_closed(formula: Formula) -> Check:
    return Check(formula.title, None, 0, remark=f"no closed form ({formula.status})")


def _pairs(family: Family) -> list[tuple[int, int]]:
    k = len(family.parameters)
    return [(i, j) for i in range(k) for j in range(i, k)]
