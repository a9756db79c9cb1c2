"""The exponential-family form of a density: statistics, natural parameters, log-partition.

    p(x; theta) = h(x) exp(eta(theta) . T(x) - A),    A(eta) = log integral of h exp(eta . T).

A is found as a function of the natural parameters too, where the map theta -> eta inverts, where
the statistics are quadratic (a Gaussian integral), or where h exp(eta . T) is a known kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from sympy import (
    Add,
    Expr,
    ImmutableDenseMatrix,
    Integer,
    KroneckerDelta,
    Matrix,
    Piecewise,
    Symbol,
    diff,
    expand,
    expand_log,
    log,
    oo,
    pi,
)
from sympy.core.relational import Equality

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError
from symfisher.expectation.engine import engine
from symfisher.expectation.exponential_family import exponential_structure
from symfisher.expectation.exponential_inverse import inverse_map
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.search import find_part
from symfisher.numerics.points import sample_points
from symfisher.pieces import Piece


@dataclass(frozen=True, eq=False)
class ExponentialForm:
    """A density in exponential-family form; entries in the order of ``statistics``.

    ``log_base`` is log h(x), ``log_partition`` A as a function of theta, ``symbols`` the natural
    parameters as symbols of their own.  ``full`` tells that E[score] = 0 determines the mean of
    every statistic: the natural parameters fill an open set.
    """

    family: Family
    statistics: tuple[Expr, ...]
    natural_parameters: tuple[Expr, ...]
    log_partition: Expr
    log_base: Expr
    full: bool
    symbols: tuple[Symbol, ...]

    @cached_property
    def points(self) -> list[dict[Symbol, Any]]:
        return list(sample_points(self.family, 2, seed=23))

    @cached_property
    def parameters_from_natural(self) -> dict[Symbol, Expr] | None:
        """theta as functions of the natural parameters; None where the map does not invert."""
        return self._inverse(set(self.family.parameters))

    def _inverse(self, wanted: set[Symbol]) -> dict[Symbol, Expr] | None:
        return inverse_map(
            self.natural_parameters, self.symbols, self.family.parameters, wanted, self.points
        )

    @cached_property
    def natural_partition(self) -> Expr | None:
        """A(eta) in ``symbols``; None where none of the roads finds it."""
        for road in (self._by_inverse, self._gaussian, self._by_kernel):
            found = road()
            if found is not None and self._is_partition(found):
                return found
        return None

    def _is_partition(self, found: Expr) -> bool:
        back = dict(zip(self.symbols, self.natural_parameters, strict=True))
        return Fingerprint(self.points).is_zero(found.subs(back) - self.log_partition)

    def _by_inverse(self) -> Expr | None:
        wanted = self.log_partition.free_symbols & set(self.family.parameters)
        inverse = self._inverse(wanted) if self.full else None
        return None if inverse is None else _tidied_logs(self.log_partition.subs(inverse))

    def _gaussian(self) -> Expr | None:
        """Quadratic statistics on the whole space: a Gaussian integral, by the determinant."""
        variables = self.family.variables
        lines = all((s.lower, s.upper) == (-oo, oo) for s in self.family.supports)
        exponent = Add(*(e * t for e, t in zip(self.symbols, self.statistics)))
        polynomial = exponent.as_poly(*variables)
        if not lines or self.log_base.has(*variables) or polynomial is None:
            return None
        if polynomial.total_degree() != 2 or self.family.is_mass:
            return None
        precision = Matrix(
            len(variables), len(variables), lambda i, j: -diff(exponent, variables[i], variables[j])
        )
        slope = Matrix([diff(exponent, v).subs(dict.fromkeys(variables, 0)) for v in variables])
        quadratic = (slope.T * precision.inv() * slope)[0, 0] / 2
        return tidy(quadratic) - _log_volume(precision / (2 * pi)) + self.log_base

    def _by_kernel(self) -> Expr | None:
        """h exp(eta . T) is a kernel whose total mass is known."""
        if len(self.family.variables) != 1 or self.family.is_mass:
            return None
        fingerprint = Fingerprint(self.points)
        for k, symbol in enumerate(self.symbols):
            fingerprint.know(symbol, list(fingerprint.value(self.natural_parameters[k])))
        exponent = Add(self.log_base, *(e * t for e, t in zip(self.symbols, self.statistics)))
        support = self.family.supports[0]
        try:
            part = find_part(
                self.family, Piece(support.lower, support.upper, exponent), fingerprint, True
            )
        except DerivationError:
            return None
        return None if part is None else part.kernel_constant + part.kernel.log_mass()

    # -- means and cumulants ----------------------------------------------------------------------

    @cached_property
    def means(self) -> tuple[Expr, ...]:
        """E[T] as functions of theta, by the engine (an ``Expectation`` where none is closed)."""
        expect = engine(self.family).expect
        return tuple(expect(t).expr for t in self.statistics)

    @cached_property
    def jacobian(self) -> ImmutableDenseMatrix:
        """d eta_k / d theta_j."""
        return ImmutableDenseMatrix(self.natural_parameters).jacobian(self.family.parameters)


@lru_cache(maxsize=64)
def exponential_form(family: Family) -> ExponentialForm | None:
    """The form of a canonical family; None where the density does not separate."""
    written = _by_indicators(family)
    structure = exponential_structure(written)
    if structure is None or not structure.statistics:
        return None
    parameters = set(family.parameters)
    natural, base = [], structure.base
    for eta, statistic in zip(structure.natural_parameters, structure.statistics):
        constant, varying = _parted(eta, parameters)
        natural.append(varying)
        base += constant * statistic
    constant, offset = _parted(structure.offset, parameters)
    return ExponentialForm(
        written,
        structure.statistics,
        tuple(natural),
        -offset,
        base + constant,
        structure.full,
        _symbols(family, tuple(natural)),
    )


def _parted(expr: Expr, parameters: set[Symbol]) -> tuple[Expr, Expr]:
    """The summands without parameters, and the others."""
    constant, varying = expand(expr).as_independent(*parameters, as_Add=True)
    if constant == 0:
        return Integer(0), tidy(expr)
    return constant, tidy(varying)


def _symbols(family: Family, natural: tuple[Expr, ...]) -> tuple[Symbol, ...]:
    """eta, or eta_1, eta_2 ..., with a sign where SymPy knows one, free of clashes."""
    taken = {s.name for s in (*family.variables, *family.domains)}
    stem = "eta"
    while stem in taken or any(f"{stem}_{k + 1}" in taken for k in range(len(natural))):
        stem += "_"
    names = [stem] if len(natural) == 1 else [f"{stem}_{k + 1}" for k in range(len(natural))]
    return tuple(Symbol(n, **_assumptions(e)) for n, e in zip(names, natural))


def _assumptions(eta: Expr) -> dict[str, bool]:
    if eta.is_positive:
        return {"positive": True}
    return {"negative": True} if eta.is_negative else {"real": True}


def _log_volume(matrix: Matrix) -> Expr:
    """log det / 2 as a sum over the pivots, which are positive where the matrix is."""
    minors = [Integer(1), *(matrix[:k, :k].det() for k in range(1, matrix.rows + 1))]
    return Add(*(log(above / below) for below, above in pairwise(minors))) / 2


def _tidied_logs(expr: Expr) -> Expr:
    return tidy(expand_log(expr))


# -- cases at single counts as indicators ---------------------------------------------------------


def _by_indicators(family: Family) -> Family:
    """Piecewise((f, Eq(x, c)), (g, True)) as g + [x = c] (f - g), so that the cases separate."""
    density = family.log_density
    if len(family.variables) != 1 or not density.has(Piecewise):
        return family
    written = density.replace(Piecewise, lambda *cases: _indicators(cases, family.variables[0]))
    return family if written == density else family._twin(log_density=expand(written))


def _indicators(cases: Any, x: Symbol) -> Expr:
    *special, (general, last) = cases
    plain = Piecewise(*cases)
    if last != True or not all(_at_count(c, x) is not None for _, c in special):  # noqa: E712
        return plain
    total: Expr = general
    for value, condition in special:
        place = _at_count(condition, x)
        total += KroneckerDelta(x, place) * (value - general).subs(x, place)
    return total


def _at_count(condition: Any, x: Symbol) -> Expr | None:
    if isinstance(condition, Equality) and x in condition.args:
        (place,) = [a for a in condition.args if a != x]
        return None if place.free_symbols else place
    return None
