"""What the geometric quantities share: their Formula, their options and their arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from sympy import Expr, ImmutableDenseNDimArray, Integer, Symbol, nan

from symfisher.algebra.signs import negated
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.expectation.engine import status_of
from symfisher.expressions.given import given_order
from symfisher.formula import Formula, Step
from symfisher.geometry.chart import Chart
from symfisher.geometry.cubic import Cubic
from symfisher.geometry.tensors import Index
from symfisher.quantities.removable import removable_note

_NAMES = {0: "Levi-Civita", 1: "exponential", -1: "mixture"}


def as_alpha(value: Any, name: str, family: Family) -> Expr:
    """The option alpha as an exact expression.

    Raises:
        InputError: it is no real number and no expression free of the family's own symbols.
    """
    try:
        alpha = given_order(value, name)
    except InputError:
        alpha = None
    own = {s.name for s in (*family.variables, *family.parameters, *family.constants)}
    infinite = alpha is None or alpha.is_finite is False or alpha.has(nan)
    if infinite or own & {s.name for s in alpha.free_symbols}:
        raise InputError(
            f"{name}: alpha is {value!r}; give a number (1 for the exponential connection, -1 for "
            "the mixture connection, 0 for Levi-Civita) or a symbol that the family does not use"
        )
    return alpha


def connection_title(title: str, alpha: Expr) -> str:
    """The title with the connection that it belongs to."""
    return f"{title}, {_NAMES.get(alpha, f'alpha = {alpha}')} connection"


def geometric(
    chart: Chart, name: str, title: str, symbol: str, value: Any, statement: str, **changes: Any
) -> Formula:
    """The Formula of a tensor derived from the metric, with the metric's standing and trace."""
    alpha = changes.get("details", {}).get("alpha", "0")
    information = chart.information
    parts: list[Formula | Cubic] = [information]
    if alpha != "0":
        parts.append(chart.cubic)
    digits = [part.digits for part in parts if part.digits is not None]
    steps = tuple(dict.fromkeys(step for part in parts for step in _trace(part)))
    notes = tuple(changes.pop("notes", ()))
    return information.with_(
        name=name,
        title=title,
        symbol=symbol,
        expr=value,
        status=status_of(value),
        digits=min(digits, default=None),
        trace=(*steps, Step(title, statement)),
        notes=(*notes, *removable_note(value, chart.family)),
        **changes,
    )


def _trace(part: Formula | Cubic) -> tuple[Step, ...]:
    return part.trace if isinstance(part, Formula) else part.steps


def array(
    size: int, rank: int, entries: dict[Index, Expr], representative: Callable[..., Any]
) -> Any:
    """The array whose every entry is +-1 or 0 times that of its representative.

    ``representative(*index)`` is (sign, index) with the index in ``entries``, or (0, None).
    """
    places = product(range(size), repeat=rank)
    flat = [_signed(entries, *representative(*index)) for index in places]
    return ImmutableDenseNDimArray(flat, (size,) * rank)


def _signed(entries: dict[Index, Expr], sign: int, index: Index | None) -> Expr:
    if index is None or entries[index] == 0:
        return Integer(0)
    return entries[index] if sign > 0 else negated(entries[index])


def velocities(family: Family) -> dict[str, Symbol]:
    """Parameter name -> the symbol of its velocity along a curve, free of clashes."""
    taken = {s.name for s in (*family.variables, *family.parameters, *family.constants)}
    names = {}
    for parameter in family.parameters:
        name = f"v_{parameter.name}"
        while name in taken:
            name += "_"
        names[parameter.name] = Symbol(name, real=True)
    return names


def indices_of(plane: Sequence[Symbol], family: Family) -> tuple[int, int]:
    """The positions of two parameters, given as symbols or names.

    Raises:
        InputError: they are not two different parameters of the family.
    """
    names = [p.name for p in family.parameters]
    given = [str(each) for each in plane]
    if len(given) != 2 or len(set(given)) != 2 or not set(given) <= set(names):
        raise InputError(
            f"family '{family.name}': plane is {', '.join(given) or 'empty'}; give two different "
            f"parameters out of {', '.join(names)}"
        )
    return names.index(given[0]), names.index(given[1])


def is_zero(value: Any) -> bool:
    """Whether every entry of an array is zero."""
    return all(entry == 0 for entry in value.reshape(len(value)))
