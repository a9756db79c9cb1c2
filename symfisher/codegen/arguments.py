"""The arguments of a kernel in declared order, and the conditions that they have to fulfil."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import (
    And,
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

from symfisher.codegen.names import argument_names
from symfisher.codegen.program import Argument, Guard
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.formula import Formula

OUTSIDE = "outside_support"  # the detail of a formula that says what it is where there is no mass


def arguments_of(formula: Formula) -> dict[Symbol, Argument]:
    """The formula's symbol -> argument, in the order in which a kernel takes them."""
    declared = formula.arguments
    names = argument_names(symbol.name for symbol in declared)
    domains = dict(_domains(formula))
    symbols = {s: Symbol(names[s.name], **domains[s][1].assumptions()) for s in declared}
    meanings = formula.family.facts.meanings
    return {
        s: Argument(
            symbol=symbols[s],
            declared=s.name,
            role=domains[s][0],
            domain=domains[s][1].substitute(symbols),
            meaning=meanings.get(s.name, ""),
        )
        for s in declared
    }


def _domains(formula: Formula) -> Iterator[tuple[Symbol, tuple[str, Domain]]]:
    """Symbol -> role and domain of each argument."""
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
    return {p: symbols[p.name] for p in formula.family.parameters}


def guards_of(formula: Formula, arguments: Mapping[Symbol, Argument]) -> tuple[Guard, ...]:
    """What the arguments have to fulfil: domains, joint constraints, the formula's conditions."""
    symbols = {old: argument.symbol for old, argument in arguments.items()}
    outside = str(formula.details.get(OUTSIDE, "nan"))
    guards = [
        _guard(condition, outside if argument.role == "data" else "nan", argument.name)
        for argument in arguments.values()
        for condition in domain_conditions(
            argument.symbol, argument.domain, closed=argument.role == "data"
        )
    ]
    for joint in _joint_conditions(formula):
        guards.append(_guard(joint.xreplace(symbols), "nan"))
    return tuple(dict.fromkeys(guards))


def _joint_conditions(formula: Formula) -> Iterator[Boolean]:
    yield from formula.family.constraints
    for role in formula.extra_symbols:
        second = _second_point(formula, role)
        if second:
            yield from (c.xreplace(second) for c in formula.family.constraints)
    yield from formula.conditions


def _guard(condition: Boolean, outside: str, *names: str) -> Guard:
    read = names or tuple(sorted(s.name for s in condition.free_symbols))
    return Guard(condition, read, outside)


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


def all_of(guards: tuple[Guard, ...]) -> Boolean:
    """One condition that says that every guard holds."""
    return And(*(guard.condition for guard in guards), evaluate=False)
