"""What is given to a bound: functions of the parameters, sample sizes, designs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Integer, MatrixBase, Symbol, diff

from symfisher.composition.reading import declared, expression_of, parameter_of
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.expressions.given import given_expression
from symfisher.suggestions import shown


def functions_of(
    family: Family, given: Any, where: str, size: Expr | None = None
) -> tuple[Expr, ...]:
    """One function of the parameters, or several in a tuple, list or vector.

    ``size`` is a number of observations whose symbol they may read.
    """
    several = isinstance(given, MatrixBase) or (
        isinstance(given, Iterable) and not isinstance(given, str)
    )
    known = declared(family) | ({size.name: size} if isinstance(size, Symbol) else {})
    place = f"family '{family.name}', {where}"
    found = tuple(
        given_expression(g, place, known) for g in (tuple(given) if several else (given,))
    )
    for expr in found:
        if expr.free_symbols & set(family.variables):
            raise InputError(
                f"family '{family.name}', {where}: {expr} reads the data; give a function of the "
                f"parameters {', '.join(p.name for p in family.parameters)}"
            )
    if not found:
        raise InputError(f"family '{family.name}', {where}: no function is given")
    return found


def jacobian(functions: Sequence[Expr], family: Family) -> ImmutableDenseMatrix:
    """Derivatives of functions of the parameters: a row for each function."""
    return ImmutableDenseMatrix([[diff(g, p) for p in family.parameters] for g in functions])


def chosen_parameters(family: Family, given: Any, where: str) -> tuple[Symbol, ...]:
    """Parameters named by text or symbol, one or several, in their declared order."""
    several = isinstance(given, Iterable) and not isinstance(given, str | Symbol)
    names = {parameter_of(family, g, where) for g in (given if several else (given,))}
    return tuple(p for p in family.parameters if p in names)


def sample_size(family: Family, n: Any) -> tuple[Expr, dict[str, dict[str, Symbol]]]:
    """The number of observations, and the role of its symbol among the formula's extra ones.

    Raises:
        InputError: it is no whole number from 1 on and no new symbol.
    """
    where = f"family '{family.name}', n"
    if isinstance(n, str):
        n = Symbol(n, positive=True)
    if isinstance(n, Symbol):
        if n.name in declared(family):
            raise InputError(f"{where}: {n} is declared by the family; give another symbol")
        return n, {"sample_size": {n.name: n}}
    if isinstance(n, bool) or not (isinstance(n, int | Integer) and n >= 1):
        raise InputError(
            f"{where}: a number of observations is a whole number from 1 on or a symbol, found "
            f"{shown(repr(n))}"
        )
    return Integer(n), {}


def default_size(family: Family) -> Symbol:
    """The symbol n, or N where the family declares an n of its own."""
    taken = declared(family)
    return Symbol(next(name for name in ("n", "N", "n_obs") if name not in taken), positive=True)


def design_points(family: Family, design: Any) -> tuple[dict[Symbol, Expr], ...]:
    """What is put in for constants at each observation of a design; one empty point without one.

    Raises:
        InputError: a point names a parameter or a variable, or leaves something undeclared.
    """
    points: list[dict[Symbol, Expr]] = []
    names = {c.name: c for c in family.constants}
    places: tuple[Any, ...] = tuple(design) or ({},)
    for place in places:
        pairs = dict(place).items()
        for key, _ in pairs:
            if str(key) not in names:
                raise InputError(
                    f"family '{family.name}', design: {key} is not a constant of the family; "
                    f"it has: {', '.join(names) or 'none'}"
                )
        points.append({names[str(k)]: expression_of(family, v, f"design, {k}") for k, v in pairs})
    return tuple(points)
