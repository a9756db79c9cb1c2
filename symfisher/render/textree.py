"""The LaTeX that this package writes, read into a tree, for MathML, Typst, plain text and widths.

It knows what ``render.tex`` and the symbols of formulas use, not LaTeX at large; an unknown
command stands as its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from symfisher.render.notation import GREEK

COMMANDS = {
    **{name: character for name, character in GREEK.items() if name.isascii()},
    "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "top": "⊤", "in": "∈", "cdot": "⋅",
    "times": "×", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "to": "→",
    "dots": "…", "ldots": "…", "cdots": "⋯", "mid": "|", "|": "‖", "Vert": "‖", "parallel": "∥",
    "lvert": "|", "rvert": "|", "sum": "∑", "prod": "∏", "int": "∫", "pm": "±", "approx": "≈",
    "wedge": "∧", "vee": "∨", "lbrace": "{", "rbrace": "}", "{": "{", "}": "}", "succeq": "⪰",
    "preceq": "⪯", "prime": "′", "log": "log",
    "ln": "ln", "longmapsto": "↦", "Big": "", "exp": "exp", "sin": "sin", "cos": "cos",
    "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arctan": "arctan",
    "max": "max", "min": "min", "det": "det", "Pr": "Pr", "quad": "  ", "qquad": "    ", ",": " ",
    ";": " ", ":": " ", " ": " ", "!": "", "equiv": "≡", "sim": "∼", "mathrm{d}": "d",
    "left": "", "right": "", "Bigl": "", "Bigr": "", "limits": "", "displaystyle": "",
    "_": "_", "$": "$", "&": "&",
    "#": "#", "%": "%", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textless": "<", "textgreater": ">", "textbar": "|",
}  # fmt: skip
ACCENTS = {
    "tilde": "\N{COMBINING TILDE}",
    "hat": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "dot": "\N{COMBINING DOT ABOVE}",
}
_STYLED = frozenset({"mathcal", "mathbb", "mathrm", "mathit", "mathbf", "operatorname", "text"})
_CALLIGRAPHIC = {"I": "ℐ", "F": "ℱ", "E": "ℰ", "N": "𝒩", "L": "ℒ"}
_DOUBLE = {"R": "ℝ", "E": "𝔼", "Z": "ℤ", "N": "ℕ", "P": "ℙ"}
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([0-9]+)|(\s+)|(.)", re.DOTALL)
# In text a space counts; outside it is nothing.
_TEXT = re.compile(r"\\text\{(?:[^{}]|\\[{}]|\{\})*\}")
_ACTIVE = {"~": " ", "$": ""}


@dataclass
class Node:
    """``kind`` is row, leaf, word, frac, sqrt, accent, script, table; ``text`` its characters.

    ``command`` is the command that it was written with, without its backslash, and ``letters``
    what the command of a word was given, or the space below the rows of a table.
    """

    kind: str
    text: str = ""
    children: list[Node] = field(default_factory=list)
    rows: list[list[Node]] = field(default_factory=list)
    command: str = ""
    letters: str = ""


class _Reader:
    def __init__(self, tex: str) -> None:
        kept = _TEXT.sub(lambda words: words.group(0).replace(" ", "~"), tex)
        tokens = (match.group(0) for match in _TOKEN.finditer(kept))
        self.tokens = [token for token in tokens if not token.isspace()]
        self.position = 0

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def row(self, *stops: str) -> Node:
        children: list[Node] = []
        while self.peek() and self.peek() not in stops:
            node = self.scripted()
            children.append(node)
        return Node("row", children=children)

    def scripted(self) -> Node:
        base = self.atom()
        below: Node | None = None
        above: Node | None = None
        while self.peek() in ("_", "^", "'", r"\limits"):
            mark = self.take()
            if mark == "_":
                below = self.atom()
            elif mark == "^":
                raised = self.atom()
                above = raised if above is None else Node("row", children=[above, raised])
            elif mark == "'":
                above = Node("leaf", "′")
        if below is None and above is None:
            return base
        empty = Node("row")
        return Node("script", children=[base, below or empty, above or empty])

    def atom(self) -> Node:
        token = self.take()
        if token == "{":
            inside = self.row("}")
            self.take()
            return inside
        if not token.startswith("\\"):
            return Node("leaf", _ACTIVE.get(token, token))
        return self.command(token[1:])

    def command(self, name: str) -> Node:
        if name in ("frac", "dfrac", "binom"):
            return Node("frac", children=[self.atom(), self.atom()], command=name)
        if name == "sqrt":
            index = Node("row")
            if self.peek() == "[":
                self.take()
                index = self.row("]")
                self.take()
            return Node("sqrt", children=[self.atom(), index])
        if name == "begin":
            return self.table()
        if name == "substack":
            return self.stack()
        if name in _STYLED:
            inside = self.atom()
            return Node("word", _styled(name, inside), command=name, letters=plain(inside))
        if name in ACCENTS:
            return Node("accent", children=[self.atom()], command=name)
        return Node("leaf", COMMANDS.get(name, name), command=name)

    def table(self) -> Node:
        environment = "".join(self.words_until("}"))
        rows: list[list[Node]] = [[]]
        space = ""
        while self.peek():
            rows[-1].append(self.row("&", r"\\", r"\end"))
            stop = self.take()
            if stop == r"\\":
                rows.append([])
                if self._space_follows():
                    space = "".join(self.words_until("]")).removeprefix("[")
            elif stop != "&":
                self.words_until("}")
                break
        return Node("table", environment, rows=rows, letters=space)

    def stack(self) -> Node:
        """Lines below one another, as the conditions under a sum."""
        rows: list[list[Node]] = []
        self.take()
        while self.peek():
            rows.append([self.row("}", r"\\")])
            if self.take() == "}":
                break
        return Node("table", "substack", rows=rows)

    def _space_follows(self) -> bool:
        """Whether a row ends with the space below it, such as ``[4pt]``."""
        return self.peek() == "[" and self.tokens[self.position + 2 :][:2] == ["p", "t"]

    def words_until(self, stop: str) -> Iterator[str]:
        taken = []
        while self.peek() and (token := self.take()) != stop:
            if token != "{":
                taken.append(token)
        return iter(taken)


def _styled(command: str, inside: Node) -> str:
    letters = plain(inside)
    if command == "mathcal":
        return _CALLIGRAPHIC.get(letters, letters)
    return _DOUBLE.get(letters, letters) if command == "mathbb" else letters


def read(tex: str) -> Node:
    """The tree of a piece of LaTeX mathematics."""
    return _Reader(tex).row()


_RAISED = str.maketrans("0123456789-⊤′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ′")
_RAISABLE = frozenset("0123456789-⊤′")
_SPACED = {",": ", ", "+": " + ", "=": " = "}


def _lowered(below: str) -> str:
    return "" if not below else f"_{below}" if below.rstrip("′").isalnum() else f"_({below})"


def plain(node: Node) -> str:
    """One line of Unicode, for a symbol such as that of the Fisher matrix."""
    if node.kind == "script":
        base, below, above = map(plain, node.children)
        raised = above.translate(_RAISED) if set(above) <= _RAISABLE else f"^{above}"
        return base + _lowered(below.replace(" ", "")) + raised
    if node.kind == "frac":
        return "/".join(map(plain, node.children))
    if node.kind == "sqrt":
        return f"√({plain(node.children[0])})"
    if node.kind == "accent":
        return plain(node.children[0]) + ACCENTS[node.command]
    if node.kind == "table":
        return "; ".join(", ".join(map(plain, row)) for row in node.rows)
    return _SPACED.get(node.text, node.text) + "".join(map(plain, node.children))


def fraction_depth(node: Node) -> int:
    """How many fractions stand within each other at most."""
    parts = [*node.children, *(cell for row in node.rows for cell in row)]
    return (node.kind == "frac") + max(map(fraction_depth, parts), default=0)
