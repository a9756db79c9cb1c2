"""What a declaration has to satisfy, and the errors that say how to mend one that does not.

Every message names the family, the field, what was found and what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sympy import (
    And,
    Derivative,
    Expr,
    Float,
    I,
    Limit,
    Subs,
    Symbol,
    Tuple,
    Wild,
    nan,
    preorder_traversal,
    zoo,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Equality, Relational, Unequality

from symfisher.domains import Domain
from symfisher.errors import DeclarationError
from symfisher.suggestions import nearest, shown
from symfisher.vector_validation import check_kinds, check_vectors
from symfisher.vectors import free_names

if TYPE_CHECKING:
    from symfisher.declaration import Family

_GARBAGE = {
    I: "the imaginary unit",
    zoo: "a division by zero",
    nan: "an undefined number (nan)",
    Float: "a decimal that is not finite",
    Derivative: "an unevaluated derivative",
    Subs: "an unevaluated substitution",
    Limit: "an unevaluated limit",
    Wild: "a pattern symbol",
}


def check_declaration(family: Family) -> None:
    """Raise ``DeclarationError`` unless the family describes a density.

    The symbols were checked before (``symfisher.naming``).  What can be read off comes first; that
    the density is real and integrates to one is then seen numerically.
    """
    _check_supports(family)
    check_kinds(family)
    _check_domains(family)
    _check_log_density(family)
    _check_kind(family)
    _check_constraints(family)
    _check_use(family)
    _check_meanings(family)
    if family.is_indexed:
        check_vectors(family)
    else:
        check_density(family)


def check_density(family: Family) -> None:
    """Raise ``DeclarationError`` unless the density is seen to be real and to integrate to one."""
    if find_spec("symfisher.numerics.density") is not None:  # pragma: no branch
        import_module("symfisher.numerics.density").check_normalised(family)


# -- domains -------------------------------------------------------------------------------------


def _check_domains(family: Family) -> None:
    known = set(family.constants)
    for symbol in (*family.constants, *family.parameters):
        domain = family.domains[symbol]
        where = f"family '{family.name}', domain of {symbol}"
        _check_ends(domain, where)
        if symbol in family.parameters and domain.discrete:
            raise DeclarationError(
                f"{where}: {domain} is discrete, and a parameter is differentiated; declare "
                f"{symbol} under constants, or give it an interval"
            )
        for other in _sorted(domain.free_symbols - known | domain.free_symbols & {symbol}):
            raise DeclarationError(
                f"{where}: {domain} reads {other}; a domain may name constants and the parameters "
                "declared above it"
            )
        known.add(symbol)


def _check_ends(domain: Domain, where: str) -> None:
    if domain.is_empty:
        raise DeclarationError(
            f"{where}: it is empty, as its lower end is {domain.lower} and its upper end "
            f"{domain.upper}; write the smaller end first"
        )
    for end in domain.points or (domain.lower, domain.upper):
        if end.has(I, nan, zoo) or end.is_extended_real is False:
            raise DeclarationError(f"{where}: its end {end} is not a real number")


def _check_supports(family: Family) -> None:
    if len(family.supports) != len(family.variables):
        raise DeclarationError(
            f"family '{family.name}', support: {len(family.supports)} domains for "
            f"{len(family.variables)} variables; give one domain for each variable, in order"
        )
    known = {*family.parameters, *family.constants}
    for variable, domain in zip(family.variables, family.supports):
        where = f"family '{family.name}', support of {variable}"
        _check_ends(domain, where)
        for symbol in _sorted(domain.free_symbols - known):
            raise DeclarationError(f"{where}: {_why_unreadable(family, variable, symbol)}")
        known.add(variable)


def _why_unreadable(family: Family, variable: Symbol, symbol: Symbol) -> str:
    if symbol == variable:
        return f"it names {variable} itself; its ends are made of parameters and constants"
    if symbol in family.variables:
        return f"it names {symbol}, which is declared below it; declare {symbol} first"
    return _undeclared(family, symbol)


# -- the log-density -----------------------------------------------------------------------------


def _check_log_density(family: Family) -> None:
    expr, where = family.log_density, f"family '{family.name}', {_field(family)}"
    if not isinstance(expr, Expr) or not expr.is_commutative:
        raise DeclarationError(
            f"{where}: found {shown(str(expr))}, a {type(expr).__name__}; expected an expression"
        )
    for garbage, words in _GARBAGE.items():
        if expr.has(garbage):
            raise DeclarationError(f"{where}: it contains {words}; write a real log-density")
    for unknown in sorted(expr.atoms(AppliedUndef), key=str):
        raise DeclarationError(
            f"{where}: it contains {unknown}, an undefined function; write out what it is"
        )
    declared = {*family.variables, *family.parameters, *family.constants}
    for symbol in _sorted(free_names(expr) - declared):
        raise DeclarationError(f"{where}: {_undeclared(family, symbol)}")
    if expr.is_extended_real is False:
        raise DeclarationError(
            f"{where}: it is not real on the declared domains; check the argument of each log, "
            "root and power"
        )
    if any(part.is_infinite for part in _outside_limits(expr)):
        raise DeclarationError(
            f"{where}: it has an infinite part; write the log-density on its support only"
        )


def _outside_limits(expr: Expr) -> Iterator[Expr]:
    """The constants and symbols of an expression, but for the ends of its sums."""
    parts = preorder_traversal(expr)
    for part in parts:
        if type(part) is Tuple:  # a branch of a Piecewise is of a class of its own
            parts.skip()
        elif not part.args:
            yield part


def _undeclared(family: Family, symbol: Symbol) -> str:
    """Why an expression may not read ``symbol``, and what to do."""
    declared = (*family.variables, *family.parameters, *family.constants)
    if symbol.name in {other.name for other in declared}:
        return (
            f"it reads a symbol {symbol} that differs from the declared {symbol} by its "
            f"assumptions: Symbol('{symbol}') and Symbol('{symbol}', positive=True) are two "
            "symbols. Use one object throughout"
        )
    return (
        f"it reads {symbol}, which is neither an observation nor a parameter"
        f"{nearest(str(symbol), [s.name for s in declared])}. Declare it under parameters, or "
        "under constants where it is known"
    )


def _check_kind(family: Family) -> None:
    discrete = [support.discrete for support in family.supports]
    if all(discrete) and not family.is_mass:
        raise DeclarationError(
            f"family '{family.name}', logpdf: its support is discrete; call it logpmf, or give the "
            "support as an interval such as (0, oo)"
        )
    if not any(discrete) and family.is_mass:
        raise DeclarationError(
            f"family '{family.name}', logpmf: its support is an interval; call it logpdf, or give "
            "the support as integers such as 0..oo"
        )


def _check_constraints(family: Family) -> None:
    allowed = {*family.parameters, *family.constants}
    where = f"family '{family.name}', constraints"
    for constraint in family.constraints:
        parts = constraint.args if isinstance(constraint, And) else (constraint,)
        if constraint in (True, False):
            raise DeclarationError(
                f"{where}: a condition is {'always' if constraint else 'never'} true on the "
                "declared domains; remove it, or mend the domains"
            )
        for part in parts:
            if not isinstance(part, Relational) or isinstance(part, Equality | Unequality):
                raise DeclarationError(
                    f"{where}: found {shown(str(part))}; expected an inequality such as "
                    "p1 + p2 < 1 (an equation is solved for a parameter and put in)"
                )
        for symbol in _sorted(free_names(constraint) - allowed):
            reason = "a variable" if symbol in family.variables else _undeclared(family, symbol)
            raise DeclarationError(
                f"{where}: {constraint} reads {symbol}: "
                + (f"{symbol} is {reason}" if symbol in family.variables else reason)
            )


def _check_use(family: Family) -> None:
    in_density = free_names(family.log_density).union(*(s.free_symbols for s in family.supports))
    for parameter in family.parameters:
        if parameter not in in_density:
            raise DeclarationError(
                f"family '{family.name}', parameters: {parameter} is declared, and neither the "
                f"{_field(family)} nor a support reads it; remove it, or check its spelling there"
            )
    in_facts = (*family.domains.values(), *family.constraints)
    used = in_density.union(*(fact.free_symbols for fact in in_facts))
    used |= {family.length}
    for constant in family.constants:
        if constant not in used:
            raise DeclarationError(
                f"family '{family.name}', constants: {constant} is declared and nothing reads it; "
                "remove it, or check its spelling"
            )


def _check_meanings(family: Family) -> None:
    names = [s.name for s in (*family.variables, *family.parameters, *family.constants)]
    meanings: Mapping[str, str] = family.facts.meanings
    for name in meanings:
        if name not in names:
            raise DeclarationError(
                f"family '{family.name}', meanings: '{shown(str(name))}' is not declared"
                f"{nearest(str(name), names)}"
            )


def _field(family: Family) -> str:
    return "logpmf" if family.is_mass else "logpdf"


def _sorted(symbols: Iterable[Symbol]) -> list[Symbol]:
    return sorted(symbols, key=str)
