"""The metric and its first two derivatives as functions of arrays of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from sympy import Expr, ImmutableDenseMatrix, Integer, Symbol

from symfisher.algebra.fraction import Fraction
from symfisher.codegen import kernel
from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.geometry.chart import chart
from symfisher.geometry.tensors import Tensors
from symfisher.manifold.coordinates import rates

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Germ:
    """Tensors at points (N, ...) with their derivatives, which stand in front.

    ``metric`` is g_ij, ``slopes`` d_l g_ij at [l, i, j], ``bends`` d_m d_l g_ij at [m, l, i, j];
    ``cubic`` alpha T_ijk/2, None for the Levi-Civita connection, ``cubic_slopes`` its derivatives.
    """

    metric: Array
    slopes: Array
    bends: Array | None = None
    cubic: Array | None = None
    cubic_slopes: Array | None = None


def along(slopes: Array, cubic: Array | None, v: Array) -> Array:
    """Gamma_{ij,k} v^i of the alpha-connection at [..., k, j], from d_l g_ij at [..., l, i, j]."""
    forward = (v[..., None, None] * slopes).sum(-3)
    across = (slopes @ v[..., None, :, None])[..., 0]
    found = (forward + np.swapaxes(across, -1, -2) - across) / 2
    return found if cubic is None else found - (cubic @ v[..., None, :, None])[..., 0]


def raised(metric: Array, covectors: Array) -> Array:
    """g^ij w_j for covectors (N, c, k) at N points; nan where the metric is not finite."""
    finite: Array = np.asarray(np.isfinite(metric).all((1, 2)))
    safe = (
        metric
        if finite.all()
        else np.where(finite[:, None, None], metric, np.eye(metric.shape[-1]))
    )
    found = np.swapaxes(_linear(safe, np.swapaxes(covectors, 1, 2)), 1, 2)
    return found if finite.all() else np.where(finite[:, None, None], found, np.nan)


def _linear(matrices: Array, right: Array) -> Array:
    """The solutions of linear systems; nan where a matrix is singular in floating point."""
    try:
        return np.linalg.solve(matrices, right)
    except np.linalg.LinAlgError:
        regular = np.abs(np.linalg.slogdet(matrices)[0]) == 1
        safe = np.where(regular[:, None, None], matrices, np.eye(matrices.shape[-1]))
        return np.where(regular[:, None, None], np.linalg.solve(safe, right), np.nan)


class Jet:
    """The tensors of a family with known constants at points (N, k), given as parameters.

    With ``line`` they are taken in the coordinates without ends, otherwise in the parameters.

    Raises:
        DoesNotExistError: there is no Fisher metric.
        DerivationError: the metric has no closed form whose derivatives are known.
    """

    def __init__(
        self, family: Family, constants: Mapping[Symbol, float], alpha: float, line: bool
    ) -> None:
        self._family, self._alpha, self._line = family, alpha, line
        self._constants = [float(constants[c]) for c in family.constants]
        chart(family)
        self._tables = _Tables(len(family.parameters))

    def metric(self, points: Array) -> Array:
        """g_ij, (N, k, k)."""
        return self._values(0, points).take(self._tables.metric, 1)

    def germ(self, points: Array, order: int = 1) -> Germ:
        """The metric with its derivatives up to ``order``, 1 or 2, and the cubic tensor's below."""
        values, t = self._values(order, points), self._tables
        tensors = [values.take(places, 1) for places in (t.metric, t.slopes, t.bends)[: order + 1]]
        third: list[Array] = []
        if self._alpha:
            rest = self._alpha / 2 * values[:, t.sizes[order] :]
            third = [rest.take(places, 1) for places in (t.cubic, t.cubic_slopes)[:order]]
        return Germ(*tensors, *[None] * (2 - order), *third)

    def symbols(self, points: Array) -> Array:
        """Gamma^k_ij of the connection, (N, k, i, j)."""
        germ = self.germ(points)
        units = np.eye(germ.metric.shape[-1])
        columns = [along(germ.slopes, germ.cubic, v) for v in units]  # i, then N, k, j
        each = [raised(germ.metric, np.swapaxes(column, 1, 2)) for column in columns]  # N, j, k
        return np.moveaxis(np.stack(each, 1), -1, 1)

    def _values(self, order: int, points: Array) -> Array:
        program = _program(self._family, order, self._alpha != 0, self._line)
        with np.errstate(all="ignore"):
            found = program(*points.T, *self._constants)
        return np.asarray(found).reshape(len(points), -1)


class _Tables:
    """Where each entry of a tensor stands among the independent ones that a program returns."""

    def __init__(self, k: int) -> None:
        pair = _places(k, 2)
        count = k * (k + 1) // 2
        index = np.arange(k)
        self.sizes = (count, count * (1 + k), count * (1 + k + count))
        self.metric = pair
        self.slopes = count + count * index[:, None, None] + pair
        self.bends = self.sizes[1] + count * pair[:, :, None, None] + pair
        self.cubic = _places(k, 3)
        self.cubic_slopes = (self.cubic.max() + 1) * (1 + index[:, None, None, None]) + self.cubic


def _places(k: int, rank: int) -> Array:
    """The number of each index of a symmetric tensor in the order of its independent entries."""
    order = {index: n for n, index in enumerate(combinations_with_replacement(range(k), rank))}
    flat = [order[tuple(sorted(index))] for index in np.ndindex(*(k,) * rank)]
    return np.array(flat).reshape((k,) * rank)


@lru_cache(maxsize=128)
def _program(family: Family, order: int, cubic: bool, line: bool) -> Any:
    """A kernel of the independent entries of the tensors and their derivatives up to ``order``."""
    space = chart(family)
    changes = rates(family) if line else [Integer(1)] * len(family.parameters)
    third = list(space.cubic.entries.values()) if cubic and order else []
    entries = space.work(lambda tensors: _entries(tensors, order, changes, third))
    formula = Formula(
        "jet", "Metric and its derivatives", "g", ImmutableDenseMatrix(entries), family
    )
    return kernel(formula, backend="numpy").function


def _entries(
    tensors: Tensors, order: int, changes: Sequence[Expr], third: list[Expr]
) -> list[Expr]:
    """The metric and its derivatives, then the cubic tensor and those of one order less."""
    field, size = tensors.field, tensors.size
    factors = [field.convert(change) for change in changes]

    def moved(value: Fraction, index: tuple[int, ...]) -> Fraction:
        for i in index:
            value = value * factors[i]
        return value

    def slope(value: Fraction, k: int) -> Fraction:
        return moved(field.derivative(value, tensors.parameters[k]), (k,))

    pairs = [*combinations_with_replacement(size, 2)]
    metric = [moved(tensors.metric[i][j], (i, j)) for i, j in pairs]
    first = [[slope(value, k) for value in metric] for k in size] if order else []
    found = [*metric, *(value for row in first for value in row)]
    if order == 2:
        found += [slope(value, k) for k, m in pairs for value in first[m]]
    triples = [*combinations_with_replacement(size, 3)]
    cubic = [moved(field.convert(value), index) for value, index in zip(third, triples)]
    found += cubic
    if order == 2:
        found += [slope(value, k) for k in size for value in cubic]
    return [field.expression(value) for value in found]
