"""One entry of counts with a known total, by the normaliser with that entry left out.

Where p(y) = exp(c) prod of w(y[k], k) over counts that add up to n, the masses add up to one for
every length and every n.  So what the other entries add up to, once y[i] = m, is exp(-c') with c'
the same c for n - m and without entry i, and P(y[i] = m) = w(m, i) exp(c - c').
"""

from __future__ import annotations

from sympy import Add, Expr, Indexed, IndexedBase, Integer, Sum, Symbol, exp, preorder_traversal

from symfisher.algebra.indexed_derivatives import normal_log_density
from symfisher.declaration import Family
from symfisher.expectation.indexed.frame import IndexedFrame
from symfisher.expectation.indexed.statistics import (
    POINT,
    NotLinear,
    reads_data,
    terms_of,
)
from symfisher.formula import Step
from symfisher.vectors import at_index


class LeaveOneOutFrame(IndexedFrame):
    name = "leave one out"

    def __init__(self, family: Family, counts: IndexedBase, total: Symbol) -> None:
        super().__init__(family)
        self.counts, self.total = counts, total
        taken = {s.name for s in family.symbols}
        name = next(n for n in ("m", "h", "m_0", "m_1", "m_2", "m_3") if n not in taken)
        self.value = Symbol(name, nonnegative=True)
        self.log_mass = self._log_mass()
        self.steps = [
            Step(
                self.name,
                "The masses add up to one at every length and total, which gives the mass of one "
                "entry by leaving it out of the normaliser.",
                family.log_density,
                exp(at_index(self.log_mass, POINT, family.indices[0])),
            )
        ]

    def _log_mass(self) -> Expr:
        weight, constant = [], []
        for coefficient, data in terms_of(normal_log_density(self.family), self.family):
            if data == 1:
                constant.append(coefficient)
                continue
            weight.append(coefficient * self._own_weight(data))
        c = Add(*constant)
        return Add(*weight, c, -self._without_one(c))

    def _own_weight(self, data: Expr) -> Expr:
        """What the entry at ``POINT`` adds to a sum over the entries, its count being ``value``."""
        if not isinstance(data, Sum):
            raise NotLinear
        ((bound, _, _),) = data.limits
        own = at_index(data.function, bound, POINT).xreplace({self.counts[POINT]: self.value})
        if reads_data(own, self.family):
            raise NotLinear
        return own

    def _without_one(self, constant: Expr) -> Expr:
        """The same part of the log-mass for one entry less, and a total less its count."""
        shorter = {
            s: s - at_index(s.function, s.limits[0][0], POINT)
            for s in preorder_traversal(constant)
            if isinstance(s, Sum)
        }
        if _outside_sums(constant, set(shorter)).has(Indexed):
            raise NotLinear
        left = constant.xreplace({self.total: self.total - self.value})
        length = self.rules.length
        return left.xreplace({**shorter, length: length - 1})

    def mean(self, statistic: Expr) -> Expr | None:
        if isinstance(statistic, Sum):
            return None
        value = statistic.xreplace({self.counts[POINT]: self.value})
        if reads_data(value, self.family):
            return None
        return Sum(value * exp(self.log_mass), (self.value, 0, self.total))


def _outside_sums(expr: Expr, sums: set[Sum]) -> Expr:
    return expr.xreplace(dict.fromkeys(sums, Integer(1)))


def frame(family: Family) -> LeaveOneOutFrame | None:
    """The frame of a family of one vector of counts with a known total."""
    (variable, *more), (support, *_) = family.variables, family.supports
    single = isinstance(variable, IndexedBase) and not more and support.discrete
    if not single or not isinstance(support.total, Symbol):
        return None
    try:
        return LeaveOneOutFrame(family, variable, support.total)
    except NotLinear:
        return None
