"""How far an expansion of a divergence may be from the divergence, estimated in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial
from typing import Any

import numpy as np
from sympy import Dummy, Expr, Rational, Symbol, diff, exp

from symfisher.algebra.corners import without_deltas
from symfisher.declaration import Family
from symfisher.errors import DerivationError, InputError
from symfisher.expectation.engine import engine
from symfisher.expressions.given import given_number
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.log_ratio import generator

_NODES = 17  # along the segment


def remainder_estimate(
    family: Family,
    at: Mapping[Symbol, Any],
    displacement: Mapping[Symbol, Any],
    order: int = 2,
    f: Any = None,
) -> float:
    """An estimate of the largest |D_f - its Taylor polynomial| between theta and theta + d.

    Lagrange's form: the derivative of order ``order`` + 1 of t -> D_f(p_theta || p_(theta + t d))
    at some t in (0, 1), over (order + 1)!.  The largest of its values at 17 places of the segment,
    by quadrature, is returned: an estimate, not a proof.  ``f`` is that of ``f_expansion``, KL by
    default; ``at`` gives parameters and constants, ``displacement`` d, zero where it is silent.

    Raises:
        InputError: a symbol is not the family's, or the segment leaves the parameter domain.
        DerivationError: a corner of the density lies on the segment, where no such form holds.
    """
    own = family.canonical
    point, step = (_canonical(family, values) for values in (at, displacement))
    _check(own, point, step)
    time = Symbol("t", real=True)
    pace = {p: Dummy(f"d_{p.name}", real=True) for p in own.parameters}
    moved = {p: p + time * pace[p] for p in own.parameters}
    derivative = diff(_integrand(own, moved, f), time, order + 1)
    fixed = {**point, **{pace[p]: step.get(p, Rational(0)) for p in own.parameters}}
    grid = [Rational(k, _NODES - 1) for k in range(_NODES)]
    estimates = [quadrature(own).expect([derivative], {**fixed, time: t}) for t in grid]
    values = np.abs(np.array([float(estimate.values[0]) for estimate in estimates]))
    if not np.all(np.isfinite(values)):
        raise DerivationError(
            f"family '{own.name}': a derivative of order {order + 1} of the divergence is infinite "
            "on the segment; there is no remainder in Lagrange's form"
        )
    return float(values.max()) / factorial(order + 1)


def _integrand(family: Family, moved: Mapping[Symbol, Expr], f: Any) -> Expr:
    """Of the divergence as an expectation under theta, up to what has mean zero."""
    second = without_deltas(family.log_density.subs(moved, simultaneous=True))
    if f is None:
        return -second
    expr, t = generator(f)
    ratio = second - family.log_density
    return exp(ratio) * expr.subs(t, exp(-ratio))


def _canonical(family: Family, values: Mapping[Symbol, Any]) -> dict[Symbol, Any]:
    own = {s.name: s for s in (*family.canonical.parameters, *family.canonical.constants)}
    unknown = [str(s) for s in values if str(s) not in own]
    if unknown:
        raise InputError(
            f"family '{family.name}': {', '.join(unknown)} is neither a parameter nor a constant"
        )
    place = f"family '{family.name}'"
    return {own[str(s)]: given_number(v, f"{place}, {s}") for s, v in values.items()}


def _check(family: Family, point: Mapping[Symbol, Any], step: Mapping[Symbol, Any]) -> None:
    end = {p: point.get(p, Rational(0)) + step.get(p, Rational(0)) for p in family.parameters}
    for place in (point, {**point, **end}):
        _inside(family, family.parameters, place)
    for branch in engine(family).branches:
        moved = {p for p, d in step.items() if d != 0}
        if any(moved & set(kink.parameters) for kink in branch.kinks):
            raise DerivationError(
                f"family '{family.name}': its density has a corner that moves along the "
                "displacement, so the divergence has no Taylor remainder"
            )


def _inside(family: Family, symbols: Sequence[Symbol], place: Mapping[Symbol, Any]) -> None:
    for symbol in symbols:
        domain = family.domains[symbol].substitute(dict(place))
        if symbol not in place or not (domain.lower < place[symbol] < domain.upper):
            raise InputError(
                f"family '{family.name}': {symbol} = {place.get(symbol, 'nothing')} is not in "
                f"{family.domains[symbol]}; give a point and a displacement within the domain"
            )
