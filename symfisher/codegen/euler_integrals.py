"""Hypergeometric functions and Lerch's transcendent as means under a beta law.

No language here has them; as expectations they are computed like any other, with an estimate of
their error.  Euler's integral (DLMF 15.6.1, 16.5.2): 2F1(a, b; c; z) = E[(1 - z v)^(-a)] for
v ~ Beta(b, c - b), and 3F2(1, 1, b; 2, c; z) that of 2F1(1, 1; 2; z v) = -log(1 - z v)/(z v).
Lerch's Phi(z, s, a) for a whole s is the integral of v^(a-1) (-log v)^(s-1)/((s-1)! (1 - z v))
(DLMF 25.14.5).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sympy import (
    Abs,
    Dummy,
    Expr,
    Gt,
    Integer,
    Le,
    Lt,
    Ne,
    Piecewise,
    Symbol,
    expand,
    factorial,
    hyper,
    lerchphi,
    log,
    loggamma,
)

from symfisher.formula import Expectation

Signs = dict[Symbol, Symbol]  # a real symbol -> one of the sign that it has in a case


def as_beta_means(value: Expr, signs: Signs | None = None) -> Expr:
    """The expression with means for those functions whose parameters are known to be positive."""
    known = dict(signs or {})
    if not value.has(hyper, lerchphi):
        return value
    if isinstance(value, Piecewise):
        return _by_cases(value, known)
    if not value.args or isinstance(value, Expectation):
        return value
    if isinstance(value, hyper):
        return _hypergeometric(value, known) or value
    rebuilt = value.func(*(as_beta_means(a, known) for a in value.args))
    if isinstance(rebuilt, lerchphi):
        return _lerch(rebuilt, known) or rebuilt
    return rebuilt


def _by_cases(value: Piecewise, known: Signs) -> Expr:
    """Case by case; what a case says of the sign of a symbol is known in it, and not after it."""
    cases, here = [], dict(known)
    for branch, condition in value.args:
        inside = {**here, **_sign_of(condition, True)}
        cases.append((as_beta_means(branch, inside), condition))
        here.update(_sign_of(condition, False))
    return Piecewise(*cases)


def _sign_of(condition: Any, holds: bool) -> Signs:
    """What s > 0 or s < 0 says of the sign of s, the case s = 0 left out."""
    if not isinstance(condition, Gt | Lt) or condition.rhs != 0:
        return {}
    symbol = condition.lhs
    if not isinstance(symbol, Symbol):
        return {}
    positive = isinstance(condition, Gt) == holds
    return {symbol: Dummy(positive=True) if positive else Dummy(negative=True)}


def _hypergeometric(value: hyper, known: Signs) -> Expr | None:
    above, below, z = (*map(list, value.args[:2]), _below_one(value.args[2], known))
    if len(above) == 2 and len(below) == 1:
        for a, b in (above, reversed(above)):
            mean = _beta_mean(b, below[0] - b, partial(_power, z, -a), known)
            if mean is not None:
                return mean
    if len(above) == 3 and len(below) == 2 and Integer(2) in below and above.count(1) >= 2:
        below.remove(Integer(2))
        for _ in range(2):
            above.remove(Integer(1))
        gap = below[0] - above[0]
        return _beta_mean(
            above[0],
            gap,
            lambda v: Piecewise((-log(1 - z * v) / (z * v), Ne(z, 0)), (Integer(1), True)),
            known,
        )
    return None


def _power(z: Expr, exponent: Expr, v: Expr) -> Expr:
    return (1 - z * v) ** exponent


def _lerch(value: lerchphi, known: Signs) -> Expr | None:
    z, s, a = value.args
    z = _below_one(z, known)
    if not (s.is_Integer and s > 0):
        return None
    mean = _beta_mean(
        a,
        Integer(1),
        lambda v: (-log(v)) ** (s - 1) / (factorial(s - 1) * (1 - z * v)),
        known,
    )
    return None if mean is None else mean / a


def _below_one(z: Expr, known: Signs) -> Expr:
    """z, but no pole for a point that belongs to another case."""
    return Piecewise((z, Le(z, 1)), (Integer(0), True)) if known and z.free_symbols else z


def _beta_mean(
    p: Expr, q: Expr, function: Callable[[Expr], Expr], known: Signs
) -> Expectation | None:
    """E[function(v)], v ~ Beta(p, q); None where p or q may not be positive."""
    q = expand(q)
    if not all(each.xreplace(known).is_positive for each in (p, q)):
        return None
    if known:  # the other cases are computed too: there it has to be a density all the same
        p, q = Abs(p), Abs(q)
    v = Dummy("v", positive=True)
    density = (p - 1) * log(v) + (q - 1) * log(1 - v)
    density += loggamma(p + q) - loggamma(p) - loggamma(q)
    return Expectation(function(v), density, (v, Integer(0), Integer(1), 0))
