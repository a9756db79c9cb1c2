"""Connections: Christoffel symbols, geodesic equations and the Amari-Chentsov tensor."""

from __future__ import annotations

from itertools import product
from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, Mul

from symfisher.algebra.signs import negated
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.formula import Expectation, Formula
from symfisher.geometry.chart import Chart, chart, ordered, short
from symfisher.geometry.results import (
    array,
    as_alpha,
    connection_title,
    geometric,
    is_zero,
    velocities,
)
from symfisher.geometry.tensors import Index, Matrix, Tensors
from symfisher.quantities.registry import quantity


@quantity(
    "amari_chentsov",
    "Amari-Chentsov tensor: the third moments of the score.",
    ("score", "fisher"),
    default=False,
)
def amari_chentsov(family: Family) -> Formula:
    """T_ijk = E[s_i s_j s_k], a k x k x k array, symmetric in all indices.

    The alpha-connections are Gamma^(alpha)_{ij,k} = Gamma_{ij,k} - alpha/2 T_ijk (Amari and
    Nagaoka 2000, section 2.3).

    Raises:
        DoesNotExistError: there is no Fisher metric.
    """
    manifold = chart(family)
    found = manifold.cubic
    value = array(manifold.dimension, 3, dict(found.entries), lambda *i: (1, ordered(*i)))
    formula = geometric(
        manifold,
        "amari_chentsov",
        "Amari-Chentsov tensor",
        "T_{ijk}",
        value,
        "Take the expectation of the product of three scores.",
        details={"indices": ["i", "j", "k"]},
    )
    return formula.with_(digits=found.digits, trace=(*found.steps, formula.trace[-1]))


@quantity(
    "christoffel_first",
    "Christoffel symbols of the first kind: of the alpha-connection, Levi-Civita by default.",
    ("fisher",),
    default=False,
)
def christoffel_first(family: Family, alpha: Any = 0) -> Formula:
    """Gamma_{ij,k} at [k][i][j], a k x k x k array, symmetric in i and j.

    With ``alpha`` the alpha-connection: 1 is the exponential, -1 the mixture, 0 the Levi-Civita
    connection (Amari and Nagaoka 2000, section 2.3).

    Raises:
        DoesNotExistError: there is no Fisher metric.
        InputError: alpha is no number and no free symbol.
    """
    exact = as_alpha(alpha, "christoffel_first", family)
    return _symbols(family, "christoffel_first", exact)


@quantity(
    "christoffel_second",
    "Christoffel symbols of the second kind: of the alpha-connection, Levi-Civita by default.",
    ("fisher",),
    default=False,
)
def christoffel_second(family: Family, alpha: Any = 0) -> Formula:
    """Gamma^k_ij at [k][i][j], a k x k x k array, symmetric in i and j; ``alpha`` as above.

    Raises:
        DoesNotExistError: there is no Fisher metric.
        InputError: alpha is no number and no free symbol.
    """
    exact = as_alpha(alpha, "christoffel_second", family)
    return _symbols(family, "christoffel_second", exact)


_KINDS = {
    "christoffel_first": (
        "Christoffel symbols of the first kind",
        r"\Gamma_{ij,k}",
        "Entry [k, i, j] is Gamma_ij,k, half of d_i g_jk + d_j g_ik - d_k g_ij less alpha/2 T_ijk.",
    ),
    "christoffel_second": (
        "Christoffel symbols of the second kind",
        r"\Gamma^{k}_{ij}",
        "Entry [k, i, j] is Gamma^k_ij, the first kind with its last index raised by the metric.",
    ),
}


def _symbols(family: Family, name: str, alpha: Expr) -> Formula:
    manifold = chart(family)
    title, symbol, statement = _KINDS[name]
    value = array(
        manifold.dimension,
        3,
        _entries(manifold, name == "christoffel_second", alpha),
        lambda k, i, j: (1, (k, *ordered(i, j))),
    )
    return geometric(
        manifold,
        name,
        connection_title(title, alpha),
        symbol,
        value,
        statement,
        notes=("All of them vanish.",) if is_zero(value) else (),
        details={"alpha": str(alpha), "indices": ["k", "i", "j"]},
    )


def _entries(manifold: Chart, raised: bool, alpha: Expr) -> dict[Index, Expr]:
    def compute(tensors: Tensors) -> dict[Index, Expr]:
        first = manifold.connection(tensors, alpha)
        symbols: list[Matrix] = tensors.raised(first) if raised else first
        return {
            (k, i, j): short(tensors.field, symbols[k][i][j])
            for k, i, j in product(tensors.size, repeat=3)
            if i <= j
        }

    return manifold.work(compute)


@quantity(
    "geodesic_equations",
    "Geodesic equations: accelerations given velocities, Levi-Civita by default.",
    ("christoffel_second",),
    default=False,
)
def geodesic_equations(family: Family, alpha: Any = 0) -> Formula:
    """Second derivatives of the parameters along a geodesic: -Gamma^k_ij v^i v^j, k x 1.

    The velocities v are ``extra_symbols["velocities"]``.

    Raises:
        DoesNotExistError: there is no Fisher metric.
        InputError: alpha is no number and no free symbol.
    """
    exact = as_alpha(alpha, "geodesic_equations", family)
    symbols = christoffel_second(family, exact)
    speeds = velocities(family)
    accelerations = [_acceleration(symbols.expr[k], [*speeds.values()]) for k in range(len(speeds))]
    return symbols.with_(
        name="geodesic_equations",
        vector=True,
        title=connection_title("Geodesic equations", exact),
        symbol=r"\ddot{\theta}",
        expr=ImmutableDenseMatrix(accelerations),
        notes=("Second derivatives of the parameters, given their velocities.",),
        extra_symbols={"velocities": speeds},
        details={"alpha": str(exact)},
    )


def _acceleration(symbols: Any, speeds: list[Any]) -> Expr:
    size = range(len(speeds))
    terms = [
        Mul(negated(symbols[i, j]), 1 if i == j else 2, speeds[i], speeds[j])
        for i in size
        for j in size
        if i <= j and symbols[i, j] != 0
    ]
    total = Add(*terms)
    return total if total.has(Expectation) else tidy(total)
