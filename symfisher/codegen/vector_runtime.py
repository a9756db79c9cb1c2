"""The descriptions of ``runtime`` as functions of whole arrays: NumPy, JAX and PyTorch.

A description without branches but conditional expressions is one where ``where`` makes the
choice; the others (loops until convergence) are left to the libraries.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from symfisher.codegen.runtime.definitions import Definition, definitions, needed
from symfisher.codegen.runtime.writing import Text

_LIBRARY = ("exp", "log", "log1p", "expm1", "sqrt", "floor", "power", "rint", "log_inside")


@dataclass(frozen=True)
class Vector(Text):
    """Descriptions over the arrays of a library, which is called ``library`` in the text.

    ``provided`` maps functions that need no description to what they are called; ``single`` maps a
    function to its value in single precision, where the products of a description overflow;
    ``renamed`` ones are called by functions of the library's own file that have their names.
    """

    library: str
    provided: dict[str, str]
    single: dict[str, str]
    is_single: str = ""
    renamed: dict[str, str] = field(default_factory=dict)
    end = ""

    def called(self, name: str) -> str:
        if name in self.provided:
            return self.provided[name]
        if name in _LIBRARY:
            return f"{self.library}.{name.removesuffix('_inside')}"
        return self.renamed.get(name, name)

    @property
    def infinity(self) -> str:  # type: ignore[override]
        return f"{self.library}.inf"

    @property
    def nan(self) -> str:  # type: ignore[override]
        return f"{self.library}.nan"

    def source(self, names: Iterable[str]) -> list[str]:
        """The definitions of these functions and of what they call."""
        chosen = needed(names, {*_LIBRARY, *self.provided})
        tables = dict.fromkeys(table for each in chosen for table in each.tables)
        return [*map(self.table, tables), *map(self.function, chosen)]

    def described(self, called: Iterable[str]) -> list[str]:
        """The functions that are described, among names that are called."""
        originals = {new: old for old, new in self.renamed.items()}
        return [n for n in (originals.get(name, name) for name in called) if n in branch_free()]

    def head(self, definition: Definition) -> list[str]:
        sentence = definition.sentence.replace("\n", "\n    ").replace("\n    \n", "\n\n")
        closing = '\n    """' if "\n" in sentence else '"""'
        lines = [
            f"def {self.called(definition.name)}({', '.join(definition.arguments)}):",
            f'    """{sentence}{closing}',
        ]
        if definition.name in self.single:
            first = next(name for name, kind in definition.arguments.items() if kind == "float")
            lines.append(f"    if {self.is_single.format(first)}:")
            lines.append(f"        return {self.single[definition.name]}")
        return lines

    def tail(self) -> list[str]:
        return []

    def declarations(self, definition: Definition) -> list[str]:
        return []

    def table(self, name: str) -> str:
        return f"{self.table_name(name)} = ({self.table_values(name)})"

    def choice(self, test: str, yes: str, no: str) -> str:
        if {node.id for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Name)} <= whole():
            return f"({yes} if {test} else {no})"  # orders and counters are plain numbers
        return f"{self.provided.get('where', self.library + '.where')}({test}, {yes}, {no})"

    def statement(self, node: ast.stmt) -> list[str]:
        """An update makes a new array: the old one may have another name, or be differentiated."""
        if isinstance(node, ast.AugAssign):
            assigned = ast.Assign([node.target], ast.BinOp(node.target, node.op, node.value))
            return super().statement(assigned)
        return super().statement(node)

    def loop(self, counter: str, ends: list[str], body: list[ast.stmt]) -> list[str]:  # type: ignore[override]
        lines = ["    " + line for line in self.block(body)]
        return [f"for {counter} in range({', '.join(ends)}):", *lines]


def branch_free() -> frozenset[str]:
    """The functions that translate: no part of them, or of what they call, needs a branch."""
    return frozenset(
        name
        for name in definitions()
        if not any(_branches(each) for each in needed([name], _LIBRARY))
    )


@cache
def whole() -> frozenset[str]:
    """The names that stand for whole numbers in every description: orders and counters."""
    kinds = [
        pair for d in definitions().values() for pair in (*d.arguments.items(), *d.locals.items())
    ]
    others = {name for name, kind in kinds if kind != "int"}
    return frozenset(name for name, kind in kinds if kind == "int") - others


def _branches(definition: Definition) -> bool:
    nodes = (node for statement in definition.body for node in ast.walk(statement))
    return any(isinstance(node, ast.While | ast.If | ast.Break) for node in nodes)
