"""The same family in other parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from sympy import Dummy, Expr, Symbol, count_ops, solve

from symfisher.clock import time_limit
from symfisher.composition.images import (
    holds_everywhere,
    image,
    real_part,
    spread,
    values_of,
)
from symfisher.composition.reading import declared, domain_of, expression_of
from symfisher.composition.standard_forms import derived_forms
from symfisher.composition.substitution import constant_point, requirements, substituted
from symfisher.declaration import Family
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.errors import InputError, TimeLimitError, UnknownNameError
from symfisher.suggestions import nearest

_SECONDS = 8.0  # for solving one change of parameters
_SAME = 1e-7

Change = Mapping[Any, Any]


def reparametrize(
    family: Family,
    change: Change,
    *,
    domains: Mapping[Any, Any] | None = None,
    name: str | None = None,
) -> Family:
    """The family in new parameters.

    ``change`` says either what each old parameter is in new ones, ``{alpha: k, beta: k/mu}``, or
    what each new one is in old ones, ``{mu: alpha/beta}``, which is then solved for the old.  A
    parameter that is not mentioned stays.  The new parameters' domains are derived; ``domains``
    gives them where that cannot be done.  The new family's log-density is the old one's, with the
    old parameters replaced.

    Raises:
        InputError: the change is not one to one on the domain, cannot be solved, or can be read in
            both directions.
    """
    reading = _read(family, change)
    names = {**declared(family), **reading.strangers}
    given = {
        names[str(s)]: domain_of(family, d, names, f"domain of {s}")
        for s, d in (domains or {}).items()
    }
    found = _domains(family, reading, given)
    called = ", ".join(s.name for s in found)
    return substituted(
        family,
        reading.olds,
        found,
        name=name or f"{family.name} in {called}",
        title=f"{family.facts.title}; in {called}",
    )


@dataclass
class Reading:
    """A change of parameters: old ones in new ones, and back where that is known."""

    olds: dict[Symbol, Expr]
    news: dict[Symbol, Expr | None]  # in order; None where the inverse could not be found
    strangers: dict[str, Symbol] = field(default_factory=dict)


def _read(family: Family, change: Change) -> Reading:
    if not change:
        raise InputError(f"family '{family.name}': a change of parameters is empty")
    strangers: dict[str, Symbol] = {}
    own = {p.name for p in family.parameters}
    for key in change:
        if str(key) not in declared(family):
            # A new name may stand for a given symbol with assumptions of its own.
            strangers[str(key)] = key if isinstance(key, Symbol) else Dummy(str(key), real=True)
    fresh_keys = bool(strangers)
    exprs = {
        str(key): expression_of(family, value, f"change of parameters, {key}", strangers)
        for key, value in change.items()
    }
    if fresh_keys:
        return _forward(family, exprs, strangers, own)
    return _backward(family, exprs, strangers, own)


def _forward(
    family: Family, exprs: dict[str, Expr], strangers: dict[str, Symbol], own: set[str]
) -> Reading:
    """new = f(old): solved for the old ones that go."""
    names = declared(family)
    unread = {s.name for e in exprs.values() for s in e.free_symbols} - set(names)
    if unread:
        raise InputError(
            f"family '{family.name}': a change of parameters mixes both directions; write new ones "
            f"in terms of {', '.join(sorted(own))}, or these in terms of new ones. It reads "
            f"{', '.join(sorted(unread))}{nearest(sorted(unread)[0], own)}"
        )
    kept = {n for n, e in exprs.items() if n in own and e == names[n]}
    read = {s.name for n, e in exprs.items() if n not in kept for s in e.free_symbols} & own
    gone = [p for p in family.parameters if p.name in read - kept]
    news = {strangers.get(n, names.get(n)): e for n, e in exprs.items() if n not in kept}
    if len(gone) != len(news):
        raise InputError(
            f"family '{family.name}': {len(news)} new parameter(s) replace {len(gone)} old one(s), "
            f"{', '.join(p.name for p in gone)}; say which old ones stay, as in "
            f"{{'{gone[0].name if gone else 'alpha'}': '{gone[0].name if gone else 'alpha'}'}}"
        )
    olds = _solved(family, gone, news, kept)
    ordered = iter(news.items())
    return Reading(olds, dict(next(ordered) if p in gone else (p, p) for p in family.parameters),
                   strangers)  # fmt: skip


def _backward(
    family: Family, exprs: dict[str, Expr], strangers: dict[str, Symbol], own: set[str]
) -> Reading:
    """old = g(new), and the new ones in the old ones if that can be solved."""
    names = declared(family)
    olds = {names[n]: e for n, e in exprs.items() if e != names[n]}
    if not strangers:
        raise InputError(
            f"family '{family.name}': this change of parameters can be read in both directions; "
            "give the new parameters names that the family does not use"
        )
    clash = {s.name for e in olds.values() for s in e.free_symbols if s in olds}
    if clash:
        raise InputError(
            f"family '{family.name}': {', '.join(sorted(clash))} stands for an old and for a new "
            "parameter; give the new one another name"
        )
    order: dict[Symbol, Expr | None] = {}
    for p in family.parameters:
        symbols = olds.get(p, p).free_symbols - set(family.constants)
        for symbol in sorted(symbols, key=lambda s: _place(s, strangers)):
            order.setdefault(symbol, symbol if symbol in family.parameters else None)
    if len(order) != len(family.parameters):
        raise InputError(
            f"family '{family.name}': {len(family.parameters)} parameters would become "
            f"{len(order)} ({', '.join(s.name for s in order)}); to tie or fix parameters use "
            "submodel"
        )
    unknown = [s for s, e in order.items() if e is None]
    inverse = _inverted(family, olds, unknown)
    return Reading(olds, {**order, **(inverse or {})}, strangers)


def _place(symbol: Symbol, strangers: Mapping[str, Symbol]) -> int:
    return list(strangers).index(symbol.name) if symbol.name in strangers else -1


def _solved(
    family: Family, gone: list[Symbol], news: dict[Symbol, Expr], kept: set[str]
) -> dict[Symbol, Expr]:
    unknown = {p: Dummy(p.name) for p in gone}
    equations = [new - expr.xreplace(unknown) for new, expr in news.items()]
    where = f"family '{family.name}', change of parameters"
    branches = _solutions(equations, list(unknown.values()))
    back = {dummy: p for p, dummy in unknown.items()}
    points = _old_points(family)
    at_new = {**points, **{new: values_of(e, points) for new, e in news.items()}}
    right = [b for b in branches if _recovers({back[d]: e for d, e in b.items()}, points, at_new)]
    if not right:
        raise InputError(
            f"{where}: it is not one to one on the domain, or could not be solved for "
            f"{', '.join(p.name for p in gone)}; give these in terms of the new parameters"
        )
    return {back[dummy]: expr for dummy, expr in right[0].items()}


def _inverted(
    family: Family, olds: dict[Symbol, Expr], unknown: list[Symbol]
) -> dict[Symbol, Expr] | None:
    """The new parameters in the old ones, where they can be solved for."""
    dummies = {new: Dummy(new.name) for new in unknown}
    back = {dummy: new for new, dummy in dummies.items()}
    equations = [old - expr.xreplace(dummies) for old, expr in olds.items()]
    points = _old_points(family)
    right = []
    for branch in _solutions(equations, list(dummies.values())):
        news = {back[dummy]: expr for dummy, expr in branch.items()}
        if set(news) != set(unknown) or any(e.has(*dummies.values()) for e in news.values()):
            continue
        at_new = {**points, **{new: values_of(e, points) for new, e in news.items()}}
        if _recovers(olds, points, at_new):
            right.append((news, at_new))
    return min(right, key=_preference)[0] if right else None


def _preference(branch: tuple[dict[Symbol, Expr], Any]) -> tuple[int, int]:
    """Of two that undo a square, the positive root; of two angles, the simpler one."""
    news, values = branch
    negative = sum(bool(np.nanmax(values[new]) < 0) for new in news)
    return negative, sum(int(count_ops(e)) for e in news.values())


def _old_points(family: Family) -> dict[Symbol, Any]:
    at = constant_point(family)
    return spread(_old_domains(family), at, f"points {family.name}", family.constraints)


def _solutions(equations: list[Expr], unknown: list[Symbol]) -> list[dict[Symbol, Expr]]:
    try:
        with time_limit(_SECONDS):
            return list(solve(equations, unknown, dict=True))
    except (NotImplementedError, TimeLimitError):
        return []


def _recovers(olds: Mapping[Symbol, Expr], points: Any, at_new: Any) -> bool:
    """Whether the old parameters come back from the new ones, at every point that can be told."""
    for old, expr in olds.items():
        values = {s: at_new[s] for s in expr.free_symbols if s in at_new}
        if len(values) < len(expr.free_symbols):
            return False
        back, was = values_of(expr, values), points[old]
        moderate = (abs(np.log(abs(was) + 1e-300)) < 4) & np.isfinite(back)
        if moderate.sum() < len(was) // 20:
            return False
        if not bool(np.all(abs(back - was)[moderate] <= _SAME * (1 + abs(was[moderate])) * 100)):
            return False
    return True


def _old_domains(family: Family) -> dict[Symbol, Domain]:
    return {p: family.domains[p] for p in family.parameters}


def _domains(
    family: Family, reading: Reading, given: Mapping[Symbol, Domain]
) -> dict[Symbol, Domain]:
    at, points = constant_point(family), _old_points(family)
    inverses = [e for e in reading.news.values() if e is not None]
    unknown = [s for s, e in reading.news.items() if e is None and s not in given]
    found = dict(given) | _tried(family, reading.olds, unknown, given)
    for new, inverse in reading.news.items():
        if inverse == new and new not in given:
            found[new] = real_part(inverses, new, family.domains[new], points)
    olds = _old_domains(family) | {s: d for s, d in found.items() if s in family.parameters}
    for new, inverse in reading.news.items():
        if new not in found:
            found[new] = image(inverse, olds, at, family.constraints)
    return {new: found[new] for new in reading.news}


_CANDIDATES = (*(NAMED_DOMAINS[n] for n in ("real", "positive", "unit", "negative")),)
_MOST_UNKNOWN = 4


def _tried(
    family: Family,
    olds: Mapping[Symbol, Expr],
    unknown: list[Symbol],
    given: Mapping[Symbol, Domain],
) -> dict[Symbol, Domain]:
    """The widest domains of new parameters from which the old ones stay in theirs."""
    if not unknown:
        return {}
    at = constant_point(family)
    kept = {p: family.domains[p] for p in family.parameters if p not in olds}
    conditions = requirements(family, olds)
    for domains in product(_CANDIDATES, repeat=min(len(unknown), _MOST_UNKNOWN)):
        tried = dict(zip(unknown, domains))
        values = spread({**kept, **given, **tried}, at, f"tried {family.name}")
        if all(c == True or holds_everywhere(c, values) for c in conditions):  # noqa: E712
            return tried
    return dict.fromkeys(unknown, NAMED_DOMAINS["real"])


def parametrizations(family: Family) -> tuple[str, ...]:
    """The names of the parametrisations for ``named``: those declared, then those derived."""
    return tuple(_changes(family))


def named(family: Family, form: str) -> Family:
    """The family in one of its parametrisations, such as "mean and shape" or "natural".

    Case, "-", "_" and the word "and" do not count: "mean_shape" is the same.

    Raises:
        UnknownNameError: it has none of that name.
    """
    changes = _changes(family)
    known = {_words(n): n for n in changes}
    if _words(form) not in known:
        have = ", ".join(known.values()) or "none"
        raise UnknownNameError(
            f"family '{family.name}' has no parametrisation '{form}'"
            f"{nearest(form, known.values())}; it has: {have}"
        )
    title = known[_words(form)]
    return reparametrize(family, changes[title], name=f"{family.name}, {title}")


def _changes(family: Family) -> dict[str, Change]:
    declared_forms = dict(family.facts.parametrizations)
    return {**declared_forms, **{n: c for n, c in derived_forms(family).items()
                                 if n not in declared_forms}}  # fmt: skip


def _words(form: str) -> tuple[str, ...]:
    spaced = form.casefold().replace("_", " ").replace("-", " ")
    return tuple(word for word in spaced.split() if word != "and")
