"""Arguments at which kernels are held against the formulas that they were made from."""

from __future__ import annotations

import mpmath
import numpy as np
from sympy import Rational

from symfisher.codegen import find_backend
from symfisher.codegen.arguments import arguments_of, guards_of
from symfisher.codegen.compilation import entries_of
from symfisher.domains import NAMED_DOMAINS
from symfisher.errors import MissingPackageError
from symfisher.numerics.evaluate import evaluate_many
from symfisher.numerics.points import sample_points


def generic_points(formula, count=2, seed=3):
    """Exact values of all arguments of a formula, inside their domains, each exactly a float."""
    family = formula.family
    extra = {}
    if formula.reads_data:
        extra.update(zip(family.variables, family.supports))
    for role, symbols in formula.extra_symbols.items():
        second = {p: symbols[p.name] for p in family.parameters} if role == "primed" else {}
        for p in family.parameters:
            domain = family.domains[p].substitute(second) if second else NAMED_DOMAINS["real"]
            extra[symbols[p.name]] = domain
    points = sample_points(family, count, seed=seed, extra=extra)
    return [{s: Rational(float(v)) for s, v in point.items()} for point in points]


def true_entries(formula, point, digits):
    """The entries of a formula at a point, row by row, as mpmath numbers."""
    _, entries = entries_of(formula)
    with mpmath.workdps(digits + 10):
        return [mpmath.mpf(v) for v in evaluate_many(tuple(entries.values()), point, digits)]


def true_value(formula, point, digits=25):
    """The formula at a point, as an array of floats, from more digits than a float has."""
    shape, entries = entries_of(formula)
    values = evaluate_many(tuple(entries.values()), point, digits)
    return np.array([float(value) for value in values]).reshape(shape)


def holds_at(formula, point):
    """Whether a point fulfils the joint conditions, which the points are not drawn by."""
    arguments = arguments_of(formula)
    values = {argument.symbol: point[symbol] for symbol, argument in arguments.items()}
    guards = guards_of(formula, arguments)
    return all(guard.condition.xreplace(values) == True for guard in guards)  # noqa: E712


def floats(formula, point):
    return [float(point[symbol]) for symbol in formula.arguments]


def is_installed(backend):
    from symfisher.codegen.backend import check_installed

    try:
        check_installed(backend)
    except MissingPackageError:
        return False
    return find_backend(backend) is not None
