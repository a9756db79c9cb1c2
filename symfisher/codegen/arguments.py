"""The arguments of a kernel in declared order, and the conditions that they have to fulfil."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import And, Symbol
from sympy.logic.boolalg import Boolean

from symfisher.codegen.names import argument_names
from symfisher.codegen.program import Argument, Guard
from symfisher.formula import Formula
from symfisher.requirements import OUTSIDE, argument_domains, domain_conditions, joint_conditions


def arguments_of(formula: Formula) -> dict[Symbol, Argument]:
    """The formula's symbol -> argument, in the order in which a kernel takes them."""
    declared = formula.arguments
    names = argument_names(symbol.name for symbol in declared)
    domains = argument_domains(formula)
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
    for joint in joint_conditions(formula):
        guards.append(_guard(joint.xreplace(symbols), "nan"))
    return tuple(dict.fromkeys(guards))


def _guard(condition: Boolean, outside: str, *names: str) -> Guard:
    read = names or tuple(sorted(s.name for s in condition.free_symbols))
    return Guard(condition, read, outside)


def all_of(guards: tuple[Guard, ...]) -> Boolean:
    """One condition that says that every guard holds."""
    return And(*(guard.condition for guard in guards), evaluate=False)
