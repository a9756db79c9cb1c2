"""f-divergences with any generator, Jensen-Shannon divergence and total variation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Ge,
    Integer,
    Le,
    Mul,
    Piecewise,
    Symbol,
    diff,
    exp,
    expand,
    expand_log,
    limit,
    log,
    oo,
)

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.affinity import affinity
from symfisher.expectation.engine import status_of
from symfisher.expectation.pair import Pair, free_symbol, inclusion, pair_of, same_support
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.quantities.divergence import kl
from symfisher.quantities.log_ratio import generator, t_log_t
from symfisher.quantities.pairs import densities, infinite, roles
from symfisher.quantities.registry import quantity

_TITLE = "f-divergence"


@quantity("f_divergence", "f-divergence with a generator f, such as t*log(t).", default=False)
def f_divergence(
    family: Family,
    f: Any = None,
    other: Family | str | None = None,
    common: str | tuple[str, ...] = (),
) -> Formula:
    """D_f(p || q) = E_q[f(p/q)] (Csiszar 1967), f an expression in one symbol with f(1) = 0.

    KL(p || q) is t*log(t) (the default), Pearson's chi-square (t - 1)**2.  A sum of powers of t, of
    which each may be times log(t), is closed where the integral of p^a q^(1-a) is; any other f
    leaves an expectation.  Options as in ``kl``.  The Hessian at zero displacement is f''(1) F.

    Raises:
        InputError: f has not exactly one symbol, or f(1) is not 0.
    """
    expr, t = generator(t_log_t() if f is None else f)
    pair = pair_of(family, other, common)
    p, q = densities(pair)
    symbol = rf"D_f({p} \,\|\, {q})"
    nested = inclusion(pair)
    if nested.reason:
        return infinite(pair, "f_divergence", _TITLE, symbol, nested.reason)
    conjugate = t * expr.subs(t, 1 / t)  # E_q[f(p/q)] = E_p[r f(1/r)] with r = q/p
    at_zero = Integer(0) if same_support(pair) else limit(expr, t, 0, "+")
    if at_zero.is_infinite:
        where = "where the first density vanishes the second has mass, and f(0) is infinite"
        return infinite(pair, "f_divergence", _TITLE, symbol, where)
    found = _by_powers(family, pair, conjugate, t, other, common)
    found = found or _open(pair, conjugate, t, at_zero)
    return found.with_(
        name="f_divergence",
        title=_TITLE,
        symbol=symbol,
        conditions=tuple(dict.fromkeys((*nested.conditions, *found.conditions))),
        extra_symbols=roles(pair),
    )


def _by_powers(
    family: Family, pair: Pair, conjugate: Expr, t: Symbol, other: Any, common: Any
) -> Formula | None:
    """Term by term: E_p[r^s (log r)^m] from the integral of p^(1-s) q^s and its derivatives."""
    terms = [_power_and_log(term, t) for term in Add.make_args(expand(expand_log(conjugate)))]
    total: Expr = Integer(0)
    conditions: list[Any] = []
    steps: list[Step] = []
    for term in terms:
        found = None if term is None else _mean_of_power(family, pair, *term[1:], other, common)
        if term is None or found is None or found.status is not Status.CLOSED:
            return None
        total += term[0] * found.expr
        conditions += found.conditions
        steps += found.trace
    return Formula(
        "", "", "", tidy(total), family, trace=tuple(dict.fromkeys(steps)),
        conditions=tuple(dict.fromkeys(conditions)),
    )  # fmt: skip


def _power_and_log(term: Expr, t: Symbol) -> tuple[Expr, Expr, int] | None:
    """(c, s, m) where the term is c t^s (log t)^m."""
    scale, moving = term.as_independent(t, as_Add=False)
    power: Expr = Integer(0)
    logs = 0
    for factor in Mul.make_args(moving):
        base, exponent = factor.as_base_exp()
        if base == t and not exponent.has(t):
            power += exponent
        elif base == log(t) and exponent.is_Integer and exponent > 0:
            logs += int(exponent)
        elif factor != 1:
            return None
    return scale, power, logs


def _mean_of_power(
    family: Family, pair: Pair, power: Expr, logs: int, other: Any, common: Any
) -> Formula | None:
    """E_p[r^power (log r)^logs], r = q/p."""
    if (power, logs) in ((0, 0), (1, 0)):
        return Formula("", "", "", Integer(1), family)
    if (power, logs) == (0, 1):
        return kl(family, other, common).map(lambda value: -value)
    if (power, logs) == (1, 1):
        return kl(family, other, common, True)
    order: Expr = 1 - power
    if logs:
        order = free_symbol("alpha", {s.name for s in pair.first.domains}, real=True)
    found = affinity(pair, order)
    if found.expr is None or found.status is not Status.CLOSED:
        return None
    value = diff(found.expr, order, logs) * (-1) ** logs if logs else found.expr
    at = {order: 1 - power} if logs else {}
    return Formula(
        "", "", "", value.subs(at), family, trace=found.steps,
        conditions=tuple(c for c in (each.subs(at) for each in found.conditions) if c != True),  # noqa: E712
    )  # fmt: skip


def _open(pair: Pair, conjugate: Expr, t: Symbol, at_zero: Expr) -> Formula:
    """E_p[r f(1/r)], and f(0) times the mass that q has where p vanishes."""
    ratio = exp(-pair.log_ratio)
    integrand = expand_log(conjugate).subs(log(t), -pair.log_ratio).subs(t, ratio)
    expr = Expectation.under(pair.first, integrand)
    if at_zero != 0:
        expr += at_zero * (1 - Expectation.under(pair.first, ratio))
    return Formula("", "", "", expr, pair.first, status=status_of(expr))


# -- by quadrature --------------------------------------------------------------------------------


@quantity("jensen_shannon", "Jensen-Shannon divergence to a second parameter point.", default=False)
def jensen_shannon(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Formula:
    """(KL(p || m) + KL(q || m))/2 with m = (p + q)/2, as two expectations, by quadrature.

    Between 0 and log 2, whatever the supports (Lin 1991).  Options as in ``kl``.
    """
    pair = pair_of(family, other, common)
    halves = []
    for one in (pair, pair.swapped):
        inside = log(2) - log(1 + exp(-one.log_ratio))
        halves.append(Expectation.under(one.first, _where_other_is(one, inside, log(2))) / 2)
    return _numerical(pair, Add(*halves), "jensen_shannon", "Jensen-Shannon divergence", "JS")


@quantity("total_variation", "Total variation distance to a second parameter point.", default=False)
def total_variation(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Formula:
    """Half the integral of |p - q|, the largest difference of two probabilities, by quadrature.

    It is the expectation of |1 - q/p|/2 under p, to which half the mass of q outside the support
    of p is added.  Options as in ``kl``.
    """
    pair = pair_of(family, other, common)
    halves = []
    for one in (pair, pair.swapped):
        inside = Abs(1 - exp(-one.log_ratio)) / (1 + exp(-one.log_ratio))
        halves.append(Expectation.under(one.first, _where_other_is(one, inside, Integer(1))) / 2)
    return _numerical(pair, Add(*halves), "total_variation", "Total variation distance", "TV")


def _where_other_is(pair: Pair, inside: Expr, outside: Expr) -> Expr:
    """The integrand on the second support, and its value where the second density vanishes."""
    for condition in _on_support(pair):
        inside = Piecewise((inside, condition), (outside, True))
    return inside


def _on_support(pair: Pair) -> Iterator[Any]:
    for variable, p, q in zip(pair.first.variables, pair.first.supports, pair.second.supports):
        if q.lower not in (p.lower, -oo):
            yield Ge(variable, q.lower)
        if q.upper not in (p.upper, oo):
            yield Le(variable, q.upper)


def _numerical(pair: Pair, expr: Expr, name: str, title: str, letters: str) -> Formula:
    p, q = densities(pair)
    return Formula(
        name=name,
        title=title,
        symbol=rf"\operatorname{{{letters}}}({p}, {q})",
        expr=expr,
        family=pair.first,
        status=status_of(expr),
        extra_symbols=roles(pair),
    )
