"""Parts of a talk on frames: what fits a slide at the size of its letters, the rest on the next.

Nothing is made smaller than ``\\footnotesize``: what is higher than a frame goes on in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from symfisher.render.heights import display_height, extent
from symfisher.render.metrics import set_width
from symfisher.render.textree import read

_LINE_HEIGHT, _LETTER_WIDTH = 1.25, 0.47  # em of a line of text and, on average, of a letter


@dataclass(frozen=True)
class Size:
    """A size of letters on a 16:9 slide, with what a frame below its title has room for.

    Attributes:
        letters: relative to those of a frame that is not full.
        line: width in em of these letters.
        height: likewise.
    """

    letters: float
    line: float
    height: float


NORMAL, SMALL = Size(1.0, 35.0, 19.2), Size(0.83, 41.5, 22.4)  # \normalsize, \footnotesize


@dataclass(frozen=True)
class Part:
    """What appears at once: a sentence, text and mathematics in turn, or the rows of a display."""

    said: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    environment: str = ""

    def height(self, size: Size) -> float:
        """In em, as it is set."""
        if self.rows:
            return display_height(self.rows)
        text, mathematics = self.said[::2], self.said[1::2]
        letters = _LETTER_WIDTH * sum(map(len, text)) + sum(map(set_width, mathematics))
        tall = sum(max(0.0, sum(extent(read(tex), 1)) - 1.2) for tex in mathematics)
        return _LINE_HEIGHT * (1 + letters // size.line) + tall


@dataclass(frozen=True)
class Frame:
    """A slide whose parts appear one after another."""

    title: str
    parts: tuple[Part, ...]
    size: Size = NORMAL


def pages(title: str, content: Callable[[Size], list[Part]]) -> list[Frame]:
    """One frame with the content as it is set at a size, in small letters where it is full, or
    several of those with about as much on each."""
    for size in (NORMAL, SMALL):
        parts = content(size)
        if height(parts, size) <= size.height:
            return [Frame(title, tuple(parts), size)]
    pieces = [piece for part in parts for piece in _cut(part, SMALL.height)]
    filled = _filled(pieces, SMALL.height)
    low, high = SMALL.height / 2, SMALL.height
    while high - low > 0.5:  # the lowest height that needs no further page
        middle = (low + high) / 2
        tried = _filled(pieces, middle)
        low, high = (low, middle) if len(tried) == len(filled) else (middle, high)
    titles = [title, *[f"{title} (continued)"] * (len(filled) - 1)]
    even = _filled(pieces, high)
    return [Frame(name, tuple(page), SMALL) for name, page in zip(titles, even, strict=True)]


def height(parts: Iterable[Part], size: Size) -> float:
    """Of parts one below another, in em."""
    return sum(part.height(size) for part in parts)


def _filled(pieces: list[Part], room: float) -> list[list[Part]]:
    """The pieces on pages, those of one display joined again."""
    filled: list[list[Part]] = [[]]
    for piece in pieces:
        page = filled[-1]
        joined = [*page[:-1], _joined(page[-1], piece)] if _same(page, piece) else [*page, piece]
        if page and height(joined, SMALL) > room:
            filled.append([piece])
        else:
            filled[-1] = joined
    return filled


def _same(page: list[Part], piece: Part) -> bool:
    """Whether a piece goes on with the display at the end of a page."""
    return bool(page) and page[-1].environment == piece.environment == "align*"


def _joined(above: Part, below: Part) -> Part:
    return replace(above, rows=above.rows + below.rows)


def _cut(part: Part, room: float) -> Iterator[Part]:
    """A display by its equations, and one that is higher than a frame by its rows."""
    if part.environment != "align*":
        yield part
        return
    for equation in _equations(part.rows):
        whole = replace(part, rows=equation)
        if display_height(equation) <= room:
            yield whole
        else:
            yield from (replace(part, rows=(row,)) for row in equation)


def _equations(rows: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Rows that belong together: from one with a left-hand side to before the next such one."""
    starts = [place for place, row in enumerate(rows) if place == 0 or not row.startswith("&")]
    for start, end in zip(starts, [*starts[1:], len(rows)]):
        yield rows[start:end]
