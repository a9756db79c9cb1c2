"""The metric, its first two derivatives and its connection as functions of arrays of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from sympy import Expr, ImmutableDenseMatrix, Symbol

from symfisher.codegen import kernel
from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.geometry.chart import chart
from symfisher.geometry.tensors import Tensors

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Connection:
    """g_ij, Gamma^k_ij at [k, i, j] and d_l Gamma^k_ij at [l, k, i, j], at points (N, ...)."""

    metric: Array
    symbols: Array
    slopes: Array


class Jet:
    """The alpha-connection of a family with known constants, at points (N, k)."""

    def __init__(self, family: Family, constants: Mapping[Symbol, float], alpha: float) -> None:
        self.size, self.alpha = len(family.parameters), alpha
        self._constants = [float(constants[c]) for c in family.constants]
        self._first = _program(family, 0, alpha != 0)
        self._second = _program(family, 2, alpha != 0)

    def metric(self, points: Array) -> Array:
        """g_ij, (N, k, k)."""
        k = self.size
        pairs = k * (k + 1) // 2
        return _symmetric(self._values(self._first, points)[:, :pairs], k)

    def connection(self, points: Array) -> Connection:
        """Metric, Christoffel symbols and their derivatives."""
        k = self.size
        pairs = k * (k + 1) // 2
        values = self._values(self._second, points)
        g = _symmetric(values[:, :pairs], k)
        dg = _symmetric(values[:, pairs : pairs + k * pairs].reshape(-1, k, pairs), k)
        start = pairs + k * pairs
        ddg = _symmetric(values[:, start : start + pairs * pairs].reshape(-1, pairs, pairs), k)
        ddg = _symmetric(np.moveaxis(ddg, 1, -1), k)  # N, i, j, l, m
        first = _lowered(dg)
        slopes = _lowered(np.moveaxis(ddg, (-2, -1), (1, 2)))
        if self.alpha:
            cubic, bends = self._cubic(values[:, start + pairs * pairs :])
            first, slopes = first - self.alpha / 2 * cubic, slopes - self.alpha / 2 * bends
        return _raised(g, dg, first, slopes)

    def _values(self, program: Any, points: Array) -> Array:
        with np.errstate(all="ignore"):
            found = program(*np.moveaxis(points, -1, 0), *self._constants)
        return np.asarray(found).reshape(len(points), -1)

    def _cubic(self, values: Array) -> tuple[Array, Array]:
        """T_kij and d_l T_kij from their independent entries."""
        k = self.size
        places = {index: n for n, index in enumerate(combinations_with_replacement(range(k), 3))}
        grid = np.array([places[tuple(sorted(i))] for i in np.ndindex(k, k, k)]).reshape(k, k, k)
        count = len(places)
        return values[:, :count][:, grid], values[:, count:].reshape(-1, k, count)[:, :, grid]


def _lowered(d: Array) -> Array:
    """Gamma_{ij,k} at [..., k, i, j] from d_k g_ij at [..., k, i, j]."""
    return (np.moveaxis(d, -1, -3) + np.swapaxes(np.moveaxis(d, -1, -3), -1, -2) - d) / 2


def _raised(g: Array, dg: Array, first: Array, slopes: Array) -> Connection:
    """With d_l Gamma^k_ij = g^km (d_l Gamma_{ij,m} - (d_l g_mn) Gamma^n_ij)."""
    size = g.shape[-1]
    finite: Array = np.asarray(np.isfinite(g).all((1, 2)))
    inverse = np.linalg.inv(np.where(finite[:, None, None], g, np.eye(size)))
    symbols = np.einsum("akm,amij->akij", inverse, first)
    bent = slopes - np.einsum("almn,anij->almij", dg, symbols)
    return Connection(g, symbols, np.einsum("akm,almij->alkij", inverse, bent))


def _symmetric(upper: Array, k: int) -> Array:
    """(..., k, k) from the upper triangle in its last axis."""
    rows, columns = np.triu_indices(k)
    full = np.empty((*upper.shape[:-1], k, k))
    full[..., rows, columns] = upper
    full[..., columns, rows] = upper
    return full


@lru_cache(maxsize=64)
def _program(family: Family, order: int, cubic: bool) -> Any:
    """A kernel of the metric's independent entries and their derivatives up to ``order``."""
    space = chart(family)
    entries = space.work(lambda tensors: _entries(tensors, order))
    if cubic and order:
        entries += _cubic_entries(space.cubic.entries, family)
    column = ImmutableDenseMatrix(entries)
    formula = Formula("jet", "Metric and its derivatives", "g", column, family)
    return kernel(formula, backend="numpy").function


def _entries(tensors: Tensors, order: int) -> list[Expr]:
    field, size = tensors.field, tensors.size
    metric = [tensors.metric[i][j] for i in size for j in size if i <= j]
    if not order:
        return [field.expression(value) for value in metric]
    first = [[field.derivative(value, p) for value in metric] for p in tensors.parameters]
    second = [
        field.derivative(value, tensors.parameters[m])
        for k in size
        for m in size
        if k <= m
        for value in first[k]
    ]
    values = [*metric, *(value for row in first for value in row), *second]
    return [field.expression(value) for value in values]


def _cubic_entries(entries: Mapping[tuple[int, ...], Expr], family: Family) -> list[Expr]:
    values = list(entries.values())

    def compute(tensors: Tensors) -> list[Expr]:
        field = tensors.field
        read = [field.convert(value) for value in values]
        return [
            field.expression(field.derivative(value, p))
            for p in family.parameters
            for value in read
        ]

    return [*values, *chart(family).work(compute)]
