"""Curvature of the Fisher metric and of the alpha-connections."""

# ruff: noqa: E741 - i, j, k, l are the names that indices have in the literature.
from __future__ import annotations

from itertools import product
from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Integer, Symbol

from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError
from symfisher.formula import Formula
from symfisher.geometry.chart import Chart, chart, short
from symfisher.geometry.results import (
    array,
    as_alpha,
    connection_title,
    geometric,
    indices_of,
    is_zero,
)
from symfisher.geometry.tensors import Index, Tensors
from symfisher.quantities.registry import quantity

_FLAT = "It vanishes: the connection is flat."
_CONVENTION = (
    "R^i_jkl = d_k Gamma^i_lj - d_l Gamma^i_kj + Gamma^i_km Gamma^m_lj - Gamma^i_lm Gamma^m_kj"
)


@quantity(
    "riemann",
    "Riemann curvature tensor: all indices below, of the Levi-Civita connection by default.",
    ("fisher",),
    default=False,
)
def riemann(family: Family, alpha: Any = 0) -> Formula:
    """R_ijkl, a k x k x k x k array; R_ijij is positive on a sphere.

    R^i_jkl = d_k Gamma^i_lj - d_l Gamma^i_kj + Gamma^i_km Gamma^m_lj - Gamma^i_lm Gamma^m_kj, its
    first index lowered (Misner, Thorne and Wheeler 1973, equation 8.44).

    Raises:
        DoesNotExistError: there is no Fisher metric.
        InputError: alpha is no number and no free symbol.
    """
    exact = as_alpha(alpha, "riemann", family)
    manifold = chart(family)
    entries = manifold.work(lambda tensors: _components(manifold, tensors, exact))
    value = array(manifold.dimension, 4, entries, lambda *index: _stored(index, exact))
    return geometric(
        manifold,
        "riemann",
        connection_title("Riemann curvature tensor", exact),
        "R_{ijkl}",
        value,
        _CONVENTION + ", its first index lowered.",
        notes=(_FLAT,) if is_zero(value) else (),
        details={"alpha": str(exact), "indices": ["i", "j", "k", "l"]},
    )


def _components(manifold: Chart, tensors: Tensors, alpha: Expr) -> dict[Index, Expr]:
    """The independent ones, written out: i < j and (i, j) <= (k, l) for the metric's own."""
    found = manifold.riemann(tensors, alpha)
    return {
        index: short(tensors.field, value)
        for index, value in found.items()
        if _stored(index, alpha) == (1, index)
    }


def _stored(index: tuple[int, ...], alpha: Expr) -> tuple[int, Index | None]:
    """The sign and the independent component that an entry is."""
    i, j, k, l = index
    if k == l or (alpha == 0 and i == j):
        return 0, None
    sign = 1 if k < l else -1
    k, l = min(k, l), max(k, l)
    if alpha != 0:
        return sign, (i, j, k, l)
    sign = sign if i < j else -sign
    i, j = min(i, j), max(i, j)
    first, second = sorted([(i, j), (k, l)])
    return sign, (*first, *second)


@quantity(
    "ricci", "Ricci tensor: of the Levi-Civita connection by default.", ("riemann",), default=False
)
def ricci(family: Family, alpha: Any = 0) -> Formula:
    """R_jl = g^ik R_ijkl, k x k, positive definite on a sphere.

    Raises:
        DoesNotExistError: there is no Fisher metric.
        InputError: alpha is no number and no free symbol.
    """
    exact = as_alpha(alpha, "ricci", family)
    manifold = chart(family)

    def compute(tensors: Tensors) -> list[list[Expr]]:
        rows = tensors.ricci(manifold.riemann(tensors, exact))
        return [[short(tensors.field, entry) for entry in row] for row in rows]

    return geometric(
        manifold,
        "ricci",
        connection_title("Ricci tensor", exact),
        "R_{jl}",
        ImmutableDenseMatrix(manifold.work(compute)),
        "Contract the first and the third index of the Riemann tensor.",
        details={"alpha": str(exact)},
    )


@quantity(
    "scalar_curvature",
    "Scalar curvature: of the Levi-Civita connection by default.",
    ("ricci",),
    default=False,
)
def scalar_curvature(family: Family, alpha: Any = 0) -> Formula:
    """R = g^jl R_jl, a scalar: n(n - 1)/r^2 on an n-sphere of radius r.

    Raises:
        DoesNotExistError: there is no Fisher metric.
        InputError: alpha is no number and no free symbol.
    """
    exact = as_alpha(alpha, "scalar_curvature", family)
    manifold = chart(family)

    def compute(tensors: Tensors) -> Expr:
        trace = tensors.trace(tensors.ricci(manifold.riemann(tensors, exact)))
        return short(tensors.field, trace)

    return geometric(
        manifold,
        "scalar_curvature",
        connection_title("Scalar curvature", exact),
        "R",
        manifold.work(compute),
        "Contract the Ricci tensor with the inverse metric.",
        details={"alpha": str(exact)},
    )


@quantity(
    "sectional_curvature",
    "Sectional curvature: of the coordinate planes.",
    ("riemann",),
    default=False,
)
def sectional_curvature(family: Family, plane: tuple[Symbol | str, ...] = ()) -> Formula:
    """K = R_ijij/(g_ii g_jj - g_ij^2), of the Levi-Civita connection.

    A scalar for two parameters, or for the ``plane`` of two of them; otherwise the k x k matrix
    with the curvature of every coordinate plane, zero on its diagonal.

    Raises:
        DoesNotExistError: there is no Fisher metric, or only one parameter and so no plane.
        InputError: plane is not two parameters.
    """
    manifold = chart(family)
    if manifold.dimension < 2:
        raise DoesNotExistError(
            f"family '{family.name}' has one parameter: a curve has no sectional curvature"
        )
    if plane:
        pairs = [indices_of(plane, family)]
    else:
        size = range(manifold.dimension)
        pairs = [(i, j) for i, j in product(size, repeat=2) if i < j]

    def compute(tensors: Tensors) -> dict[tuple[int, int], Expr]:
        found = manifold.riemann(tensors, Integer(0))
        return {p: short(tensors.field, tensors.sectional(found, *p)) for p in pairs}

    return geometric(
        manifold,
        "sectional_curvature",
        "Sectional curvature",
        "K",
        _scalar_or_matrix(manifold.work(compute), manifold.dimension),
        "Divide R_ijij by the squared area g_ii g_jj - g_ij^2.",
    )


def _scalar_or_matrix(values: dict[tuple[int, int], Expr], size: int) -> Any:
    if len(values) == 1:
        return next(iter(values.values()))
    return ImmutableDenseMatrix(
        size, size, lambda i, j: Integer(0) if i == j else values[min(i, j), max(i, j)]
    )
