"""Imports run one way: from a floor to itself or to a lower one, and never in a circle."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

# From the ground up.  A name stands for the module or the package of that name; the ones on one
# floor may know each other as long as they do not form a cycle.
FLOORS = [
    {"errors", "clock", "naming", "process", "suggestions"},
    {"domains", "vectors", "expressions", "declaration", "family_file", "catalog", "families",
     "formula", "requirements", "unrolling", "validation", "vector_validation"},
    {"algebra"},
    {"numerics", "pieces"},
    {"expectation"},
    {"composition"},
    {"quantities"},
    {"geometry"},
    {"render", "verification", "codegen"},
    {"manifold"},
    {"derivation"},
    {"plots", "documents", "explorer"},
    {"runner", "output", "cli", "__main__", "__init__"},
]  # fmt: skip
FLOOR_OF = {name: level for level, floor in enumerate(FLOORS) for name in floor}

# Imports inside a function that go upward on purpose, each with its reason.
UPWARD = {
    ("declaration", "validation"): "a family checks itself when it is declared",
    ("validation", "numerics"): "and one check is that it integrates to one",
    ("formula", "render"): "a formula prints itself at a prompt and in a notebook",
    ("formula", "numerics"): "and has a value with its error at a point",
    ("declaration", "render"): "a family shows itself in a notebook",
    ("quantities", "render"): "a verdict shows itself in a notebook",
}


def sources() -> dict[str, Path]:
    """Dotted module name below symfisher -> file, families included."""
    files = dict.fromkeys((ROOT / "symfisher").rglob("*.py"), "")
    files |= dict.fromkeys((ROOT / "families").glob("*.py"), "families.")
    found = {}
    for file, prefix in files.items():
        folder = ROOT / ("families" if prefix else "symfisher")
        parts = file.relative_to(folder).with_suffix("").parts
        name = prefix + ".".join(parts)
        found[name.removesuffix(".__init__")] = file
    return found


def imports(file: Path) -> list[tuple[str, bool]]:
    """What a file imports from symfisher, each with whether it does so when it is imported."""
    tree = ast.parse(file.read_text())
    late = {inner for node in ast.walk(tree) if _is_late(node) for inner in ast.walk(node)}
    return [(name, node not in late) for node in ast.walk(tree) for name in _targets(node)]


def _is_late(node: ast.AST) -> bool:
    """Whether the body of a node is run after the import, or only by a type checker."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _targets(node: ast.AST) -> list[str]:
    """Modules that an import statement names; ``from package import module`` names the module."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        inside = [f"{node.module}.{alias.name}" for alias in node.names]
        names = [name if _below(name) in SOURCES else node.module for name in inside]
    else:
        return []
    return [_below(name) for name in names if name.startswith("symfisher.")]


def _below(name: str) -> str:
    return name.removeprefix("symfisher.")


SOURCES = sources()


def edges(*, at_import: bool) -> dict[str, set[str]]:
    """Module -> the modules it imports (when imported itself, or only inside functions)."""
    return {
        module: {
            target
            for target, early in imports(file)
            if early == at_import and target in SOURCES and target != module
        }
        for module, file in SOURCES.items()
    }


def top(module: str) -> str:
    return module.split(".")[0]


def test_every_module_has_a_floor():
    assert {top(module) for module in SOURCES} <= set(FLOOR_OF)


def test_no_module_imports_from_a_higher_floor():
    upward = [
        f"{module} (floor {FLOOR_OF[top(module)]}) imports {target} (floor {FLOOR_OF[top(target)]})"
        for module, targets in edges(at_import=True).items()
        for target in targets
        if FLOOR_OF[top(target)] > FLOOR_OF[top(module)]
    ]
    assert not upward, "\n".join(upward)


def test_imports_inside_functions_go_upward_only_where_it_says_why():
    upward = {
        (top(module), top(target))
        for module, targets in edges(at_import=False).items()
        for target in targets
        if FLOOR_OF[top(target)] > FLOOR_OF[top(module)]
    }
    assert upward <= set(UPWARD), upward - set(UPWARD)


def test_no_two_modules_import_each_other():
    try:
        TopologicalSorter(edges(at_import=True)).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("public", [True, False])
def test_the_test_sees_what_it_is_for(public):
    """It reads real edges: the families import the declaration, and not the other way round."""
    known = edges(at_import=public)
    assert ("declaration" in known["families.gamma"]) is public
