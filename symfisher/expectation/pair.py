"""Two densities of the same observations: two members of a family, or of two families."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sympy import Expr, Gt, Le, Not, Piecewise, Symbol, false, oo, true
from sympy.core.relational import Relational

from symfisher.catalog import resolve_target
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import InputError, UnknownNameError
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.suggestions import nearest

_BATCHES = 6  # of candidates, until enough of them fit


@dataclass(frozen=True, eq=False)
class Pair:
    """p of ``first`` and q of ``second``, over the same variables.

    The parameters of ``second`` have symbols of their own, but for those that both share.
    ``names`` maps the names of its own symbols, as they were declared, to those symbols;
    ``within`` tells that both are members of one family.
    """

    first: Family
    second: Family
    names: Mapping[str, Symbol]
    within: bool

    @property
    def domains(self) -> dict[Symbol, Domain]:
        """Where the symbols live that only the second density has."""
        return {s: d for s, d in self.second.domains.items() if s not in self.first.domains}

    @property
    def log_ratio(self) -> Expr:
        """log p - log q."""
        return self.first.log_density - self.second.log_density

    @property
    def swapped(self) -> Pair:
        return Pair(self.second, self.first, {}, self.within)

    @property
    def diagonal(self) -> dict[Symbol, Symbol]:
        """Symbols of the second member of a family -> those of the first."""
        return dict(zip(self.second.parameters, self.first.parameters, strict=True))

    def points(
        self,
        count: int,
        seed: int,
        extra: Mapping[Symbol, Domain] | None = None,
        conditions: Sequence[Relational] = (),
    ) -> list[dict[Symbol, Expr]]:
        """Up to ``count`` generic points of all symbols at which the conditions hold."""
        more = {**self.domains, **(extra or {})}
        wanted = (*conditions, *self.second.constraints)
        found: list[dict[Symbol, Expr]] = []
        for batch in range(_BATCHES):
            drawn = sample_points(self.first, count, seed=seed + 1009 * batch, extra=more)
            found += [point for point in drawn if all(_holds(c, point) for c in wanted)]
            if len(found) >= count:
                break
        return found[:count]


@lru_cache(maxsize=128)
def pair_of(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Pair:
    """The family and its primed twin, or ``other``, a family or the name of a bundled one.

    ``common`` names parameters that both members have in common.

    Raises:
        InputError: ``other`` has not as many variables, or of another kind.
        UnknownNameError: ``common`` names what is no parameter, or ``other`` no family.
    """
    if other is None:
        return _within(family, (common,) if isinstance(common, str) else common)
    if common:
        raise InputError("common: only two members of one family have parameters in common")
    return _across(family, resolve_target(other).canonical)


def _within(family: Family, common: Collection[str]) -> Pair:
    known = [p.name for p in family.parameters]
    for name in common:
        if name not in known:
            raise UnknownNameError(
                f"common: family '{family.name}' has no parameter {name!r}{nearest(name, known)}"
            )
    prime = {p: q for p, q in family.primed.items() if p.name not in common}
    names = {p.name: q for p, q in prime.items()}
    return Pair(family, renamed(family, prime), names, within=True)


def _across(family: Family, other: Family) -> Pair:
    _check_kinds(family, other)
    taken = {s.name for s in (*family.variables, *family.domains)}
    symbols: dict[Symbol, Symbol] = {}
    for symbol in other.domains:
        name = symbol.name if symbol.name not in taken else f"{symbol.name}_prime"
        symbols[symbol] = free_symbol(name, taken, **symbol.assumptions0)
        taken.add(symbols[symbol].name)
    variables = dict(zip(other.variables, family.variables, strict=True))
    names = {old.name: new for old, new in symbols.items()}
    return Pair(family, renamed(other, {**symbols, **variables}), names, within=False)


def free_symbol(name: str, taken: Collection[str], **assumptions: bool) -> Symbol:
    """A symbol of that name, or of the name with underscores, that is not taken."""
    while name in taken:
        name += "_"
    return Symbol(name, **assumptions)


def _check_kinds(family: Family, other: Family) -> None:
    for one, two in ((family, other), (other, family)):
        if len(one.variables) != len(two.variables):
            raise InputError(
                f"other: '{family.name}' has {len(family.variables)} variables and '{other.name}' "
                f"{len(other.variables)}; a divergence compares laws of the same observations"
            )


def renamed(family: Family, symbols: Mapping[Symbol, Symbol]) -> Family:
    """The same declaration in other symbols."""

    def new(symbol: Symbol) -> Symbol:
        return symbols.get(symbol, symbol)

    if not symbols:
        return family
    return family._twin(
        variables=tuple(map(new, family.variables)),
        supports=tuple(s.substitute(symbols) for s in family.supports),
        parameters=tuple(map(new, family.parameters)),
        constants=tuple(map(new, family.constants)),
        domains={new(s): d.substitute(symbols) for s, d in family.domains.items()},
        constraints=tuple(c.xreplace(symbols) for c in family.constraints),
        log_density=family.log_density.xreplace(symbols),
    )


def _holds(condition: Relational, point: Mapping[Symbol, Expr]) -> bool:
    """In numbers where it can be: SymPy would take rational powers exactly."""
    if isinstance(condition, Gt) and not condition.has(Piecewise):
        return bool(evaluate(condition.lhs - condition.rhs, point) > 0)
    return bool(condition.xreplace(dict(point)) == True)  # noqa: E712


@dataclass(frozen=True)
class Inclusion:
    """When the first support lies in the second: under ``conditions``, or never, for ``reason``."""

    conditions: tuple[Relational, ...] = ()
    reason: str = ""


def inclusion(pair: Pair) -> Inclusion:
    """Whether p has no mass where q has none, which a finite KL(p || q) needs."""
    conditions: list[Relational] = []
    for variable, p, q in zip(
        pair.first.variables, pair.first.supports, pair.second.supports, strict=True
    ):
        if p.discrete != q.discrete:
            return Inclusion(reason=_singular(pair))
        for condition in _ends(p, q):
            if condition == false:
                return Inclusion(
                    reason=f"the first density has mass on {variable} in {p}, the second only on "
                    f"{q}: where the second vanishes the ratio is infinite"
                )
            if condition != true:
                conditions.append(condition)
    return Inclusion(tuple(conditions))


def _ends(p: Domain, q: Domain) -> Iterator[Relational]:
    if p.points is not None and q.points is not None:
        yield true if set(p.points) <= set(q.points) else false
        return
    if q.lower != -oo:
        yield Le(q.lower, p.lower)
    if q.upper != oo:
        yield _reaches(q.upper) if p.upper == oo else Le(p.upper, q.upper)


def _reaches(end: Expr) -> Relational:
    """When a support reaches to oo, whose end has two forms."""
    if isinstance(end, Piecewise) and len(end.args) == 2 and end.args[1][0] == oo:
        return Not(end.args[0][1])
    return Le(oo, end)


def _singular(pair: Pair) -> str:
    return (
        f"one of '{pair.first.name}' and '{pair.second.name}' is a law of counts and the other has "
        "a density: each gives mass zero to a set that has mass one under the other"
    )


def same_support(pair: Pair) -> bool:
    """Whether both densities live on one support whatever the parameters."""
    return pair.first.supports == pair.second.supports
