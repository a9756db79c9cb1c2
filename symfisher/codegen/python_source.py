"""What the backends whose kernels are Python modules share."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sympy import And, Expr, Integer, Rational, S, oo, pi, zoo

from symfisher.codegen.documentation import documentation
from symfisher.codegen.extraction import extract
from symfisher.codegen.program import Guard, Program
from symfisher.codegen.vector_runtime import Vector
from symfisher.codegen.writer import Writer

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "backends" / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_EXACT = 2**53
_BARE_NUMPY = re.compile(r"\bnp\.")


def render_template(file: str, **values: Any) -> str:
    """A template of ``backends/templates`` with its values put in."""
    return _TEMPLATES.get_template(file).render(**values)


def float_number(
    pi_name: str, infinity: str, nan: str, *, whole: bool = True
) -> Callable[[Expr], str]:
    """How a Python module writes a number: exact where it is a fraction, else 17 digits.

    ``whole`` numbers stand as such; NumPy is faster with floats.
    """
    names = {pi: pi_name, oo: infinity, -oo: f"-{infinity}", S.NaN: nan, zoo: nan}

    def written(e: Expr) -> str:
        if e in names:
            return names[e]
        if isinstance(e, Integer) and abs(e) <= _EXACT:
            return str(e) if whole else f"{e}.0"
        if isinstance(e, Rational) and max(abs(e.p), e.q) <= _EXACT and e.q != 1:
            return repr(float(e)) if e.q & (e.q - 1) == 0 else f"{e.p}/{e.q}"
        return repr(float(e))

    return written


def docstring(program: Program, command: str) -> str:
    """The text between the quotes of a module's docstring."""
    text = "\n".join(documentation(program, command)).replace("\\", "\\\\").replace('"""', "'''")
    return text + "\n"


def condition(write: Writer, guards: Iterable[Guard]) -> str:
    """One condition that says that all guards hold; "" where there are none."""
    parts = [guard.condition for guard in guards]
    return write(And(*parts, evaluate=False)) if parts else ""


def requirements(program: Program, write: Writer) -> list[tuple[str, str, str]]:
    """What ``check`` requires: (condition, the same in words, the arguments that it reads)."""
    return [
        (
            write(guard.condition),
            str(guard.condition),
            ", ".join(f"{name}={name}" for name in guard.arguments),
        )
        for guard in program.guards
    ]


def assignments(program: Program, write: Writer) -> list[str]:
    """The steps as lines ``name = value``."""
    return [f"{step.symbol.name} = {write(step.value)}" for step in program.steps]


def bare_names(functions: Iterable[str]) -> list[str]:
    """Functions called by a bare name, such as ``trigamma({0})``: those of a runtime file."""
    return [call.partition("(")[0] for call in functions if "." not in call.partition("(")[0]]


def error_lines(program: Program, write: Writer) -> list[str]:
    """The body of the function that estimates the error of a program's integrals; or none."""
    if program.error is None:
        return []
    steps = [f"{step.symbol} = {write(step.value)}" for step in program.error_steps]
    return [*steps, f"return {write(program.error)}"]


def runtime(
    write: Writer,
    files: tuple[str, ...],
    vector: Vector | None = None,
    further: Iterable[str] = (),
) -> tuple[list[str], list[str]]:
    """Imports and definitions of what the code written so far calls by a bare name, and of
    ``further`` names.

    They are those of the files, and of the descriptions that ``vector`` translates.
    """
    bare = bare_names(write.language.functions[name] for name in write.called)
    found = extract(files, [*bare, *further])
    if vector is None:
        return found.imports, found.definitions
    library = [_BARE_NUMPY.sub(f"{vector.library}.", text) for text in found.definitions]
    return found.imports, [*library, *vector.source(vector.described(found.missing))]


def load_module(source: str, name: str) -> Callable[..., Any]:
    """The function of this name in a module's source; tracebacks show its lines."""
    file = f"<symfisher kernel {name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": name, "__file__": file}
    exec(compile(source, file, "exec"), namespace)  # our own source: it was generated above
    function: Callable[..., Any] = namespace[name]
    return function
