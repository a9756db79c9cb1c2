"""Projections onto a submodel: the member that is nearest in either direction of KL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from symfisher.codegen import kernel
from symfisher.errors import DerivationError, DoesNotExistError
from symfisher.formula import Status
from symfisher.manifold.space import Space
from symfisher.quantities.divergence import kl

Array = np.ndarray[Any, Any]
Submodel = Callable[[Array], Any]  # its own coordinates (d,) -> parameters of the family (k,)


@dataclass(frozen=True)
class Projection:
    """``point`` (k,) of the submodel at its ``coordinates`` (d,), at KL ``divergence``.

    ``slope`` is the largest derivative of the divergence along the submodel there, zero but for
    rounding.
    """

    point: Array
    coordinates: Array
    divergence: float
    slope: float


def m_projection(space: Space, point: Any, submodel: Submodel, start: Any) -> Projection:
    """The member q of the submodel with the least KL(p || q): along an m-geodesic from p.

    Unique where the submodel is flat for the e-connection (Amari and Nagaoka 2000, theorem 3.9).
    ``start`` are coordinates of the submodel from which the search sets out.

    Raises:
        InputError: the point is outside the domain.
        DoesNotExistError: the divergence has no closed form.
        DerivationError: no minimum is found.
    """
    x, divergence = space.points(point), _divergence(space)
    return _nearest(space, lambda q: divergence(x, q), submodel, start)


def e_projection(space: Space, point: Any, submodel: Submodel, start: Any) -> Projection:
    """The member q of the submodel with the least KL(q || p): along an e-geodesic from p.

    Unique where the submodel is flat for the m-connection; otherwise as ``m_projection``.
    """
    x, divergence = space.points(point), _divergence(space)
    return _nearest(space, lambda q: divergence(q, x), submodel, start)


def _divergence(space: Space) -> Callable[[Array, Array], float]:
    formula = kl(space.family)
    if formula.status is not Status.CLOSED:
        raise DoesNotExistError(
            f"family '{space.family.name}': its KL divergence has no closed form to minimise"
        )
    program = kernel(formula).function
    return lambda p, q: float(program(*p, *q, *space.constants.values()))


def _nearest(
    space: Space, divergence: Callable[[Array], float], submodel: Submodel, start: Any
) -> Projection:
    def member(u: Array) -> Array:
        return np.asarray(submodel(u), float)

    def value(u: Array) -> float:
        q = member(u)
        found = divergence(q) if space.inside(q) else np.inf
        return found if np.isfinite(found) else 1e300

    first = np.atleast_1d(np.asarray(start, float))
    space.points(member(first), "start of the projection")
    rough = minimize(value, first, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-12,
                                                                  "maxiter": 4000})  # fmt: skip
    u = _polished(value, rough.x)
    slope = float(np.abs(_gradient(value, u)).max())
    if not slope <= 1e-6 * max(1.0, abs(value(u))):
        raise DerivationError(
            f"family '{space.family.name}': no projection was found from the start "
            f"{np.array2string(first)}: the divergence still falls there with slope {slope:.1e}"
        )
    return Projection(member(u), u, value(u), slope)


def _polished(value: Callable[[Array], float], u: Array) -> Array:
    """Newton's method with differences, which takes half of the digits to nearly all of them."""
    for _ in range(4):
        gradient, hessian = _gradient(value, u), _hessian(value, u)
        if not np.isfinite(hessian).all() or np.linalg.matrix_rank(hessian) < len(u):
            return u
        new = u - np.linalg.solve(hessian, gradient)
        if not np.abs(_gradient(value, new)).max() < np.abs(gradient).max():
            return u
        u = new
    return u


def _gradient(value: Callable[[Array], float], u: Array) -> Array:
    """Fourth-order differences."""
    found = np.empty(len(u))
    for i in range(len(u)):
        h = 1e-3 * (1 + abs(u[i])) * np.eye(len(u))[i]
        near, far = value(u + h) - value(u - h), value(u + 2 * h) - value(u - 2 * h)
        found[i] = (8 * near - far) / (12 * h[i])
    return found


def _hessian(value: Callable[[Array], float], u: Array) -> Array:
    rows = []
    for i in range(len(u)):
        h = 1e-3 * (1 + abs(u[i])) * np.eye(len(u))[i]
        rows.append((_gradient(value, u + h) - _gradient(value, u - h)) / (2 * h[i]))
    return (np.array(rows) + np.array(rows).T) / 2
