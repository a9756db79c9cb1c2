"""The SciPy distribution that a family names as its independent oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.stats
from sympy import Expr, Symbol, sympify

from symfisher.declaration import Family


def distribution(family: Family, at: Mapping[Symbol, Expr]) -> Any:
    """The frozen SciPy distribution at a point."""
    facts = {key: text for key, text in family.facts.scipy.items() if key not in ("name", "x")}
    constructor = getattr(scipy.stats, family.facts.scipy["name"])
    return constructor(**{key: _value(text, at) for key, text in facts.items()})


def log_density(family: Family, at: Mapping[Symbol, Expr], observation: Sequence[Expr]) -> float:
    """SciPy's log-density of one observation."""
    oracle = distribution(family, at)
    seen = {**at, **dict(zip(family.variables, observation, strict=True))}
    x = _value(family.facts.scipy.get("x", ", ".join(v.name for v in family.variables)), seen)
    return float((oracle.logpmf if family.is_mass else oracle.logpdf)(x))


def _value(text: str, at: Mapping[Symbol, Expr]) -> Any:
    """A number, a vector ("a, b") or a matrix ("a, b; c, d") of expressions in the parameters."""
    names = {symbol.name: value for symbol, value in at.items()}
    rows = [[_number(e, names) for e in row.split(",")] for row in text.split(";")]
    if len(rows) > 1:
        return np.array(rows)
    return np.array(rows[0]) if len(rows[0]) > 1 else rows[0][0]


def _number(text: str, names: Mapping[str, Expr]) -> float | int:
    """A count as an int: SciPy's binomial sampler takes no other."""
    value = float(sympify(text, locals=names))
    return int(value) if value.is_integer() else value
