"""One JSON object a target, as other programs read it."""

from __future__ import annotations

import json
from typing import Any

from symfisher.declaration import Family
from symfisher.expectation.engine import POINTS
from symfisher.formula import Formula, Status
from symfisher.render import latex
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.notation import syntax_names
from symfisher.render.sheet import Result, Sheet
from symfisher.render.syntax import syntax
from symfisher.render.values import nested

NAME = "json"
SUMMARY = "one indented JSON object a target (a list of them for several targets)"

# These are objects even where the quantity does not exist; every other one is null there.
_ALWAYS_OBJECTS = frozenset({"score", "hessian", "outer_product", "negative_hessian", "kl"})
_VERDICTS = (
    "support_fixed",
    "twice_differentiable",
    "zero_mean_score",
    "quadratic_mean_differentiable",
    "forms_agree",
)


def heading(family: Family, notation: Notation = STANDARD) -> dict[str, Any]:
    names = _names(family)
    return {
        "family": family.name,
        "variables": [names[v.name] for v in family.variables],
        "parameters": [names[p.name] for p in family.parameters],
        "constants": [names[c.name] for c in family.constants],
    }


def block(result: Result, notation: Notation = STANDARD) -> dict[str, Any]:
    """The fields of the target's object that belong to this result."""
    if not isinstance(result, Formula):
        return {
            "regular": result.regular,
            "regularity": {
                **{verdict: getattr(result, verdict) for verdict in _VERDICTS},
                "conditions": [syntax(c, {}) for c in result.conditions],
                "reasons": list(result.reasons),
            },
        }
    return {result.name: _fields(result, notation)}


def _fields(formula: Formula, notation: Notation) -> dict[str, Any] | None:
    if formula.expr is None:
        missing = {"status": str(Status.NONE), "expr": None, "latex": None}
        return missing if formula.name in _ALWAYS_OBJECTS else None
    names = _names(formula.family)
    roles = {
        role: {
            names.get(parameter, parameter): symbol.name for parameter, symbol in symbols.items()
        }
        for role, symbols in formula.extra_symbols.items()
    }
    symbols = (*formula.family.variables, *formula.family.parameters, *formula.family.constants)
    identifiers = {symbol: names[symbol.name] for symbol in symbols}
    # An expansion says its order where the others say their status.
    first = dict(formula.details) if "order" in formula.details else {"status": str(formula.status)}
    return {
        **first,
        "expr": nested(formula, lambda entry: syntax(entry, identifiers)),
        "latex": latex.value(formula, notation),
        **{k: v for k, v in formula.details.items() if k not in first},
        **roles,
    }


def _names(family: Family) -> dict[str, str]:
    symbols = (*family.variables, *family.parameters, *family.constants)
    return syntax_names(symbol.name for symbol in symbols)


def record(sheet: Sheet) -> dict[str, Any]:
    """The object of one target, its fields in their documented order."""
    fields: dict[str, Any] = {"family": sheet.family, "status": "error" if sheet.error else "ok"}
    if sheet.error:
        fields["error"] = dict(zip(("kind", "message"), sheet.error))
    if isinstance(sheet.heading, dict):
        fields |= sheet.heading | {"regular": None, "regularity": None}
    for piece in sheet.blocks.values():
        if isinstance(piece, dict):
            fields |= piece
    if isinstance(sheet.heading, dict):
        fields["verified"] = verified(sheet)
    return fields | {"seconds": round(sheet.seconds, 3)}


def verified(sheet: Sheet) -> dict[str, Any] | None:
    """The check that the weakest of the results went through; None where none was checked."""
    if not sheet.digits:
        return None
    digits = round(min(sheet.digits.values()), 1)
    return {"points": POINTS, "digits": digits, "method": "quadrature"}


def document(sheet: Sheet) -> str:
    return json.dumps(record(sheet), indent=2, ensure_ascii=False)


def frame(count: int) -> tuple[str, str, str]:
    return ("[\n", ",\n", "\n]\n") if count > 1 else ("", "\n", "\n")
