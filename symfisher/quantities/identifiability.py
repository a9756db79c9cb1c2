"""How well the parameters are identified at a point: eigenvalues of the Fisher matrix there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from sympy import Rational, Symbol

from symfisher.composition.reading import declared, expression_of
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError, InputError
from symfisher.numerics.evaluate import evaluate_matrix
from symfisher.quantities.information import fisher
from symfisher.quantities.rank import null_directions

Array = np.ndarray[Any, Any]
_SINGULAR = 1e-14  # of the largest eigenvalue, relative


@dataclass(frozen=True)
class Identifiability:
    """The Fisher matrix at one point, for one observation, taken apart.

    Attributes:
        parameters: their names, in the order of vectors.
        at: the point.
        eigenvalues: ascending; the information along each eigenvector.
        eigenvectors: its columns, in the same order, of length one in the parameters' own units.
        condition_number: largest over smallest eigenvalue; inf where it is singular.
        scaled_condition_number: that of the correlation form F_ij / sqrt(F_ii F_jj), which does not
            change with the parameters' units.
        standard_deviations: square roots of the bound's diagonal; inf where there is none.
        correlations: of an efficient estimator; nan where there is none.
        null_directions: directions without information at any parameter point, as text.
    """

    parameters: tuple[str, ...]
    at: Mapping[str, float]
    eigenvalues: Array
    eigenvectors: Array
    condition_number: float
    scaled_condition_number: float
    standard_deviations: Array
    correlations: Array
    null_directions: tuple[str, ...] = ()

    @property
    def weakest(self) -> dict[str, float]:
        """The direction that the data tell least about, as parameter name -> component."""
        return dict(zip(self.parameters, map(float, self.eigenvectors[:, 0])))

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value:g}" for name, value in self.at.items())
        lines = [f"Identifiability at {place}, one observation"]
        for value, vector in zip(self.eigenvalues, self.eigenvectors.T):
            parts = ", ".join(f"{n} {v:+.3f}" for n, v in zip(self.parameters, vector))
            lines.append(f"  information {value:.4g} along ({parts})")
        lines.append(
            f"  condition number {self.condition_number:.4g}, "
            f"free of units {self.scaled_condition_number:.4g}"
        )
        bounds = ", ".join(
            f"{n} {s:.4g}" for n, s in zip(self.parameters, self.standard_deviations)
        )
        lines.append(f"  smallest standard deviations: {bounds}")
        lines += [f"  never identified: {direction}" for direction in self.null_directions]
        return "\n".join(lines)


def identifiability(family: Family, at: Mapping[Any, Any]) -> Identifiability:
    """The report at a point: a number for every parameter and constant.

    Raises:
        InputError: the point leaves a symbol without a value, or outside its domain.
        DoesNotExistError: there is no Fisher information.
    """
    information = fisher(family)
    if information.expr is None:
        raise DoesNotExistError(f"family '{family.name}': {' '.join(information.notes)}")
    point = _point(family, at)
    matrix = np.array(evaluate_matrix(information.expr, point), dtype=float)
    values, vectors = np.linalg.eigh(matrix)
    size = np.sqrt(np.diag(matrix))
    singular = bool(values[0] <= _SINGULAR * values[-1])
    covariance = np.full_like(matrix, np.nan) if singular else np.linalg.inv(matrix)
    deviations = np.sqrt(np.diag(covariance))
    with np.errstate(all="ignore"):
        scaled = np.linalg.eigvalsh(matrix / np.outer(size, size))
        correlations = covariance / np.outer(deviations, deviations)
    null = null_directions(information.expr, family)
    return Identifiability(
        parameters=tuple(p.name for p in family.parameters),
        at={s.name: float(v) for s, v in point.items()},
        eigenvalues=values,
        eigenvectors=vectors,
        condition_number=inf if singular else float(values[-1] / values[0]),
        scaled_condition_number=inf if singular else float(scaled[-1] / scaled[0]),
        standard_deviations=np.full(len(size), inf) if singular else deviations,
        correlations=correlations,
        null_directions=tuple(_in_words(v, family) for v in null),
    )


def _in_words(vector: Any, family: Family) -> str:
    return ", ".join(f"{p}: {e}" for p, e in zip(family.parameters, vector) if e != 0)


def _point(family: Family, at: Mapping[Any, Any]) -> dict[Symbol, Rational]:
    names = declared(family)
    given = {str(key): value for key, value in at.items()}
    needed = (*family.parameters, *family.constants)
    missing = [s.name for s in needed if s.name not in given]
    strangers = sorted(set(given) - {s.name for s in needed})
    if missing or strangers:
        problem = f"{', '.join(missing)} has no value" if missing else f"{strangers[0]} is unknown"
        raise InputError(
            f"family '{family.name}', identifiability: {problem}; give a number for each of "
            + ", ".join(s.name for s in needed)
        )
    point: dict[Symbol, Rational] = {}
    for symbol in needed:
        value = expression_of(family, given[symbol.name], f"point, {symbol}")
        domain = family.domains[symbol].substitute({**point})
        if not value.is_number or not domain.lower <= value <= domain.upper:
            raise InputError(
                f"family '{family.name}', identifiability: {symbol} = {value} is not a number in "
                f"{domain}"
            )
        point[names[symbol.name]] = value
    return point
