"""Bhattacharyya's bounds: the Cramer-Rao bound with derivatives of higher order.

With r_a = (d^a p)/p for the multi-indices a up to order m, g's estimators have at least the
variance D^T B^-1 D, where D_a = d^a g and B_ab = E[r_a r_b] (Bhattacharyya 1946; Lehmann and
Casella 1998, section 2.6).  For n observations p is their joint density: r_a is a polynomial in
sums of derivatives of log p, whose products have expectations by set partitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from sympy import (
    Dummy,
    Expr,
    ImmutableDenseMatrix,
    Integer,
    Matrix,
    Mul,
    Poly,
    Symbol,
    count_ops,
    diff,
    ff,
)
from sympy.utilities.iterables import multiset_partitions

from symfisher.algebra.fraction import Unconvertible
from symfisher.algebra.fraction_field import Field, Workspace
from symfisher.algebra.inverse import inverse
from symfisher.algebra.linear_system import LinearSystem
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError, DoesNotExistError, InputError
from symfisher.expectation.engine import engine
from symfisher.expectation.samples import signs_of
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.given import functions_of, sample_size
from symfisher.quantities.rank import generic_values, null_directions, regular_block
from symfisher.quantities.registry import quantity
from symfisher.quantities.regularity import regularity

Index = tuple[int, ...]  # positions of the parameters, ascending
MOST_DERIVATIVES = 5
_SHORT = 120  # operations in B, up to which its inverse is worked out
_SAME = 1e-6
_ROUNDING = 1e-12


@quantity(
    "bhattacharyya_bound",
    "Bhattacharyya bound of order m on the variance of unbiased estimators.",
    ("fisher",),
    default=False,
)
def bhattacharyya_bound(family: Family, order: int = 2, of: Any = None, n: Any = 1) -> Formula:
    """The bound of the given order for a function ``of`` the parameters, by default the first one.

    Order 1 is the Cramer-Rao bound; each order is at least as large as the one before.

    Raises:
        InputError: the order is below 1 or so high that more than ``MOST_DERIVATIVES`` enter.
        DoesNotExistError: the density is not smooth enough (E[r_a] is not zero, or E[r_a r_b] is
            infinite), or the function has no unbiased estimator.
        DerivationError: an expectation is not found in closed form.
    """
    if not isinstance(order, int) or order < 1:
        raise InputError(f"bhattacharyya_bound: order is {order!r}; give a whole number from 1 on")
    _check_regular(family)
    (function,) = functions_of(family, family.parameters[0] if of is None else of, "of")
    size, roles = sample_size(family, n)
    indices = _indices(len(family.parameters), order)
    if len(indices) > MOST_DERIVATIVES:
        raise InputError(
            f"family '{family.name}', bhattacharyya_bound: order {order} in "
            f"{len(family.parameters)} parameters has {len(indices)} derivatives; at most "
            f"{MOST_DERIVATIVES}; fix or tie some parameters with submodel"
        )
    _check_smooth(family, indices)
    moments = _Moments(family)
    k = len(indices)
    upper = {
        (a, b): moments.product(indices[a], indices[b], size) for a in range(k) for b in range(a, k)
    }
    matrix = ImmutableDenseMatrix(k, k, lambda a, b: upper[min(a, b), max(a, b)])
    slopes = Matrix([_derivative(function, index, family) for index in indices])
    if isinstance(size, Symbol):
        generic_values(family).know(size, [Integer(7), Integer(11)])
    for direction in null_directions(matrix, family):
        if not generic_values(family).is_zero((direction.T * slopes)[0, 0]):
            raise DoesNotExistError(
                f"family '{family.name}': {function} has no unbiased estimator: derivatives of the "
                "density satisfy a linear equation that those of the function do not"
            )
    expr = _quadratic_form(matrix, slopes, family)
    step = Step("Bhattacharyya bound", "Invert E[r r^T] of the derivatives.", matrix, expr)
    return Formula(
        name="bhattacharyya_bound",
        title=f"Bhattacharyya bound of order {order} for {function}",
        symbol=r"D^{\top} B^{-1} D",
        expr=expr,
        family=family,
        status=Status.CLOSED,
        digits=moments.digits,
        trace=(*moments.steps, step),
        extra_symbols=roles,
        details={"bound_order": order, "of": str(function)},
    )


def _quadratic_form(matrix: ImmutableDenseMatrix, slopes: Matrix, family: Family) -> Expr:
    """D^T B^-1 D over a largest regular block of B, short where that is within reach."""
    chosen = regular_block(matrix, family)
    block = ImmutableDenseMatrix(matrix.extract(chosen, chosen))
    vector = Matrix([slopes[i] for i in chosen])
    if count_ops(block) <= _SHORT:
        return tidy(_solved(block, vector, family))
    return _by_parts(block, vector)


def _solved(block: ImmutableDenseMatrix, vector: Matrix, family: Family) -> Expr:
    """v^T x with B x = v, in the field of fractions of what the entries are made of."""

    def form(numbers: Field) -> Expr:
        system: LinearSystem[int] = LinearSystem(numbers)
        sides = [numbers.convert(entry) for entry in vector]
        for i, side in enumerate(sides):
            row = {k: numbers.convert(block[i, k]) for k in range(block.rows)}
            system.add(row, side)
        found = [system.value(k) for k in range(block.rows)]
        return numbers.expression(numbers.sum(v * x for v, x in zip(sides, found) if x is not None))

    try:
        return Workspace(lambda numbers: numbers, signs_of(family)).run(form)
    except Unconvertible:
        inverted = inverse(block)
        assert inverted is not None  # the block is regular
        return (vector.T * inverted * vector)[0, 0]


def _by_parts(block: ImmutableDenseMatrix, vector: Matrix) -> Expr:
    """The same by Schur complements, the entries left whole: to expand them would not end."""
    if block.rows == 1:
        return vector[0] ** 2 / block[0, 0]
    if block.rows == 2:
        (a, b), c = block[0, :], block[1, 1]
        u, v = vector
        return (c * u**2 - 2 * b * u * v + a * v**2) / (a * c - b**2)
    half = block.rows // 2
    first, last = list(range(half)), list(range(half, block.rows))
    corner = Matrix(block.extract(last, last))
    names = {entry: Dummy() for entry in corner if not entry.is_number}
    back = {dummy: entry for entry, dummy in names.items()}
    plain = corner.applyfunc(lambda entry: names.get(entry, entry))
    inner = (plain.adjugate() / plain.det()).xreplace(back)
    cross = block.extract(first, last) * inner
    rest = Matrix([vector[i] for i in last])
    ahead = Matrix([vector[i] for i in first]) - cross * rest
    complement = block.extract(first, first) - cross * block.extract(last, first)
    return (rest.T * inner * rest)[0, 0] + _by_parts(ImmutableDenseMatrix(complement), ahead)


def _indices(parameters: int, order: int) -> list[Index]:
    return [
        index
        for length in range(1, order + 1)
        for index in combinations_with_replacement(range(parameters), length)
    ]


def _derivative(expr: Expr, index: Index, family: Family) -> Expr:
    return diff(expr, *(family.parameters[i] for i in index))


@lru_cache(maxsize=256)
def _ratio(index: Index) -> Expr:
    """(d^a p)/p as a polynomial in the derivatives of log p, symbols _d_(index)."""
    if not index:
        return Integer(1)
    rest, last = index[:-1], index[-1]
    before = _ratio(rest)
    moved = sum(
        (diff(before, s) * _symbol(_sorted((*_index_of(s), last))) for s in before.free_symbols),
        Integer(0),
    )
    return (moved + before * _symbol((last,))).expand()


def _symbol(index: Index) -> Symbol:
    return Symbol("d_" + "_".join(map(str, index)))


def _index_of(symbol: Symbol) -> Index:
    return tuple(map(int, symbol.name.split("_")[1:]))


def _sorted(index: Sequence[int]) -> Index:
    return tuple(sorted(index))


class _Moments:
    """E of products of sums of derivatives of log p over independent observations."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.digits: float | None = None
        self.steps: tuple[Step, ...] = ()
        self._known: dict[tuple[Index, ...], Expr] = {}

    def product(self, a: Index, b: Index, size: Expr) -> Expr:
        """E[r_a r_b] for ``size`` observations."""
        polynomial = Poly(_ratio(a) * _ratio(b))
        total: Expr = Integer(0)
        for powers, coefficient in polynomial.terms():
            factors = [
                _index_of(s) for s, power in zip(polynomial.gens, powers) for _ in range(power)
            ]
            total += coefficient * self._of_sums(factors, size)
        return tidy(total)

    def _of_sums(self, factors: list[Index], size: Expr) -> Expr:
        if size == 1:
            return self._single(tuple(sorted(factors)))
        total: Expr = Integer(0)
        for blocks in multiset_partitions(list(range(len(factors)))):
            parts = [self._single(tuple(sorted(factors[i] for i in block))) for block in blocks]
            if 0 not in parts:
                total += ff(size, len(blocks)) * Mul(*parts)
        return total

    def _single(self, factors: tuple[Index, ...]) -> Expr:
        """E of a product of derivatives at one observation."""
        if factors not in self._known:
            self._known[factors] = self._expected(factors)
        return self._known[factors]

    def _expected(self, factors: tuple[Index, ...]) -> Expr:
        density = self.family.log_density
        integrand = Mul(*(_derivative(density, index, self.family) for index in factors))
        if integrand == 0 or (len(factors) == 1 and len(factors[0]) == 1):
            return Integer(0)  # E[score] = 0
        found = engine(self.family).expect(integrand, short=False)
        if found.expr.has(Expectation):
            raise DerivationError(
                f"family '{self.family.name}', bhattacharyya_bound: no closed form was found for "
                f"the expectation of {integrand}"
            )
        self.digits = min(d for d in (found.digits, self.digits, 16.0) if d is not None)
        self.steps = tuple(dict.fromkeys((*self.steps, *found.steps)))
        return found.expr


def _check_regular(family: Family) -> None:
    verdict = regularity(family)
    if not verdict.regular or not verdict.support_fixed or len(family.cases) > 1:
        reasons = "; ".join(verdict.reasons) or "the support moves with a parameter"
        raise DoesNotExistError(
            f"family '{family.name}' has no Bhattacharyya bound: {reasons}; "
            "hammersley_chapman_robbins needs no derivatives"
        )


def _check_smooth(family: Family, indices: Sequence[Index]) -> None:
    """E[r_a] = 0 and E[r_a^2] finite, by quadrature at generic points."""
    density = family.log_density
    ratios = [
        _ratio(index).xreplace(
            {s: _derivative(density, _index_of(s), family) for s in _ratio(index).free_symbols}
        )
        for index in indices
    ]
    integrands = [*ratios, *(r**2 for r in ratios)]
    (branch,) = engine(family).branches
    for point in branch.truth.points:
        values = _numbers(family, integrands, point)
        means, squares = values[: len(ratios)], values[len(ratios) :]
        fine = np.isfinite(squares) & (
            np.abs(means) <= _SAME * np.sqrt(np.abs(squares)) + _ROUNDING
        )
        if not bool(np.all(fine)):
            raise DoesNotExistError(
                f"family '{family.name}' has no Bhattacharyya bound of this order: a derivative of "
                "the density does not integrate to zero, or its square is infinite"
            )


def _numbers(family: Family, integrands: Sequence[Expr], point: Any) -> Any:
    estimate = quadrature(family).expect(integrands, point)
    if np.isnan(estimate.values).any():
        estimate = quadrature(family).expect_precise(integrands, point, 17)
    values = np.array([float(v) for v in estimate.values])
    errors = np.array([float(e) for e in estimate.errors])
    values[~np.isfinite(errors)] = np.inf
    return values
