"""Pictures of one family: its density and score, the divergence, the bound against an estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Symbol

from symfisher.codegen import kernel
from symfisher.declaration import Family
from symfisher.derivation import Derivation, derive
from symfisher.errors import DoesNotExistError, InputError
from symfisher.formula import Formula
from symfisher.plots.divergence import plot_kl_expansions
from symfisher.plots.draws import Array, draws, log_density, table
from symfisher.plots.style import NEUTRAL, against_sizes, line, new_axes
from symfisher.render.notation import latex_name
from symfisher.suggestions import nearest

_SHOWN = 0.005  # of the mass on either side is beyond the picture
_ROUNDS = 60  # of Fisher scoring
_NORMAL = 1.96  # a 95 % interval

Target = str | Path | Family | Derivation
Estimator = Callable[[Array], Array]


def density_with_score(
    target: Target, at: Mapping[Any, float], *, axes: Any = None, size: str = "text"
) -> Any:
    """The axes with the density, filled, and the components of the score on an axis at the right.

    Args:
        at: the parameters and constants, by symbol or by name.
        axes: where to draw; without them a new figure of the named ``size``.

    Raises:
        InputError: a name is not the family's, one is missing, or it has several variables.
        MissingPackageError: matplotlib is not installed.
    """
    derivation = _derivation(target)
    family = derivation.family.canonical
    point = _point(family, at)
    axes = new_axes(axes, size=size)
    x = _places(family, point)
    _draw_density(axes, family, point, x)
    right = axes.twinx()
    right.spines["right"].set_visible(True)
    values = kernel(derivation.score).function(x, *point.values())
    for number, parameter in enumerate(family.parameters):
        name = latex_name(parameter.name)
        label = rf"$\partial \ell / \partial {name}$"
        right.plot(x, values[:, number], label=label, **line(number + 1))
    right.axhline(0, color=NEUTRAL, linewidth=0.5)
    right.set_ylabel("score")
    axes.set_xlabel(f"${latex_name(family.variables[0].name)}$")
    axes.set_ylabel("probability" if family.is_mass else "density")
    handles = [item for each in (axes, right) for item in each.get_legend_handles_labels()[0]]
    columns = {"ncols": 2, "loc": "lower center", "bbox_to_anchor": (0.5, 1.0)}
    right.legend(handles=handles, **columns)
    return axes


def _draw_density(axes: Any, family: Family, point: dict[Symbol, float], x: Array) -> None:
    heights = np.exp(log_density(family, point)(x))
    if family.is_mass:
        axes.vlines(x, 0, heights, color=line(0)["color"])
        axes.plot(x, heights, "o", color=line(0)["color"], label="probability")
    else:
        axes.plot(x, heights, label="density", **line(0))
        axes.fill_between(x, heights, color=line(0)["color"], alpha=0.15, linewidth=0)
    axes.set_ylim(bottom=0)


def _places(family: Family, point: dict[Symbol, float]) -> Array:
    """Where the density is drawn: all but a little of its mass, within the support."""
    places, cumulative = table(family, point)
    if family.is_mass:
        few: Array = places[: int(np.searchsorted(cumulative, 1 - _SHOWN)) + 1]
        return few
    low, high = (float(np.interp(p, cumulative, places)) for p in (_SHOWN, 1 - _SHOWN))
    return np.linspace(low, high, 401)


def kl_against_quadratic(
    target: Target,
    at: Mapping[Any, float],
    direction: Mapping[Any, float],
    reach: float = 1.0,
    *,
    axes: Any = None,
    size: str = "text",
) -> Any:
    """The axes with KL(p_theta || p_(theta + t d)) and t^2 d^T F d / 2 against t, |t| <= reach.

    Raises:
        InputError, MissingPackageError: as ``plot_kl_expansions``.
    """
    axes = plot_kl_expansions(target, at, direction, orders=(2,), reach=reach, axes=axes, size=size)
    labels = ["divergence", r"$\frac{1}{2}\,t^2\,d^{\top} F\,d$"]
    axes.legend(axes.get_lines()[:2], labels)
    return axes


def bound_against_variance(
    target: Target,
    at: Mapping[Any, float],
    parameter: Any = None,
    sizes: Sequence[int] = (10, 20, 50, 100, 200),
    *,
    estimator: Estimator | None = None,
    replications: int = 1000,
    seed: int = 0,
    axes: Any = None,
    size: str = "text",
) -> Any:
    """The axes with the Cramer-Rao bound for n observations, and the variance of an estimator in
    simulated samples of n, against n; the bars are 95 % intervals.

    Args:
        parameter: which one, by symbol or name; the first unless given.
        estimator: from an array (replications, n) to (replications,); the maximum likelihood
            estimator unless given.
        seed: of the samples.

    Raises:
        InputError: a name is not the family's, or it has several variables.
        DoesNotExistError: the family has no bound.
        MissingPackageError: matplotlib is not installed.
    """
    derivation = _derivation(target)
    family = derivation.family.canonical
    point = _point(family, at)
    place = _place(family, parameter)
    bound = _bound(derivation, family, point)[place, place]
    estimate = estimator or (lambda data: maximum_likelihood(derivation, point, data)[:, place])
    found = [_variance(estimate, family, point, (replications, n), seed + n) for n in sizes]
    axes = new_axes(axes, size=size)
    n = np.array(sizes, dtype=float)
    axes.plot(n, bound / n, label="Cramér-Rao bound", **line(0))
    variances, bars = np.array(found).T
    marks = {"color": line(1)["color"], "marker": "o", "linestyle": "none", "capsize": 2}
    label = "maximum likelihood" if estimator is None else "estimator"
    axes.errorbar(n, variances, yerr=bars, label=f"{label}, simulated", **marks)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylabel(rf"variance of $\hat{{{latex_name(family.parameters[place].name)}}}$")
    against_sizes(axes, sizes)
    return axes


def _variance(
    estimate: Estimator, family: Family, point: dict[Symbol, float], shape: Any, seed: int
) -> tuple[float, float]:
    """The variance over the replications, and half of its 95 % interval from its own fourth
    moment."""
    values = estimate(draws(family, point, shape, seed))
    centred = (values - values.mean()) ** 2
    return float(centred.mean()), float(_NORMAL * centred.std() / np.sqrt(len(centred)))


def maximum_likelihood(derivation: Derivation, start: Mapping[Symbol, float], data: Array) -> Array:
    """Estimates (replications, k) by Fisher scoring from ``start`` (the parameters' canonical
    symbols and the constants'), kept within the domain."""
    family = derivation.family.canonical
    score, fisher = (kernel(f).function for f in (derivation.score, derivation.fisher))
    constants = [start[c] for c in family.constants]
    lower, upper = _box(family, start)
    theta = np.tile([start[p] for p in family.parameters], (len(data), 1))
    for _ in range(_ROUNDS):
        mean = score(data, *(column[:, None] for column in theta.T), *constants).mean(axis=1)
        matrix = np.broadcast_to(fisher(*theta.T, *constants), (*mean.shape, mean.shape[-1]))
        step = np.linalg.solve(matrix, mean[..., None])[..., 0]
        moved = theta + step
        moved = np.where(moved <= lower, (theta + lower) / 2, moved)
        moved = np.where(moved >= upper, (theta + upper) / 2, moved)
        if np.max(np.abs(moved - theta) / (1 + np.abs(theta))) < 1e-9:
            return moved
        theta = moved
    return theta


def _box(family: Family, at: Mapping[Symbol, float]) -> tuple[Array, Array]:
    known = {symbol: at[symbol] for symbol in family.constants}
    domains = [family.domains[p] for p in family.parameters]
    lower, upper = ([float(e.subs(known)) for e in ends] for ends in zip(*map(_ends, domains)))
    return np.array(lower), np.array(upper)


def _ends(domain: Any) -> tuple[Any, Any]:
    return domain.lower, domain.upper


def _bound(derivation: Derivation, family: Family, point: Mapping[Symbol, float]) -> Array:
    formula: Formula = derivation.fisher
    if formula.expr is None:
        raise DoesNotExistError(" ".join(formula.notes))
    matrix: Array = np.atleast_2d(kernel(formula).function(*point.values()))
    return np.linalg.inv(matrix)


def _derivation(target: Target) -> Derivation:
    return target if isinstance(target, Derivation) else derive(target)


def _point(family: Family, at: Mapping[Any, float]) -> dict[Symbol, float]:
    """Every parameter and constant, in their order, with its number."""
    known = {s.name: s for s in (*family.parameters, *family.constants)}
    given = {str(name): float(value) for name, value in at.items()}
    for name in given:
        if name not in known:
            raise InputError(
                f"family '{family.name}': {name} is neither a parameter nor a constant"
                f"{nearest(name, known)}; there are {', '.join(known)}"
            )
    missing = [name for name in known if name not in given]
    if missing:
        raise InputError(f"family '{family.name}': at has no value of {', '.join(missing)}")
    return {symbol: given[name] for name, symbol in known.items()}


def _place(family: Family, parameter: Any) -> int:
    names = [p.name for p in family.parameters]
    if parameter is None:
        return 0
    if str(parameter) not in names:
        raise InputError(
            f"family '{family.name}' has no parameter {parameter}{nearest(str(parameter), names)}"
        )
    return names.index(str(parameter))
