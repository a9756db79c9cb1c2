"""Products of powers and sums from the logarithm of an integral, in their shortest form."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Dummy, Expr, Mul, Piecewise, exp, expand, expand_log, expand_mul, log

from symfisher.algebra.cost import cost
from symfisher.algebra.tidy import tidy

_MOST = 250  # operations of what is put into a shortest form at all


def closed_forms(logarithm: Expr) -> Iterator[Expr]:
    """exp(logarithm), the shortest form found first, then as it came."""
    whole = as_powers(exp(logarithm))
    if logarithm.has(Piecewise):
        yield tidy(whole)
    elif logarithm.count_ops() <= _MOST:
        forms = dict.fromkeys((whole, *_distributed(logarithm)))
        yield min((tidy(form) for form in forms), key=cost)
    else:
        yield tidy(_as_product(tidy(logarithm)))
    yield whole


def _as_product(logarithm: Expr) -> Expr:
    """exp of a sum, in which only the logarithms become factors of their own: what is left can be
    long, and is not to be multiplied out."""
    factors, rest = [], []
    for term in Add.make_args(logarithm):
        number, inside = term.as_coeff_Mul()
        if isinstance(inside, log):
            factors.append(inside.args[0] ** number)
        else:
            rest.append(term)
    return Mul(*factors, exp(Add(*rest)))


def logarithm_of(logarithm: Expr, value: Expr) -> Expr:
    """The logarithm of the ``value`` where that is a sum or has cases, else its shortest form."""
    if value.has(Piecewise):
        return log(value)
    if logarithm.count_ops() > _MOST:
        return tidy(logarithm)
    if value.is_Add or value.is_Pow:
        return plain_logarithm(value)
    forms = [tidy(expand_log(logarithm)), tidy(plain_logarithm(value))]
    return min(forms, key=cost)


def plain_logarithm(value: Expr) -> Expr:
    """log of a positive number: of a product as a sum, of a power as a multiple, of e^u as u."""
    if isinstance(value, exp):
        return value.args[0]
    if value.is_Pow and not (value.exp.is_Integer and value.exp % 2 == 0):
        return value.exp * plain_logarithm(value.base)
    if value.is_Mul:
        positive = [f for f in value.args if f.is_positive or f.is_Pow or isinstance(f, exp)]
        rest = Mul(*(f for f in value.args if f not in positive))
        if not any(f.is_Pow and f.exp.is_Integer and not f.is_positive for f in positive):
            return Add(*map(plain_logarithm, positive), log(rest))
    return log(value)


def as_powers(expr: Expr) -> Expr:
    """exp(a log b + c) as b^a e^c."""
    return expr.replace(exp, lambda z: Mul(*(exp(term) for term in Add.make_args(expand_mul(z)))))


def _distributed(logarithm: Expr) -> Iterator[Expr]:
    """The product multiplied out, with the arguments of logarithms taken as positive symbols, so
    that their powers combine."""
    meaning: dict[Expr, Expr] = {}

    def named(argument: Expr) -> Expr:
        if argument.is_Symbol:
            return log(argument)
        for symbol, known in meaning.items():
            if known == argument:
                return log(symbol)
        symbol = Dummy(positive=True)
        meaning[symbol] = argument
        return log(symbol)

    masked = as_powers(exp(logarithm.replace(log, named)))
    inner = {s: u for s, u in meaning.items() if not u.atoms(*meaning)} if meaning else {}
    outer = {s: as_powers(u) for s, u in meaning.items() if s not in inner}
    product = masked.subs(outer)
    for form in (product, expand(product, deep=False)):
        yield form.subs(inner)
