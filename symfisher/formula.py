"""The waist of the hourglass: one value type for every derived result."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from sympy import (
    Basic,
    Expr,
    Function,
    IndexedBase,
    Integral,
    MatrixBase,
    NDimArray,
    Rational,
    Sum,
    Symbol,
    Tuple,
    exp,
)
from sympy.logic.boolalg import Boolean

from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError, InputError

Value: TypeAlias = Any  # Expr, ImmutableDenseMatrix or ImmutableDenseNDimArray, Any to a checker


class Status(StrEnum):
    """How far a result could be carried."""

    CLOSED = "closed"  # standard functions only
    SERIES = "series"  # an infinite sum is left, or the expectation of a count
    QUADRATURE = "quadrature"  # an integral is left as an unevaluated expectation
    NONE = "none"  # it does not exist


@dataclass(frozen=True)
class Step:
    """One step of a derivation: the rule that fired and what it changed.

    ``rule`` is the rule's name, ``statement`` one sentence that says what it does; ``before`` and
    ``after`` are the expressions on its two sides, where it has them.
    """

    rule: str
    statement: str
    before: Basic | None = None
    after: Basic | None = None


@dataclass(frozen=True)
class Formula:
    """A derived result: an expression with all that is needed to print, verify and compile it.

    Attributes:
        name: the quantity's name, as in ``--quantity`` ("fisher").
        title: what it is called in words ("Fisher information matrix").
        symbol: its LaTeX symbol ("\\mathcal{I}(\\theta)").
        expr: scalar, vector (k x 1 matrix), matrix or array, in the order of ``family.parameters``.
        family: the declaration, hence the parametrisation, that it belongs to.
        status: closed, series, quadrature or none.
        vector: whether one column is a vector, also where it has one entry.
        reads_data: whether it is a function of the observation too (the score is).
        trace: the steps that led to it, in order.
        conditions: on the parameters, where it holds only on part of the domain.
        notes: remarks for the reader, one sentence each.
        digits: decimal digits to which it was seen to agree with quadrature; None if unchecked.
        extra_symbols: role -> {declared parameter name: symbol}, for the second parameter point of
            KL ("primed") and the displacement of an expansion ("increments").
        details: further JSON fields (an expansion's order).
    """

    name: str
    title: str
    symbol: str
    expr: Value
    family: Family
    status: Status = Status.CLOSED
    reads_data: bool = False
    vector: bool = False
    trace: tuple[Step, ...] = ()
    conditions: tuple[Boolean, ...] = ()
    notes: tuple[str, ...] = ()
    digits: float | None = None
    extra_symbols: Mapping[str, Mapping[str, Symbol]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arguments(self) -> tuple[Symbol, ...]:
        """Data (where it is read), then parameters, then extra symbols, then constants."""
        data = self.family.variables if self.reads_data else ()
        extra = tuple(s for role in self.extra_symbols.values() for s in role.values())
        return (*data, *self.family.parameters, *extra, *self.family.constants)

    @property
    def rank(self) -> int:
        """0 for a scalar, 1 for a vector, 2 for a matrix, n for an array with n indices."""
        if isinstance(self.expr, MatrixBase):
            column = self.expr.shape[1] == 1 and self.expr.shape[0] > 1
            return 1 if column or self.vector else 2
        return int(self.expr.rank()) if isinstance(self.expr, NDimArray) else 0

    def with_(self, **changes: Any) -> Formula:
        return replace(self, **changes)

    def with_free_indices(self) -> Formula:
        """The same with the free indices of its blocks in its symbol, and their ranges in details.

        Where the entries of a parameter have a total, a free index ends before the last one.
        """
        row, column = self.family.indices[:2]
        used = [] if self.expr is None else [i for i in (row, column) if self.expr.has(i)]
        if not used:
            return self
        domains = [self.family.domains[p] for p in self.family.parameters]
        length: Any = self.family.length
        last = length - int(any(d.total is not None for d in domains))
        ranges = {index.name: ["1", str(last)] for index in used}
        return replace(
            self,
            symbol=_indexed_symbol(self.symbol, "".join(index.name for index in used)),
            details={**self.details, "indices": ranges},
        )

    def map(self, function: Callable[[Expr], Expr]) -> Formula:
        """The formula with ``function`` applied to each entry of ``expr``."""
        if self.expr is None:
            return self
        if isinstance(self.expr, Expr):
            return replace(self, expr=function(self.expr))
        return replace(self, expr=self.expr.applyfunc(function))

    def evaluate(self, at: Mapping[Any, Any], digits: int = 15) -> Any:
        """The formula's value and an estimate of its error, whatever its status.

        ``at`` gives each of ``arguments``, by symbol or by name, a number or a text such as "1/3";
        arrays broadcast and are computed in float64.  Returns ``.value`` and ``.error``: floats up
        to 15 digits, else mpmath numbers, as arrays for a matrix or over arrays of arguments.
        The error bounds rounding and estimates what a quadrature or a truncated sum misses.

        Raises:
            DoesNotExistError: the formula has no value.
            InputError: an argument is missing, a name is none of them, or the parameters are
                outside their domain; over arrays the value is nan there.
        """
        from symfisher.numerics.admissible import admissible_estimate

        if self.expr is None:
            raise DoesNotExistError(
                f"{self.name} of '{self.family.name}' has no value: {' '.join(self.notes)}"
            )
        return admissible_estimate(self, self._point(at), digits)

    def _point(self, at: Mapping[Any, Any]) -> dict[Symbol, Any]:
        """The arguments' values by symbol."""
        names = {s.name: s for s in self.arguments}
        point = {}
        for key, value in at.items():
            if str(key) not in names:
                raise InputError(
                    f"{self.name} of '{self.family.name}' has no argument '{key}'; "
                    f"it has: {', '.join(names)}"
                )
            point[names[str(key)]] = Rational(value) if isinstance(value, str) else value
        missing = [name for name, s in names.items() if s not in point and self.expr.has(s)]
        if missing:
            raise InputError(
                f"{self.name} of '{self.family.name}' needs a value for {', '.join(missing)}"
            )
        return point

    def _repr_latex_(self) -> str:
        from symfisher.render.latex import latex_equation

        return latex_equation(self)

    def _repr_html_(self) -> str:
        from symfisher.render.notebook import formula_html

        return formula_html(self)

    def __str__(self) -> str:
        from symfisher.render.text import text_formula

        return text_formula(self)


def _indexed_symbol(symbol: str, indices: str) -> str:
    """A formula's symbol with indices: ``H_{ij}(\\theta)``, or brackets around a longer one."""
    plain = re.fullmatch(r"(\\mathcal\{I\}|[A-Za-z])(\(\\theta\))", symbol)
    if plain:
        return f"{plain[1]}_{{{indices}}}{plain[2]}"
    return rf"\left[{symbol}\right]_{{{indices}}}"


class Expectation(Expr):
    """E[integrand] under a family, left unevaluated: ``Expectation(g, log_density, *limits)``.

    It prints as an expectation in text and LaTeX and as an explicit ``Integral`` or ``Sum`` where
    SymPy syntax is written, so that it can be read back.  A limit is the tuple
    (variable, lower, upper, kind) with kind 0 for an integral and 1 for a sum, innermost first.
    """

    is_commutative = True
    is_real = True

    def __new__(cls, integrand: Expr, log_density: Expr, *limits: Tuple) -> Expectation:
        return Expr.__new__(cls, integrand, log_density, *(Tuple(*limit) for limit in limits))

    @classmethod
    def under(cls, family: Family, integrand: Expr) -> Expectation:
        limits = [
            Tuple(variable, domain.lower, domain.upper, int(domain.discrete))
            for variable, domain in zip(family.variables, family.supports, strict=True)
        ]
        return cls(integrand, family.log_density, *reversed(limits))

    @property
    def integrand(self) -> Expr:
        return self.args[0]

    @property
    def log_density(self) -> Expr:
        return self.args[1]

    @property
    def limits(self) -> tuple[Tuple, ...]:
        return self.args[2:]

    @property
    def bound_symbols(self) -> list[Symbol]:
        return [limit[0] for limit in self.limits]

    @property
    def free_symbols(self) -> set[Symbol]:
        inside = self.integrand.free_symbols | self.log_density.free_symbols
        ends = {s for limit in self.limits for e in limit.args[1:] for s in e.free_symbols}
        return (inside | ends) - set(self.bound_symbols)

    def as_explicit(self) -> Expr:
        """The same value as nested ``Integral`` and ``Sum``, innermost first.

        Over vectors of symbolic length there is no such nest: it is then an applied E(...).
        """
        if any(isinstance(symbol, IndexedBase) for symbol in self.bound_symbols):
            return Function("E")(self.integrand)
        value: Expr = self.integrand * exp(self.log_density)
        for variable, lower, upper, kind in self.limits:
            value = (Sum if kind else Integral)(value, (variable, lower, upper))
        return value

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        """Differentiation under the integral, for a support that does not move."""
        from sympy import diff

        integrand = diff(self.integrand, symbol) + self.integrand * diff(self.log_density, symbol)
        return Expectation(integrand, self.log_density, *self.limits)

    def _sympystr(self, printer: Any) -> str:
        return printer._print(self.as_explicit())

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\operatorname{{E}}\left[{printer._print(self.integrand)}\right]"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"
