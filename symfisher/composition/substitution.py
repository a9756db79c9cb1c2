"""A family with its parameters replaced by expressions in new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Dummy, Expr, Gt, Lt, Pow, Symbol, oo
from sympy.core.relational import Relational

from symfisher.composition.images import (
    allowed_interval,
    holds_everywhere,
    is_real_everywhere,
    spread,
)
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import InputError
from symfisher.numerics.points import Point, sample_points


def constant_point(family: Family, new: Mapping[Symbol, Domain] | None = None) -> Point:
    """Values of the family's constants, and of new ones, at which domains are compared."""
    point = sample_points(family, 1, seed=5, extra=new)[0]
    return {s: v for s, v in point.items() if s not in family.parameters}


def requirements(family: Family, olds: Mapping[Symbol, Expr]) -> list[Relational]:
    """What new parameters have to satisfy for the old ones to lie in their domains."""
    found: list[Relational] = []
    for old, expr in olds.items():
        if expr == old:
            continue
        domain = family.domains[old].substitute(olds)
        if domain.lower != -oo:
            found.append(_above(expr, domain.lower, family))
        if domain.upper != oo:
            found.append(Lt(expr, domain.upper))
    return [c for c in found if c != True]  # noqa: E712


def _above(expr: Expr, end: Expr, family: Family) -> Relational:
    """expr > end; for a root of several new parameters that its radicand is positive, which says
    where it is real too."""
    root = isinstance(expr, Pow) and expr.exp.is_Rational and expr.exp.q % 2 == 0
    if end == 0 and root and len(expr.base.free_symbols - set(family.constants)) > 1:
        return Gt(expr.base, 0)
    return Gt(expr, end)


def check_requirements(family: Family, conditions: Sequence[Relational]) -> None:
    """Raise ``InputError`` where one can never hold."""
    if any(condition == False for condition in conditions):  # noqa: E712
        raise InputError(
            f"family '{family.name}': a parameter is given a value outside its domain; it has "
            + ", ".join(f"{p} in {family.domains[p]}" for p in family.parameters)
        )


def narrowed(
    domains: Mapping[Symbol, Domain], conditions: Sequence[Relational], at: Point
) -> dict[Symbol, Domain]:
    """The domains cut to where the conditions hold that concern one parameter alone."""
    found = dict(domains)
    for symbol, domain in domains.items():
        alone = [c for c in conditions if c.free_symbols - set(at) == {symbol}]
        if alone:
            part = allowed_interval(alone, symbol, domain, at)
            found[symbol] = domain if part is None else part
    return found


def substituted(
    family: Family,
    olds: Mapping[Symbol, Expr],
    domains: Mapping[Symbol, Domain],
    *,
    constants: Mapping[Symbol, Domain] | None = None,
    constraints: Sequence[Relational] = (),
    name: str,
    title: str,
) -> Family:
    """The family over new parameters (the keys of ``domains``, in order).

    Conditions of the old domains that the new domains and ``constraints`` do not imply become
    constraints.
    ``olds`` gives every parameter that changes; symbols take the assumptions of their domains.
    """
    known = {**{c: family.domains[c] for c in family.constants}, **(constants or {})}
    at = constant_point(family, constants)
    conditions = requirements(family, olds)
    conditions += [c.xreplace(dict(olds)) for c in family.constraints]
    check_requirements(family, conditions)
    values = spread(domains, at, f"{name} {list(domains)}", constraints)
    real = [c for c in conditions if c != True and is_real_everywhere(c, values)]  # noqa: E712
    needed = [c for c in real if not holds_everywhere(c, values)]
    if len(real) < len(conditions):
        values = spread(domains, at, f"{name} {list(domains)}", (*constraints, *needed))
    rest = [c for c in conditions if c not in real]
    for condition in rest:
        _check_real(family, condition, values)
    needed += [c for c in rest if c != True and not holds_everywhere(c, values)]  # noqa: E712
    needed += constraints
    stronger = {s: _assuming(s, d) for s, d in {**domains, **(constants or {})}.items()}
    final = {old: expr.xreplace(stronger) for old, expr in olds.items()}
    density = family.log_density.xreplace(stronger | final)
    fields = {"logpmf" if family.is_mass else "logpdf": density}
    return Family(
        name=name,
        variable=family.variables,
        support=[s.substitute(stronger | final) for s in family.supports],
        parameters={stronger[s]: d.substitute(stronger) for s, d in domains.items()},
        constants={stronger.get(c, c): d.substitute(stronger) for c, d in known.items()},
        constraints=[c.xreplace(stronger) for c in needed],
        title=title,
        meanings=_meanings(family, {*domains, *known}, olds),
        references=family.facts.references,
        **fields,
    )


def _check_real(family: Family, condition: Relational, values: Mapping[Symbol, Any]) -> None:
    if condition != True and not is_real_everywhere(condition, values):  # noqa: E712
        names = ", ".join(sorted(s.name for s in condition.free_symbols - set(family.constants)))
        raise InputError(
            f"family '{family.name}': {condition} is not real for all values of {names}; give "
            "their domains, as in domains={'nu': '(2, oo)'}"
        )


def _assuming(symbol: Symbol, domain: Domain) -> Symbol:
    """A new name as a symbol with what its domain implies; a symbol that was given stays."""
    return Symbol(symbol.name, **domain.assumptions()) if isinstance(symbol, Dummy) else symbol


def _meanings(family: Family, kept: set[Symbol], olds: Mapping[Symbol, Expr]) -> dict[str, str]:
    names = {s.name for s in (*family.variables, *kept) if s not in olds or olds[s] == s}
    declared = {s.name for s in (*family.variables, *family.parameters, *family.constants)}
    return {n: m for n, m in family.facts.meanings.items() if n in names & declared}
