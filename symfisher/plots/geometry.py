"""Pictures of parameter spaces: ellipses, geodesics, balls, curvature, divergences, half-planes.

Each function takes a manifold of two parameters and axes (a new figure without), and returns the
axes; ``save`` writes them as PDF or PGF.  A window is ((low, high), (low, high)), in the order of
the parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symfisher.codegen import kernel
from symfisher.errors import DoesNotExistError, InputError
from symfisher.formula import Formula, Status
from symfisher.geometry.curvature import sectional_curvature
from symfisher.geometry.distance import half_plane
from symfisher.manifold import Manifold
from symfisher.manifold.progress import in_parts
from symfisher.plots.style import DIVERGING, NEUTRAL, SEQUENTIAL, line, new_axes
from symfisher.quantities.divergence import kl
from symfisher.render.notation import latex_name

Array = np.ndarray[Any, Any]
Window = Sequence[Sequence[float]]

_ANGLES = np.linspace(0, 2 * np.pi, 181)
_PART = 2048  # points that are computed together
_STEPS = np.linspace(0, 1, 101)


def fisher_ellipses(
    manifold: Manifold,
    window: Window,
    *,
    radius: float | None = None,
    count: int = 7,
    axes: Any = None,
) -> Any:
    """Tissot's ellipses: the points at Fisher-Rao distance ``radius``, to first order.

    They lie on a grid of ``count`` by ``count`` points of the window; without a radius, the one at
    which the largest fills its place on the grid.
    """
    _two(manifold)
    axes = new_axes(axes)
    sides = [np.linspace(low, high, count + 2)[1:-1] for low, high in window]
    centres = np.stack(np.meshgrid(*sides, indexing="ij"), -1).reshape(-1, 2)
    circles = _unit_circles(manifold, centres)
    if radius is None:
        places = np.array([(high - low) / (count + 1) for low, high in window])
        radius = float(np.min(0.5 * places / circles.max(axis=(0, 1))))
    for centre, circle in zip(centres, circles):
        axes.plot(*(centre + radius * circle).T, **line(0), linewidth=0.8)
        axes.plot(*centre, ".", color=NEUTRAL, markersize=2)
    return _finished(axes, manifold, window)


def geodesics(
    manifold: Manifold, start: Any, stops: Any, *, straight: bool = True, axes: Any = None
) -> Any:
    """Geodesics of the manifold's connection from one point to others, with straight lines.

    Geodesics that were not found are left out, with a note in the picture that counts them.
    """
    _two(manifold)
    axes = new_axes(axes)
    curves = manifold.geodesic(start, np.atleast_2d(stops))
    paths = curves.at(_STEPS)
    for number, path in enumerate(paths):
        if straight:
            axes.plot(
                *path[[0, -1]].T, color=NEUTRAL, linestyle=":", label=_once("straight", number)
            )
        if curves.found[number]:
            axes.plot(*path.T, **line(0), label=_once("geodesic", number))
    axes.plot(*np.asarray(start, float), "o", color="black", markersize=4)
    axes.plot(*np.atleast_2d(stops).T, "o", color="black", markersize=3)
    missing = int((~curves.found).sum())
    if missing:
        axes.set_title(f"{missing} of {len(paths)} geodesics not found")
    return _finished(axes, manifold)


def ball(
    manifold: Manifold,
    centre: Any,
    radii: Sequence[float],
    *,
    ellipse: bool = True,
    axes: Any = None,
) -> Any:
    """Circles of the Fisher-Rao distance, against the ellipses of the metric at the centre.

    Where a geodesic leaves the manifold the circle has a gap.
    """
    _two(manifold)
    axes = new_axes(axes)
    point = manifold.points(centre)
    circle = _unit_circles(manifold, point[None])[0]
    for number, radius in enumerate(radii):
        if ellipse:
            axes.plot(*(point + radius * circle).T, color=NEUTRAL, linestyle=":",
                      label=_once("metric at the centre", number))  # fmt: skip
        there = manifold.exp(point, radius * circle)
        axes.plot(*there.T, **line(0), label=_once("Fisher-Rao distance", number))
    axes.plot(*point, "o", color="black", markersize=3)
    return _finished(axes, manifold)


def curvature_map(
    manifold: Manifold,
    window: Window,
    *,
    count: int = 101,
    axes: Any = None,
    progress: bool | None = None,
) -> Any:
    """Sectional curvature over the window, in colours that change at zero where its sign does.

    Ctrl-C on a terminal leaves blank what was not reached.
    """
    _two(manifold)
    axes = new_axes(axes)
    formula = sectional_curvature(manifold.family)
    sides = [np.linspace(low, high, count) for low, high in window]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), -1)
    values = np.full(grid.shape[:-1], np.nan)
    inside = manifold.inside(grid)
    places = np.argwhere(inside)

    def work(part: slice) -> None:
        rows = tuple(places[part].T)
        values[rows] = _values(formula, manifold, grid[rows])

    in_parts(work, len(places), _PART, "curvature", progress)
    most = float(np.nanmax(np.abs(values)))
    shown = axes.pcolormesh(
        *sides, values.T, cmap=DIVERGING, vmin=-most, vmax=most, rasterized=True
    )
    axes.figure.colorbar(shown, ax=axes, label="sectional curvature")
    return _finished(axes, manifold, window)


def _colours(values: Array) -> dict[str, Any]:
    """A colour map with the range that it covers."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < 0 < high:
        most = max(-low, high)
        return {"cmap": DIVERGING, "vmin": -most, "vmax": most}
    return {"cmap": SEQUENTIAL}


def divergence_contours(
    manifold: Manifold,
    centre: Any,
    window: Window,
    *,
    levels: Sequence[float] = (0.01, 0.1, 0.5),
    count: int = 201,
    axes: Any = None,
) -> Any:
    """Contours of KL(centre || theta) against those of half the metric's quadratic form.

    Raises:
        DoesNotExistError: the divergence has no closed form.
    """
    _two(manifold)
    formula = kl(manifold.family)
    if formula.status is not Status.CLOSED:
        raise DoesNotExistError(
            f"family '{manifold.family.name}': its KL divergence has no closed form to draw"
        )
    axes = new_axes(axes)
    point = manifold.points(centre)
    sides = [np.linspace(low, high, count) for low, high in window]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), -1)
    exact = np.full(grid.shape[:-1], np.nan)
    inside = manifold.inside(grid)
    ends = [*np.broadcast_to(point, grid[inside].shape).T, *grid[inside].T]
    with np.errstate(all="ignore"):
        exact[inside] = kernel(formula).function(*ends, *manifold.constants.values())
    step = grid - point
    quadratic = np.einsum("...i,ij,...j->...", step, manifold.metric(point), step) / 2
    axes.contour(*sides, exact.T, levels=list(levels), colors=line(0)["color"])
    axes.contour(*sides, quadratic.T, levels=list(levels), colors=NEUTRAL, linestyles=":")
    axes.plot([], [], **line(0), label="KL")
    axes.plot([], [], color=NEUTRAL, linestyle=":", label="quadratic form")
    axes.plot(*point, "o", color="black", markersize=3)
    return _finished(axes, manifold, window)


def poincare_half_plane(manifold: Manifold, start: Any, stops: Any, *, axes: Any = None) -> Any:
    """Geodesics of a location-scale or other hyperbolic family as circles of the half-plane.

    Raises:
        DoesNotExistError: the family was not recognised as a hyperbolic plane.
    """
    found = half_plane(manifold.family)
    if found is None:
        raise DoesNotExistError(
            f"family '{manifold.family.name}' was not recognised as a hyperbolic plane"
        )
    axes = new_axes(axes)
    curves = manifold.geodesic(start, np.atleast_2d(stops))
    for path in curves.at(_STEPS)[curves.found]:
        places = [_value(each, manifold, path) for each in (found.u, found.v)]
        axes.plot(*places, **line(0))
        axes.plot([places[0][0], places[0][-1]], [places[1][0], places[1][-1]], "o", color="black",
                  markersize=3)  # fmt: skip
    axes.axhline(0, color=NEUTRAL)
    axes.set_aspect("equal")
    axes.set_xlabel("$u$")
    axes.set_ylabel("$v$")
    return axes


def _two(manifold: Manifold) -> None:
    if len(manifold.names) != 2:
        raise InputError(
            f"family '{manifold.family.name}' has {len(manifold.names)} parameters; a picture of "
            "its parameter space needs two: fix the others"
        )


def _unit_circles(manifold: Manifold, points: Array) -> Array:
    """Vectors of length one in all directions, (m, angles, 2)."""
    root = np.linalg.cholesky(manifold.metric(points))
    circle = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], -1)
    return np.swapaxes(np.linalg.solve(np.swapaxes(root, -1, -2), circle.T), -1, -2)


def _values(formula: Formula, manifold: Manifold, points: Array) -> Array:
    with np.errstate(all="ignore"):
        found = kernel(formula).function(*points.T, *manifold.constants.values())
    return np.broadcast_to(found, len(points))


def _value(expr: Any, manifold: Manifold, points: Array) -> Array:
    return _values(Formula("coordinate", "", "", expr, manifold.family), manifold, points)


def _once(label: str, number: int) -> str | None:
    return label if number == 0 else None


def _finished(axes: Any, manifold: Manifold, window: Window | None = None) -> Any:
    first, second = (f"${latex_name(name)}$" for name in manifold.names)
    axes.set_xlabel(first)
    axes.set_ylabel(second)
    if window is not None:
        axes.set_xlim(*window[0])
        axes.set_ylim(*window[1])
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    return axes
