"""One formula as a picture, for PowerPoint, Keynote, Google Slides and web pages."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from symfisher.errors import DerivationError, InputError, MissingPackageError, UnknownNameError
from symfisher.formula import Formula
from symfisher.render import latex
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.typst import typst
from symfisher.suggestions import nearest, shown

FORMATS = ("svg", "png", "pdf")
ENGINES = ("typst", "latex")
RESOLUTION = 300  # dots an inch of a PNG at the size of the letters on a slide
_SECONDS = 60.0  # for TeX

_TYPST = """#set page(width: auto, height: auto, margin: 4pt, fill: none)
#set text(size: 20pt)
$ {} $
"""
# The page takes the size of the box; the letters are those of a slide.
_LATEX = r"""\documentclass{article}
\usepackage{amsmath,amssymb}
\begin{document}
\setbox0\hbox{\kern2pt$\displaystyle %s$\kern2pt}
\pdfhorigin=0pt \pdfvorigin=2pt \hoffset=0pt \voffset=0pt
\pdfpagewidth=\wd0 \pdfpageheight=\dimexpr\ht0+\dp0+4pt\relax
\shipout\box0
\end{document}
"""


def picture(formula: Formula, kind: str, notation: Notation = STANDARD, engine: str = "") -> bytes:
    """The formula, without its name in words, as an SVG, PNG or PDF file.

    Args:
        kind: "svg", "png" or "pdf".
        engine: "typst" or "latex"; without one, the first of these that is installed.

    Raises:
        DerivationError: the formula does not exist.
        UnknownNameError: there is no such kind or engine.
        MissingPackageError: neither is installed; the message names the packages.
    """
    if kind not in FORMATS:
        raise UnknownNameError(
            f"no picture is of the kind {shown(repr(kind))}{nearest(kind, FORMATS)}; "
            f"there are: {', '.join(FORMATS)}"
        )
    if formula.expr is None:
        raise DerivationError(f"{formula.name}: {' '.join(formula.notes)}")
    notation.check(formula.family)
    tex = _mathematics(latex.displayed(formula, notation))
    return _DRAW[_chosen(engine)](tex, kind)


def save_picture(
    formula: Formula, path: str | Path, notation: Notation = STANDARD, engine: str = ""
) -> None:
    """Write the picture to a file whose ending says its kind, whole or not at all.

    Raises:
        InputError: the file cannot be written; and what ``picture`` raises.
    """
    path = Path(path)
    content = picture(formula, path.suffix.removeprefix(".").lower(), notation, engine)
    try:
        with tempfile.TemporaryDirectory(prefix=".picture", dir=path.parent) as folder:
            draft = Path(folder) / "draft"
            draft.write_bytes(content)
            os.replace(draft, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None


def _mathematics(lines: list[str]) -> str:
    body = " ".join(line.strip() for line in lines[1:-1])
    wide = lines[0] == r"\begin{align*}"
    return rf"\begin{{aligned}} {body} \end{{aligned}}" if wide else body


def _chosen(engine: str) -> str:
    if engine and engine not in ENGINES:
        raise UnknownNameError(
            f"no engine is called {shown(repr(engine))}{nearest(engine, ENGINES)}; "
            f"there are: {', '.join(ENGINES)}"
        )
    if engine:
        return engine
    if importlib.util.find_spec("typst") is not None:
        return "typst"
    if shutil.which("pdflatex"):
        return "latex"
    raise MissingPackageError(
        "a picture of a formula needs typst (pip install 'symfisher[typst]') or pdflatex (Debian: "
        "texlive-latex-base, and poppler-utils for SVG and PNG); neither is installed"
    )


def _by_typst(tex: str, kind: str) -> bytes:
    try:
        import typst as compiler
    except ModuleNotFoundError:
        raise MissingPackageError(
            "the engine typst is not installed: pip install 'symfisher[typst]'"
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "formula.typ"
        source.write_text(_TYPST.format(typst(tex)), encoding="utf-8")
        content: bytes = compiler.compile(str(source), None, format=kind, ppi=float(RESOLUTION))  # type: ignore
    return content


def _by_latex(tex: str, kind: str) -> bytes:
    _require("pdflatex", "texlive-latex-base")
    if kind != "pdf":
        _require("pdftocairo", "poppler-utils")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "formula.tex").write_text(_LATEX % tex, encoding="utf-8")
        _run(["pdflatex", "-interaction=batchmode", "-no-shell-escape", "formula.tex"], folder)
        if kind == "pdf":
            return (folder / "formula.pdf").read_bytes()
        options = ["-svg"] if kind == "svg" else ["-png", "-singlefile", "-transp", "-r", "600"]
        target = "formula.svg" if kind == "svg" else "formula"
        _run(["pdftocairo", *options, "formula.pdf", target], folder)
        return (folder / f"formula.{kind}").read_bytes()


def _require(program: str, package: str) -> None:
    if shutil.which(program) is None:
        raise MissingPackageError(f"{program} is not installed; on Debian it is in {package}")


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise DerivationError(f"{command[0]} took more than {_SECONDS:g} s") from None
    if done.returncode:
        raise DerivationError(f"{command[0]} could not set this formula")


_DRAW = {"typst": _by_typst, "latex": _by_latex}
