"""How wide LaTeX mathematics is when it is set, in em of the text, from Computer Modern's metrics.

TeX itself knows only on the page; knowing before is what lets long formulas be broken.  The rules
are those of the TeXbook: chapter 17 for the sizes, chapter 18 and appendix G for the spaces.
"""

from __future__ import annotations

from functools import cache
from itertools import zip_longest

from symfisher.render.notation import GREEK
from symfisher.render.textree import Node, read


# Widths in hundredths of an em, from the font metric files cmmi10, cmr10 and cmsy10, with the
# italic correction.
def _table(widths: str) -> dict[str, int]:
    names, numbers = widths.split()[::2], widths.split()[1::2]
    return {GREEK.get(name, name): int(number) for name, number in zip(names, numbers)}


_ITALIC = _table(
    "A 75 B 81 C 79 D 86 E 80 F 78 G 79 H 91 I 52 J 65 K 92 L 68 M 108 N 91 O 79 P 78 Q 79 R 77 "
    "S 67 T 72 U 79 V 81 W 108 X 91 Y 80 Z 75 a 53 b 43 c 43 d 52 e 47 f 60 g 51 h 58 i 34 j 47 "
    "k 55 l 32 m 88 n 60 o 48 p 50 q 48 r 48 s 47 t 36 u 57 v 52 w 74 x 57 y 53 z 51 "
    "alpha 64 beta 62 gamma 57 delta 48 epsilon 41 zeta 51 eta 53 theta 50 iota 35 kappa 58 "
    "lambda 58 mu 60 nu 56 xi 48 pi 61 rho 52 sigma 61 tau 55 upsilon 58 phi 60 chi 63 psi 69 "
    "omega 66"
)
_UPRIGHT = _table(
    "a 50 b 56 c 44 d 56 e 44 f 31 g 50 h 56 i 28 j 31 k 53 l 28 m 83 n 56 o 50 p 56 q 53 r 39 "
    "s 39 t 39 u 56 v 53 w 72 x 53 y 53 z 44"
)
_SIGNS = _table(
    "( 39 ) 39 [ 28 ] 28 | 28 : 28 ! 28 , 28 ; 28 . 28 ′ 28 { 50 } 50 ⋅ 50 ‖ 50 ∥ 50 / 50 ∂ 58 "
    "+ 78 - 78 = 78 < 78 > 78 ≤ 78 ≥ 78 ≠ 78 ± 78 ∈ 78 → 100 ∼ 78 ≈ 78 ≡ 78 ⪰ 78 ⪯ 78 ⊤ 78 "
    "∞ 100 ↦ 164 … 117 ⋯ 117 ∑ 144 ∏ 128 ∫ 100"
)
_OTHER = 75  # a sign that is not listed
_BINARY = frozenset("+-±⋅×∧∨")
_RELATIONS = frozenset("=<>≤≥≠≡∼≈∈→⪰⪯∥‖↦")
_OPENING = frozenset("([{=,<>/")
_SPACES = {
    "quad": 1.0, "qquad": 2.0, ",": 0.167, ":": 0.222, ";": 0.278, " ": 0.333, "!": -0.167,
}  # fmt: skip
# Display, text, script and scriptscript style: what one is in a fraction and in an index of it.
_DISPLAY, _TEXT, _SCRIPT, _TINY = range(4)
_SIZE = (1.0, 1.0, 0.81, 0.68)  # letters of small sizes are wider in proportion
_BELOW = (_TEXT, _SCRIPT, _TINY, _TINY)
_INDEX = (_SCRIPT, _SCRIPT, _TINY, _TINY)
_GROWN = 0.45  # what a bracket around something tall has more than a plain one
_ARRAY_SPACE = 1.0  # between the columns of a matrix
_CARE = 1.02  # nine formulas in ten are within this of what TeX sets


@cache
def set_width(tex: str) -> float:
    """The width of a displayed formula, in em."""
    return _CARE * width(read(tex))


def width(node: Node, style: int = _DISPLAY) -> float:
    """The width of a tree in the given style, in em of the text."""
    if node.kind == "row":
        return _row(node.children, style)
    if node.kind == "frac":
        inside = _TEXT if node.command == "dfrac" else _BELOW[style]
        return 0.24 + max(width(half, inside) for half in node.children)
    if node.kind == "sqrt":
        return 1.0 * _SIZE[style] + width(node.children[0], style)
    if node.kind == "accent":
        return width(node.children[0], style)
    if node.kind == "script":
        return _script(node, style)
    if node.kind == "table":
        return _array(node)
    return _SIZE[style] * _letters(node)


def _letters(node: Node) -> float:
    if node.command in _SPACES:
        return _SPACES[node.command]
    if node.command in ("left", "right"):
        return _GROWN
    if node.command in ("Bigl", "Bigr"):
        return 0.21
    if node.text.isdigit():
        return 0.5 * len(node.text)
    upright = node.kind == "word" or len(node.text) > 1
    table = _UPRIGHT if upright else _ITALIC
    return sum(table.get(c, _SIGNS.get(c, _ITALIC.get(c, _OTHER))) for c in node.text) / 100


def _row(children: list[Node], style: int) -> float:
    total, before = 0.0, None
    for node in children:
        if node.command == "displaystyle":
            style = _DISPLAY
        total += width(node, style) + _space(before, node, style)
        before = node if node.text or node.children or node.rows else before
    return total


def _space(before: Node | None, node: Node, style: int) -> float:
    """What TeX leaves around signs and names of functions; next to nothing in an index."""
    text = _core(node)
    if before is None:
        return 0.0
    last = _core(before)
    space = 0.0
    if style < _SCRIPT:
        space += 0.556 * (text in _RELATIONS) + 0.444 * (text in _BINARY and last not in _OPENING)
        space += 0.167 * (last in {","})
    names = (_function(before) and text not in ("(", "[")) or (
        _function(node) and last not in ("(", "[", "") and last not in _BINARY | _RELATIONS
    )
    return space + 0.167 * names


def _core(node: Node) -> str:
    return _core(node.children[0]) if node.kind == "script" else node.text


def _function(node: Node) -> bool:
    base = node.children[0] if node.kind == "script" else node
    return (len(base.text) > 1 and base.text.isalpha() and base.kind != "table") or (
        base.text in {"∑", "∏", "∫"}
    )


def _script(node: Node, style: int) -> float:
    base, below, above = node.children
    low, high = (width(part, _INDEX[style]) for part in (below, above))
    if base.text in ("∑", "∏") and style == _DISPLAY:
        return max(width(base, style), low, high)
    return width(base, style) + max(low, high) + 0.05


def _array(node: Node) -> float:
    style = _DISPLAY if node.text == "aligned" else _TEXT
    cells = ([width(cell, style) for cell in row] for row in node.rows)
    columns = [max(column) for column in zip_longest(*cells, fillvalue=0.0)]
    return 1.7 + sum(columns) + _ARRAY_SPACE * (len(columns) - 1)
