"""Parametrisations that every family of a kind has: natural, mean and logarithmic parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol, exp, oo

from symfisher.declaration import Family
from symfisher.expectation.exponential_form import ExponentialForm, exponential_form
from symfisher.expectation.exponential_inverse import inverse_map
from symfisher.formula import Expectation

Change = dict[str, Expr]  # each old parameter by name, in new ones


def derived_forms(family: Family) -> dict[str, Change]:
    """Each parametrisation's name with the old parameters in the new ones, as derived.

    "natural" and "mean" are the dual coordinates of a full exponential family, where their maps
    invert in closed form; "logarithms" takes those of positive parameters and the log odds of those
    between 0 and 1, so that the new ones are free.  One that changes nothing is left out.
    """
    found = {"logarithms": _logarithms(family)}
    form = None if family.is_indexed else exponential_form(family.canonical)
    if form is not None and form.full and len(form.statistics) == len(family.parameters):
        found |= {"natural": _natural(family, form), "mean": _mean(family, form)}
    return {name: change for name, change in found.items() if change is not None}


def _logarithms(family: Family) -> Change | None:
    taken = {s.name for s in (*family.variables, *family.domains)}
    change: Change = {}
    for parameter in family.parameters:
        domain = family.domains[parameter]
        if family.is_indexed or family.constraints or domain.discrete or domain.lower != 0:
            continue
        new = Symbol(_free(f"log_{parameter.name}", taken), real=True)
        if domain.upper == oo:
            change[parameter.name] = exp(new)
        elif domain.upper == 1:
            change[parameter.name] = 1 / (1 + exp(-new))
    return change or None


def _natural(family: Family, form: ExponentialForm) -> Change | None:
    if set(form.natural_parameters) == set(family.canonical.parameters):
        return None
    inverse = form.parameters_from_natural
    return None if inverse is None else _declared(family, inverse)


def _mean(family: Family, form: ExponentialForm) -> Change | None:
    means = form.means
    if any(m.has(Expectation) for m in means) or set(means) == set(family.canonical.parameters):
        return None
    symbols = _symbols(family, means)
    parameters = family.canonical.parameters
    inverse = inverse_map(means, symbols, parameters, set(parameters), form.points)
    return None if inverse is None else _declared(family, inverse)


def _symbols(family: Family, means: Sequence[Expr]) -> tuple[Symbol, ...]:
    taken = {s.name for s in (*family.variables, *family.domains)}
    names = ["m"] if len(means) == 1 else [f"m{k + 1}" for k in range(len(means))]
    return tuple(
        Symbol(_free(name, taken), **({"positive": True} if mean.is_positive else {"real": True}))
        for name, mean in zip(names, means)
    )


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _declared(family: Family, inverse: Mapping[Symbol, Expr]) -> Change:
    names = family.declared_symbols
    return {names.get(p, p).name: inverse[p].xreplace(names) for p in family.canonical.parameters}
