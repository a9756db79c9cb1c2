"""The choices in which papers differ, as one value that is handed down to whatever prints.

Notation(matrix="F", polygamma="prime", logarithm="ln", symbols={"alpha": "k"})
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symfisher.errors import InputError, UnknownNameError
from symfisher.render.notation import GREEK, latex_name, marked_name, split_name
from symfisher.suggestions import nearest, shown

if TYPE_CHECKING:
    from symfisher.declaration import Family

# What stands on each choice, and its values; the first is the default.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "polygamma": ("index", "prime"),
        "second": ("prime", "tilde", "hat", "star", "zero"),
        "logarithm": ("log", "ln"),
        "brackets": ("round", "square"),
    }
)
# Widths of a line in em of a 10 pt article: of its text, and of one of its two columns.
LINE_WIDTHS = MappingProxyType({"text": 34.5, "column": 22.9})

_MATRIX = re.compile(r"(cal|bold)?([A-Za-z])")
_STYLES = {"cal": r"\mathcal{%s}", "bold": r"\mathbf{%s}", None: "%s"}
_MARKS = {
    "prime": "{base}{index}'",
    "tilde": r"\tilde{{{base}}}{index}",
    "hat": r"\hat{{{base}}}{index}",
    "star": "{base}{index}^*",
    "zero": "{base}_{{{zero}}}",
}
# What a page writes often, with the command that stands for it where there is a file of macros.
_MACROS = (
    (r"\operatorname{E}", r"\E"),
    (r"\operatorname{KL}", r"\KL"),
    (r"\mathrm{d}", r"\dd"),
    (r"\log\Gamma", r"\logGamma"),
    (r"\ln\Gamma", r"\logGamma"),
)


@dataclass(frozen=True)
class Notation:
    """How a page writes what papers write in several ways.

    Attributes:
        matrix: the letter of the Fisher matrix: "I", "F", "J", "g" ...; "cal" or "bold" before it
            sets its style.
        polygamma: the trigamma function as psi_1 ("index") or psi' ("prime").
        second: the second parameter point of a divergence: "prime", "tilde", "hat", "star", "zero".
        logarithm: "log" or "ln".
        brackets: of matrices, "round" or "square".
        symbols: declared name -> the name that is printed in its place ("alpha" -> "k").
        macros: write ``\\E``, ``\\Fisher``, ``\\KL`` and others, which ``definitions`` defines.
        line: formulas are broken for the width of a page's "text" or of one "column" of two, or
            for a width in em.
        full_fractions: fractions within a matrix in full size, as it is legible on a slide.

    Raises:
        UnknownNameError: one of these has another value; the message has the nearest ones.
        InputError: a symbol's new name is no name.
    """

    matrix: str = "calI"
    polygamma: str = "index"
    second: str = "prime"
    logarithm: str = "log"
    brackets: str = "round"
    symbols: Mapping[str, str] = field(default_factory=dict)
    macros: bool = False
    line: str | float = "text"
    full_fractions: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", MappingProxyType(dict(self.symbols)))
        for choice, values in CHOICES.items():
            value = getattr(self, choice)
            if value not in values:
                raise UnknownNameError(
                    f"{choice} {shown(repr(value))}: choose one of {', '.join(values)}"
                    + nearest(str(value), values)
                )
        if isinstance(self.line, str) and self.line not in LINE_WIDTHS:
            raise UnknownNameError(
                f"line {shown(repr(self.line))}: choose one of {', '.join(LINE_WIDTHS)}"
            )
        if not _MATRIX.fullmatch(self.matrix):
            raise UnknownNameError(
                f"matrix {shown(repr(self.matrix))}: write one letter such as F, or calI, or boldJ"
            )
        for old, new in self.symbols.items():
            _check_name(old, new)

    def __hash__(self) -> int:
        return hash(
            (
                *map(repr, (self.matrix, self.line, self.macros, self.full_fractions)),
                *self.symbols.items(),
            )
        )

    def __reduce__(self) -> Any:  # a mapping proxy does not travel to another process by itself
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _rebuilt, ({**values, "symbols": dict(self.symbols)},)

    @property
    def room(self) -> float:
        """The width of a line, in em."""
        return LINE_WIDTHS[self.line] if isinstance(self.line, str) else self.line

    @property
    def log(self) -> str:
        return "\\" + self.logarithm

    @property
    def bracket(self) -> str:
        """The environment of a matrix."""
        return "pmatrix" if self.brackets == "round" else "bmatrix"

    @property
    def matrix_letter(self) -> str:
        style, letter = _MATRIX.fullmatch(self.matrix).groups()  # type: ignore[union-attr]
        return _STYLES[style] % letter

    def name(self, name: str) -> str:
        """A declared symbol in LaTeX."""
        return latex_name(self.symbols.get(name, name))

    def second_name(self, name: str) -> str:
        """A parameter at the second point of a divergence, in LaTeX."""
        return marked_name(self.symbols.get(name, name), _MARKS[self.second])

    def symbol(self, tex: str) -> str:
        """The LaTeX symbol of a formula, in this notation."""
        tex = tex.replace(r"\mathcal{I}", self.matrix_letter)
        return tex.replace(r"\theta'", marked_name("theta", _MARKS[self.second]))

    def check(self, family: Family) -> None:
        """Raise ``InputError`` where two of a family's names would be printed alike, or one like
        the Fisher matrix, or where a renamed symbol is not declared."""
        symbols = (*family.variables, *family.parameters, *family.constants)
        names = [symbol.name for symbol in symbols]
        for old in self.symbols:
            if old not in names:
                raise InputError(
                    f"family '{family.name}' has no symbol {shown(old)} to rename; "
                    f"it has {', '.join(names)}{nearest(old, names)}"
                )
        taken = {self.matrix_letter: "the Fisher matrix"} if len(self.matrix) == 1 else {}
        for name in names:
            tex = self.name(name)
            if tex in taken:
                raise InputError(
                    f"family '{family.name}': symbol {name} and {taken[tex]} would both be printed "
                    f"as {tex}; choose another letter"
                )
            taken[tex] = f"symbol {name}"

    def free(self, family: Family, letters: Iterable[str]) -> str:
        """The first of the letters that is not how one of the family's symbols is printed."""
        symbols = (*family.variables, *family.parameters, *family.constants)
        taken = {self.matrix_letter, *(self.name(symbol.name) for symbol in symbols)}
        letters = list(letters)
        return next((letter for letter in letters if letter not in taken), letters[0] + "_0")

    def finished(self, page: str) -> str:
        """The page with the commands of the macros file, where they are wanted."""
        if not self.macros:
            return page
        for long, short in (*_MACROS, *self._matrix_macro()):
            page = re.sub(re.escape(long) + r"(?=[A-Za-z])", short.replace("\\", r"\\") + " ", page)
            page = page.replace(long, short)
        return page

    def _matrix_macro(self) -> tuple[tuple[str, str], ...]:
        # A bare letter cannot be told from a symbol, but for what follows the matrix's.
        bare = len(self.matrix) == 1
        return ((rf"{self.matrix_letter}(\theta)", r"\Fisher(\theta)"),) if bare else (
            (self.matrix_letter, r"\Fisher"),
        )  # fmt: skip

    def definitions(self) -> str:
        """The macros file: the commands that ``macros`` writes, to be changed in one place."""
        meanings = {
            r"\E": r"\operatorname{E}",
            r"\KL": r"\operatorname{KL}",
            r"\Fisher": self.matrix_letter,
            r"\dd": r"\mathrm{d}",
            r"\logGamma": rf"{self.log}\Gamma",
        }
        lines = (rf"\providecommand{{{name}}}{{{tex}}}" for name, tex in meanings.items())
        return "\n".join(["% Needs amsmath and amssymb.", *lines]) + "\n"


def _rebuilt(values: dict[str, Any]) -> Notation:
    return Notation(**values)


def _check_name(old: str, new: str) -> None:
    split = split_name(new)
    if split is None or not (split[0] in GREEK or split[0].isalpha()):
        raise InputError(
            f"symbol {shown(old)}: {shown(repr(new))} is not a name; write one such as k, lambda "
            "or theta_0"
        )


STANDARD = Notation()
