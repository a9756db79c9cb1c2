"""What is given to a composition, in the symbols that the family declared.

A symbol is known by its name: ``"alpha"``, ``Symbol("alpha")`` and the declared, positive ``alpha``
are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Dummy, Expr, Float, Rational, Symbol, SympifyError, sympify

from symfisher.declaration import Family
from symfisher.domains import Domain, domain_from_set
from symfisher.errors import InputError, UnknownNameError
from symfisher.expressions import parse_domain, parse_expression
from symfisher.suggestions import nearest, shown

_NAME = re.compile(r"\b([A-Za-z]\w*)\b(?!\s*\()")
_CONSTANTS = frozenset({"pi", "E", "EulerGamma", "oo"})


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
    names = {**declared(family), **(strangers or {})}
    if isinstance(given, str):
        if strangers is not None:
            found = (n for n in _NAME.findall(given) if n not in names and n not in _CONSTANTS)
            strangers |= {n: Dummy(n, real=True) for n in found}
        return parse_expression(given, {**names, **(strangers or {})}, place)
    try:
        expr = sympify(given, strict=True)
    except SympifyError:
        raise InputError(f"{place}: {shown(repr(given))} is not an expression") from None
    if not isinstance(expr, Expr):
        raise InputError(f"{place}: {shown(str(expr))} is not an expression")
    decimals = {d: Rational(str(d)) for d in expr.atoms(Float)}
    return _renamed(expr.xreplace(decimals), names, place, strangers)


def _renamed(
    expr: Expr, names: Mapping[str, Symbol], place: str, strangers: dict[str, Symbol] | None
) -> Expr:
    unknown = sorted({s.name for s in expr.free_symbols} - set(names))
    if unknown and strangers is None:
        raise InputError(
            f"{place}: it reads {', '.join(unknown)}, which the family does not declare"
            f"{nearest(unknown[0], names)}; it has: {', '.join(names)}"
        )
    for symbol in sorted(expr.free_symbols, key=str):
        if symbol.name not in names and strangers is not None:
            strangers.setdefault(symbol.name, symbol)
    known = {**names, **(strangers or {})}
    return expr.xreplace({s: known[s.name] for s in expr.free_symbols})


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
