"""What a format makes of one target, piece by piece, as plain data without SymPy in it.

Each result is turned into its piece where it is derived, so a process that is stopped halfway has
already handed over what was finished, and the pieces are put together wherever they arrive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from symfisher.errors import InputError, SymfisherError
from symfisher.render.conventions import STANDARD, Notation

if TYPE_CHECKING:
    from symfisher.declaration import Family
    from symfisher.formula import Formula
    from symfisher.quantities.regularity import Regularity

Piece: TypeAlias = str | dict[str, Any]
Result: TypeAlias = "Formula | Regularity"


@dataclass
class Sheet:
    """The pieces of one target, in the order in which they were finished.

    Attributes:
        family: the family's name, or the target as it was given where there is no family.
        heading: the declaration; None until the target is understood.
        blocks: quantity -> its piece.
        digits: quantity -> decimal digits to which it agrees with quadrature.
        error: (kind, message) where something went wrong; the blocks hold what was finished.
        wrong_input: whether the error is in what was given, not in the derivation.
        seconds: wall time of the derivation.
    """

    family: str
    heading: Piece | None = None
    blocks: dict[str, Piece] = field(default_factory=dict)
    digits: dict[str, float] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    wrong_input: bool = False
    seconds: float = 0.0


class Format(Protocol):
    """A module of this package that has these names is an output format."""

    NAME: str
    SUMMARY: str

    def heading(self, family: Family, notation: Notation = STANDARD) -> Piece:
        """The declaration: support, domains, log-density."""

    def block(self, result: Result, notation: Notation = STANDARD) -> Piece:
        """One quantity, or the regularity verdict."""

    def document(self, sheet: Sheet) -> str:
        """All pieces of one target, without a newline at the end."""

    def frame(self, count: int) -> tuple[str, str, str]:
        """What comes before, between and after the documents of ``count`` targets."""


def note_error(sheet: Sheet, error: SymfisherError) -> None:
    """Keep the error on the sheet; the first one stands."""
    if sheet.error is None:
        sheet.error = (error.kind, str(error))
        sheet.wrong_input = isinstance(error, InputError)


def sheet_of(
    family: Family, results: dict[str, Result], form: Format, notation: Notation = STANDARD
) -> Sheet:
    """The sheet of results that are at hand."""
    sheet = Sheet(family.name, form.heading(family, notation))
    for name, result in results.items():
        add_result(sheet, name, result, form, notation)
    return sheet


def add_result(
    sheet: Sheet, name: str, result: Result, form: Format, notation: Notation = STANDARD
) -> None:
    sheet.blocks[name] = form.block(result, notation)
    digits = getattr(result, "digits", None)
    if digits is not None:
        sheet.digits[name] = digits
