"""Regression models: parameters of a family as links of linear predictors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Add, Dummy, Expr, Gt, Symbol
from sympy.core.relational import Relational

from symfisher.composition.links import POSITIVE_PREDICTOR, inverse_link
from symfisher.composition.reading import fresh, parameter_of
from symfisher.composition.substitution import substituted
from symfisher.declaration import Family
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.errors import InputError


def regression(
    family: Family,
    links: Mapping[Any, Any],
    covariates: Sequence[Any] | Mapping[Any, Sequence[Any]] = ("z",),
    *,
    intercept: bool = True,
    name: str | None = None,
) -> Family:
    """One observation of a regression: each parameter in ``links`` is g^-1(beta0 + beta1 z + ...).

    ``links`` maps parameters to the name of a link or to an inverse link written out.  The
    covariates, known constants, are those of every linear predictor, or given for each parameter.
    The coefficients are beta0, beta1, ... (beta_mu0, ... where several parameters are regressed).
    The information of one observation is x x^T w, with x the covariates and w the working weight;
    that of a design is the sum, ``sample_information(design=[{"z": 1}, {"z": 2}])``.

    Raises:
        InputError: there are no predictors, or the model cannot hold for any coefficients.
    """
    if not links:
        raise InputError(f"family '{family.name}', regression: name a parameter and its link")
    regressed = {parameter_of(family, p, "regression"): link for p, link in links.items()}
    known: dict[str, Symbol] = {}
    olds: dict[Symbol, Expr] = {}
    coefficients: dict[Symbol, list[Symbol]] = {}
    predictors: list[Relational] = []
    for parameter, link in regressed.items():
        mine = _covariates(family, covariates, parameter, known)
        stem = "beta" if len(regressed) == 1 else f"beta_{parameter.name}"
        terms: list[Expr] = [*([1] if intercept else []), *mine]
        if not terms:
            raise InputError(
                f"family '{family.name}', regression: {parameter} has no intercept and no covariate"
            )
        first = 0 if intercept else 1
        taken = {*family.variables, *family.domains, *known}
        symbols = [fresh(f"{stem}{first + i}", taken, real=True) for i in range(len(terms))]
        coefficients[parameter] = symbols
        predictor = Add(*(b * x for b, x in zip(symbols, terms)))
        if str(link) in POSITIVE_PREDICTOR:
            predictors.append(Gt(predictor, 0))
        olds[parameter] = inverse_link(family, link, predictor)
    domains: dict[Symbol, Domain] = {}
    for p in family.parameters:
        new = coefficients.get(p)
        domains |= dict.fromkeys(new, NAMED_DOMAINS["real"]) if new else {p: family.domains[p]}
    words = ", ".join(f"{link} link for {p}" for p, link in regressed.items())
    return substituted(
        family,
        olds,
        domains,
        constraints=predictors,
        constants=dict.fromkeys(known.values(), NAMED_DOMAINS["real"]),
        name=(name or f"{family.name} regression, {words}")[:100],
        title=f"{family.facts.title}; regression with {words}",
    )


def _covariates(
    family: Family, given: Any, parameter: Symbol, known: dict[str, Symbol]
) -> list[Symbol]:
    """The parameter's covariates as symbols; the same name is the same covariate."""
    if isinstance(given, Mapping):
        chosen = {parameter_of(family, p, "regression, covariates"): c for p, c in given.items()}
        given = chosen.get(parameter, ())
    names = [given] if isinstance(given, str | Symbol) else list(given)
    declared = {s.name for s in (*family.variables, *family.domains)}
    for each in names:
        if str(each) in declared:
            raise InputError(
                f"family '{family.name}', regression: the covariate {each} has the name of "
                "something that the family declares; call it z or another name"
            )
        symbol = each if isinstance(each, Symbol) else Dummy(str(each), real=True)
        known.setdefault(str(each), symbol)
    return [known[str(each)] for each in names]
