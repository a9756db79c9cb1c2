"""Means of trigamma functions of a count whose tail probabilities are known.

Where p(y) = T(y) - T(y+1) for a T proportional to p with a rational factor (Gosper, 1978), the
sum of p(y) g(y) is T(lo) g(lo) + sum over k > lo of T(k) (g(k) - g(k-1)), and for g a polygamma
function the difference is a power of k: the sum is a hypergeometric series.
"""

from __future__ import annotations

from math import prod

from sympy import Expr, polygamma

from symfisher.algebra.fraction import Fraction
from symfisher.expectation.closure.rows import Identity, Model
from symfisher.expectation.closure.series import Roots, roots_of, series
from symfisher.expectation.closure.statistics import Monomial


def polygamma_by_tail(model: Model, monomial: Monomial) -> Identity | None:
    """E[psi_1(c + Y)] = psi_1(c + lo) - sum over k > lo of P(Y >= k)/(c + k - 1)^2.

    For the Yule-Simon, Waring and beta-geometric distributions P(Y >= k) is a ratio of gamma
    functions.
    """
    (variable,) = model.family.variables
    field, support = model.field, model.family.supports[0]
    shift = _shift(model, monomial)
    start, ratio = model.first_regular(support), model.ratio(variable, support)
    if shift is None or start is None or ratio is None or not support.upper.is_infinite:
        return None
    terms = roots_of(model, ratio, variable)
    factor = None if terms is None else _tail_factor(model, terms)
    if terms is None or factor is None:
        return None
    begin, one = field.convert(start), field.one
    mass = field.power(None, model.log_mass(start))
    first = mass * factor * prod((begin + b - one for b in terms.lower), start=one)  # P(Y >= lo)
    second = first - mass  # P(Y >= lo + 1)
    c = field.convert(shift) + begin
    # the terms P(Y >= k)/(c + k - 1)^2 from k = lo + 1 on
    upper = [begin + one + a for a in terms.upper] + [c, c]
    lower = [begin + b for b in terms.lower] + [c + one, c + one]
    value = first * field.convert(polygamma(1, shift + start))
    value = value - second / (c * c) * series(model, upper, lower, terms.factor)
    return Identity("summation by parts in the data", {monomial: one}, value)


def _shift(model: Model, monomial: Monomial) -> Expr | None:
    """c, where the statistic is psi_1(c + Y)."""
    statistic, field = model.statistics.expression(monomial), model.field
    (variable,) = model.family.variables
    if not isinstance(statistic, polygamma) or statistic.args[0] != 1:
        return None
    shift = field.expression(field.convert(statistic.args[1]) - field.convert(variable))
    return None if variable in shift.free_symbols else shift


def _tail_factor(model: Model, terms: Roots) -> Fraction | None:
    """f with T(y) = f prod(y + b - 1) p(y): prod(y + b - 1) - z prod(y + a) must be constant."""
    field = model.field
    (variable,) = model.family.variables
    y = field.convert(variable)
    below = prod((y + b - field.one for b in terms.lower), start=field.one)
    above = prod((y + a for a in terms.upper), start=field.one)
    difference = below - terms.factor * above
    if not difference or field.derivative(difference, variable):
        return None
    return field.one / difference
