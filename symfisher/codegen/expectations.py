"""Expectations without a closed form: integrals and sums that a kernel computes itself.

The variable is mapped to the whole line, x = w, a + e^w, b - e^w or a + (b - a)/(1 + e^-w), and the
log-density and the integrand are written in w, so that what lies next to an end of the support
keeps its digits.  The double-exponential rule in w, or the sum, is ``python_runtime``'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import (
    Abs,
    Add,
    Expr,
    Max,
    Min,
    Mul,
    Piecewise,
    S,
    Sum,
    Symbol,
    exp,
    expand_mul,
    gamma,
    log,
    loggamma,
    sign,
)

from symfisher.codegen.nodes import Log1pExp
from symfisher.codegen.program import Integral
from symfisher.codegen.stability import stable
from symfisher.declaration import Family
from symfisher.errors import KernelError
from symfisher.formula import Expectation

_CORNERS = (Abs, Max, Min, Piecewise, sign)  # fixed nodes would be right to few digits


def without_expectations(
    values: Iterable[Expr], names: Iterator[str], where: str
) -> tuple[list[Expr], list[Integral]]:
    """The values with a symbol for each expectation, and what each symbol stands for.

    Raises:
        KernelError: an expectation is over several variables or a support with cases, or it has a
            corner inside the support.
    """
    values = list(values)
    found = sorted({e for value in values for e in value.atoms(Expectation)}, key=str)
    integrals = {e: _integral(e, Symbol(next(names), real=True), names, where) for e in found}
    symbols: Mapping[Expr, Expr] = {e: integral.symbol for e, integral in integrals.items()}
    return [value.xreplace(symbols) for value in values], list(integrals.values())


def as_expectations(value: Expr, family: Family) -> Expr:
    """Infinite sums over a count's whole support as expectations, so that its mass tells their end.

    sum f(x) = E[f(x)/p(x)].
    """
    if len(family.variables) > 1:
        return value
    (x,), (support,) = family.variables, family.supports

    def of_mass(e: Sum) -> Expr:
        if e.limits[1:] or e.limits[0].args != (x, support.lower, support.upper):
            return e
        ratio = _logarithmic(e.function) * exp(-family.log_density)
        return Expectation(
            _one_exponential(ratio), family.log_density, (x, support.lower, support.upper, 1)
        )

    return value.replace(lambda e: isinstance(e, Sum), of_mass) if support.discrete else value


def _logarithmic(e: Expr) -> Expr:
    """Gamma functions and powers with exponents that move, as exponentials of logarithms."""
    e = e.replace(gamma, lambda z: exp(loggamma(z)))
    return e.replace(
        lambda p: p.is_Pow and p.exp.free_symbols and p.base.free_symbols,
        lambda p: exp(p.exp * log(p.base)),
    )


def _one_exponential(e: Expr) -> Expr:
    """A product with its exponentials as one, what cancels in the exponent gone."""
    factors = Mul.make_args(e)
    powers = [factor.as_base_exp() for factor in factors]
    exponents = [p * b.args[0] if isinstance(b, exp) else p for b, p in powers if _is_exp(b)]
    others = [f for f, (b, _) in zip(factors, powers) if not _is_exp(b)]
    return exp(expand_mul(Add(*exponents))) * Mul(*others)


def _is_exp(base: Expr) -> bool:
    return isinstance(base, exp) or base is S.Exp1


def _integral(e: Expectation, symbol: Symbol, names: Iterator[str], where: str) -> Integral:
    if len(e.limits) > 1:
        raise KernelError(f"{where}: an expectation over several variables does not compile yet")
    x, lower, upper, discrete = e.limits[0].args
    if lower.has(Piecewise) or upper.has(Piecewise):
        raise KernelError(
            f"{where}: an expectation over a support with several cases does not compile yet; "
            "declare the family on the part of its domain where the support has one form"
        )
    if not discrete and any(part.has(*_CORNERS) for part in (e.integrand, e.log_density)):
        raise KernelError(
            f"{where}: an expectation with a corner inside the support does not compile yet; "
            "symfisher.verify computes it"
        )
    w = Symbol(next(names), real=True)
    if discrete:
        pair = (e.integrand, e.log_density)
        integrand, density = (stable(part.xreplace({x: w})) for part in pair)
        return Integral(symbol, w, integrand, density, lower, upper)
    point, slope, logarithms = _map(x, w, lower, upper)
    integrand, density = (
        stable(_in_line(part, x, point, logarithms)) for part in (e.integrand, e.log_density)
    )
    return Integral(symbol, w, integrand, density + stable(slope), None, None)


def _map(x: Symbol, w: Symbol, lower: Expr, upper: Expr) -> tuple[Expr, Expr, dict[Expr, Expr]]:
    """x in terms of w, log(dx/dw), and logarithms that are known without going through x."""
    if lower.is_infinite and upper.is_infinite:
        return w, w * 0, {}
    if upper.is_infinite:
        known = {log(x): w} if lower == 0 else {log(x - lower): w}
        return lower + exp(w), w, known
    if lower.is_infinite:
        return upper - exp(w), w, {log(upper - x): w}
    low, high = -Log1pExp(-w), -Log1pExp(w)
    size = upper - lower
    known = {log(x): low, log(1 - x): high} if (lower, upper) == (0, 1) else {}
    return lower + size * exp(low), log(size) + low + high, known


def _in_line(e: Expr, x: Symbol, point: Expr, logarithms: Mapping[Expr, Expr]) -> Expr:
    """The expression in w: logarithms of x where they are known, powers of x as exponentials."""
    e = e.xreplace(dict(logarithms))
    bare = logarithms.get(log(x))
    if bare is not None:
        e = e.replace(lambda p: p.is_Pow and p.base == x, lambda p: exp(p.exp * bare))
    return e.xreplace({x: point})
