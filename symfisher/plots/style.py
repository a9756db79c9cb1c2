"""How pictures look: legible in a column and on a slide, and for colour-blind eyes.

    with style("column"):
        axes = new_axes()
        axes.plot(x, y, **line(0))
    save(axes.figure, "picture.pdf")

Lines differ in colour, in dash and in width, so that they differ in print without colour too.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from symfisher.errors import InputError, MissingPackageError, UnknownNameError
from symfisher.suggestions import nearest

# M. Okabe and K. Ito, Color Universal Design (2008), in the order of their distance from another,
# without the yellow, which is too pale for a line.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ("-", (0, (5, 2)), (0, (1.2, 1.2)), (0, (6, 2, 1.2, 2)), (0, (8, 2)), (0, (2, 2)), "-")
NEUTRAL = "#767676"  # axes and guides: 4.5 to 1 against white
SEQUENTIAL = "cividis"  # a colour map for heights that is the same to all eyes
_MOST_SIZES = 6  # numbers beside an axis of sizes
DIVERGING = "PuOr"  # one for signs

# Width and height in inches, size of the letters in points, width of a line in points.
_SIZES: Mapping[str, tuple[float, float, float, float]] = MappingProxyType(
    {
        "column": (3.4, 2.5, 8.0, 1.2),  # one column of a two-column paper
        "text": (5.5, 3.4, 10.0, 1.5),  # the width of a page's text
        "slide": (8.0, 4.5, 18.0, 3.0),  # 16:9
    }
)
SIZES = tuple(_SIZES)
EXPORTS = ("pdf", "svg", "png", "pgf")


def require_matplotlib() -> Any:
    """``matplotlib.pyplot``.

    Raises:
        MissingPackageError: matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError:
        raise MissingPackageError(
            "pictures need matplotlib, which is not installed: pip install 'symfisher[plot]'"
        ) from None
    return pyplot


def settings(size: str = "text") -> dict[str, Any]:
    """Matplotlib's settings for a picture of the named size, one of ``SIZES``.

    Raises:
        UnknownNameError: there is no such size.
    """
    if size not in _SIZES:
        raise UnknownNameError(
            f"no size is called {size!r}{nearest(size, SIZES)}; there are: {', '.join(SIZES)}"
        )
    width, height, letters, line_width = _SIZES[size]
    return {
        "figure.figsize": (width, height),
        "figure.constrained_layout.use": True,
        "font.size": letters,
        "axes.titlesize": letters,
        "axes.labelsize": letters,
        "xtick.labelsize": 0.85 * letters,
        "ytick.labelsize": 0.85 * letters,
        "legend.fontsize": 0.85 * letters,
        "legend.frameon": False,
        "lines.linewidth": line_width,
        "lines.markersize": 3.5 * line_width,
        "axes.linewidth": 0.5 * line_width,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": _cycle(),
        "image.cmap": SEQUENTIAL,
        "mathtext.fontset": "stix",
        "savefig.dpi": 300,
        "svg.fonttype": "path",  # the same letters on every machine
        "svg.hashsalt": "symfisher",  # the same file for the same picture
        "pdf.fonttype": 42,  # journals ask for TrueType
        "pgf.texsystem": "pdflatex",
        "pgf.rcfonts": False,  # the paper's own fonts
    }


def _cycle() -> Any:
    from cycler import cycler

    return cycler(color=PALETTE) + cycler(linestyle=_DASHES)


@contextmanager
def style(size: str = "text") -> Iterator[None]:
    """Within it matplotlib draws in our style, for a picture of the named size."""
    with require_matplotlib().rc_context(settings(size)):
        yield


def line(number: int) -> dict[str, Any]:
    """Colour and dash of the curve of that number, counted from 0."""
    place = number % len(PALETTE)
    return {"color": PALETTE[place], "linestyle": _DASHES[place]}


def new_axes(axes: Any = None, *, size: str = "text") -> Any:
    """The axes that were given, or those of a new figure in our style."""
    if axes is not None:
        return axes
    with style(size):
        return require_matplotlib().subplots()[1]


def against_sizes(axes: Any, sizes: Sequence[float]) -> None:
    """Marks on a logarithmic axis at the numbers of observations, and the legend above the axes."""
    every = -(-len(sizes) // _MOST_SIZES)
    shown = sorted(sizes)[::every]
    axes.set_xticks(shown, [f"{n:g}" for n in shown])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("observations $n$")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def save(figure: Any, path: str | Path) -> None:
    """Write the figure as PDF, SVG, PNG or PGF, by the path's ending, whole or not at all.

    Raises:
        UnknownNameError: another ending.
        InputError: the file cannot be written.
        MissingPackageError: PGF measures its letters with pdflatex, which is not installed.
    """
    path = Path(path)
    kind = path.suffix.removeprefix(".").lower()
    if kind not in EXPORTS:
        raise UnknownNameError(f"{path}: a picture's name ends in .{', .'.join(EXPORTS)}")
    with require_matplotlib().rc_context(_export_settings()):
        _save_whole(figure, path, kind)


def _export_settings() -> dict[str, Any]:
    names = ("savefig.dpi", "svg.fonttype", "svg.hashsalt", "pdf.fonttype")
    known = settings()
    return {name: known[name] for name in (*names, "pgf.texsystem", "pgf.rcfonts")}


def _save_whole(figure: Any, path: Path, kind: str) -> None:
    dates = {"pdf": {"metadata": {"CreationDate": None}}, "svg": {"metadata": {"Date": None}}}
    try:
        with tempfile.TemporaryDirectory(prefix=".picture", dir=path.parent) as folder:
            draft = Path(folder) / f"draft.{kind}"
            figure.savefig(draft, **dates.get(kind, {}))
            os.replace(draft, path)
    except FileNotFoundError as error:
        if path.parent.is_dir():
            raise MissingPackageError(f"PGF needs pdflatex (texlive-latex-base): {error}") from None
        raise InputError(f"cannot write {path}: there is no folder {path.parent}") from None
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None
