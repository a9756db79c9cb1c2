"""From text to tokens, and errors that point into the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from symfisher.errors import ExpressionError
from symfisher.suggestions import shown

LONGEST_TEXT = 10_000  # characters
MOST_TOKENS = 4_000
MOST_DIGITS = 60  # of one number
LARGEST_EXPONENT = 300  # of ten, in a number such as 1e-3

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*)
    | (?P<operator>\*\*|\.\.|<=|>=|[-+*/()\[\]{},<>&|~])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)

_INSTEAD = {
    "^": "a power is written **",
    "=": "equality is written Eq(a, b); arguments have no keywords",
    "!": "write factorial(n), and Ne(a, b) for 'not equal'",
    "'": "text in quotes has no place in an expression",
    '"': "text in quotes has no place in an expression",
    "#": "comments have no place in an expression",
    ";": "give one expression",
    ".": "attributes are not read; decimals are written 0.5",
    "_": "a name begins with a letter",
    ":": "slices, lambdas and assignments are not read",
    "%": "write the remainder out",
    "\N{MINUS SIGN}": "write - for a minus",
    "\N{MULTIPLICATION SIGN}": "write * for a product",
    "\N{MIDDLE DOT}": "write * for a product",
    "\N{INFINITY}": "write oo for infinity",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a name, an operator or the end, and where it begins."""

    kind: str
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the words that say where it comes from ("gamma.toml, logpdf")."""

    text: str
    where: str

    def error(self, message: str, column: int) -> ExpressionError:
        """An error that names the place and shows the text there with a caret below it."""
        before = self.text[:column]
        line, start = before.count("\n") + 1, before.rfind("\n") + 1
        place = f"column {column - start + 1}"
        place = f"line {line}, {place}" if "\n" in self.text.strip() else place
        first = max(0, column - 40)
        excerpt = shown(self.text[first : column + 30], longest=80)
        head = "..." if first else ""
        tail = "..." if column + 30 < len(self.text) else ""
        caret = " " * (len(head) + column - first) + "^"
        return ExpressionError(
            f"{self.where}, {place}: {message}\n    {head}{excerpt}{tail}\n    {caret}"
        )


def source(text: object, where: str) -> Source:
    """``text`` as a source, if it is text of a size that an expression can have."""
    if not isinstance(text, str):
        raise ExpressionError(f"{where}: expected text, found {shown(repr(text))}")
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(
            f"{where}: {len(text):,} characters; an expression has at most {LONGEST_TEXT:,}"
        )
    return Source(text, where)


def tokenize(source: Source) -> list[Token]:
    """The tokens of the text, ending with one of kind "end"."""
    tokens: list[Token] = []
    position = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(source.text, position)
        if match is None or match.lastgroup is None:
            raise _unreadable(source, position)
        kind, position = match.lastgroup, match.end()
        tokens.append(Token(kind, match[kind], match.start(kind)))
        if kind == "number":
            _check_number(source, tokens[-1])
        if len(tokens) > MOST_TOKENS:
            raise source.error(f"an expression has at most {MOST_TOKENS:,} tokens", position)
    return tokens


def _check_number(source: Source, token: Token) -> None:
    digits, _, exponent = token.text.lower().partition("e")
    if len(digits) > MOST_DIGITS:
        raise source.error(f"a number has at most {MOST_DIGITS} digits", token.column)
    if len(exponent) > 5 or abs(int(exponent or 0)) > LARGEST_EXPONENT:
        raise source.error(
            f"a number lies between 1e-{LARGEST_EXPONENT} and 1e{LARGEST_EXPONENT}", token.column
        )


def _unreadable(source: Source, position: int) -> ExpressionError:
    while source.text[position].isspace():
        position += 1
    character = source.text[position]
    instead = _INSTEAD.get(character) or _spelled(character)
    return source.error(f"cannot read '{shown(character)}'" + instead_of(instead), position)


def instead_of(advice: str) -> str:
    return f": {advice}" if advice else ""


def _spelled(character: str) -> str:
    """How a Greek letter is written in ASCII, as SymPy and LaTeX know it."""
    words = unicodedata.name(character, "").split()
    if words[:1] != ["GREEK"] or "LETTER" not in words:
        return "names are made of the letters a-z, A-Z, digits and _"
    name = words[words.index("LETTER") + 1].replace("LAMDA", "LAMBDA")
    return f"write {name.capitalize() if character.isupper() else name.lower()}"
