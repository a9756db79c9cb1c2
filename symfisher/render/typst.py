"""LaTeX mathematics of ours as Typst mathematics, for slides and for pictures without TeX."""

from __future__ import annotations

from symfisher.render.textree import Node, read

_NAMED = {
    "(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r", "{": "brace.l",
    "}": "brace.r", "|": "bar.v", "‖": "bar.v.double", ",": "comma", ";": "semi", "/": "slash",
    "'": "prime", "′": "prime", "-": "minus", ":": "colon", "&": "amp", "#": "\\#", "$": "\\$",
    '"': "quote", "\\": "backslash", "_": "\\_", "^": "\\^", "~": "tilde.op", "%": "percent",
    "*": "ast", "<": "lt", ">": "gt", "=": "eq", "!": "excl",
}  # fmt: skip
_SPACES = {"quad": "quad", "qquad": "wide", ",": "thin", ":": "med", ";": "thick", " ": "space"}
_FENCES = {"pmatrix": '"("', "bmatrix": '"["', "matrix": "#none", "substack": "#none"}
_ACCENTS = {"tilde": "tilde", "hat": "hat", "dot": "dot"}
_LETTERS = {"mathcal": "cal", "mathbb": "bb", "mathbf": "bold"}


def typst(tex: str) -> str:
    """What goes between dollar signs in Typst to show ``tex``."""
    return _element(read(tex))


def quoted(text: str) -> str:
    """``text`` as a Typst string, which shows it and does nothing else."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'


def _element(node: Node) -> str:
    if node.kind == "row":
        return _row(node.children)
    if node.kind == "frac":
        call = "binom" if node.command == "binom" else "frac"
        text = f"{call}({', '.join(map(_element, node.children))})"
        return f"display({text})" if node.command == "dfrac" else text
    if node.kind == "sqrt":
        body, index = map(_element, node.children)
        return f"root({index}, {body})" if index else f"sqrt({body})"
    if node.kind == "accent":
        return f"{_ACCENTS[node.command]}({_element(node.children[0])})"
    if node.kind == "script":
        return _script(node)
    if node.kind == "table":
        return _table(node)
    return _word(node) if node.kind == "word" else _leaf(node)


def _row(children: list[Node]) -> str:
    pieces: list[str] = []
    place = 0
    while place < len(children):
        node = children[place]
        if node.command == "displaystyle":
            return " ".join([*pieces, f"display({_row(children[place + 1 :])})"])
        if node.command in ("Bigl", "Bigr", "Big") and place + 1 < len(children):
            place += 1
            pieces.append(f"lr(size: #1.8em, {_element(children[place])})")
        elif node.command == "left":
            end = _closing(children, place)
            pieces.append(f"lr({_fenced(children[place + 1 : end + 2])})")
            place = end + 1
        elif node.text in ("+", "-") and place and children[place - 1].command in _SPACES:
            pieces += ['""', _element(node)]  # the sign of a row that goes on, not of a number
        else:
            pieces.append(_element(node))
        place += 1
    return " ".join(piece for piece in pieces if piece)


def _fenced(children: list[Node]) -> str:
    """What stands from an opening bracket to the closing one, without ``right`` before the last."""
    return _row([*children[:-2], children[-1]])


def _closing(children: list[Node], opening: int) -> int:
    """The place of the ``right`` that belongs to the ``left`` at ``opening``."""
    depth = 0
    for place in range(opening, len(children)):
        depth += (children[place].command == "left") - (children[place].command == "right")
        if depth == 0:
            return place
    return len(children) - 2


def _script(node: Node) -> str:
    base, below, above = map(_element, node.children)
    parts = [base or '""', *([f"b: {below}"] if below else []), *([f"t: {above}"] if above else [])]
    return f"attach({', '.join(parts)})"


def _table(node: Node) -> str:
    rows = [[_element(cell) for cell in row] for row in node.rows]
    if node.text == "aligned":
        return " \\ ".join(" & ".join(row) for row in rows)
    if node.text == "cases":
        return f"cases({', '.join(' & quad '.join(row) for row in rows)})"
    body = "; ".join(", ".join(cell or '""' for cell in row) for row in rows)
    tall = any("frac(" in cell for row in rows for cell in row)
    gap = "0.8em" if tall else "0.2em" if node.text == "substack" else "0.4em"
    return f"mat(delim: {_FENCES[node.text]}, row-gap: #{gap}, {body})"


def _word(node: Node) -> str:
    if node.command == "text":
        return quoted(node.letters or node.text)
    if node.command in _LETTERS:
        return f"{_LETTERS[node.command]}({node.letters or node.text})"
    if node.command == "operatorname":
        return f"op({quoted(node.text)})"
    return f"upright({node.text if len(node.text) == 1 else quoted(node.text)})"


def _leaf(node: Node) -> str:
    if node.command in _SPACES and not node.text.strip():
        return _SPACES[node.command]
    if not node.text.strip():
        return "space" if node.text else ""
    if len(node.text) > 1 and node.text.isascii() and node.text.isalpha():
        return f"op({quoted(node.text)})"
    return _NAMED.get(node.text, node.text)
