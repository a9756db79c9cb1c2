"""How high LaTeX mathematics is when it is set, in em of the text: what a slide has room for.

The rules are those of the TeXbook, chapter 17 and appendix G, with the font dimensions of
Computer Modern, and letters count as if
each were as high as a capital and as deep as a comma.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from symfisher.render.textree import Node, read

Extent = tuple[float, float]  # em above and below the line on which the letters stand

_DISPLAY, _TEXT, _SCRIPT, _TINY = range(4)
_SIZE = (1.0, 1.0, 0.73, 0.55)
_BELOW = (_TEXT, _SCRIPT, _TINY, _TINY)  # the style of a fraction's halves
_INDEX = (_SCRIPT, _SCRIPT, _TINY, _TINY)
_AXIS, _RULE, _X_HEIGHT = 0.25, 0.04, 0.43
_LETTER = (0.70, 0.20)
_BRACKET = (0.75, 0.25)
_BIG = (1.15, 0.65)  # \Big
_BRACKET_SIZES = (1.0, 1.2, 1.8, 2.4, 3.0)
_STRUT = (0.86, 0.37)  # of a line of the text and of a row of a matrix
_ROW_SKIP, _ROW_GAP = 1.52, 0.37  # between the rows of a display: of their lines, of tall boxes
_AROUND = 2.4  # above and below a display
_EM = 10.95  # points


@cache
def display_height(rows: tuple[str, ...]) -> float:
    """Of a display of these rows with the space around it, in em."""
    return _AROUND + stack_height([extent(read(row)) for row in rows])


def stack_height(boxes: Sequence[Extent]) -> float:
    """Of rows one below another in an ``align*``."""
    first, last = boxes[0], boxes[-1]
    total = max(first[0], _STRUT[0]) + max(last[1], _STRUT[1])
    for (_, below), (above, _) in pairwise(boxes):
        total += max(_ROW_SKIP, below + above + _ROW_GAP)
    return total


def extent(node: Node, style: int = _DISPLAY) -> Extent:
    """What a tree takes above and below the line."""
    if node.kind == "row":
        return _row(node.children, style)
    if node.kind == "frac":
        return _fraction(node, style)
    if node.kind == "sqrt":
        above, below = extent(node.children[0], style)
        return _fenced((above + 0.2, below))
    if node.kind == "accent":
        above, below = extent(node.children[0], style)
        return above + 0.2, below
    if node.kind == "script":
        return _script(node, style)
    if node.kind == "table":
        return _table(node)
    return _leaf(node, style)


def _leaf(node: Node, style: int) -> Extent:
    if node.command in ("Bigl", "Bigr", "Big"):
        return _BIG
    if node.text in ("∑", "∏"):
        return (0.95, 0.45) if style == _DISPLAY else (0.75, 0.25)
    if node.text == "∫":
        return (1.36, 0.86) if style == _DISPLAY else (0.81, 0.31)
    above, below = _BRACKET if node.text and node.text in "()[]{}|‖" else _LETTER
    return above * _SIZE[style], below * _SIZE[style]


def _row(children: list[Node], style: int) -> Extent:
    groups: list[list[Extent]] = [[]]  # of what stands within brackets that are still open
    closing = False
    for node in children:
        if node.command == "displaystyle":
            style = _DISPLAY
        if node.command == "left":
            groups.append([])
        elif node.command == "right" and len(groups) > 1:
            closing = True
        elif closing:  # the bracket itself, or it with an exponent
            fence = _fenced(_union(groups.pop()))
            groups[-1].append(_script(node, style, fence) if node.kind == "script" else fence)
            closing = False
        else:
            groups[-1].append(extent(node, style))
    return _union(box for group in groups for box in group)


def _union(boxes: Iterable[Extent]) -> Extent:
    boxes = list(boxes)
    return max((above for above, _ in boxes), default=0.0), max((b for _, b in boxes), default=0.0)


def _fenced(inside: Extent) -> Extent:
    """With brackets around it that grow in steps, centred on the axis."""
    needed = 1.8 * max(inside[0] - _AXIS, inside[1] + _AXIS)
    height = next((size for size in _BRACKET_SIZES if size >= needed), needed)
    return max(inside[0], height / 2 + _AXIS), max(inside[1], height / 2 - _AXIS)


def _fraction(node: Node, style: int) -> Extent:
    inner = _TEXT if node.command == "dfrac" else _BELOW[style]
    over, under = (extent(half, inner) for half in node.children)
    wide = style == _DISPLAY or node.command == "dfrac"
    size = _SIZE[style]
    up, down, gap = (0.677, 0.686, 3 * _RULE) if wide else (0.394, 0.345, _RULE)
    up = max(up * size, _AXIS + _RULE / 2 + gap + over[1])
    down = max(down * size, under[0] + gap + _RULE / 2 - _AXIS)
    return up + over[0], down + under[1]


def _script(node: Node, style: int, around: Extent | None = None) -> Extent:
    """``around`` is what a bracket, as the base, stands at the end of."""
    base, below, above = node.children
    low, high = extent(below, _INDEX[style]), extent(above, _INDEX[style])
    up, down = around or extent(base, style)
    if base.text in ("∑", "∏") and style == _DISPLAY:
        if _filled(above):
            up += max(0.11, 0.2 - high[1]) + sum(high) + 0.1
        if _filled(below):
            down += max(0.17, 0.6 - low[0]) + sum(low) + 0.1
        return up, down
    single = around is None and base.kind in ("leaf", "word")
    size = _SIZE[style]
    if _filled(above):
        shift = max(0.41 * size, 0 if single else up - 0.28, high[1] + _X_HEIGHT / 4)
        up = max(up, shift + high[0])
    if _filled(below):
        shift = max(0.25 * size, 0 if single else down + 0.04, low[0] - 0.8 * _X_HEIGHT)
        down = max(down, shift + low[1])
    return up, down


def _filled(node: Node) -> bool:
    return bool(node.text or node.children or node.rows)


def _table(node: Node) -> Extent:
    style = _DISPLAY if node.text == "aligned" else _TEXT
    boxes = [_union(extent(cell, style) for cell in row) for row in node.rows]
    space = float(node.letters.removesuffix("pt") or 0) / _EM
    if node.text == "aligned":
        total = stack_height(boxes)
    elif node.text == "substack":
        total = 0.8 * len(boxes)
    else:
        stretch = 1.2 if node.text == "cases" else 1.0
        total = sum(
            max(above, stretch * _STRUT[0]) + max(below, stretch * _STRUT[1])
            for above, below in boxes
        )
        total += space * (len(boxes) - 1)
    return total / 2 + _AXIS, total / 2 - _AXIS
