"""A distribution family as it is declared: a log-density and the facts that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from sympy import (
    Basic,
    Expr,
    Float,
    IndexedBase,
    Integer,
    Max,
    Min,
    Piecewise,
    Rational,
    Set,
    StrictGreaterThan,
    Symbol,
    SympifyError,
    sympify,
)
from sympy.logic.boolalg import Boolean

from symfisher.domains import NAMED_DOMAINS, Domain, domain_from_set
from symfisher.errors import DeclarationError
from symfisher.expressions import parse_condition, parse_domain, parse_expression
from symfisher.expressions.moduli import with_moduli
from symfisher.naming import check_symbols
from symfisher.vectors import index_symbols, named_like, symbol_for

DomainLike: TypeAlias = "Domain | Set | str"


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a family besides its density; nothing here enters a derivation."""

    title: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    parametrizations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scipy: Mapping[str, str] = field(default_factory=dict)


class Family:
    """A parametric family of densities, declared once by its log-density.

    Args:
        name: what it is called in results.
        variable: the observation's symbol, or several in order.  A vector of any length is an
            ``IndexedBase`` (without a shape) with a domain such as "simplex[K]".
        support: one domain for each variable: text as in a family file ("(0, oo)", "0..n",
            "{0, 1}"), a SymPy set, or a ``Domain``.  A later support may name earlier variables.
        parameters: symbol -> domain, in the order in which vectors and matrices are indexed.
        logpdf, logpmf: the log-density or log-mass function; give exactly one.
        constants: symbol -> domain, for what is known and not differentiated.
        constraints: joint conditions on the parameters, such as ``p1 + p2 < 1``.
        title, meanings, references, parametrizations, scipy: facts for readers and for tests.

    Raises:
        DeclarationError: names the family and the field, what was found, and how to mend it.
    """

    mass_checked: bool  # whether quadrature could tell that the density has mass one

    def __init__(
        self,
        name: str,
        variable: Symbol | Sequence[Symbol],
        support: DomainLike | Sequence[DomainLike],
        parameters: Mapping[Symbol, DomainLike],
        logpdf: Expr | None = None,
        logpmf: Expr | None = None,
        constants: Mapping[Symbol, DomainLike] | None = None,
        constraints: Iterable[Boolean] = (),
        *,
        title: str = "",
        meanings: Mapping[str, str] | None = None,
        references: Iterable[str] = (),
        parametrizations: Mapping[str, Mapping[str, str]] | None = None,
        scipy: Mapping[str, str] | None = None,
    ) -> None:
        from symfisher.validation import check_declaration

        self.name = name
        self.variables: tuple[Symbol, ...] = _as_tuple(variable)
        supports = _as_tuple(support)
        constants = dict(constants or {})
        check_symbols(name, self.variables, parameters, constants)
        self.parameters: tuple[Symbol, ...] = tuple(parameters)
        self.constants: tuple[Symbol, ...] = tuple(constants)
        names = {symbol.name: symbol for symbol in self.symbols}
        self.supports: tuple[Domain, ...] = tuple(
            _as_domain(s, names, f"family '{name}', support") for s in supports
        )
        self.domains: dict[Symbol, Domain] = {
            symbol: _as_domain(d, names, f"family '{name}', domain of {symbol}")
            for symbol, d in (*parameters.items(), *constants.items())
        }
        self.constraints: tuple[Boolean, ...] = tuple(
            _as_condition(c, names, f"family '{name}', constraints") for c in _as_tuple(constraints)
        )
        if (logpdf is None) == (logpmf is None):
            raise DeclarationError(
                f"family '{name}': give exactly one of logpdf (a density) and logpmf "
                "(a mass function)"
            )
        self.is_mass: bool = logpmf is not None
        self.log_density: Expr = _as_expression(
            logpmf if self.is_mass else logpdf,
            names,
            f"family '{name}', {'logpmf' if self.is_mass else 'logpdf'}",
        )
        self.facts = Facts(
            title or name,
            dict(meanings or {}),
            tuple(references),
            dict(parametrizations or {}),
            dict(scipy or {}),
        )
        check_declaration(self)

    def __repr__(self) -> str:
        names = ", ".join(str(p) for p in self.parameters)
        return f"Family({self.name!r}; {names})"

    @property
    def symbols(self) -> tuple[Any, ...]:
        """Everything declared: variables, parameters, constants."""
        return (*self.variables, *self.parameters, *self.constants)

    def domain_of(self, symbol: Any) -> Domain:
        """Where a declared symbol lives, a variable included."""
        return self.support_of(symbol) if symbol in self.variables else self.domains[symbol]

    def _repr_html_(self) -> str:
        from symfisher.render.notebook import family_html

        return family_html(self)

    def _repr_latex_(self) -> str:
        from symfisher.render.notebook import family_latex

        return family_latex(self)

    def support_of(self, variable: Symbol) -> Domain:
        return self.supports[self.variables.index(variable)]

    # -- vectors of symbolic length ---------------------------------------------------------------

    @cached_property
    def is_indexed(self) -> bool:
        """Whether a vector of symbolic length is declared."""
        return any(isinstance(symbol, IndexedBase) for symbol in self.symbols)

    @cached_property
    def length(self) -> Symbol | None:
        """The constant that is the length of all vectors; None without any."""
        lengths = (self.domain_of(s).length for s in self.symbols if isinstance(s, IndexedBase))
        return next(lengths, None)

    @cached_property
    def category(self) -> Symbol | None:
        """The count variable from 1 to ``length``, which may stand as an index; None without."""
        for variable, support in zip(self.variables, self.supports):
            if self.is_indexed and support == Domain(Integer(1), self.length, discrete=True):
                return variable
        return None

    @cached_property
    def indices(self) -> tuple[Symbol, ...]:
        """Free index symbols: of a row, of a column, then those that sums in results run over."""
        return index_symbols(symbol.name for symbol in self.symbols)

    def unrolled(self, size: int) -> Family:
        """The ordinary family whose vectors have ``size`` entries, each a symbol of its own.

        Raises:
            DeclarationError: the family has no vector of symbolic length.
        """
        from symfisher.unrolling import Unrolling

        if not self.is_indexed:
            raise DeclarationError(
                f"family '{self.name}': it has no vector of symbolic length to write out"
            )
        return Unrolling(self, size).family

    def _twin(self, **changes: Any) -> Family:
        """The same declaration but for ``changes``, which are consistent by construction."""
        twin = object.__new__(Family)
        twin.__dict__.update({name: self.__dict__[name] for name in _DECLARED_FIELDS}, **changes)
        return twin

    @cached_property
    def canonical(self) -> Family:
        """The same family over symbols with the strongest assumptions that its domains allow.

        The engine works on this one, so a family declared with plain symbols derives as well as
        one declared with ``positive=True``.  ``symbols`` maps back.
        """
        renaming = {
            symbol: symbol_for(symbol.name, domain)
            for symbol, domain in (*zip(self.variables, self.supports), *self.domains.items())
        }
        density = self.log_density.xreplace(renaming)
        if not self.is_indexed:
            density = with_moduli(density, [renaming[v] for v in self.variables])
        if density == self.log_density and all(old == new for old, new in renaming.items()):
            return self
        return self._twin(
            variables=tuple(renaming[v] for v in self.variables),
            supports=tuple(s.substitute(renaming) for s in self.supports),
            parameters=tuple(renaming[p] for p in self.parameters),
            constants=tuple(renaming[c] for c in self.constants),
            domains={renaming[s]: d.substitute(renaming) for s, d in self.domains.items()},
            constraints=tuple(c.xreplace(renaming) for c in self.constraints),
            log_density=density,
        )

    @cached_property
    def declared_symbols(self) -> dict[Symbol, Symbol]:
        """Canonical symbol -> the symbol that the declaration used."""
        twin = self.canonical
        return dict(zip(twin.symbols, self.symbols))

    @cached_property
    def primed(self) -> dict[Symbol, Symbol]:
        """Parameter -> its symbol at a second point of the family, as in KL(theta || theta')."""
        taken = {s.name for s in self.symbols}
        symbols = {}
        for parameter in self.parameters:
            name = f"{parameter.name}_prime"
            while name in taken:
                name += "_"
            symbols[parameter] = named_like(parameter, name)
        return symbols

    def restricted(self, conditions: Iterable[Boolean]) -> Family:
        """The same family on the part of its domain where the conditions hold.

        A bound on one parameter narrows that parameter's domain; any other condition becomes a
        constraint.
        """
        domains, constraints = dict(self.domains), list(self.constraints)
        for condition in conditions:
            parameter, bound = condition.args
            old = domains.get(parameter)
            if old is None or bound.free_symbols:
                constraints.append(condition)
            elif isinstance(condition, StrictGreaterThan):
                domains[parameter] = Domain(Max(old.lower, bound), old.upper, old.discrete)
            else:
                domains[parameter] = Domain(old.lower, Min(old.upper, bound), old.discrete)
        return self._twin(domains=domains, constraints=tuple(constraints))

    @cached_property
    def cases(self) -> tuple[Family, ...]:
        """The parts of the parameter domain on which the support has one form each.

        A support with a ``Piecewise`` end (the generalised extreme value family's) is split by the
        sign conditions in it; every other family is its own single case.
        """
        return tuple(_split_support(self))


def _as_tuple(declared: Any) -> tuple[Any, ...]:
    """One declared thing, or several in a list or tuple, as a tuple."""
    one = isinstance(declared, Basic | Domain | str) or not isinstance(declared, Iterable)
    return (declared,) if one else tuple(declared)


def _as_domain(declared: DomainLike, names: Mapping[str, Symbol], where: str) -> Domain:
    if isinstance(declared, Domain):
        return declared
    if isinstance(declared, str):
        return parse_domain(declared, names, where)
    return domain_from_set(declared, where)


def _as_condition(declared: Any, names: Mapping[str, Symbol], where: str) -> Boolean:
    if isinstance(declared, str):
        return parse_condition(declared, names, where)
    if isinstance(declared, Boolean | bool) and not isinstance(declared, Expr):
        return sympify(declared)
    raise DeclarationError(f"{where}: {declared!r} is not a condition such as p1 + p2 < 1")


def _as_expression(declared: Any, names: Mapping[str, Symbol], where: str) -> Expr:
    """The declared expression, its decimals as the exact rationals that they were written as."""
    if isinstance(declared, str):
        return parse_expression(declared, names, where)
    try:
        expr = sympify(declared, strict=True)
    except SympifyError:
        raise DeclarationError(f"{where}: {declared!r} is not a SymPy expression") from None
    decimals = {d: Rational(str(d)) for d in expr.atoms(Float) if d.is_finite}
    return expr.xreplace(decimals)


def _split_support(family: Family) -> Iterable[Family]:
    ends = [e for s in family.supports for e in (s.lower, s.upper) if e.has(Piecewise)]
    conditions = {
        condition
        for end in ends
        for piece in end.atoms(Piecewise)
        for _, condition in piece.args
        if condition.free_symbols
    }
    signed = {next(iter(c.free_symbols)) for c in conditions if len(c.free_symbols) == 1}
    if not ends:
        return [family]
    if len(signed) != 1:
        raise DeclarationError(
            f"family '{family.name}', support: an end may be a Piecewise in the sign of one "
            "parameter"
        )
    (parameter,) = signed
    halves = (_with_sign(family, parameter, sign) for sign in ("positive", "negative"))
    return [half for half in halves if half is not None]


def _with_sign(family: Family, parameter: Symbol, sign: str) -> Family | None:
    """The family on the half-line of one parameter; None where its domain has no such part."""
    old, half = family.domains[parameter], NAMED_DOMAINS[sign]
    narrowed = Domain(Max(old.lower, half.lower), Min(old.upper, half.upper))
    if narrowed.is_empty:
        return None
    signed: dict[Symbol, Any] = {parameter: Symbol(parameter.name, **{sign: True})}
    domains = {signed.get(s, s): d for s, d in family.domains.items()}
    return family._twin(
        parameters=tuple(signed.get(p, p) for p in family.parameters),
        supports=tuple(
            Domain(s.lower.subs(signed), s.upper.subs(signed), s.discrete, s.points)
            for s in family.supports
        ),
        log_density=family.log_density.subs(signed),
        constraints=tuple(c.subs(signed) for c in family.constraints),
        domains={**domains, signed[parameter]: narrowed},
    )


_DECLARED_FIELDS = (
    *("name", "variables", "supports", "parameters", "constants", "domains"),
    *("constraints", "log_density", "is_mass", "facts"),
)
