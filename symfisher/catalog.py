"""Finding families: the bundled ones by name, others by the path of their file.

Names and titles are read off the folder, so that ``symfisher list`` need not wait for SymPy.
"""

from __future__ import annotations

import ast
import os
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import symfisher
from symfisher.errors import UnknownNameError
from symfisher.suggestions import nearest, shown, suggest

if TYPE_CHECKING:
    from symfisher.declaration import Family

__all__ = ["bundled_family", "bundled_names", "bundled_titles", "resolve_target", "suggest"]

_LONGEST_TARGET = 4_096  # characters, as for a path


def bundled_names() -> tuple[str, ...]:
    """The names of the bundled families, sorted."""
    return tuple(sorted(_files()))


def bundled_titles() -> dict[str, str]:
    """Name -> the first sentence of its file, without the full stop, sorted by name."""
    return {name: _title(path) for name, path in sorted(_files().items())}


def bundled_family(name: str) -> Family:
    """The bundled family of that name; case is ignored, and "-" or a space stands for "_".

    Raises:
        UnknownNameError: names the nearest ones.
    """
    found = _bundled_name(name)
    if found is None:
        near = f"; nearest: {', '.join(titled)}" if (titled := _titled(name)) else ""
        near = near or nearest(_normal(name), bundled_names())
        raise UnknownNameError(
            f"no family is called '{shown(name)}'{near}. "
            "`symfisher list` shows all; the name of a family file ends in .toml"
        )
    family: Family = import_module(f"symfisher.families.{found}").family
    return family


def resolve_target(target: str | Path | Family) -> Family:
    """The family that a target means: a ``Family`` itself, a bundled name, or a file's path.

    Text is a path if it ends in .toml or has a separator in it, or where a file of that name
    exists and no bundled family has it.

    Raises:
        UnknownNameError: neither a bundled name nor a path.
        InputError: what is wrong in the file.
    """
    if isinstance(target, Path):
        return _from_file(target)
    if not isinstance(target, str):
        return _itself(target)
    separators = [s for s in (os.sep, os.altsep) if s]
    if target.lower().endswith(".toml") or any(s in target for s in separators):
        return _from_file(target)
    if _bundled_name(target) is None and _is_file(target):
        return _from_file(target)
    return bundled_family(target)


def _itself(target: object) -> Family:
    from symfisher.declaration import Family

    if isinstance(target, Family):
        return target
    raise UnknownNameError(
        f"{shown(repr(target))} is not a family; give a bundled name, the path of a family file, "
        "or a Family"
    )


def _from_file(path: str | Path) -> Family:
    from symfisher.family_file import load_family

    return load_family(path)


def _is_file(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_TARGET and os.path.isfile(text)


def _bundled_name(name: str) -> str | None:
    normal = _normal(name)
    return next((known for known in bundled_names() if known.casefold() == normal), None)


def _titled(name: str) -> list[str]:
    """The families whose title has every word of the name, however it is spelt."""
    words = _words(_normal(name).replace("_", " "))
    titles = bundled_titles().items()
    return [known for known, title in titles if words and words <= _words(title)]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold().replace("ized", "ised"))) - {"distribution"}


def _normal(name: str) -> str:
    return re.sub(r"[-\s]+", "_", name[:_LONGEST_TARGET].strip().casefold())


def _files() -> dict[str, Path]:
    """Name -> file, from the first folder ``families`` on the package's path."""
    for entry in symfisher.__path__:
        folder = Path(entry) / "families"
        if folder.is_dir():
            return {
                path.stem: path
                for path in folder.glob("*.py")
                if path.stem.isidentifier() and not path.stem.startswith("_")
            }
    return {}


def _title(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    return re.split(r"\.(?:\s+(?=[A-Z])|$)", paragraph)[0]
