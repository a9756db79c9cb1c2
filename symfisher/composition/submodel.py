"""A family with some of its parameters tied to one another or fixed: curved families and slices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol

from symfisher.composition.images import holds_everywhere, spread
from symfisher.composition.reading import declared, domain_of, expression_of, parameter_of
from symfisher.composition.substitution import (
    check_requirements,
    constant_point,
    narrowed,
    requirements,
    substituted,
)
from symfisher.declaration import Family
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.errors import InputError


def submodel(
    family: Family,
    ties: Mapping[Any, Any],
    *,
    domains: Mapping[Any, Any] | None = None,
    constants: Mapping[Any, Any] | None = None,
    name: str | None = None,
) -> Family:
    """The family with each parameter in ``ties`` replaced by an expression or a number.

    ``{mu: theta, sigma: theta}`` is the curved family N(theta, theta^2), ``{sigma: 1}`` the normal
    with a known deviation; ``constants`` declares what is known without being a number,
    ``submodel(normal, {"sigma": "s"}, constants={"s": "positive"})``.  The domain of a new
    parameter is where the old ones stay in theirs; ``domains`` gives it where that is not one
    interval.

    Raises:
        InputError: a parameter is put outside its domain, or no parameter is left.
    """
    strangers: dict[str, Symbol] = {}
    known = _constants(family, constants or {}, strangers)
    olds = {
        parameter_of(family, key, "ties"): expression_of(family, value, f"ties, {key}", strangers)
        for key, value in ties.items()
    }
    found = _domains(family, olds, known, strangers, domains or {})
    if not found:
        raise InputError(f"family '{family.name}': the ties leave no parameter to learn about")
    return substituted(
        family,
        olds,
        found,
        constants=known,
        name=name or f"{family.name} with {_in_words(olds)}"[:100],
        title=f"{family.facts.title}; {_in_words(olds)}",
    )


def _in_words(olds: Mapping[Symbol, Expr]) -> str:
    return ", ".join(f"{old.name} = {str(expr).replace('_', '')}" for old, expr in olds.items())


def _constants(
    family: Family, given: Mapping[Any, Any], strangers: dict[str, Symbol]
) -> dict[Symbol, Domain]:
    known: dict[Symbol, Domain] = {}
    for key, domain in given.items():
        found = expression_of(family, key, "constants", strangers)
        known[found] = domain_of(family, domain, declared(family), f"domain of {key}")
    return known


def _domains(
    family: Family,
    olds: Mapping[Symbol, Expr],
    known: Mapping[Symbol, Domain],
    strangers: Mapping[str, Symbol],
    given: Mapping[Any, Any],
) -> dict[Symbol, Domain]:
    """New parameters in the order in which the old ones need them."""
    names = {**declared(family), **strangers}
    fixed = {*family.constants, *known}
    order: dict[Symbol, Domain] = {}
    for p in family.parameters:
        for symbol in sorted(olds.get(p, p).free_symbols - fixed, key=str):
            order.setdefault(symbol, family.domains.get(symbol, NAMED_DOMAINS["real"]))
    for key, domain in given.items():
        order[names[str(key)]] = domain_of(family, domain, names, f"domain of {key}")
    conditions = requirements(family, olds)
    check_requirements(family, conditions)
    conditions = [c for c in conditions if c != True]  # noqa: E712
    at = constant_point(family, known)
    cut = narrowed(order, conditions, at)
    values = spread(cut, at, f"submodel {family.name}")
    for condition in conditions:
        alone = condition.free_symbols - set(at)
        if len(alone) == 1 and not holds_everywhere(condition, values):
            raise InputError(
                f"family '{family.name}': {condition} holds on no single interval of "
                f"{next(iter(alone)).name} that could be found; give its domain, as in "
                f"domains={{'{next(iter(alone)).name}': '(0, 1)'}}"
            )
    return cut
