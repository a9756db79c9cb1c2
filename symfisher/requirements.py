"""What the arguments of a formula have to fulfil for it to hold."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Eq,
    Expr,
    GreaterThan,
    LessThan,
    Or,
    StrictGreaterThan,
    StrictLessThan,
    Symbol,
    floor,
)
from sympy.logic.boolalg import Boolean

from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.formula import Formula

OUTSIDE = "outside_support"  # the detail of a formula that says what it is where there is no mass


def argument_domains(formula: Formula) -> dict[Symbol, tuple[str, Domain]]:
    """Symbol -> role and domain of each argument; the role of data is "data"."""
    return dict(_domains(formula))


def _domains(formula: Formula) -> Iterator[tuple[Symbol, tuple[str, Domain]]]:
    family = formula.family
    if formula.reads_data:
        for variable, support in zip(family.variables, family.supports, strict=True):
            yield variable, ("data", support)
    for parameter in family.parameters:
        yield parameter, ("parameter", family.domains[parameter])
    for constant in family.constants:
        yield constant, ("constant", family.domains[constant])
    for role, symbols in formula.extra_symbols.items():
        second = _second_point(formula, role)
        for name, symbol in symbols.items():
            domain = NAMED_DOMAINS["real"]
            if second:
                (parameter,) = (p for p in family.parameters if p.name == name)
                domain = family.domains[parameter].substitute(second)
            yield symbol, (role, domain)


def _second_point(formula: Formula, role: str) -> dict[Symbol, Symbol]:
    """Parameter -> its symbol at a second point of the family; empty for any other role."""
    if role != "primed":
        return {}
    symbols = formula.extra_symbols[role]
    return {p: symbols.get(p.name, p) for p in formula.family.parameters}  # p: in common


def joint_conditions(formula: Formula) -> Iterator[Boolean]:
    """The constraints of the family, at both points where there are two, and the conditions."""
    yield from formula.family.constraints
    for role in formula.extra_symbols:
        second = _second_point(formula, role)
        if second:
            yield from (c.xreplace(second) for c in formula.family.constraints)
    yield from formula.conditions


def domain_conditions(symbol: Symbol, domain: Domain, *, closed: bool = False) -> list[Boolean]:
    """The conditions that say that a value lies in a domain."""
    if domain.points is not None:
        return [Or(*(Eq(symbol, point, evaluate=False) for point in domain.points))]
    closed = closed or domain.discrete
    conditions: list[Boolean] = []
    if not _is_infinite(domain.lower):
        conditions.append(
            _relation(GreaterThan if closed else StrictGreaterThan, symbol, domain.lower)
        )
    if not _is_infinite(domain.upper):
        conditions.append(_relation(LessThan if closed else StrictLessThan, symbol, domain.upper))
    if domain.discrete:
        conditions.append(Eq(floor(symbol, evaluate=False), symbol, evaluate=False))
    return conditions


def _relation(kind: type[Boolean], symbol: Symbol, end: Expr) -> Boolean:
    return kind(symbol, end, evaluate=False)


def _is_infinite(end: Expr) -> bool:
    return bool(end.is_infinite)
