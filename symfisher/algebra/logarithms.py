"""Logarithms taken apart into logarithms that are independent.

The argument of a logarithm is taken to be positive, as it is in a real-valued expression.
"""

from __future__ import annotations

from sympy import Add, E, Expr, Integer, Mul, Pow, S, beta, exp, factorint, gamma, log, loggamma


def log_image(argument: Expr) -> Expr:
    """log(argument) as a sum over the factors of ``argument`` whose sign is certain."""
    positive, doubtful = _separated(argument)
    terms = [power * _elementary(factor) for factor, power in positive]
    return Add(*terms, _doubtful_log(doubtful))


def _separated(argument: Expr) -> tuple[list[tuple[Expr, Expr]], list[tuple[Expr, Expr]]]:
    """Factors (base, power) that are positive for certain, and the others."""
    positive: list[tuple[Expr, Expr]] = []
    doubtful: list[tuple[Expr, Expr]] = []
    for factor in Mul.make_args(argument):
        if isinstance(factor, exp):
            base, power = E, factor.args[0]
        else:
            base, power = factor.as_base_exp()
        if base.is_positive and power.is_real:
            positive.append((base, power))
        else:
            doubtful.append((base, power))
    return positive, doubtful


def _elementary(factor: Expr) -> Expr:
    """log of one positive factor."""
    if factor is E:
        return S.One
    if factor.is_Integer:
        return Add(*(Integer(e) * log(Integer(p)) for p, e in factorint(int(factor)).items()))
    if factor.is_Rational:
        return _elementary(Integer(factor.p)) - _elementary(Integer(factor.q))
    if isinstance(factor, gamma) and factor.args[0].is_positive:
        return loggamma(factor.args[0])
    if isinstance(factor, beta):
        first, second = factor.args
        if first.is_positive and second.is_positive:
            return loggamma(first) + loggamma(second) - loggamma(first + second)
    return log(factor, evaluate=False) if factor.is_Mul else log(factor)


def _doubtful_log(factors: list[tuple[Expr, Expr]]) -> Expr:
    """log of the product of the others: one odd power of one base gives up its exponent."""
    if not factors:
        return S.Zero
    if len(factors) == 1:
        ((base, power),) = factors
        if power.is_Integer and power % 2 == 1:
            return power * log(base)
    return log(Mul(*(Pow(base, power) for base, power in factors)))
