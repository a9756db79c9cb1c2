"""Results for documents, where what does not exist is said in its place."""

from __future__ import annotations

from symfisher.derivation import Derivation, missing
from symfisher.errors import DoesNotExistError
from symfisher.formula import Formula


def existing(derivation: Derivation, name: str) -> Formula:
    """The formula called ``name``, or one of status "none" that says why there is none."""
    try:
        formula: Formula = derivation.quantity(name)
    except DoesNotExistError as absent:
        return missing(name, derivation.family, absent)
    return formula
