"""The part of a file of ``python_runtime/`` that a kernel uses, and no more."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

RUNTIME = Path(__file__).parent / "python_runtime"


def extract(files: tuple[str, ...], names: Iterable[str]) -> Extract:
    """What ``names`` need of runtime modules, which may read each other.

    Definitions keep their order and their text, comments inside functions and decorators included.
    """
    imports, definitions = _parsed(files)
    needed: set[str] = set()
    missing: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in definitions:
            missing.setdefault(name)
        elif name not in needed:
            needed.add(name)
            waiting += sorted(definitions[name].reads & definitions.keys())
            missing |= dict.fromkeys(sorted(definitions[name].calls - definitions.keys()))
    chosen = [name for name in definitions if name in needed]
    read = {each for name in chosen for each in definitions[name].reads}
    return Extract(
        imports=[line for name, line in imports.items() if name in read],
        definitions=list(dict.fromkeys(definitions[name].text for name in chosen)),
        missing=list(missing),
    )


class Extract(NamedTuple):
    """Import lines, definitions, and the names that are called and defined in none of the files."""

    imports: list[str]
    definitions: list[str]
    missing: list[str]


class _Definition(NamedTuple):
    text: str
    reads: frozenset[str]
    calls: frozenset[str]


@cache
def _parsed(files: tuple[str, ...]) -> tuple[dict[str, str], dict[str, _Definition]]:
    """Imported name -> import line, and defined name -> definition."""
    imports: dict[str, str] = {}
    definitions: dict[str, _Definition] = {}
    for file in files:
        source = (RUNTIME / file).read_text(encoding="utf-8")
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                imports |= _imported(node)
                continue
            definition = _definition(node, lines)
            definitions |= dict.fromkeys(_defined(node), definition)
    return imports, definitions


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Name -> line, but for what comes from symfisher: that is defined in another of the files."""
    if (getattr(node, "module", "") or "").startswith("symfisher"):
        return {}
    return {alias.asname or alias.name: _import_line(node, alias) for alias in node.names}


def _definition(node: ast.stmt, lines: list[str]) -> _Definition:
    text = "\n".join(lines[_first_line(node, lines) - 1 : node.end_lineno])
    nodes = list(ast.walk(node))
    reads = frozenset(n.id for n in nodes if isinstance(n, ast.Name)) - {*_defined(node)}
    called = (n.func for n in nodes if isinstance(n, ast.Call))
    calls = frozenset(f.id for f in called if isinstance(f, ast.Name)) - {*_defined(node)}
    return _Definition(text, reads, calls)


def _import_line(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return ast.unparse(type(node)(**{**vars(node), "names": [alias]}))


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    """The first line of a definition, with its decorators and the comment right above it."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [
            n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)
        ]
    return []
