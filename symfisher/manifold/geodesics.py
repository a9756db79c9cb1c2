"""Geodesics through two points, many at once, at as many nodes as each of them needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from symfisher.manifold import boundary
from symfisher.manifold.curve import Curves, chebyshev
from symfisher.manifold.progress import in_parts
from symfisher.manifold.search import Found, search
from symfisher.manifold.space import Space

Array = np.ndarray[Any, Any]

_PART = 256  # pairs that are solved together


def between(
    space: Space,
    start: Array,
    stop: Array,
    thorough: bool = False,
    progress: bool | None = None,
) -> Curves:
    """Geodesics from ``start`` to ``stop``, both (m, k); see ``Manifold.geodesic``."""
    first, last = space.ends.to_line(start), space.ends.to_line(stop)
    found = Found.of(len(start))

    def work(part: slice) -> None:
        with np.errstate(all="ignore"):  # what overflows is nan and is not found
            search(space, first, last, np.arange(part.start, part.stop), found, thorough)

    in_parts(work, len(start), _PART, "geodesics", progress)
    return _judged(space, found)


def _judged(space: Space, result: Found) -> Curves:
    """The curves that count, and the reasons why the others do not."""
    sizes = [len(curve) for curve in result.kept]
    n = max((*sizes, boundary.NODES[0]))
    y = np.full((len(sizes), n, len(space.names)), np.nan)
    for size in set(sizes) - {0}:
        places = [place for place, other in enumerate(sizes) if other == size]
        y[places] = boundary.refined(np.array([result.kept[place] for place in places]), n)
    t, d, _ = chebyshev(n)
    with np.errstate(all="ignore"):
        x, v = _in_parameters(space, y, d)
    inside: Array = np.asarray(space.inside(x).all(-1))
    found: Array = result.shortest & inside
    reasons: dict[tuple[int, ...], str] = {
        (int(place),): _reason(result, int(place), bool(inside[place]))
        for place in np.flatnonzero(~found)
    }
    return Curves(t, x, v, np.where(found, result.length, np.nan), result.error, found, reasons)


def _in_parameters(space: Space, y: Array, d: Array) -> tuple[Array, Array]:
    """Points and velocities in the family's own parameters."""
    return space.ends.from_line(y), (d @ y) * space.ends.slopes(y)


def _reason(result: Found, place: int, inside: bool) -> str:
    if not len(result.kept[place]):
        return "stopped before this pair was reached"
    if not result.solved[place]:
        return (
            "no geodesic was found: Newton's method did not converge, even when the end point was "
            "moved step by step; the curve may leave the manifold or meet a place where the metric "
            "is singular"
        )
    if not inside:
        return "the curve that was found leaves the parameter domain"
    if not result.resolved[place]:
        return (
            f"not resolved at {boundary.NODES[-1]} nodes: the length is uncertain by "
            f"{result.error[place]:.1e}"
        )
    return (
        "the geodesic that was found passes a point conjugate to its start at about "
        f"t = {result.turned[place]:.2f}, beyond which it is not the shortest curve; no other one "
        "was found from other starts"
    )
