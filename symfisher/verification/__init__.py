"""Evidence: every expectation of a family against quadrature at many digits."""

from __future__ import annotations

from typing import Any

from symfisher.catalog import resolve_target
from symfisher.verification import checks, vectors
from symfisher.verification.report import Check, Report


def verify(target: Any, digits: int = 30, points: int = 5) -> Report:
    """Compare every closed expectation of a family with quadrature to ``digits`` digits.

    Args:
        target: a bundled name, a path or a ``Family``.
        digits: decimal digits asked for.
        points: how many random parameter points, other than those of the derivation.

    Raises:
        MismatchError: a closed form does not agree; the message names it and the point.
    """
    family = resolve_target(target).canonical
    kind = vectors.VectorChecks if family.is_indexed else checks.Checks
    return checks.judged(Report(family.name, tuple(kind(family, digits, points).all())), family)


__all__ = ["Check", "Report", "verify"]
