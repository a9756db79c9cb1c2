"""What the divergences have in common: their options, their symbols, a formula for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr, Symbol

from symfisher.errors import InputError
from symfisher.expectation.affinity import Affinity, affinity
from symfisher.expectation.pair import Pair, free_symbol, pair_of
from symfisher.expressions.given import given_order
from symfisher.formula import Formula, Status

_ORDERS = ("alpha", "q", "r", "s", "t", "a")  # for a symbolic order, the first that is free


def roles(pair: Pair, order: Expr | None = None) -> dict[str, dict[str, Symbol]]:
    """The extra symbols of a formula: those of the second density, and a symbolic order."""
    found = {"primed" if pair.within else "second": dict(pair.names)}
    if isinstance(order, Symbol):
        found["order"] = {"alpha": order}
    return found


def densities(pair: Pair) -> tuple[str, str]:
    """How the two densities are written in a formula's symbol."""
    return (r"p_\theta", r"p_{\theta'}") if pair.within else ("p", "q")


def order_of(alpha: Any, pair: Pair, excluded: tuple[int, ...]) -> Expr:
    """The order as an expression; None stands for a symbol of its own, alpha or the next free.

    Raises:
        InputError: it is one of the excluded numbers, at which the divergence is a limit, or not
            a real number.
    """
    if alpha is None:
        taken = {s.name for s in (*pair.first.variables, *pair.first.domains, *pair.domains)}
        letter = next((name for name in _ORDERS if name not in taken), "alpha")
        return free_symbol(letter, taken, real=True)
    order = given_order(alpha, "alpha")
    if order in excluded:
        raise InputError(f"alpha: {order} is a limit in which this divergence is KL; ask for kl")
    if order.is_real is False:
        raise InputError(f"alpha: {alpha!r} is not a real number")
    return order


def from_affinity(
    pair: Pair,
    found: Affinity,
    expr: Expr | None,
    name: str,
    title: str,
    symbol: str,
    order: Expr,
    common: Any = (),
) -> Formula:
    """The formula of a function of the integral of p^a q^(1-a)."""
    notes = found.notes
    if found.status is Status.QUADRATURE:
        notes += closing_note(
            pair, common, lambda one: affinity(one, order).status is Status.CLOSED
        )
    return Formula(
        name=name,
        title=title,
        symbol=symbol,
        expr=expr,
        family=pair.first,
        status=found.status,
        trace=found.steps,
        conditions=found.conditions,
        notes=notes,
        digits=found.digits,
        extra_symbols=roles(pair, order),
    )


def closing_note(pair: Pair, common: Any, closes: Callable[[Pair], bool]) -> tuple[str, ...]:
    """The first parameter that in common closes what is open between any two members."""
    family = pair.first
    if len(family.variables) != 1:
        return ()
    tried = family.parameters if pair.within and not common and len(family.cases) == 1 else ()
    for parameter in tried if len(tried) > 1 else ():
        if closes(pair_of(family, None, parameter.name)):
            return (
                "No closed form was found between any two members; there is one between members "
                f"with the same {parameter}: common='{parameter}'.",
            )
    return ("No closed form was found.",)


def infinite(pair: Pair, name: str, title: str, symbol: str, reason: str) -> Formula:
    """The formula that says why a divergence is infinite."""
    return Formula(
        name=name,
        title=title,
        symbol=symbol,
        expr=None,
        family=pair.first,
        status=Status.NONE,
        notes=(f"It is infinite: {reason}.",),
        extra_symbols=roles(pair),
    )
