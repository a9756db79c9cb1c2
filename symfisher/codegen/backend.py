"""What a backend is, and how it is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, cast

from sympy import Expr, preorder_traversal

from symfisher.codegen.functions import function_call
from symfisher.codegen.program import Program
from symfisher.codegen.writer import Language, MissingFunction, Writer
from symfisher.errors import KernelError, MissingPackageError, UnknownNameError
from symfisher.suggestions import nearest


class Backend(Protocol):
    """A module of ``symfisher.codegen.backends``; its file name is the name of the target.

    Attributes:
        SUMMARY: one line on what it makes.
        SUFFIX: of the file, with its dot: ".py".
        NEEDS: the package that running a kernel needs and that symfisher does not install, which
            is also the name of the extra; or "".
        LANGUAGE: how it writes an expression.
    """

    SUMMARY: str
    SUFFIX: str
    NEEDS: str
    LANGUAGE: Language

    def render(self, program: Program, write: Writer, command: str) -> str:
        """The source of a program.  ``write`` gives the code of each expression in ``LANGUAGE``
        and afterwards knows which functions were ``called``; ``command`` made the kernel."""
        ...

    def load(self, source: str, name: str) -> Callable[..., Any]:
        """The function of this name in a source, ready to be called from Python.

        Raises:
            KernelError: it cannot be called from Python, or what compiles it is missing.
        """
        ...


_SUMMARY = re.compile(r'^SUMMARY = "(.*)"$', re.MULTILINE)


@cache
def backend_summaries() -> dict[str, str]:
    """Backend -> one line about it, read from the files without importing them."""
    found = {}
    for path in sorted((Path(__file__).parent / "backends").glob("[!_]*.py")):
        summary = _SUMMARY.search(path.read_text(encoding="utf-8"))
        if summary:
            found[path.stem] = summary.group(1)
    return found


def find_backend(name: str) -> Backend:
    """The backend called ``name``.

    Raises:
        UnknownNameError: there is none; the message has the nearest names.
    """
    known = backend_summaries()
    if name not in known:
        near = nearest(name, known) or f"; there are: {', '.join(known)}"
        raise UnknownNameError(f"no backend is called {name!r}{near}")
    return cast(Backend, import_module(f"symfisher.codegen.backends.{name}"))


def check_installed(name: str) -> None:
    """Raise ``MissingPackageError`` where the package that runs a backend's kernels is missing."""
    needs = find_backend(name).NEEDS
    if needs and find_spec(needs) is None:
        raise MissingPackageError(
            f"backend '{name}' needs {needs}, which is not installed: "
            f'pip install "symfisher[{needs}]"'
        )


def render(program: Program, name: str, command: str) -> str:
    """The source of a program in the language of a backend.

    Raises:
        KernelError: the backend lacks a function; the message names it, the entry, and the
            backends that have it.
    """
    backend = find_backend(name)
    try:
        return backend.render(program, Writer(backend.LANGUAGE), command)
    except MissingFunction as missing:
        raise KernelError(_lacks(program, name, missing)) from None


def _lacks(program: Program, name: str, missing: MissingFunction) -> str:
    others = [
        other
        for other in backend_summaries()
        if missing.function in find_backend(other).LANGUAGE.functions
    ]
    rest = f"these have it: {', '.join(others)}" if others else "no backend has it"
    shown = str(missing.expr)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return (
        f"backend '{name}' has no {missing.function} for {shown}, which {_entry(program, missing)} "
        f"{program.formula.name} needs; {rest}"
    )


def _entry(program: Program, missing: MissingFunction) -> str:
    """The first entry whose value reads the function, in words."""
    reading = {step.symbol for step in program.steps if _calls(step.value, missing.function)}
    for step in program.steps:
        if step.value.free_symbols & reading:
            reading.add(step.symbol)
    for output in program.outputs:
        if _calls(output.value, missing.function) or output.value.free_symbols & reading:
            index = ", ".join(str(i + 1) for i in output.places[0])
            return f"entry ({index}) of" if index else "the value of"
    return "a guard of"


def _calls(value: Expr, function: str) -> bool:
    return any(function in _names(e) for e in preorder_traversal(value))


def _names(e: Expr) -> Iterator[str]:
    yield function_call(e)[0]
    if e.is_Pow:
        yield "power"
