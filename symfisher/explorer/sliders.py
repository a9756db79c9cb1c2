"""Where the sliders of the explorer go, from the domains of parameters and constants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Symbol, oo
from sympy.logic.boolalg import Boolean

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.numerics.points import sample_points
from symfisher.render.notation import unicode_name

FAR = 8.0  # how far a slider goes where the domain has no end


def sliders(family: Family, conditions: Iterable[Boolean]) -> tuple[list[Any], list[Any]]:
    """Sliders of the parameters and of the constants, each in declared order."""
    start = _start(family, list(conditions))
    return (
        [_slider(p, family.domains[p], start) for p in family.parameters],
        [_slider(c, family.domains[c], start) for c in family.constants],
    )


def _start(family: Family, conditions: list[Boolean]) -> dict[Symbol, float]:
    """Plain values where the domain is a plain one, a sampled point where conditions bind."""
    (sampled,) = sample_points(family.restricted(conditions), 1, seed=1)
    plain = {symbol: _plain(domain) for symbol, domain in family.domains.items()}
    binding = family.constraints or conditions or None in plain.values()
    return {s: float(sampled[s]) if binding else float(plain[s] or 0) for s in family.domains}


def _plain(domain: Domain) -> float | None:
    """A value well inside; None where an end names another symbol."""
    if domain.free_symbols:
        return None
    if domain.lower == -oo:
        return 0.0 if domain.upper == oo else float(domain.upper) - 2
    if domain.upper == oo:
        return float(domain.lower) + (9 if domain.discrete else 2)
    return float(domain.lower) + 0.4 * (float(domain.upper) - float(domain.lower))


def _slider(symbol: Symbol, domain: Domain, start: dict[Symbol, float]) -> dict[str, Any]:
    """``lower`` and ``upper`` are the domain's ends, ``min`` and ``max`` the slider's."""
    value = start[symbol]
    lower, upper = (float(end.subs(start)) for end in (domain.lower, domain.upper))
    bounded_below, bounded_above = lower > float("-inf"), upper < float("inf")
    logarithmic = bounded_below and not bounded_above and not domain.discrete
    margin = 0.02 * (upper - lower) if bounded_below and bounded_above else 0.1
    least = lower + margin if bounded_below else value - FAR
    most = upper - margin if bounded_above else value + FAR
    if domain.discrete:
        least, most = (lower if bounded_below else value - FAR), min(upper, value + 30)
    return {
        "name": symbol.name,
        "shown": unicode_name(symbol.name),
        "value": value,
        "min": min(least, value),
        "max": max(most, value),
        "lower": lower if bounded_below else -1e9,
        "upper": upper if bounded_above else 1e9,
        "log": logarithmic,
        "integer": domain.discrete,
    }
