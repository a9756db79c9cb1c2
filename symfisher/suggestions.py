"""The nearest known names to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 40  # of a mistyped name that is compared: what is longer was never a typing error


def suggest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three of ``names`` that ``name`` may have meant, nearest first; case is ignored."""
    folded: dict[str, str] = {}
    for known in names:
        folded.setdefault(known.casefold(), known)
    matches = get_close_matches(name[:_LONGEST].casefold(), folded, n=3, cutoff=0.6)
    return tuple(folded[match] for match in matches)


def nearest(name: str, names: Iterable[str]) -> str:
    """The tail of an error message: "; nearest: poisson", or nothing where no name is near."""
    found = suggest(name, names)
    return f"; nearest: {', '.join(found)}" if found else ""


def shown(text: str, longest: int = 60) -> str:
    """``text`` as an error message may show it: on one line, printable, cut to ``longest``."""
    return _printable(text if len(text) <= longest else text[: longest - 3] + "...")


def shown_path(path: str, longest: int = 60) -> str:
    """A path likewise; of a long one the end is kept, which has the file's name."""
    return _printable(path if len(path) <= longest else "..." + path[3 - longest :])


def _printable(cut: str) -> str:
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in cut)
