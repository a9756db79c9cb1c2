"""LaTeX mathematics of ours as MathML, which browsers show without a script or a network."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import cycle

from symfisher.render.textree import Node, read

_FENCES = {"pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "cases": ("{", "")}
_ACCENTS = {"tilde": "~", "hat": "^", "dot": "˙"}
_THIN = '<mspace width="0.17em"/>'
_BRACKETS = frozenset("()[]|")
_LARGE = frozenset("∑∏∫")


def mathml(tex: str, *, display: bool = True) -> str:
    """A ``<math>`` element that shows ``tex``; nothing in it is read as markup."""
    kind = ' display="block"' if display else ""
    return f"<math{kind}>{_element(read(tex))}</math>"


def _element(node: Node) -> str:
    inside = "".join(map(_element, node.children))
    if node.kind == "row":
        return f"<mrow>{_spaced(node.children)}</mrow>"
    if node.kind == "frac":
        return f"<mfrac>{inside}</mfrac>"
    if node.kind == "sqrt":
        body, index = node.children
        if not index.children:
            return f"<msqrt>{_element(body)}</msqrt>"
        return f"<mroot>{inside}</mroot>"
    if node.kind == "script":
        return _script(node)
    if node.kind == "accent":
        return f'<mover accent="true">{inside}<mo>{_ACCENTS[node.command]}</mo></mover>'
    if node.kind == "table":
        return _table(node)
    if node.command == "text":  # at the ends of an element a plain space is nothing
        return f"<mtext>{escape(node.text).replace(' ', '&#160;')}</mtext>"
    return _leaf(node.text, node.kind == "word")


def _spaced(children: list[Node]) -> str:
    """The children in a row, a function's name set off by thin spaces from a bare neighbour."""
    pieces = []
    grows = False  # a bracket grows to the height of the row only where LaTeX says so
    end = Node("leaf", "(")
    for before, node, after in zip([end, *children], children, [*children[1:], end]):
        named = node.kind == "leaf" and node.text.isalpha() and len(node.text) > 1
        fixed = node.kind == "leaf" and node.text in _BRACKETS and not grows
        pieces += [_THIN] if named and not _is_sign(before) else []
        pieces.append(_bracket(node.text) if fixed else _element(node))
        pieces += [_THIN] if named and not _is_sign(after) and after.kind != "script" else []
        grows = node.command in ("left", "right")
    return "".join(pieces)


def _bracket(text: str) -> str:
    """A bracket of one size; its form says that there is no space beside it."""
    form = "prefix" if text in "([" else "postfix"
    return f'<mo stretchy="false" form="{form}">{text}</mo>'


def _is_sign(node: Node) -> bool:
    """Whether it is a sign that brings its own space, an opening bracket or a comma."""
    return node.kind == "leaf" and not node.text.isalnum() and node.text != ")"


def _script(node: Node) -> str:
    base, below, above = node.children
    under = base.text in _LARGE and base.text != "∫"
    empty = [not child.children and not child.text and not child.rows for child in (below, above)]
    if empty[1]:
        tag, children = "munder" if under else "msub", [base, below]
    elif empty[0]:
        tag, children = "mover" if under else "msup", [base, above]
    else:
        tag, children = "munderover" if under else "msubsup", [base, below, above]
    first = _bracket(base.text) if base.text in _BRACKETS else _element(base)
    return f"<{tag}>{first}{''.join(map(_element, children[1:]))}</{tag}>"


def _table(node: Node) -> str:
    sides = ("right", "left") if node.text == "aligned" else ("center",)
    rows = "".join(f"<mtr>{''.join(_cells(row, sides))}</mtr>" for row in node.rows)
    left, right = _FENCES.get(node.text, ("", ""))
    if node.text == "aligned":
        return f"<mtable>{rows}</mtable>"
    fences = [f"<mo>{side}</mo>" if side else "" for side in (left, right)]
    return f"<mrow>{fences[0]}<mtable>{rows}</mtable>{fences[1]}</mrow>"


def _cells(row: list[Node], sides: tuple[str, ...]) -> Iterator[str]:
    for cell, side in zip(row, cycle(sides)):
        style = "" if side == "center" else f' style="text-align: {side}; padding: 0.2em 0"'
        yield f"<mtd{style}>{_element(cell)}</mtd>"


def _leaf(text: str, word: bool) -> str:
    shown = escape(text)
    if not text.strip():
        return f'<mspace width="{0.2 * max(len(text), 1):.1f}em"/>' if text else ""
    if text.isdigit():
        return f"<mn>{shown}</mn>"
    if word or text.isalpha():
        upright = ' mathvariant="normal"' if word and len(text) == 1 else ""
        return f"<mi{upright}>{shown}</mi>"
    if text == "-":
        return "<mo>−</mo>"
    return f"<mo>{shown}</mo>"
