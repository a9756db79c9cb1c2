"""What is given to a composition, in the symbols that the family declared.

A symbol is known by its name: ``"alpha"``, ``Symbol("alpha")`` and the declared, positive ``alpha``
are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Expr, Symbol

from symfisher.declaration import Family
from symfisher.domains import Domain, domain_from_set
from symfisher.errors import UnknownNameError
from symfisher.expressions import parse_domain
from symfisher.expressions.given import given_expression
from symfisher.suggestions import nearest, shown


def declared(family: Family) -> dict[str, Symbol]:
    """Name -> symbol, for everything that the family declares."""
    return {s.name: s for s in (*family.variables, *family.parameters, *family.constants)}


def parameter_of(family: Family, given: str | Symbol, where: str) -> Symbol:
    """The family's parameter of that name.

    Raises:
        UnknownNameError: it has none; the message has the nearest names.
    """
    name, known = str(given), {p.name: p for p in family.parameters}
    if name not in known:
        raise UnknownNameError(
            f"family '{family.name}', {where}: no parameter is called '{shown(name)}'"
            f"{nearest(name, known)}; there are: {', '.join(known)}"
        )
    return known[name]


def expression_of(
    family: Family, given: Any, where: str, strangers: dict[str, Symbol] | None = None
) -> Expr:
    """An expression, or its text, in the family's symbols.

    Names that the family does not declare are new symbols, kept in ``strangers`` (a dummy for one
    that is read in text, whose assumptions are still to be found); they are an error where that is
    None.

    Raises:
        InputError: it is no expression, or reads a name that may not stand there.
    """
    place = f"family '{family.name}', {where}"
    return given_expression(given, place, declared(family), strangers)


def domain_of(family: Family, given: Any, names: Mapping[str, Symbol], where: str) -> Domain:
    """A domain given as text ("positive", "(0, n)"), as a SymPy set or as a ``Domain``."""
    place = f"family '{family.name}', {where}"
    if isinstance(given, Domain):
        return given
    return (
        parse_domain(given, names, place)
        if isinstance(given, str)
        else domain_from_set(given, place)
    )


def fresh(name: str, taken: Iterable[Symbol | str], **assumptions: bool) -> Symbol:
    """A symbol called ``name``, with a "_" for each clash with a name that is taken."""
    names = {str(each) for each in taken}
    while name in names:
        name += "_"
    return Symbol(name, **assumptions)
