"""The descriptions of the special functions as syntax trees, and which of them a function needs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from symfisher.codegen.runtime import coefficients


@dataclass(frozen=True)
class Definition:
    """One description.

    Attributes:
        name: of the function.
        arguments: name -> "float" or "int".
        sentence: the docstring, with the source of the method.
        body: its statements, without the docstring.
        locals: name -> "float", "int" or "Bits", in the order of assignment.
        calls: names of everything that it calls.
        tables: coefficient tables that it reads entry by entry.
    """

    name: str
    arguments: Mapping[str, str]
    sentence: str
    body: tuple[ast.stmt, ...]
    locals: Mapping[str, str]
    calls: tuple[str, ...]
    tables: tuple[str, ...]


@cache
def definitions() -> Mapping[str, Definition]:
    """All descriptions by name."""
    found: dict[str, Definition] = {}
    for path in sorted((Path(__file__).parent / "functions").glob("[!_]*.py")):
        found |= read_definitions(path)
    return found


def read_definitions(path: Path) -> dict[str, Definition]:
    """The descriptions of one file by name."""
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name: _definition(node) for node in nodes if isinstance(node, ast.FunctionDef)}


def needed(names: Iterable[str], provided: Iterable[str] = ()) -> list[Definition]:
    """The descriptions of these functions and of what they call, callees first.

    ``provided`` are functions that the target language has itself.
    """
    order: dict[str, Definition] = {}
    provided = frozenset(provided)

    def visit(name: str) -> None:
        if name in order or name in provided or name not in definitions():
            return
        definition = definitions()[name]
        for callee in definition.calls:
            visit(callee)
        order[name] = definition

    for name in names:
        visit(name)
    return list(order.values())


def constant(name: str) -> float | tuple[float, ...] | None:
    """A number or table of ``coefficients``; None if it has no such name."""
    value: float | tuple[float, ...] | None = getattr(coefficients, name, None)
    return value if name.isupper() else None


def _definition(node: ast.FunctionDef) -> Definition:
    kinds = {a.arg: ast.unparse(a.annotation) for a in node.args.args if a.annotation is not None}
    body = node.body[1:]
    calls = dict.fromkeys(
        n.func.id
        for n in ast.walk(ast.Module(body, []))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    )
    tables = dict.fromkeys(
        n.value.id
        for n in ast.walk(ast.Module(body, []))
        if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)
    )
    return Definition(
        name=node.name,
        arguments=kinds,
        sentence=ast.get_docstring(node) or "",
        body=tuple(body),
        locals=_locals(body, kinds),
        calls=tuple(calls),
        tables=tuple(tables),
    )


def _locals(body: list[ast.stmt], arguments: Mapping[str, str]) -> dict[str, str]:
    """Assigned names with their types: declared ones, loop counters (int), else float."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = ast.unparse(node.annotation)
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, "int")
        elif isinstance(node, ast.Assign | ast.AugAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, "float")
    return {name: kind for name, kind in found.items() if name not in arguments}
