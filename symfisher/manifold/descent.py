"""Natural gradients of a user's loss: steps of a given KL radius, paths and flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from symfisher.codegen import kernel
from symfisher.errors import DerivationError, InputError
from symfisher.formula import Status
from symfisher.manifold.space import Space
from symfisher.quantities.divergence import kl

Array = np.ndarray[Any, Any]
Loss = Callable[[Array], tuple[float, Array]]  # parameters (k,) -> the loss and its gradient (k,)

_HALVINGS = 40
_SUFFICIENT = 1e-4  # of the decrease that the gradient promises (Armijo)


@dataclass(frozen=True)
class Path:
    """Points (n, k), losses and gradients' Fisher norms (n,) of a descent, its end included.

    ``found`` says whether the gradient's norm came below the tolerance; ``reason`` why not.
    """

    points: Array
    losses: Array
    norms: Array
    found: bool
    reason: str


def natural_gradient(space: Space, point: Any, gradient: Any, damping: float = 0.0) -> Array:
    """The solution v of (F + damping diag F) v = gradient, (..., k) (Amari 1998, theorem 1).

    Damping in proportion to the diagonal does not depend on the parameters' units.

    Raises:
        InputError: a point is outside the domain, or damping is negative.
    """
    if not damping >= 0:
        raise InputError(f"damping is {damping!r}; give a number from 0 on")
    g = space.metric(point)
    damped = g + damping * np.eye(g.shape[-1]) * g
    return np.linalg.solve(damped, space.vectors(gradient)[..., None])[..., 0]


def radius_step(
    space: Space, point: Any, gradient: Any, radius: float, damping: float = 0.0
) -> Array:
    """The point at KL divergence ``radius`` downhill along the natural gradient.

    The length that the quadratic form of the Fisher matrix proposes is doubled, halved and bisected
    until KL(point || new point), where that has a closed form, is the radius to 1 in 1000, never
    more.  At the domain's end the step is shorter.

    Raises:
        InputError: the point is outside the domain, or the radius is not positive.
        DerivationError: no step is small enough.
    """
    if not radius > 0:
        raise InputError(f"radius is {radius!r}; give a positive KL divergence")
    x = space.points(point)
    direction = natural_gradient(space, x, gradient, damping)
    length = float(space.norm(x, direction))
    if length == 0:
        return x
    step = direction * np.sqrt(2 * radius) / length
    divergence = _divergence(space)

    def fits(factor: float) -> bool:
        new = x - factor * step
        inside = bool(space.inside(new))
        return inside and (divergence is None or divergence(x, new) <= radius)

    return np.asarray(x - _largest(fits, divergence is not None) * step)


def _largest(fits: Callable[[float], bool], exact: bool) -> float:
    """The largest factor that fits, to 1 in 10,000; at most 1 where that cannot be told exactly."""
    low = 1.0
    if fits(low):
        for _ in range(_HALVINGS if exact else 0):
            if not fits(2 * low):
                break
            low *= 2
        if not exact:
            return low
    else:
        for _ in range(_HALVINGS):
            low /= 2
            if fits(low):
                break
        else:
            raise DerivationError(
                "radius_step: no step is small enough; the metric may be singular there"
            )
    high = 2 * low
    while high - low > 1e-4 * low:
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def descend(
    space: Space,
    loss: Loss,
    start: Any,
    *,
    radius: float = 0.1,
    damping: float = 0.0,
    natural: bool = True,
    steps: int = 200,
    tolerance: float = 1e-8,
) -> Path:
    """Descent by natural gradients of KL radius ``radius`` at most, with Armijo's line search.

    ``loss(theta)`` returns the value and its gradient.  With ``natural=False`` the directions are
    plain gradients under the same line search, for comparison.

    Raises:
        InputError: the start is outside the domain.
    """
    x = space.points(start)
    points, losses, norms = [x], [], []
    value, gradient = loss(x)
    reason = f"not converged after {steps} steps"
    for _ in range(steps):
        direction = natural_gradient(space, x, gradient, damping)
        norm = float(np.sqrt(max(0.0, float(np.dot(gradient, direction)))))
        losses.append(float(value))
        norms.append(norm)
        if norm <= tolerance:
            return Path(np.array(points), np.array(losses), np.array(norms), True, "")
        chosen = direction if natural else np.asarray(gradient, float)
        new = _searched(space, loss, x, float(value), gradient, chosen, radius)
        if new is None:
            reason = "no step along the direction lowers the loss"
            break
        x = new
        value, gradient = loss(x)
        points.append(x)
    else:
        losses.append(float(value))
        norms.append(float(space.norm(x, natural_gradient(space, x, gradient))))
    return Path(np.array(points), np.array(losses), np.array(norms), False, reason)


def _searched(
    space: Space, loss: Loss, x: Array, value: float, gradient: Any, direction: Array, radius: float
) -> Array | None:
    """The longest step of at most the KL radius that lowers the loss enough."""
    length = float(space.norm(x, direction))
    rate = min(1.0, float(np.sqrt(2 * radius)) / length) if length > 0 else 0.0
    promised = float(np.dot(gradient, direction))
    for _ in range(_HALVINGS):
        new: Array = x - rate * direction
        if space.inside(new):
            lower = loss(new)[0]
            if np.isfinite(lower) and lower <= value - _SUFFICIENT * rate * promised:
                return new
        rate /= 2
    return None


def flow(space: Space, loss: Loss, start: Any, times: Any) -> Array:
    """The natural gradient flow dtheta/dt = -F^-1 dL/dtheta at ``times``, (n, k).

    Points that it does not reach, since it leaves the domain or cannot be followed, are nan.

    Raises:
        InputError: the start is outside the domain, or the times do not ascend from 0.
    """
    x, t = space.points(start), np.atleast_1d(np.asarray(times, float))
    if not (t[0] >= 0 and np.all(np.diff(t) > 0)):
        raise InputError(f"times have to ascend from 0; {times!r} does not")
    ends = space.ends

    def slope(_: float, y: Array) -> Array:
        place = ends.from_line(y)
        if not space.inside(place):
            return np.full_like(y, np.nan)
        return -natural_gradient(space, place, loss(place)[1]) / ends.slopes(y)

    found = solve_ivp(
        slope, (0.0, t[-1]), ends.to_line(x), "DOP853", t_eval=t, rtol=1e-10, atol=1e-12
    )
    points = np.full((len(t), len(x)), np.nan)
    points[: found.y.shape[1]] = ends.from_line(found.y.T)
    return points


def _divergence(space: Space) -> Callable[[Array, Array], float] | None:
    """KL between two points by the kernel of its closed form; None where it has none."""
    formula = kl(space.family)
    if formula.status is not Status.CLOSED or formula.conditions:
        return None
    program = kernel(formula).function
    return lambda x, z: float(program(*x, *z, *space.constants.values()))
