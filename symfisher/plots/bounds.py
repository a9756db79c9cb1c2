"""Bounds and biases beside what simulations find, and where the information fades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Symbol

from symfisher.declaration import Family
from symfisher.derivation import Derivation, derive
from symfisher.errors import InputError
from symfisher.numerics.evaluate import evaluate
from symfisher.plots.style import NEUTRAL, PALETTE, against_sizes, line, new_axes
from symfisher.render.notation import latex_name

Target = str | Path | Family | Derivation
_SIZE = Symbol("sample_size", positive=True)


def plot_bound(
    target: Target,
    of: Any,
    at: Mapping[Any, Any],
    sizes: Sequence[int],
    simulated: Mapping[str, Sequence[float]],
    *,
    axes: Any = None,
    size: str = "text",
) -> Any:
    """The axes with the Cramer-Rao bound of a function and simulated variances against n.

    Both axes are logarithmic.  ``at`` gives the parameters and constants by symbol or by name,
    ``simulated`` the variance of each estimator at each of ``sizes``.

    Raises:
        InputError: there is no bound, or numbers of points differ.
        MissingPackageError: matplotlib is not installed.
    """
    bound = _derivation(target).crlb(of=of, n=_SIZE)
    if bound.expr is None:
        raise InputError(" ".join(bound.notes))
    point = _by_symbol(bound.family, at)
    axes = new_axes(axes, size=size)
    values = [evaluate(bound.expr[0, 0], {**point, _SIZE: n}) for n in sizes]
    axes.loglog(sizes, values, label="Cramér-Rao bound", **line(0))
    _mark(axes, sizes, simulated)
    axes.set_ylabel("variance")
    against_sizes(axes, sizes)
    return axes


def plot_bias(
    target: Target,
    parameter: Any,
    at: Mapping[Any, Any],
    sizes: Sequence[int],
    simulated: Mapping[str, Sequence[float]],
    errors: Sequence[float] | None = None,
    *,
    axes: Any = None,
    size: str = "text",
) -> Any:
    """The axes with the bias of order 1/n of one parameter's estimator, and simulated biases.

    ``errors`` are the standard errors of the first of ``simulated``, drawn as bars of two.

    Raises:
        DoesNotExistError: the family has no expansion of the bias.
        InputError: numbers of points differ.
        MissingPackageError: matplotlib is not installed.
    """
    bias = _derivation(target).cox_snell_bias(n=_SIZE)
    point = _by_symbol(bias.family, at)
    names = [p.name for p in bias.family.parameters]
    if str(parameter) not in names:
        raise InputError(f"family '{bias.family.name}' has no parameter {parameter}")
    entry = bias.expr[names.index(str(parameter))]
    axes = new_axes(axes, size=size)
    fine = np.geomspace(min(sizes), max(sizes), 60)
    values = [evaluate(entry, {**point, _SIZE: n}) for n in fine]
    axes.semilogx(fine, values, label="bias of order $1/n$", **line(0))
    _mark(axes, sizes, simulated, errors)
    axes.axhline(0.0, color=NEUTRAL, linewidth=0.5)
    axes.set_ylabel("bias")
    against_sizes(axes, sizes)
    return axes


def plot_identifiability(
    target: Target,
    at: Mapping[Any, Any],
    along: Any,
    values: Sequence[float],
    *,
    axes: Any = None,
    size: str = "text",
) -> Any:
    """The axes with each parameter's smallest standard deviation, for one observation, along one.

    Both axes are logarithmic; ``along`` runs through ``values``, the others stay as ``at`` says.

    Raises:
        DoesNotExistError: there is no Fisher information.
        MissingPackageError: matplotlib is not installed.
    """
    derivation = _derivation(target)
    fixed = {str(s): v for s, v in at.items()}
    reports = [
        derivation.identifiability({**fixed, str(along): f"{value:.12g}"}) for value in values
    ]
    axes = new_axes(axes, size=size)
    for number, name in enumerate(reports[0].parameters):
        deviations = [report.standard_deviations[number] for report in reports]
        axes.loglog(values, deviations, label=f"${latex_name(name)}$", **line(number))
    axes.set_xlabel(f"${latex_name(str(along))}$")
    axes.set_ylabel("smallest standard deviation")
    axes.legend(frameon=False)
    return axes


def _mark(
    axes: Any,
    sizes: Sequence[int],
    simulated: Mapping[str, Sequence[float]],
    errors: Sequence[float] | None = None,
) -> None:
    """Points for what was simulated, each estimator with a mark and a colour of its own."""
    for number, (label, found) in enumerate(simulated.items(), start=1):
        if len(found) != len(sizes):
            raise InputError(f"{label}: {len(found)} values for {len(sizes)} sample sizes")
        style = {"color": PALETTE[number], "marker": "osD^v"[number - 1], "linestyle": "none"}
        axes.plot(sizes, found, label=label, **style)
        if errors is not None and number == 1:
            bars = 2 * np.asarray(errors)
            axes.errorbar(sizes, found, yerr=bars, fmt="none", ecolor=PALETTE[number])


def _derivation(target: Target) -> Derivation:
    return target if isinstance(target, Derivation) else derive(target)


def _by_symbol(family: Family, at: Mapping[Any, Any]) -> dict[Symbol, Any]:
    names = {s.name: s for s in (*family.parameters, *family.constants)}
    unknown = sorted({str(key) for key in at} - set(names))
    if unknown:
        raise InputError(f"family '{family.name}' has no {unknown[0]}; it has {', '.join(names)}")
    return {names[str(key)]: value for key, value in at.items()}
