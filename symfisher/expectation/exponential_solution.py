"""The means of an exponential family's statistics, solved from E[score] = 0."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Integer

from symfisher.algebra.fraction import Fraction, Polynomial, Unconvertible
from symfisher.algebra.fraction_field import Field
from symfisher.algebra.linear_system import LinearSystem
from symfisher.declaration import Family
from symfisher.expectation.independence import independent, parted

Separated = dict[Expr, tuple[Fraction, Fraction]]  # T -> (T as a fraction, its coefficient)
_ONE = Integer(1)


class Solution:
    """The separated log-density and the solved means, over one field."""

    def __init__(self, family: Family, numbers: Field) -> None:
        self.family, self.field = family, numbers
        self.parameters, self.variables = family.parameters, frozenset(family.variables)
        self.offset: Fraction = numbers.zero
        separated = self.separate(family.log_density)
        _, self.offset = separated.pop(_ONE, (numbers.one, numbers.zero))
        self.base = {t: pair for t, pair in separated.items() if not self._varies(pair[1])}
        self.terms = {t: pair for t, pair in separated.items() if t not in self.base}
        self.offset_slopes = [numbers.derivative(self.offset, p) for p in self.parameters]
        self._find_means()
        if not self.full and self._merge():
            self._find_means()

    # -- separation ---------------------------------------------------------------------------

    def separate(self, expr: Expr) -> Separated:
        """expr = sum of T(x) * coefficient(theta); the term without data has T = 1."""
        result: Separated = {}
        for term in Add.make_args(expr):
            value = self.field.constant_or_converted(term, self.parameters)
            self._separate_term(value, result)
        return {t: pair for t, pair in result.items() if pair[1]}

    def _separate_term(self, value: Fraction, result: Separated) -> None:
        numbers = self.field
        data_part, rest = numbers.one, numbers.one
        for factor, power in numbers.factors(value.den):
            fraction = numbers.fraction(factor, value.num**0) ** power
            if self._is_data(fraction):
                data_part = data_part / fraction
            else:
                rest = rest / fraction
        for monomial, coefficient in self._by_monomial(value.num):
            statistic = monomial * data_part
            key = numbers.expression(statistic)
            if key.is_Mul and key.could_extract_minus_sign():
                key, statistic, coefficient = -key, -statistic, -coefficient
            _, old = result.get(key, (statistic, numbers.zero))
            result[key] = (statistic, old + coefficient * rest)

    def _by_monomial(self, polynomial: Polynomial) -> list[tuple[Fraction, Fraction]]:
        numbers = self.field
        kinds = [self._holds_data(key) for key in numbers.keys]
        groups: dict[tuple[int, ...], Fraction] = {}
        for exponents, coefficient in polynomial.terms():
            data, rest = parted(exponents, kinds)
            term = numbers.monomial(rest, coefficient)
            groups[data] = groups.get(data, numbers.zero) + term
        return [(numbers.monomial(data, 1), c) for data, c in groups.items()]

    def _holds_data(self, key: Expr) -> bool:
        symbols = key.free_symbols
        if not symbols & self.variables:
            return False
        if symbols & set(self.parameters):
            raise Unconvertible(f"{key} holds both data and parameters")
        return True

    def _is_data(self, value: Fraction) -> bool:
        """Whether a factor of a denominator holds data; it may not hold both."""
        symbols = {s for i in value.generators() for s in self.field.keys[i].free_symbols}
        if symbols & self.variables and symbols & set(self.parameters):
            shown = self.field.expression(value)
            raise Unconvertible(f"{shown} holds both data and parameters")
        return bool(symbols & self.variables)

    def _varies(self, value: Fraction) -> bool:
        return any(self.field.derivative(value, p) for p in self.parameters)

    # -- means --------------------------------------------------------------------------------

    def _find_means(self) -> None:
        numbers = self.field
        self.statistics = sorted(self.terms, key=_order)
        self.natural = [self.terms[t][1] for t in self.statistics]
        self.slopes = [
            [numbers.derivative(eta, p) for eta in self.natural] for p in self.parameters
        ]
        system: LinearSystem[int] = LinearSystem(numbers)
        for slopes, offset in zip(self.slopes, self.offset_slopes):
            system.add(dict(enumerate(slopes)), -offset)
        means = [system.value(k) for k in range(len(self.statistics))]
        self.full = all(mean is not None for mean in means)
        self.means = [mean for mean in means if mean is not None]
        self._moments: dict[tuple[int, ...], Fraction] = {}
        self._cumulants: dict[tuple[int, ...], Fraction] = {
            (k,): mean for k, mean in enumerate(self.means)
        }

    def _merge(self) -> bool:
        """Statistics whose natural parameters depend linearly on others' merged into those."""
        basis = independent(self.field, self.natural, set(self.parameters))
        if basis is None:
            return False
        kept, combinations, constants = basis
        numbers = self.field
        merged: Separated = {}
        for position, k in enumerate(kept):
            total = numbers.sum(
                self.terms[t][0] * row[position] for t, row in zip(self.statistics, combinations)
            )
            merged[numbers.expression(total)] = (total, self.natural[k])
        for t, constant in zip(self.statistics, constants):
            if constant:
                statistic, old = self.base.get(t, (self.terms[t][0], numbers.zero))
                self.base[t] = (statistic, old + constant)
        self.terms = merged
        return True

    # -- moments ------------------------------------------------------------------------------

    def moment(self, powers: tuple[int, ...]) -> Fraction:
        """E[prod_k T_k**powers[k]] by E[T_j g] = E[T_j] E[g] + Cov(T_j, g), the last solved from
        d_i E[g] = sum_j (d_i eta_j) Cov(T_j, g)."""
        if powers not in self._moments:
            self._moments[powers] = self._compute_moment(powers)
        return self._moments[powers]

    def _compute_moment(self, powers: tuple[int, ...]) -> Fraction:
        if sum(powers) == 0:
            return self.field.one
        j = next(k for k, power in enumerate(powers) if power)
        rest = tuple(power - (k == j) for k, power in enumerate(powers))
        mean = self.moment(rest)
        return self.means[j] * mean + self._natural_slopes(mean)[j]

    def _natural_slopes(self, value: Fraction) -> list[Fraction]:
        """The derivatives by the natural parameters; for E[g] they are Cov(T_j, g)."""
        return self._chained(self.slopes, value)

    def mean_slopes(self, k: int) -> list[Fraction]:
        """The derivatives of eta_k by the means: a row of the inverse covariance matrix."""
        numbers = self.field
        rows = [[numbers.derivative(mean, p) for mean in self.means] for p in self.parameters]
        return self._chained(rows, self.natural[k])

    def _chained(self, rows: list[list[Fraction]], value: Fraction) -> list[Fraction]:
        """x_j with d_i value = sum_j rows[i][j] x_j."""
        system: LinearSystem[int] = LinearSystem(self.field)
        for row, parameter in zip(rows, self.parameters):
            system.add(dict(enumerate(row)), self.field.derivative(value, parameter))
        found = [system.value(j) for j in range(len(self.statistics))]
        return [x for x in found if x is not None]  # all: the means are solved from such rows

    def cumulant(self, index: tuple[int, ...]) -> Fraction:
        """The joint cumulant of T_i for i in the ascending ``index``: a derivative of the means."""
        if index not in self._cumulants:
            below = index[:-1]
            for j, slope in enumerate(self._natural_slopes(self.cumulant(below))):
                self._cumulants[tuple(sorted((*below, j)))] = slope
        return self._cumulants[index]

    # -- results ------------------------------------------------------------------------------

    def mean_expressions(self) -> list[Expr]:
        return [self.field.expanded(mean) for mean in self.means]

    def score_mean(self) -> list[Expr]:
        return [
            self.field.expression(
                self.field.sum(s * m for s, m in zip(slopes, self.means)) + offset
            )
            for slopes, offset in zip(self.slopes, self.offset_slopes)
        ]

    def negative_hessian(self) -> list[list[Expr]]:
        return _symmetric(len(self.parameters), self._negative_hessian_entry)

    def _negative_hessian_entry(self, i: int, j: int) -> Expr:
        numbers, parameter = self.field, self.parameters[j]
        curvature = [numbers.derivative(slope, parameter) for slope in self.slopes[i]]
        mean = numbers.sum(c * m for c, m in zip(curvature, self.means))
        return numbers.expression(-(mean + numbers.derivative(self.offset_slopes[i], parameter)))

    def outer_product(self) -> list[list[Expr]]:
        return _symmetric(len(self.parameters), self._outer_entry)

    def _outer_entry(self, i: int, j: int) -> Expr:
        """E[S_i S_j] = sum_k (d_i eta_k) E[T_k S_j], and E[T_k S_j] = d_j E[T_k]."""
        numbers, parameter = self.field, self.parameters[j]
        pairs = zip(self.slopes[i], self.means)
        return numbers.expression(
            numbers.sum(slope * numbers.derivative(mean, parameter) for slope, mean in pairs)
        )

    def expect(self, integrand: Expr) -> Expr | None:
        numbers, total = self.field, self.field.zero
        for statistic, (_, coefficient) in self.separate(integrand).items():
            powers = self._as_product(statistic)
            if powers is None:
                return None
            total = total + coefficient * self.moment(powers)
        return numbers.expression(total)

    def _as_product(self, statistic: Expr) -> tuple[int, ...] | None:
        """Powers of the T_k whose product the statistic is."""
        target = _powers(statistic)
        factors = [_powers(t) for t in self.statistics]
        return None if target is None else _decompose(target, factors, 0)


def _symmetric(size: int, entry: Callable[[int, int], Expr]) -> list[list[Expr]]:
    upper = {(i, j): entry(i, j) for i in range(size) for j in range(i, size)}
    return [[upper[min(i, j), max(i, j)] for j in range(size)] for i in range(size)]


def _powers(expr: Expr) -> dict[Expr, int] | None:
    """base -> integer exponent of a product; None if an exponent is no integer or it is a sum."""
    powers = expr.as_powers_dict()
    if not all(p.is_Integer for p in powers.values()):
        return {expr: 1}
    return {base: int(p) for base, p in powers.items() if base != 1}


def _decompose(
    target: dict[Expr, int], factors: list[dict[Expr, int] | None], start: int
) -> tuple[int, ...] | None:
    """Natural numbers n_k with target = prod factors[k]**n_k, a few at most."""
    if not target:
        return (0,) * len(factors)
    for k in range(start, len(factors)):
        factor = factors[k]
        if not factor or not set(factor) <= set(target):
            continue
        if any(abs(target[b]) < abs(p) or target[b] * p < 0 for b, p in factor.items()):
            continue
        rest = {b: p - factor.get(b, 0) for b, p in target.items()}
        found = _decompose({b: p for b, p in rest.items() if p}, factors, k)
        if found is not None:
            return tuple(n + (i == k) for i, n in enumerate(found))
    return None


def _order(expr: Expr) -> tuple[int, str]:
    return (len(str(expr)), str(expr))
