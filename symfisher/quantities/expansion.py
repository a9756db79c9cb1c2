"""Taylor expansions of divergences at zero displacement, from moments of log-derivatives.

The divergence itself is not needed: with L = log p_(theta+d) - log p_theta, D_f = E[G(L)] and
L is the Taylor series of the log-density in d, so that each coefficient is an expectation of
products of derivatives of the log-density.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from math import factorial, prod
from typing import Any

from sympy import Add, Expr, Integer, Mul, Symbol, expand_mul, expand_multinomial, oo
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import InputError, MismatchError
from symfisher.expectation.boundary import decide_positive
from symfisher.expectation.by_branches import expect
from symfisher.expectation.engine import Expected, engine
from symfisher.expectation.truth import ENOUGH_DIGITS, agreement
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.quantities.divergence import curvatures_at_zero, increments_of, kl
from symfisher.quantities.information import fisher
from symfisher.quantities.log_ratio import (
    Powers,
    log_derivative,
    product_moments,
    series_in_log_ratio,
    t_log_t,
)
from symfisher.quantities.registry import quantity
from symfisher.quantities.removable import removable_note

_KL_SYMBOL = r"\operatorname{KL}(p_\theta \,\|\, p_{\theta+d})"
_TERMS = {
    2: "The part of second order is d^T F d / 2 times f''(1): F is the Hessian at zero "
    "displacement (Amari 2016, section 3.5).",
    3: "The part of third order holds the Amari-Chentsov tensor T_ijk = E[s_i s_j s_k] and the "
    "exponential connection E[H_ij s_k]; for KL it is -E[d_i d_j d_k log p], which is T_ijk and "
    "the three connection coefficients added (Amari 2016, section 6.2).",
    4: "The parts of higher order are moments of products of log-derivatives alike.",
}


@quantity(
    "kl_expansion",
    "Taylor expansion of the KL divergence in the displacement of the parameters.",
    ("kl", "fisher"),
)
def kl_expansion(family: Family, order: int = 2) -> Formula:
    """Taylor polynomial of KL(p_theta || p_(theta+d)) in d, up to ``order`` (2 or more).

    Its quadratic part is d^T F d / 2, its part of order n -E[(d . grad)^n log p]/n!.  Where the
    divergence is closed, its own Hessian is compared with the Fisher matrix: the third road.
    Status "none" where the model is not differentiable in quadratic mean, or not often enough.

    Raises:
        InputError: ``order`` is below 2.
        MismatchError: the Hessian of the closed divergence is not the Fisher matrix.
    """
    _check_order("kl_expansion", order)
    information = fisher(family)
    if information.expr is not None:
        _third_road(family)
    return _expansion(
        family, order, Integer(1), "kl_expansion", "Expansion of the KL divergence", _KL_SYMBOL,
        lambda powers: -log_derivative(family, powers),
    )  # fmt: skip


@quantity(
    "f_expansion",
    "Taylor expansion of the f-divergence with the generator f in the displacement.",
    ("fisher",),
    default=False,
)
def f_expansion(family: Family, f: Any = None, order: int = 2) -> Formula:
    """Taylor polynomial of D_f(p_theta || p_(theta+d)) = E_q[f(p/q)] in d, q being the second law.

    ``f`` is an expression in one symbol with f(1) = 0, smooth at 1, such as t*log(t) for KL (the
    default) or (t - 1)**2 for Pearson's chi-square.

    Raises:
        InputError: ``order`` is below 2, or f is not such a function.
    """
    _check_order("f_expansion", order)
    weights = series_in_log_ratio(t_log_t() if f is None else f, order)
    return _expansion(
        family, order, 2 * weights[2], "f_expansion", "Expansion of the f-divergence",
        r"D_f(p_\theta \,\|\, p_{\theta+d})",
        lambda powers: product_moments(family, powers, weights),
    )  # fmt: skip


def _check_order(name: str, order: Any) -> None:
    if not isinstance(order, int) or order < 2:
        raise InputError(f"{name}: order is {order!r}; give a whole number from 2 on")


# -- the polynomial -------------------------------------------------------------------------------


def _expansion(
    family: Family,
    order: int,
    curvature: Expr,
    name: str,
    title: str,
    symbol: str,
    coefficient: Any,
) -> Formula:
    increments = increments_of(family)
    information = fisher(family)
    named = information.with_(
        name=name, title=title, symbol=symbol, details={"order": order},
        extra_symbols={"increments": increments},
    )  # fmt: skip
    conditions, reason = _smooth_enough(family, order)
    if information.expr is None or reason:
        return named.with_(expr=None, status=Status.NONE, notes=(_no_expansion(order, reason),))
    steps = list(increments.values())
    parts = [curvature * _quadratic(information.expr, steps)]
    found = [information]
    for powers in _multi_indices(len(steps), order):
        value = _expected(family, coefficient(powers), conditions)
        parts.append(_monomial(value, powers, steps))
        found.append(value)
    expr = Add(*parts)
    return named.with_(
        expr=expr,
        notes=(*removable_note(expr, family), *_one_sided(family)),
        status=Status.QUADRATURE if expr.has(Expectation) else information.status,
        conditions=_strongest(information.conditions, conditions),
        digits=min((f.digits for f in found if f.digits is not None), default=None),
        trace=(*information.trace, *_words(order, expr)),
    )


def _strongest(
    of_second_order: Sequence[Relational], of_all: Sequence[Relational]
) -> tuple[Relational, ...]:
    """A bound for the order that is asked for implies the one for the second order."""
    bounded = {condition.lhs for condition in of_all}
    kept = (c for c in of_second_order if c.lhs not in bounded)
    return tuple(dict.fromkeys((*kept, *of_all)))


def _expected(family: Family, integrand: Expr, conditions: Sequence[Relational]) -> Expected:
    """The expectation as a whole, or else term by term: a sum may cancel too far to be checked."""
    whole = expect(family, integrand, conditions)
    if whole.status is Status.CLOSED or not integrand.is_Add:
        return whole
    terms = [_expected_term(family, term, conditions) for term in integrand.args]
    if any(term.status is not Status.CLOSED for term in terms):
        return whole
    digits = min(term.digits for term in terms if term.digits is not None)
    return Expected(Add(*(term.expr for term in terms)), Status.CLOSED, digits)


def _expected_term(family: Family, term: Expr, conditions: Sequence[Relational]) -> Expected:
    """As it is, or with its powers of sums multiplied out."""
    found = expect(family, term, conditions)
    if found.status is Status.CLOSED:
        return found
    opened = (expand_multinomial(f, deep=False) for f in Mul.make_args(term))
    expanded = expand_mul(Mul(*opened), deep=False)
    return found if expanded == term else expect(family, expanded, conditions)


def _quadratic(matrix: Any, steps: list[Symbol]) -> Expr:
    size = range(len(steps))
    return Add(
        *(
            matrix[i, j] * steps[i] * steps[j] / (2 if i == j else 1)
            for i in size
            for j in size
            if i <= j
        )
    )


def _monomial(value: Expected, powers: Powers, steps: list[Symbol]) -> Expr:
    number = prod(map(factorial, powers))
    return tidy(value.expr) * Mul(*(d**n for d, n in zip(steps, powers))) / number


def _multi_indices(size: int, order: int) -> Iterator[Powers]:
    """Powers of the displacements of all degrees from 3 to ``order``."""
    for degree in range(3, order + 1):
        for indices in combinations_with_replacement(range(size), degree):
            yield tuple(indices.count(i) for i in range(size))


def _words(order: int, expr: Expr) -> Iterator[Step]:
    for degree in range(2, min(order, 4) + 1):
        yield Step("Taylor expansion", _TERMS[degree], None, expr if degree == 2 else None)


# -- whether there is one -------------------------------------------------------------------------


def _smooth_enough(family: Family, order: int) -> tuple[tuple[Relational, ...], str]:
    """Conditions under which the density is smooth enough for the order, or why it is not.

    Where it falls off like (distance)^rho at a moving end, derivatives of the n-th order have
    means if rho > n - 1.
    """
    conditions: list[Relational] = []
    for branch in engine(family).branches:
        if order > 2 and any(any(j != 0 for j in kink.score_jumps) for kink in branch.kinks):
            return (), "the density has a corner that moves with the parameters"
        for end in branch.ends:
            if end.exponent is None or end.exponent == oo:
                continue
            enough = decide_positive(end.exponent - order + 1, branch.family, branch.fingerprint)
            if enough is False:
                return (), f"the support's end {end.location} moves with the parameters"
            conditions += enough if isinstance(enough, tuple) else ()
    back = {s: t for b in engine(family).branches for s, t in engine(family)._outward(b).items()}
    return tuple(dict.fromkeys(c.xreplace(back) for c in conditions)), ""


def _no_expansion(order: int, reason: str) -> str:
    if reason and order > 2:
        return f"The divergence has no expansion of order {order}: {reason}."
    return (
        "The divergence has no second-order expansion: the model is not differentiable in "
        "quadratic mean."
    )


def _one_sided(family: Family) -> tuple[str, ...]:
    if not any(branch.ends for branch in engine(family).branches):
        return ()
    return (
        "It holds for displacements that do not move an end of the support inward; the divergence "
        "is infinite for the others.",
    )


def _third_road(family: Family) -> None:
    """Compare the Hessian of the closed divergence at zero displacement with the Fisher matrix."""
    divergence = kl(family)
    machine = engine(family)
    if divergence.status is not Status.CLOSED or divergence.conditions or len(machine.branches) > 1:
        return
    (branch,) = machine.branches
    for (i, j), curvature in curvatures_at_zero(divergence).items():
        values = branch.truth.closed_values.value(curvature)
        for value, moments in zip(values, branch.truth.moments, strict=True):
            truth = float(moments.outer_product[i, j])
            digits = agreement(float(value.mid()), truth, float(moments.scale[i, j]))
            if value.is_finite() and digits < ENOUGH_DIGITS - 3:
                p, q = family.parameters[i], family.parameters[j]
                raise MismatchError(
                    f"family '{family.name}': the Hessian of the KL divergence at zero "
                    f"displacement is {float(value.mid()):.12g} in entry ({p}, {q}), the "
                    f"Fisher matrix {truth:.12g}; nothing is shown"
                )
