"""Means of statistics from E[score] = 0, for vectors of symbolic length.

Where the score by entry i is a(i) T(x[i]) + sum of b(i) M + d(i), with totals M = sum of c(k)
T(x[k]), its mean gives E[T(x[i])] in terms of the E[M], and summing c(k) times that over k a
linear system for those: of the number of totals, not of the vectors' length.  Where the
parameter's entries have a total, the derivatives by them are equal in mean and not zero: their
common value is a further unknown (Lagrange's multiplier), and the data's total a further equation.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Add, Dummy, Expr, Indexed, IndexedBase, Matrix, S, Sum, expand_mul

from symfisher.algebra.indexed import calculus
from symfisher.algebra.indexed_derivatives import indexed_score, normal_log_density
from symfisher.algebra.indexed_inverse import small_inverse
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.indexed.frame import Blocks, IndexedFrame
from symfisher.expectation.indexed.statistics import POINT, NotLinear, template, terms_of
from symfisher.formula import Expectation, Step
from symfisher.vectors import at_index


@dataclass
class _Equation:
    """entries[T] T(x[POINT]) + totals[M] M + constant = 0 in mean (or = the multiplier)."""

    entries: dict[Expr, Expr] = field(default_factory=dict)
    totals: dict[Expr, Expr] = field(default_factory=dict)
    constant: Expr = S.Zero


class _Solution:
    """The means of the entries' statistics, and of totals whose entries' are not known."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.rules = calculus(family)
        vectors = [p for p in family.parameters if isinstance(p, IndexedBase)]
        plain = [p for p in family.parameters if not isinstance(p, IndexedBase)]
        self.rows = [self._equation(p) for p in vectors]
        self.others = [self._equation(p) for p in plain]
        self.statistics = list(dict.fromkeys(t for row in self.rows for t in row.entries))
        equations = [*self.rows, *self.others]
        self.totals = {m: Dummy("M") for m in dict.fromkeys(m for e in equations for m in e.totals)}
        self.multipliers = [Dummy("c") if p in self.rules.totals else S.Zero for p in vectors]
        self.means: dict[Expr, Expr] = self._solved()

    def _equation(self, parameter: Expr) -> _Equation:
        slope = self.rules.derivative(normal_log_density(self.family), parameter, POINT)
        equation = _Equation()
        for coefficient, data in terms_of(slope, self.family):
            if data == 1:
                equation.constant += coefficient
                continue
            statistic = data if isinstance(data, Sum) else template(data, self.family)[0]
            if any(statistic.has(p) for p in self.family.parameters) and statistic is not data:
                raise NotLinear
            if not isinstance(data, Sum) and not data.has(POINT):
                raise NotLinear
            known = equation.totals if isinstance(data, Sum) else equation.entries
            known[statistic] = known.get(statistic, S.Zero) + coefficient
        return equation

    def _solved(self) -> dict[Expr, Expr]:
        means = dict(zip(self.statistics, self._in_terms_of_totals(), strict=True))
        unknown = [*self.totals.values(), *filter(None, self.multipliers)]
        values = _linear(self._conditions(means), unknown)
        if values is None:
            raise NotLinear
        found = {t: tidy(self.rules.normal(m.xreplace(values))) for t, m in means.items()}
        return {**found, **{m: values[name] for m, name in self.totals.items()}}

    def _in_terms_of_totals(self) -> list[Expr]:
        """E[T(x[POINT])] for each statistic, with the totals' means as symbols."""
        if len(self.statistics) != len(self.rows):
            raise NotLinear
        slopes = Matrix(
            [[row.entries.get(t, S.Zero) for t in self.statistics] for row in self.rows]
        )
        inverse = small_inverse(slopes) if self.rows else slopes
        if inverse is None:
            raise NotLinear
        right = [
            multiplier - row.constant - Add(*(b * self.totals[m] for m, b in row.totals.items()))
            for row, multiplier in zip(self.rows, self.multipliers, strict=True)
        ]
        return [expand_mul(m) for m in inverse * Matrix(right)] if self.rows else []

    def _conditions(self, means: dict[Expr, Expr]) -> list[Expr]:
        """What is zero: a total less the sum of its entries, and the other equations."""
        found = [
            name - value
            for total, name in self.totals.items()
            if (value := self._summed(total, means)) is not None
        ]
        found += [
            Add(e.constant, *(b * self.totals[m] for m, b in e.totals.items())) for e in self.others
        ]
        for variable, total in self.rules.totals.items():
            if any(self.multipliers) and variable[POINT] in means:
                found.append(self.rules.total(means[variable[POINT]], POINT) - total)
        return found

    def _summed(self, total: Sum, means: dict[Expr, Expr]) -> Expr | None:
        """The sum of the entries' means; None where these are not known."""
        ((bound, _, _),) = total.limits
        summed = S.Zero
        for coefficient, data in terms_of(total.function, self.family):
            statistic, place = template(data, self.family)
            if statistic not in means or place != bound:
                return None
            summed += at_index(coefficient, bound, POINT) * means[statistic]
        return self.rules.total(summed, POINT)


def _linear(conditions: list[Expr], unknown: list[Dummy]) -> dict[Dummy, Expr] | None:
    """The solution of a square linear system; None of any other."""
    if len(conditions) != len(unknown):
        return None
    if not unknown:
        return {}
    matrix = Matrix([[expand_mul(c).coeff(u) for u in unknown] for c in conditions])
    right = Matrix([-expand_mul(c).xreplace(dict.fromkeys(unknown, S.Zero)) for c in conditions])
    inverse = small_inverse(matrix.applyfunc(tidy))
    if inverse is None:
        return None
    return {name: tidy(value) for name, value in zip(unknown, inverse * right, strict=True)}


class ExponentialFrame(IndexedFrame):
    name = "exponential family"

    def __init__(self, family: Family, solution: _Solution) -> None:
        super().__init__(family)
        self.means = solution.means
        self.steps = [
            Step(
                "mean of a statistic",
                "Solve E[score] = 0 for the mean of the statistic, at a free index.",
                Expectation.under(family, at_index(statistic, POINT, family.indices[0])),
                at_index(mean, POINT, family.indices[0]),
            )
            for statistic, mean in self.means.items()
        ]

    def mean(self, statistic: Expr) -> Expr | None:
        return self.means.get(statistic)

    def outer_product(self) -> Blocks | None:
        """Cov(T, score_j) = D_j E[T]: the score is linear in statistics free of parameters."""
        score = indexed_score(self.family)
        try:
            return self.blocks(lambda p, q: self._covariance(score[p], q))
        except NotLinear:
            return None

    def _covariance(self, expr: Expr, q: int) -> Expr:
        """E[expr score_q] where E[score] = 0, by the derivatives of means."""
        found = [
            coefficient * self._slope(data, q)
            for coefficient, data in terms_of(expr, self.family)
            if data != 1
        ]
        return Add(*found)

    def _slope(self, data: Expr, q: int) -> Expr:
        parameter, column = self.family.parameters[q], self.family.indices[1]
        if isinstance(data, Sum) and any(data.has(p) for p in self.family.parameters):
            return self._slope_of_sum(data, q)
        if isinstance(data, Sum):
            mean = self.expect(data)
            if mean is None:
                raise NotLinear
            return self.rules.gradient(mean, parameter, column)
        statistic, place = template(data, self.family)
        if statistic not in self.means:
            raise NotLinear
        slope = self.rules.gradient(self.means[statistic], parameter, column)
        return self.rules.normal(at_index(slope, POINT, place))

    def _slope_of_sum(self, data: Sum, q: int) -> Expr:
        """The weights of a total are parameters too, and are not what is differentiated."""
        ((bound, _, _),) = data.limits
        fresh = Dummy(bound.name, integer=True, positive=True)
        inside = self._covariance(at_index(data.function, bound, fresh), q)
        return self.rules.total(inside, fresh)


def frame(family: Family) -> ExponentialFrame | None:
    """The frame of a family whose score determines the means of its statistics."""
    if not any(isinstance(v, IndexedBase) for v in family.variables) or family.category:
        return None
    if not family.log_density.has(Indexed):
        return None
    try:
        return ExponentialFrame(family, _Solution(family))
    except NotLinear:
        return None
