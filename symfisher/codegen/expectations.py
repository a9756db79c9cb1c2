"""Expectations and sums without a closed form, which a kernel computes itself.

The variable of an integral is mapped to the whole line, x = w, a + e^w, b - e^w or
a + (b - a)/(1 + e^-w), and the log-density and the integrand are written in w, so that what lies
next to an end of the support keeps its digits.  A sum is a mass, whose logarithm is taken, times
an expectation, so that no term overflows.  The rules themselves are ``rules``'s.
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
    binomial,
    exp,
    expand_log,
    expand_mul,
    factorial,
    gamma,
    log,
    loggamma,
    sign,
)

from symfisher.codegen.nodes import Log1pExp, LogBeta
from symfisher.codegen.program import Integral
from symfisher.codegen.stability import stable
from symfisher.declaration import Family
from symfisher.errors import KernelError
from symfisher.formula import Expectation

_CORNERS = (Abs, Max, Min, sign)  # and Piecewise: fixed nodes would be right to few digits


def without_expectations(
    values: Iterable[Expr], names: Iterator[str], where: str
) -> tuple[list[Expr], list[Integral]]:
    """The values with symbols for expectations and sums, and what each symbol stands for.

    An integral stands behind those that it reads.

    Raises:
        KernelError: an expectation is over several variables, or it has a corner inside the
            support.
    """
    found = _Integrals(names, where)
    values = list(values)
    while True:
        open_ones = {e for value in values for e in value.atoms(Expectation, Sum)}
        inner = [e for e in open_ones if not any(a.has(Expectation, Sum) for a in e.args)]
        if not inner:
            return values, found.integrals
        known = {e: found.value(e) for e in sorted(inner, key=str)}
        values = [value.xreplace(known) for value in values]


class _Integrals:
    """Collects integrals; equal ones are computed once."""

    def __init__(self, names: Iterator[str], where: str) -> None:
        self.integrals: list[Integral] = []
        self._known: dict[tuple[object, ...], Symbol] = {}
        self._names = names
        self._where = where
        self._node = Symbol(next(names), real=True)

    def value(self, e: Expectation | Sum) -> Expr:
        if isinstance(e, Sum):
            return self._sum(e)
        if len(e.limits) > 1:
            raise KernelError(
                f"{self._where}: an expectation over several variables does not compile yet"
            )
        x, lower, upper, discrete = e.limits[0].args
        if discrete:
            at_node = {x: self._node}
            integrand, density = (_at_node(p.xreplace(at_node)) for p in e.args[:2])
            return self._symbol("series", integrand, density, (lower, upper))
        if any(_has_corner(part, x) for part in (e.integrand, e.log_density)):
            raise KernelError(
                f"{self._where}: an expectation with a corner inside the support does not compile "
                "yet; symfisher.verify computes it"
            )
        integrand, density = _over_the_line(e, self._node)
        return self._symbol("integral", integrand, density, ())

    def _sum(self, e: Sum) -> Expr:
        """c e^L E[g]: L the logarithm of the mass of the exponentials in a term."""
        if len(e.limits) > 1:
            raise KernelError(f"{self._where}: a sum over several variables does not compile yet")
        k, *ends = e.limits[0].args
        constant, rest, exponent = _weighted(_logarithmic(e.function), k)
        rest, exponent = (_at_node(part.xreplace({k: self._node})) for part in (rest, exponent))
        mass = self._symbol("log_mass", S.One, exponent, tuple(ends))
        if rest == 1:
            return constant * exp(mass)
        mean = self._symbol("series", rest, exponent - mass, tuple(ends))
        return constant * exp(mass) * mean

    def _symbol(self, rule: str, integrand: Expr, density: Expr, ends: tuple[Expr, ...]) -> Symbol:
        key = (rule, integrand, density, ends)
        if key not in self._known:
            self._known[key] = Symbol(next(self._names), real=True)
            self.integrals.append(
                Integral(self._known[key], rule, self._node, integrand, density, ends)
            )
        return self._known[key]


def _has_corner(e: Expr, x: Symbol) -> bool:
    """Whether it has one at some x: cases of the parameters are none."""
    cases = (condition for c in e.atoms(Piecewise) for _, condition in c.args)
    return any(c.has(x) for c in (*e.atoms(*_CORNERS), *cases))


def _at_node(e: Expr) -> Expr:
    """The stable form, binomial coefficients and factorials in gamma functions."""
    e = stable(e).replace(binomial, lambda n, k: exp(-LogBeta(k + 1, n - k + 1)) / (n + 1))
    return e.replace(factorial, lambda n: gamma(n + 1))


def as_expectations(value: Expr, family: Family) -> Expr:
    """Infinite sums over a count's whole support as expectations, so that its mass tells their end.

    sum f(x) = E[f(x)/p(x)].
    """
    if len(family.variables) > 1 or family.log_density.has(Sum):
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
    e = e.replace(binomial, lambda n, k: gamma(n + 1) / (gamma(k + 1) * gamma(n - k + 1)))
    e = e.replace(factorial, lambda n: gamma(n + 1))
    e = e.replace(gamma, lambda z: exp(loggamma(z)))
    return e.replace(
        lambda p: p.is_Pow and p.exp.free_symbols and p.base.free_symbols,
        lambda p: exp(p.exp * log(p.base)),
    )


def _one_exponential(e: Expr) -> Expr:
    """A product with its exponentials as one, what cancels in the exponent gone."""
    exponent, others = _exponent(e)
    return exp(expand_mul(exponent)) * others


def _exponent(e: Expr) -> tuple[Expr, Expr]:
    """The exponent of a product's exponentials together, and its other factors."""
    factors = Mul.make_args(e)
    powers = [factor.as_base_exp() for factor in factors]
    exponents = [p * b.args[0] if isinstance(b, exp) else p for b, p in powers if _is_exp(b)]
    others = [f for f, (b, _) in zip(factors, powers) if not _is_exp(b)]
    return Add(*exponents), Mul(*others)


def _weighted(e: Expr, k: Symbol) -> tuple[Expr, Expr, Expr]:
    """c, g, h with e = c g e^h, where c is free of k and no term of h is."""
    exponent, others = _exponent(e)
    constant, rest = others.as_independent(k, as_Add=False)
    free, moving = expand_mul(expand_log(exponent)).as_independent(k, as_Add=True)
    if moving == 0:  # a rational term: its size is its weight
        falling = [f for f in Mul.make_args(rest) if f.is_Pow and f.exp.is_negative]
        moving = Add(*(f.exp * log(f.base) for f in falling))
        rest /= Mul(*falling)
    return constant * exp(free), rest, moving


def _is_exp(base: Expr) -> bool:
    return isinstance(base, exp) or base is S.Exp1


def _over_the_line(e: Expectation, w: Symbol) -> tuple[Expr, Expr]:
    """Integrand and log-density in the variable w on the line.

    A support with several forms has a choice between its maps.
    """
    lower, upper = e.limits[0].args[1:3]
    cases = [c for end in (lower, upper) if isinstance(end, Piecewise) for c in end.args]
    if not cases:
        return _mapped(e, w, lower, upper)
    conditions = list(dict.fromkeys(condition for _, condition in cases))
    if conditions[-1] != True:  # noqa: E712  (a SymPy truth value)
        conditions.append(S.true)
    branches = [(_mapped(e, w, *(_case(end, c) for end in (lower, upper))), c) for c in conditions]
    first, second = (Piecewise(*((pair[i], c) for pair, c in branches)) for i in (0, 1))
    return first, second


def _case(end: Expr, condition: object) -> Expr:
    """The value that an end takes under a condition."""
    if not isinstance(end, Piecewise):
        return end
    found = [value for value, holds in end.args if holds in (condition, True)]
    return found[0]


def _mapped(e: Expectation, w: Symbol, lower: Expr, upper: Expr) -> tuple[Expr, Expr]:
    x = e.limits[0].args[0]
    point, slope, logarithms = _map(x, w, lower, upper)
    integrand, density = (
        stable(_in_line(part, x, point, logarithms)) for part in (e.integrand, e.log_density)
    )
    return integrand, density + stable(slope)


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
