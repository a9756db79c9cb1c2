"""What a declaration with vectors of symbolic length has to satisfy.

The density itself is checked where it can be: written out entry by entry at the smallest length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr, Indexed, IndexedBase, Piecewise, Product, Sum, Symbol

from symfisher.domains import Domain
from symfisher.errors import DeclarationError

if TYPE_CHECKING:
    from symfisher.declaration import Family


def check_kinds(family: Family) -> None:
    """Raise unless every vector has a domain with a length, and no plain symbol has one."""
    for symbol in family.symbols:
        domain = family.domain_of(symbol)
        where = f"family '{family.name}', domain of {symbol}"
        if isinstance(symbol, IndexedBase) and domain.length is None:
            raise DeclarationError(
                f"{where}: {symbol} is a vector of symbolic length and {domain} has no length; "
                "write it behind, as in 'positive[K]'"
            )
        if not isinstance(symbol, IndexedBase) and domain.length is not None:
            raise DeclarationError(
                f"{where}: {domain} is a vector; declare IndexedBase('{symbol}') for it"
            )


def check_vectors(family: Family) -> None:
    """Raise ``DeclarationError`` unless index calculus can treat the family's vectors."""
    _check_length(family)
    _check_parameters(family)
    _check_sums(family.log_density, frozenset(_free_indices(family)), family)
    family.mass_checked = _check_written_out(family, smallest_length(family))


def _check_written_out(family: Family, size: int) -> bool:
    """Check the family of one length; whether quadrature could tell that its mass is one."""
    from symfisher.validation import check_declaration

    twin = family.unrolled(size)
    try:
        check_declaration(twin)
    except DeclarationError as error:
        raise DeclarationError(
            f"family '{family.name}', written out for {family.length} = {size}: {error}"
        ) from None
    return twin.mass_checked


def smallest_length(family: Family) -> int:
    """The smallest length that has the structure of them all, which is 2 or more."""
    domain: Domain = family.domains[family.length]
    return max(2, int(domain.lower)) if domain.lower.is_Integer else 2


def _check_length(family: Family) -> None:
    lengths = {family.domain_of(s).length for s in family.symbols if isinstance(s, IndexedBase)}
    where = f"family '{family.name}'"
    if len(lengths) > 1:
        names = " and ".join(sorted(map(str, lengths)))
        raise DeclarationError(f"{where}: its vectors have the lengths {names}; give them one")
    (length,) = lengths
    domain = family.domains.get(length)
    if length not in family.constants or domain is None or not domain.discrete:
        raise DeclarationError(
            f"{where}: the length {length} of its vectors is not a known integer; declare "
            f'{length} = "integer 2..oo" under constants'
        )
    if not (domain.lower.is_Integer and domain.lower >= 1):
        raise DeclarationError(
            f"{where}, domain of {length}: a length begins at 1 or 2, found {domain}; write "
            "integer 2..oo"
        )


def _check_parameters(family: Family) -> None:
    for symbol in (*family.parameters, *family.constants):
        domain = family.domains[symbol]
        if domain.total is not None and domain.discrete:
            raise DeclarationError(
                f"family '{family.name}', domain of {symbol}: counts are observed; a parameter or "
                f"constant is one of positive[{family.length}], real[{family.length}], "
                f"unit[{family.length}], simplex[{family.length}]"
            )
    for variable, domain in zip(family.variables, family.supports, strict=True):
        moving = domain.free_symbols & set(family.parameters)
        if moving:
            raise DeclarationError(
                f"family '{family.name}', support of {variable}: {domain} moves with a parameter; "
                f"beside vectors of symbolic length it may name constants only. Write the family "
                f"out for a fixed {family.length}"
            )
    if family.log_density.has(Piecewise):
        raise DeclarationError(
            f"family '{family.name}', log-density: a Piecewise has no place beside vectors of "
            "symbolic length; a category's entry is written theta[x]"
        )


def _free_indices(family: Family) -> Iterator[Any]:
    """What may stand as an index outside a sum."""
    if family.category is not None:
        yield family.category


def _check_sums(expr: Any, indices: frozenset[Any], family: Family) -> None:
    """Every entry's index is bound by a sum from 1 to the length, or is a category."""
    if not isinstance(expr, Basic) or not expr.has(Indexed):
        return
    where = f"family '{family.name}', log-density"
    if isinstance(expr, Indexed):
        if len(expr.indices) != 1 or expr.indices[0] not in indices:
            raise DeclarationError(
                f"{where}: {expr} stands outside a sum; an entry is written under "
                f"Sum(..., (i, 1, {family.length})) or Product(..., (i, 1, {family.length}))"
            )
        return
    if isinstance(expr, Sum | Product):
        _check_limits(expr, where, family.length)
        indices = indices | {limit[0] for limit in expr.limits}
        expr = expr.function
        _check_sums(expr, indices, family)
        return
    for argument in expr.args:
        _check_sums(argument, indices, family)


def _check_limits(total: Expr, where: str, length: Symbol | None) -> None:
    for limit in total.limits:
        if len(limit) != 3 or limit[1] != 1 or limit[2] != length:
            raise DeclarationError(
                f"{where}: a sum over the entries of vectors runs from 1 to {length}, found "
                f"({', '.join(map(str, limit))})"
            )
