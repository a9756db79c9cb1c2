"""An expression given as text, as a number or as a SymPy object: read without running it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sympy import Dummy, Expr, Float, Rational, Symbol, SympifyError, sympify

from symfisher.errors import InputError
from symfisher.expressions import parse_expression
from symfisher.suggestions import nearest, shown

_NAME = re.compile(r"\b([A-Za-z]\w*)\b(?!\s*\()")
_CONSTANTS = frozenset({"pi", "E", "EulerGamma", "oo"})


def given_expression(
    given: Any,
    place: str,
    known: Mapping[str, Symbol],
    strangers: dict[str, Symbol] | None = None,
) -> Expr:
    """The expression in the known symbols, which are recognised by their names.

    Decimals become the exact rationals that they were written as.  Other names are new symbols,
    kept in ``strangers`` (a dummy for one that is read in text, whose assumptions are still to be
    found); they are an error where that is None.  ``place`` begins the message of an error.

    Raises:
        InputError: it is no expression, or reads a name that may not stand there.
    """
    names = {**known, **(strangers or {})}
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
    decimals = {d: Rational(str(d)) for d in expr.atoms(Float) if d.is_finite}
    return _renamed(expr.xreplace(decimals), names, place, strangers)


def given_number(given: Any, place: str) -> Expr:
    """A number that is given as text ("1/3"), as a number or as a SymPy object; exact.

    Raises:
        InputError: it is none.
    """
    return given_expression(given, place, {})


def given_order(given: Any, place: str) -> Expr:
    """A number, or an expression in symbols of its own: what is read in text is real.

    Raises:
        InputError: it is neither.
    """
    strangers: dict[str, Symbol] = {}
    expr = given_expression(given, place, {}, strangers)
    read = {s: Symbol(n, real=True) for n, s in strangers.items() if isinstance(s, Dummy)}
    return expr.xreplace(read)


def _renamed(
    expr: Expr, names: Mapping[str, Symbol], place: str, strangers: dict[str, Symbol] | None
) -> Expr:
    unknown = sorted({s.name for s in expr.free_symbols} - set(names))
    if unknown and strangers is None:
        there = f"; there are: {', '.join(names)}" if names else ""
        raise InputError(
            f"{place}: it reads {', '.join(unknown)}, which is not declared"
            f"{nearest(unknown[0], names)}{there}"
        )
    for symbol in sorted(expr.free_symbols, key=str):
        if symbol.name not in names and strangers is not None:
            strangers.setdefault(symbol.name, symbol)
    read = {**names, **(strangers or {})}
    return expr.xreplace({s: read[s.name] for s in expr.free_symbols})
