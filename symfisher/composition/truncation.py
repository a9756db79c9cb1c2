"""What is seen of a family through a window: truncated, censored and grouped observations.

Each needs the probability of an interval (``distribution_function``).  Where no closed form of it
is found it stands as an integral or a sum, and what follows has the status "quadrature".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sympy import Dummy, Eq, Expr, Integer, Integral, Piecewise, Sum, Symbol, exp, log, true
from sympy.core.relational import Relational

from symfisher.composition.distribution_function import probability
from symfisher.composition.reading import expression_of, fresh
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import InputError


def truncated(
    family: Family, *, lower: Any = None, upper: Any = None, name: str | None = None
) -> Family:
    """The family given that lower < X < upper (for a count both ends are included).

    The ends are numbers, or names of constants; the density is divided by the probability of the
    interval.

    Raises:
        InputError: no end is given, or one lies outside the support or moves with a parameter.
    """
    window = _window(family, lower, upper, "truncated")
    mass = _probability(window, window.lower, window.upper)
    density = window.family.log_density - log(mass)
    words = f"truncated to ({window.shown[0]}, {window.shown[1]})"
    support = Domain(window.lower, window.upper, window.family.supports[0].discrete)
    return _made(window, density, support, name or f"{family.name} {words}", words)


def censored(
    family: Family, *, left: Any = None, right: Any = None, name: str | None = None
) -> Family:
    """The family of which values above ``right`` (below ``left``) are known only to lie there.

    The observation is mixed: a value, or the mere fact.  The fact's probability is spread evenly
    over an interval of length one beyond the end (a count has it at the end itself), which changes
    no likelihood ratio and hence no information: the family stays one density.

    Raises:
        InputError: as for ``truncated``.
    """
    window = _window(family, left, right, "censored")
    (x,), own = window.family.variables, window.family.supports[0]
    cases: list[tuple[Expr, Any]] = []
    ends = [window.lower, window.upper]
    step = Integer(0) if own.discrete else Integer(1)
    if left is not None:
        below = _probability(window, own.lower, window.lower)
        cases.append((log(below), _at_most(x, window.lower, own.discrete)))
        ends[0] = window.lower - step
    above = None if right is None else _probability(window, window.upper, own.upper)
    if above is None:
        cases.append((window.family.log_density, True))
    else:
        cases += [(window.family.log_density, x < window.upper), (log(above), True)]
        ends[1] = window.upper + step
    words = "censored " + " and ".join(
        f"{side} at {end}" for side, end in (("below", left), ("above", right)) if end is not None
    )
    support = Domain(ends[0], ends[1], own.discrete)
    return _made(window, Piecewise(*cases), support, name or f"{family.name} {words}", words)


def _at_most(x: Symbol, end: Expr, discrete: bool) -> Relational:
    return x <= end if discrete else x < end


def grouped(family: Family, cuts: Sequence[Any], *, name: str | None = None) -> Family:
    """The family of which only the cell is seen in which an observation lies: 0, ..., len(cuts).

    ``cuts`` are numbers or names of constants in ascending order; a count on a cut belongs to the
    cell above.

    Raises:
        InputError: as for ``truncated``.
    """
    if not cuts or isinstance(cuts, str):
        raise InputError(f"family '{family.name}', grouped: give the cuts in a list, as in [1, 2]")
    window = _Window.of(family, list(cuts), "grouped")
    own = window.family.supports[0]
    ends = [own.lower, *window.ends, own.upper]
    shift = Integer(1) if own.discrete else Integer(0)
    masses = [
        _probability(window, low, high - shift if high != own.upper else high)
        for low, high in pairwise(ends)
    ]
    cell = fresh("cell", (*family.variables, *window.family.domains), nonnegative=True)
    density = Piecewise(*((log(m), Eq(cell, i)) for i, m in enumerate(masses[:-1])),
                        (log(masses[-1]), True))  # fmt: skip
    words = f"grouped at {', '.join(map(str, cuts))}"
    support = Domain(Integer(0), Integer(len(cuts)), discrete=True)
    return _made(window, density, support, name or f"{family.name} {words}", words, cell)


@dataclass(frozen=True)
class _Window:
    """The family with the ends of the window among its constants."""

    family: Family
    ends: tuple[Expr, ...]
    shown: tuple[str, str] = ("", "")

    @property
    def lower(self) -> Expr:
        return self.ends[0]

    @property
    def upper(self) -> Expr:
        return self.ends[-1]

    @classmethod
    def of(cls, family: Family, given: list[Any], what: str) -> _Window:
        where = f"family '{family.name}', {what}"
        if len(family.variables) != 1 or len(family.cases) != 1:
            raise InputError(f"{where}: this needs one variable with a support of one form")
        own = family.supports[0]
        if own.free_symbols & set(family.parameters):
            raise InputError(
                f"{where}: the support {own} moves with a parameter, so a fixed end may lie "
                "outside it"
            )
        strangers: dict[str, Symbol] = {}
        ends = [expression_of(family, end, what, strangers) for end in given]
        for end in ends:
            _check_end(end, own, family, where)
        final = {
            s: Symbol(s.name, **own.assumptions()) if isinstance(s, Dummy) else s
            for s in strangers.values()
        }
        domains = _chained([end.xreplace(final) for end in ends], own)
        widened = family._twin(
            constants=(*family.constants, *final.values()),
            domains={**domains, **family.domains},
        )
        return cls(widened, tuple(end.xreplace(final) for end in ends))


def _chained(ends: list[Expr], own: Domain) -> dict[Symbol, Domain]:
    """Each new constant lies above the end before it."""
    domains: dict[Symbol, Domain] = {}
    below = own.lower
    for position, end in enumerate(ends):
        if end.is_Symbol:
            number = next((e for e in ends[position + 1 :] if e.is_number), own.upper)
            domains[end] = Domain(below, number)
        below = end
    return domains


def _check_end(end: Expr, own: Domain, family: Family, where: str) -> None:
    if end.free_symbols & set(family.parameters):
        raise InputError(f"{where}: the end {end} is a parameter; it has to be known")
    if true in (end <= own.lower, end >= own.upper):
        raise InputError(f"{where}: the end {end} lies outside the support {own}")
    if own.discrete and not end.is_Integer:
        raise InputError(f"{where}: an end for a count is a whole number, found {end}")


def _window(family: Family, lower: Any, upper: Any, what: str) -> _Window:
    given = [end for end in (lower, upper) if end is not None]
    if not given:
        raise InputError(f"family '{family.name}', {what}: give at least one end")
    found = _Window.of(family, given, what)
    own, ends = found.family.supports[0], list(found.ends)
    low = own.lower if lower is None else ends.pop(0)
    high = own.upper if upper is None else ends.pop(0)
    return _Window(found.family, (low, high), (str(low), str(high)))


def _probability(window: _Window, lower: Expr, upper: Expr) -> Expr:
    family = window.family.canonical
    to_canonical = {d: c for c, d in window.family.declared_symbols.items()}
    found = probability(family, lower.xreplace(to_canonical), upper.xreplace(to_canonical))
    if found is None:
        return _unevaluated(window.family, lower, upper)
    return found.xreplace(window.family.declared_symbols)


def _unevaluated(family: Family, lower: Expr, upper: Expr) -> Expr:
    """The probability as an integral, or a sum, of the density."""
    (x,), (own,) = family.variables, family.supports
    inside = fresh("t" if not own.discrete else "j", (x, *family.domains), **own.assumptions())
    density = exp(family.log_density.xreplace({x: inside}))
    return (Sum if own.discrete else Integral)(density, (inside, lower, upper))


def _made(
    window: _Window,
    density: Expr,
    support: Domain,
    name: str,
    words: str,
    variable: Symbol | None = None,
) -> Family:
    family = window.family
    used = density.free_symbols | support.free_symbols
    used |= {s for d in family.domains.values() for s in d.free_symbols}
    return Family(
        name=name[:100],
        variable=variable or family.variables,
        support=support,
        parameters={p: family.domains[p] for p in family.parameters},
        constants={c: family.domains[c] for c in family.constants if c in used},
        constraints=family.constraints,
        title=f"{family.facts.title}, {words}",
        meanings={n: m for n, m in family.facts.meanings.items() if n != str(family.variables[0])},
        references=family.facts.references,
        **{"logpmf" if support.discrete else "logpdf": density},
    )
