"""Means of single statistics of a count, where they are known for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Add,
    Expr,
    Integer,
    Sum,
    Symbol,
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
from symfisher.expectation.closure.statistics import Monomial


def special_means(model: Model, monomial: Monomial) -> Iterator[Identity]:
    """The mean of one statistic, by the first rule that knows it."""
    if not all(support.discrete for support in model.family.supports):
        return
    single = len(model.family.variables) == 1
    rules = (_negative_binomial_trigamma, *((_inverse_power,) if single else ()), _finite_sum)
    for rule in rules:
        try:
            identity = rule(model, monomial)
        except Unconvertible:
            continue
        if identity is not None:
            yield identity
            return


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
    inverse = _roots(model, statistic, variable)
    terms = None if ratio is None else _roots(model, ratio, variable)
    if terms is None or inverse is None or inverse[0] or start is None:
        return None
    begin = field.convert(start)
    upper = [begin + root for root in terms[0]] + [begin + r for r in inverse[1]]
    lower = [begin + root for root in terms[1]] + [begin + r + field.one for r in inverse[1]]
    series = _series(model, upper, lower, terms[2])
    first = field.power(None, model.log_mass(start))
    value = first * series * inverse[2]
    for root in inverse[1]:
        value = value / (begin + root)
    return Identity("hypergeometric series", {monomial: field.one}, value)


def _roots(
    model: Model, value: Fraction, variable: Symbol
) -> tuple[list[Fraction], list[Fraction], Fraction] | None:
    """a_i, b_j, z with value = z prod(y + a_i)/prod(y + b_j)."""
    field, factor = model.field, model.field.one
    roots: tuple[list[Fraction], list[Fraction]] = ([], [])
    for side, polynomial in enumerate((value.num, value.den)):
        for part, power in field.factors(polynomial):
            fraction = field.fraction(part, part**0)
            slope = field.derivative(fraction, variable)
            if any(variable in field.keys[i].free_symbols for i in slope.generators()):
                return None
            if not slope:
                factor = factor * fraction ** (-power if side else power)
                continue
            factor = factor * slope ** (-power if side else power)
            roots[side].extend([fraction / slope - field.convert(variable)] * power)
    return roots[0], roots[1], factor


def _series(model: Model, upper: list[Fraction], lower: list[Fraction], z: Fraction) -> Fraction:
    field = model.field
    for a in list(upper):
        if a in lower:
            lower.remove(a)
            upper.remove(a)
    if field.one in lower:
        lower.remove(field.one)
    else:
        upper.append(field.one)
    if not upper and not lower:
        return field.power(None, z)
    if len(upper) == 1 and not lower:
        return field.one / field.power(field.one - z, upper[0])
    arguments = [Tuple(*sorted(map(field.expression, side), key=str)) for side in (upper, lower)]
    return field.generator(hyper(*arguments, field.expression(z)))


# -- a finite sum, as it stands -----------------------------------------------------------------


def _finite_sum(model: Model, monomial: Monomial) -> Identity | None:
    """The mean as an explicit sum over a finite support with a symbolic end."""
    limits = []
    for variable, support in zip(model.family.variables, model.family.supports):
        start = model.first_regular(support)
        if start is None or support.upper.is_infinite:
            return None
        limits.append((variable, start, support.upper))
    summand = model.statistics.expression(monomial) * _mass(model.branches.main)
    value = model.field.generator(Sum(summand, *reversed(limits)))
    return Identity("finite sum", {monomial: model.field.one}, value)


def _mass(log_mass: Expr) -> Expr:
    """exp(log_mass), with its logarithms gone where they can be."""
    gammas = {f: log(gamma(f.args[0])) for f in log_mass.atoms(loggamma)}
    return exp(Add(*log_mass.xreplace(gammas).expand().args))
