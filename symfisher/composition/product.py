"""Independent observations together: products of families and samples of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Symbol

from symfisher.composition.reading import fresh
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import InputError
from symfisher.expectation.engine import engine
from symfisher.expectation.independent import remember_factors

MOST_COPIES = 8


def product(*families: Family, name: str | None = None) -> Family:
    """The joint family of independent observations, one from each family.

    A parameter or constant that occurs in several of them by the same name is the same parameter;
    variables that clash are numbered.

    Raises:
        InputError: fewer than two families, or a shared name with two domains.
    """
    if len(families) < 2:
        raise InputError("a product needs two families or more")
    names = _variable_names(families)
    shared: dict[str, Symbol] = {}
    domains: dict[str, tuple[Domain, bool]] = {}
    variables, supports, densities, constraints = [], [], [], []
    for family, mine in zip(families, names):
        renaming = dict(zip(family.variables, mine))
        for symbol in (*family.parameters, *family.constants):
            renaming[symbol] = shared.setdefault(symbol.name, symbol)
            _declare(domains, renaming[symbol], family.domains[symbol].substitute(renaming),
                     symbol in family.parameters)  # fmt: skip
        variables += [renaming[v] for v in family.variables]
        supports += [s.substitute(renaming) for s in family.supports]
        densities.append(family.log_density.xreplace(renaming))
        constraints += [c.xreplace(renaming) for c in family.constraints]
    kind = "logpmf" if all(f.is_mass for f in families) else "logpdf"
    joint = Family(
        name=name or " and ".join(f.name for f in families)[:100],
        variable=variables,
        support=supports,
        parameters={shared[n]: d for n, (d, free) in domains.items() if free},
        constants={shared[n]: d for n, (d, free) in domains.items() if not free},
        constraints=list(dict.fromkeys(constraints)),
        title="Independent: " + "; ".join(f.facts.title for f in families),
        meanings={n: m for f in families for n, m in f.facts.meanings.items() if n in domains},
        references=tuple(dict.fromkeys(r for f in families for r in f.facts.references)),
        **{kind: Add(*densities)},
    )
    _tell_the_engine(joint, families, names)
    return joint


def _tell_the_engine(joint: Family, families: Sequence[Family], names: list[list[Symbol]]) -> None:
    """The factors in the symbols of the canonical product: what is found under one serves all."""
    if any(len(family.cases) > 1 for family in families):
        return
    canonical = joint.canonical
    known = {s.name: s for s in (*canonical.variables, *canonical.domains)}
    factors = []
    for family, mine in zip(families, names):
        new = {s: known[s.name] for s in family.domains}
        new |= {v: known[m.name] for v, m in zip(family.variables, mine)}
        factors.append(
            family._twin(
                variables=tuple(new[v] for v in family.variables),
                supports=tuple(s.substitute(new) for s in family.supports),
                parameters=tuple(new[p] for p in family.parameters),
                constants=tuple(new[c] for c in family.constants),
                domains={new[s]: d.substitute(new) for s, d in family.domains.items()},
                constraints=tuple(c.xreplace(new) for c in family.constraints),
                log_density=family.log_density.xreplace(new),
            )
        )
    remember_factors(canonical, [engine(factor) for factor in factors])


def sample(family: Family, size: int, *, name: str | None = None) -> Family:
    """The joint family of ``size`` independent observations from one family, two to eight.

    For bounds and covariances of larger samples give them ``n`` instead.

    Raises:
        InputError: another size.
    """
    if not isinstance(size, int) or not 2 <= size <= MOST_COPIES:
        raise InputError(
            f"family '{family.name}': a sample written out has 2 to {MOST_COPIES} observations, "
            f"found {size!r}; information and bounds of n observations take the option n"
        )
    return product(*[family] * size, name=name or f"{family.name}, sample of {size}")


def _declare(
    domains: dict[str, tuple[Domain, bool]], symbol: Symbol, domain: Domain, free: bool
) -> None:
    known = domains.setdefault(symbol.name, (domain, free))
    if known != (domain, free):
        raise InputError(
            f"{symbol.name} is shared by the families of a product with two meanings, "
            f"{known[0]} and {domain}; give one of them another name with reparametrize"
        )


def _variable_names(families: Iterable[Family]) -> list[list[Symbol]]:
    """Each family's variables, numbered where their names clash with anything else."""
    families = list(families)
    count: dict[str, int] = {}
    for family in families:
        for v in family.variables:
            count[v.name] = count.get(v.name, 0) + 1
    others = {s.name for f in families for s in (*f.parameters, *f.constants)}
    taken = others | {n for n, c in count.items() if c == 1}
    result: list[list[Symbol]] = []
    place: dict[str, int] = {}
    for family in families:
        mine = []
        for v in family.variables:
            place[v.name] = place.get(v.name, 0) + 1
            clash = count[v.name] > 1 or v.name in others
            name = f"{v.name}{place[v.name]}" if clash else v.name
            symbol = fresh(name, taken, **v.assumptions0) if clash else v
            taken.add(symbol.name)
            mine.append(symbol)
        result.append(mine)
    return result
