"""A divergence beside its expansions, along a direction in parameter space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Expr, Symbol, sympify

from symfisher.declaration import Family
from symfisher.derivation import Derivation, derive
from symfisher.errors import InputError
from symfisher.expressions.given import given_number
from symfisher.formula import Formula
from symfisher.numerics.evaluate import evaluate
from symfisher.plots.style import line, new_axes

_POINTS = 61
_NAMES = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}


def plot_kl_expansions(
    target: str | Path | Family | Derivation,
    at: Mapping[Any, Any],
    direction: Mapping[Any, Any],
    orders: Sequence[int] = (2, 3, 4),
    reach: float = 1.0,
    *,
    axes: Any = None,
    size: str = "text",
) -> Any:
    """The axes with KL(p_theta || p_(theta + t d)) and its expansions against t, |t| <= reach.

    ``at`` gives theta (and constants), ``direction`` d, by symbol or by name; parameters that
    ``direction`` leaves out stand still.  Where theta + t d leaves the domain nothing is drawn.

    Raises:
        InputError: a name is not the family's, or the family has no such expansion.
        MissingPackageError: matplotlib is not installed.
    """
    derivation = target if isinstance(target, Derivation) else derive(target)
    family = derivation.family
    point, step = (_by_symbol(family, values) for values in (at, direction))
    times = np.linspace(-reach, reach, _POINTS)
    kept = [t for t in times if _inside(family, point, step, t)]
    axes = new_axes(axes, size=size)
    exact = [_divergence(derivation.kl(), family, point, step, t) for t in kept]
    axes.plot(kept, exact, label="divergence", **line(0))
    for number, order in enumerate(orders, start=1):
        expansion = derivation.kl_expansion(order=order)
        if expansion.expr is None:
            raise InputError(f"family '{family.name}': {' '.join(expansion.notes)}")
        values = [_polynomial(expansion, family, point, step, t) for t in kept]
        label = f"{_NAMES.get(order, f'{order}th')} order"
        axes.plot(kept, values, label=label, **line(number))
    axes.set_ylim(bottom=min(0.0, 0.2 * min(exact)), top=1.6 * max(exact))
    axes.set_xlabel("$t$")
    axes.set_ylabel(r"$\mathrm{KL}(p_{\theta}\,\Vert\,p_{\theta + t\,d})$")
    axes.legend(frameon=False)
    return axes


def _by_symbol(family: Family, values: Mapping[Any, Any]) -> dict[Symbol, Expr]:
    known = {s.name: s for s in (*family.parameters, *family.constants)}
    for name in map(str, values):
        if name not in known:
            raise InputError(
                f"family '{family.name}': {name} is neither a parameter nor a constant; there are "
                + ", ".join(known)
            )
    place = f"family '{family.name}'"
    return {known[str(n)]: given_number(value, f"{place}, {n}") for n, value in values.items()}


def _moved(
    family: Family, point: Mapping[Symbol, Expr], step: Mapping[Symbol, Expr], t: float
) -> dict[Symbol, Expr]:
    time = sympify(float(t), rational=True)
    return {p: point[p] + time * step.get(p, sympify(0)) for p in family.parameters}


def _inside(
    family: Family, point: Mapping[Symbol, Expr], step: Mapping[Symbol, Expr], t: float
) -> bool:
    there = {**point, **_moved(family, point, step, t)}
    domains = ((there[p], family.domains[p].substitute(there)) for p in family.parameters)
    within = all(bool(d.lower < value) and bool(value < d.upper) for value, d in domains)
    return within and all(bool(c.subs(there)) for c in family.constraints)


def _divergence(
    formula: Formula,
    family: Family,
    point: Mapping[Symbol, Expr],
    step: Mapping[Symbol, Expr],
    t: float,
) -> float:
    prime = formula.extra_symbols["primed"]
    moved = _moved(family, point, step, t)
    second = {prime[p.name]: value for p, value in moved.items()}
    if moved == {p: point[p] for p in family.parameters}:
        return 0.0
    return float(evaluate(formula.expr, {**point, **second}))


def _polynomial(
    formula: Formula,
    family: Family,
    point: Mapping[Symbol, Expr],
    step: Mapping[Symbol, Expr],
    t: float,
) -> float:
    increments = formula.extra_symbols["increments"]
    moved = _moved(family, point, step, t)
    shifts = {increments[p.name]: moved[p] - point[p] for p in family.parameters}
    return float(evaluate(formula.expr, {**point, **shifts}))
