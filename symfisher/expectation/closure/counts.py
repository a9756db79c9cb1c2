"""Means of single statistics of a count, where they are known for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Sum,
    Tuple,
    exp,
    gamma,
    hyper,
    log,
    loggamma,
    polygamma,
)

from symfisher.algebra.fraction import Fraction, Unconvertible
from symfisher.expectation.closure.rows import Identity, Model
from symfisher.expectation.closure.series import roots_of, series
from symfisher.expectation.closure.statistics import Monomial
from symfisher.expectation.closure.tails import polygamma_by_tail


def special_means(model: Model, monomial: Monomial) -> Iterator[Identity]:
    """The mean of one statistic, by the first rule that knows it."""
    if not all(support.discrete for support in model.family.supports):
        return
    single = len(model.family.variables) == 1
    one_count = (_inverse_power, polygamma_by_tail) if single else ()
    rules = (_negative_binomial_trigamma, *one_count, _finite_sum)
    for rule in rules:
        try:
            identity = rule(model, monomial)
        except Unconvertible:
            continue
        if identity is not None:
            yield identity
            return


def total_means(model: Model, monomial: Monomial) -> Iterator[Identity]:
    """The mean of a statistic of the total of several counts, which needs no other row."""
    if len(model.family.variables) > 1 and all(s.discrete for s in model.family.supports):
        with suppress(Unconvertible):
            identity = _negative_binomial_trigamma(model, monomial)
            if identity is not None:
                yield identity


# -- E[trigamma(r + Y)] under a negative binomial -----------------------------------------------


def _negative_binomial_trigamma(model: Model, monomial: Monomial) -> Identity | None:
    """E[psi_1(r + Y)] = psi_1(r) - (q/r) 3F2(1, 1, 1; 2, r + 1; q) for mass (r)_y q^y/y! (1-q)^r.

    From psi_1(r + y) = int_0^1 -log(u) u^(r+y-1)/(1-u) du, summed under the integral; then
    v = (1-q)u/(1-qu) leaves the integral of -log(1-qv)-type terms, which is the series.
    The sum of the counts of a negative multinomial has such a distribution too.
    """
    size = _trigamma_argument(model, monomial)
    ratios = None if size is None else _ratios(model, size)
    if size is None or ratios is None:
        return None
    field = model.field
    q, r = field.sum(ratios), field.convert(size)
    series = hyper(Tuple(1, 1, 1), Tuple(2, field.expression(r + field.one)), field.expression(q))
    mean = field.convert(polygamma(1, size)) - q / r * field.generator(series)
    at_zero = field.power(None, model.log_mass(Integer(0)))
    value = at_zero / field.power(field.one - q, r) * mean
    for point in _missing_points(model):
        mass = field.power(None, model.log_mass(point))
        value = value - mass * field.convert(polygamma(1, size + point))
    return Identity("trigamma under a negative binomial", {monomial: field.one}, value)


def _trigamma_argument(model: Model, monomial: Monomial) -> Expr | None:
    """r, where the statistic is psi_1(r + the sum of all variables)."""
    statistic, field = model.statistics.expression(monomial), model.field
    if not isinstance(statistic, polygamma) or statistic.args[0] != 1:
        return None
    size = field.expression(field.convert(statistic.args[1]) - field.convert(_total(model)))
    return None if size.free_symbols & set(model.family.variables) else size


def _total(model: Model) -> Expr:
    return Add(*model.family.variables)


def _ratios(model: Model, size: Expr) -> list[Fraction] | None:
    """q_i, where the main branch is const * Gamma(r + sum y) * prod q_i^y_i / y_i!."""
    field, variables = model.field, model.family.variables
    rest = field.sum(model.terms) - field.convert(loggamma(_total(model) + size))
    for variable in variables:
        rest = rest + field.convert(loggamma(variable + 1))
    slopes = [field.derivative(rest, variable) for variable in variables]
    symbols = {s for q in slopes for i in q.generators() for s in field.keys[i].free_symbols}
    if symbols & set(variables):
        return None
    return [field.power(None, slope) for slope in slopes]


def _missing_points(model: Model) -> list[Expr]:
    """The points from 0 on that the main branch leaves out."""
    if len(model.family.variables) > 1:
        return []
    support = model.family.supports[0]
    before = [Integer(k) for k in range(int(support.lower))]
    return before + [point for point, _ in model.branches.exceptions]


# -- E[1/(y + c)^k] under a hypergeometric mass -------------------------------------------------


def _inverse_power(model: Model, monomial: Monomial) -> Identity | None:
    """sum_y p(y)/(y + c)^k as p(lo)/(lo + c)^k times a generalised hypergeometric series."""
    (variable,) = model.family.variables
    support, field = model.family.supports[0], model.field
    ratio = model.ratio(variable, support)
    start = model.first_regular(support)
    statistic = model.statistics.fraction(monomial)
    inverse = roots_of(model, statistic, variable)
    terms = None if ratio is None else roots_of(model, ratio, variable)
    if terms is None or inverse is None or inverse.upper or start is None:
        return None
    begin = field.convert(start)
    upper = [begin + root for root in (*terms.upper, *inverse.lower)]
    lower = [begin + root for root in terms.lower]
    lower += [begin + root + field.one for root in inverse.lower]
    value = field.power(None, model.log_mass(start)) * inverse.factor
    value = value * series(model, upper, lower, terms.factor)
    for root in inverse.lower:
        value = value / (begin + root)
    return Identity("hypergeometric series", {monomial: field.one}, value)


# -- a sum, as it stands ------------------------------------------------------------------------


def _finite_sum(model: Model, monomial: Monomial) -> Identity | None:
    """The mean as an explicit sum over a finite support with a symbolic end."""
    if any(support.upper.is_infinite for support in model.family.supports):
        return None
    return _explicit_sum(model, monomial, "finite sum")


def infinite_sum(model: Model, monomial: Monomial) -> Identity | None:
    """The mean of a statistic of one count with hypergeometric masses, as an infinite sum."""
    supports = model.family.supports
    if len(supports) > 1 or model.ratio(model.family.variables[0], supports[0]) is None:
        return None
    return _explicit_sum(model, monomial, "infinite sum")


def _explicit_sum(model: Model, monomial: Monomial, rule: str) -> Identity | None:
    limits = []
    for variable, support in zip(model.family.variables, model.family.supports):
        start = model.first_regular(support)
        if start is None:
            return None
        limits.append((variable, start, support.upper))
    summand = model.statistics.expression(monomial) * _mass(model.branches.main)
    value = model.field.generator(Sum(summand, *reversed(limits)))
    return Identity(rule, {monomial: model.field.one}, value)


def _mass(log_mass: Expr) -> Expr:
    """exp(log_mass), with its logarithms gone where they can be."""
    gammas = {f: log(gamma(f.args[0])) for f in log_mass.atoms(loggamma)}
    terms = Add.make_args(log_mass.xreplace(gammas).expand())
    powers = [term.as_independent(log, as_Add=False) for term in terms]
    single = [isinstance(rest, log) for _, rest in powers]
    bases = (rest.args[0] ** k for (k, rest), one in zip(powers, single) if one)
    return Mul(*bases) * exp(Add(*(t for t, one in zip(terms, single) if not one)))
