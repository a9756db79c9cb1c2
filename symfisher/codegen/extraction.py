"""The part of a file of ``python_runtime/`` that a kernel uses, and no more."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

RUNTIME = Path(__file__).parent / "python_runtime"


def extract(file: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The import lines and the definitions of a runtime module that ``names`` need.

    Definitions keep their order and their text, comments inside functions and decorators included.
    """
    imports, definitions = _parsed(file)
    needed: set[str] = set()
    waiting = [name for name in names if name in definitions]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [read for read in definitions[name][1] if read in definitions]
    chosen = [name for name in definitions if name in needed]
    read = {each for name in chosen for each in definitions[name][1]}
    texts = dict.fromkeys(definitions[name][0] for name in chosen)
    return [line for name, line in imports.items() if name in read], list(texts)


@cache
def _parsed(file: str) -> tuple[dict[str, str], dict[str, tuple[str, frozenset[str]]]]:
    """Imported name -> import line, and defined name -> (text, names that it reads)."""
    source = (RUNTIME / file).read_text(encoding="utf-8")
    lines = source.splitlines()
    imports: dict[str, str] = {}
    definitions: dict[str, tuple[str, frozenset[str]]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if getattr(node, "module", "") != "__future__":
                    imports[alias.asname or alias.name] = _import_line(node, alias)
            continue
        text = "\n".join(lines[_first_line(node, lines) - 1 : node.end_lineno])
        read = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
        for name in _defined(node):
            definitions[name] = (text, read - {name})
    return imports, definitions


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
