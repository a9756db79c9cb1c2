"""Means, cumulants and moments of the statistics of an exponential family, from the log-partition.

The n-th cumulants are the n-th derivatives of A by the natural parameters (Barndorff-Nielsen 1978,
section 8.1); d/d eta is taken through theta, so that the map need not be inverted in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, ImmutableDenseNDimArray, Mul, diff
from sympy.polys.matrices import DomainMatrix

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError, InputError, MismatchError
from symfisher.expectation.engine import status_of
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
            "their map from the parameters is not invertible and the log-partition is not closed "
            "in them, so it cannot be differentiated by them"
        )
    return road


def _through_parameters(form: ExponentialForm) -> Callable[[Index], Expr] | None:
    """d/d eta_j = sum_l (d theta_l / d eta_j) d/d theta_l, where eta has as many entries."""
    jacobian = form.jacobian
    if not form.full or jacobian.rows != jacobian.cols or jacobian.det() == 0:
        return None
    inverse = inverse_of(jacobian).applyfunc(tidy)
    parameters = form.family.parameters

    @cache
    def entry(index: Index) -> Expr:
        if len(index) == 1:
            return Add(
                *(inverse[k, index[0]] * diff(form.log_partition, p)
                  for k, p in enumerate(parameters))
            )  # fmt: skip
        *rest, last = index
        below = entry(tuple(rest))
        return tidy(Add(*(inverse[k, last] * diff(below, p) for k, p in enumerate(parameters))))

    return entry


def inverse_of(matrix: ImmutableDenseMatrix) -> ImmutableDenseMatrix:
    """By cofactors where it is small, else in the field of fractions of its entries."""
    if matrix.rows <= 3:
        return matrix.adjugate() / tidy(matrix.det())
    return ImmutableDenseMatrix(DomainMatrix.from_Matrix(matrix).to_field().inv().to_Matrix())


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
    entry, size = cumulants(form), len(form.statistics)
    in_theta = ImmutableDenseMatrix(size, size, lambda i, j: tidy(entry((min(i, j), max(i, j)))))
    _hold_equal(form, in_theta)
    partition = form.natural_partition
    closed = partition is not None and coordinates == "natural"
    expr = in_theta if coordinates == "natural" else inverse_of(in_theta).applyfunc(tidy)
    if partition is not None and closed:
        slopes = [diff(partition, s) for s in form.symbols]
        expr = ImmutableDenseMatrix(size, size, lambda i, j: tidy(diff(slopes[i], form.symbols[j])))
    found = formula_of(form, "natural_information", title, symbol, expr)
    step = Step("Hessian of the log-partition", "Differentiate A twice.", partition, expr)
    return found.with_(
        extra_symbols=natural_symbols(form) if closed else {}, trace=(*found.trace, step)
    )


def _hold_equal(form: ExponentialForm, hessian: ImmutableDenseMatrix) -> None:
    information = fisher(form.family)
    if information.status is not Status.CLOSED:
        return
    pulled = form.jacobian.T * hessian * form.jacobian
    check = Fingerprint(form.points)
    if not all(check.is_zero(a - b) for a, b in zip(pulled, information.expr)):
        raise MismatchError(
            f"family '{form.family.name}': the Hessian of the log-partition, carried to the "
            "parameters, is not the Fisher matrix; nothing is shown"
        )
