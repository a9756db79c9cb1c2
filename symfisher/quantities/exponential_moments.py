"""Means, cumulants and moments of the statistics of an exponential family, from the log-partition.

The n-th cumulants are the n-th derivatives of A by the natural parameters (Barndorff-Nielsen 1978,
section 8.1); d/d eta is taken through theta, so that the map need not be inverted in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, ImmutableDenseNDimArray, Mul, Symbol, diff

from symfisher.algebra.inverse import inverse
from symfisher.algebra.tidy import tidy, tidy_matrix
from symfisher.declaration import Family
from symfisher.errors import DerivationError, InputError, MismatchError
from symfisher.expectation.engine import status_of
from symfisher.expectation.exponential_family import cumulant, inverse_covariance
from symfisher.expectation.exponential_form import ExponentialForm, exponential_form
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.exponential_family import absent, formula_of, natural_symbols
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity

Index = tuple[int, ...]


@quantity("mean_parameters", "Mean parameters E[T] of the exponential-family form.", default=False)
def mean_parameters(family: Family) -> Formula:
    """E[T] as functions of theta, m x 1, in the order of ``sufficient_statistics``: grad A."""
    form = exponential_form(family)
    if form is None:
        return absent(family, "mean_parameters", "Mean parameters", r"\operatorname{E}[T]")
    column = ImmutableDenseMatrix([tidy(mean) for mean in form.means])
    found = formula_of(form, "mean_parameters", "Mean parameters", r"\operatorname{E}[T]", column)
    return found.with_(status=status_of(column), vector=True)


@quantity(
    "statistic_cumulants",
    "Joint cumulants of the sufficient statistics: derivatives of the log-partition.",
    ("log_partition",),
    default=False,
)
def statistic_cumulants(family: Family, order: int = 2) -> Formula:
    """The array of joint cumulants of that order, m x ... x m, as functions of theta.

    Raises:
        InputError: ``order`` is no whole number from 1 on.
        DerivationError: A is closed neither in theta with an invertible map nor in eta.
    """
    return _array(
        family, order, "statistic_cumulants", "Cumulants of the statistics", "kappa", cumulants
    )


@quantity(
    "statistic_moments",
    "Raw joint moments of the sufficient statistics, from the log-partition.",
    ("statistic_cumulants",),
    default=False,
)
def statistic_moments(family: Family, order: int = 2) -> Formula:
    """The array of E[T_i T_j ...] with ``order`` factors, m x ... x m, as functions of theta.

    Raises:
        As ``statistic_cumulants``.
    """
    return _array(family, order, "statistic_moments", "Moments of the statistics", "mu", _moments)


def _array(
    family: Family,
    order: Any,
    name: str,
    title: str,
    letter: str,
    entries: Callable[[ExponentialForm], Callable[[Index], Expr]],
) -> Formula:
    if not isinstance(order, int) or isinstance(order, bool) or order < 1:
        raise InputError(f"{name}: order is {order!r}; give a whole number from 1 on")
    symbol = rf"\{letter}_{{{order}}}(T)"
    form = exponential_form(family)
    if form is None:
        return absent(family, name, title, symbol)
    size, entry = len(form.statistics), entries(form)
    known = {tuple(sorted(i)) for i in product(range(size), repeat=order)}
    values = {index: tidy(entry(index)) for index in known}
    shape = (size,) * order
    flat = [values[tuple(sorted(i))] for i in product(range(size), repeat=order)]
    step = Step(
        "derivatives of the log-partition",
        "Joint cumulants of the statistics are derivatives of A by the natural parameters.",
    )
    expr: Any = (
        ImmutableDenseMatrix(*(shape if order == 2 else (size, 1)), flat)
        if order <= 2
        else ImmutableDenseNDimArray(flat, shape)
    )
    found = formula_of(form, name, title, symbol, expr)
    return found.with_(trace=(*found.trace, step))


def cumulants(form: ExponentialForm) -> Callable[[Index], Expr]:
    """Index -> joint cumulant in theta."""
    roads = (_through_parameters, _by_partition)
    road = next((found for found in (r(form) for r in roads) if found is not None), None)
    if road is None:
        raise DerivationError(
            f"family '{form.family.name}': the natural parameters are {form.natural_parameters}; "
            "they do not fill an open set and the log-partition is not closed in them, so it "
            "cannot be differentiated by them"
        )
    return road


def _through_parameters(form: ExponentialForm) -> Callable[[Index], Expr] | None:
    """Derivatives by eta from those by theta, where eta fills an open set."""
    if not form.full:
        return None

    @cache
    def entry(index: Index) -> Expr:
        found = cumulant(form.family, index)
        assert found is not None  # a full family has all of them
        return found

    return entry


def _by_partition(form: ExponentialForm) -> Callable[[Index], Expr] | None:
    if form.natural_partition is None:
        return None
    back = dict(zip(form.symbols, form.natural_parameters))
    partition = form.natural_partition
    return lambda index: diff(partition, *(form.symbols[i] for i in index)).subs(back)


def _moments(form: ExponentialForm) -> Callable[[Index], Expr]:
    """Sums over the partitions of the indices of products of cumulants."""
    entry = cumulants(form)

    def moment(index: Index) -> Expr:
        places = list(range(len(index)))
        return Add(
            *(
                Mul(*(entry(tuple(sorted(index[i] for i in block))) for block in blocks))
                for blocks in _set_partitions(places)
            )
        )

    return moment


def _set_partitions(places: Sequence[int]) -> Iterator[list[list[int]]]:
    if not places:
        yield []
        return
    first, *rest = places
    for blocks in _set_partitions(rest):
        yield [[first], *blocks]
        for k, block in enumerate(blocks):
            yield [*blocks[:k], [first, *block], *blocks[k + 1 :]]


# -- the metric in natural and in mean coordinates ------------------------------------------------


@quantity(
    "natural_information",
    "Fisher matrix in natural parameters: the Hessian of the log-partition (or its inverse, in "
    "mean parameters).",
    ("log_partition", "fisher"),
    default=False,
)
def natural_information(family: Family, coordinates: str = "natural") -> Formula:
    """The Hessian of A, m x m, in natural coordinates; its inverse is the matrix in mean ones.

    In ``extra_symbols["natural"]`` where A is closed in them, else in theta.  That F = J^T (Hessian
    of A) J, J = d eta/d theta, is checked at generic points (Amari 2016, section 2.1).

    Raises:
        InputError: ``coordinates`` is neither "natural" nor "mean".
        MismatchError: the Fisher matrix is another one.
    """
    if coordinates not in ("natural", "mean"):
        raise InputError(f"coordinates: {coordinates!r} is neither natural nor mean")
    symbol = r"\nabla^2 A(\eta)" if coordinates == "natural" else r"\nabla^2 A(\eta)^{-1}"
    title = f"Fisher information matrix in {coordinates} parameters"
    form = exponential_form(family)
    if form is None:
        return absent(family, "natural_information", title, symbol)
    _hold_equal(form)
    partition, closed = form.natural_partition, False
    if coordinates == "mean":
        expr = _in_mean_coordinates(form)
    elif partition is None:
        expr = tidy_matrix(_hessian(form))
    else:
        expr, closed = _symbolic_hessian(partition, form.symbols), True
    found = formula_of(form, "natural_information", title, symbol, expr)
    step = Step("Hessian of the log-partition", "Differentiate A twice.", partition, expr)
    return found.with_(
        extra_symbols=natural_symbols(form) if closed else {}, trace=(*found.trace, step)
    )


def _hessian(form: ExponentialForm) -> ImmutableDenseMatrix:
    """The Hessian of A in theta."""
    entry, size = cumulants(form), len(form.statistics)
    return ImmutableDenseMatrix(size, size, lambda i, j: entry((min(i, j), max(i, j))))


def _symbolic_hessian(partition: Expr, symbols: Sequence[Symbol]) -> ImmutableDenseMatrix:
    size, slopes = len(symbols), [diff(partition, s) for s in symbols]
    upper = {(i, j): tidy(diff(slopes[i], symbols[j])) for i in range(size) for j in range(i, size)}
    return ImmutableDenseMatrix(size, size, lambda i, j: upper[min(i, j), max(i, j)])


def _in_mean_coordinates(form: ExponentialForm) -> ImmutableDenseMatrix:
    """The inverse of the Hessian, by d eta/d m where eta fills an open set."""
    found = inverse_covariance(form.family) or inverse(_hessian(form))
    assert found is not None  # the statistics are affinely independent
    return tidy_matrix(found)


def _hold_equal(form: ExponentialForm) -> None:
    hessian, information = _hessian(form), fisher(form.family)
    if information.status is not Status.CLOSED:
        return
    pulled = form.jacobian.T * hessian * form.jacobian
    check = Fingerprint(form.points)
    if not all(check.is_zero(a - b) for a, b in zip(pulled, information.expr)):
        raise MismatchError(
            f"family '{form.family.name}': the Hessian of the log-partition, carried to the "
            "parameters, is not the Fisher matrix; nothing is shown"
        )
