"""C99: one header, which needs nothing but libm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen.computed import computed_in_loops
from symfisher.codegen.documentation import documentation
from symfisher.codegen.plain_source import (
    Conditions,
    conditions,
    entries,
    float_number,
    runtime_functions,
    runtime_source,
    template_parts,
)
from symfisher.codegen.program import Program
from symfisher.codegen.python_source import render_template
from symfisher.codegen.system_compiler import load_header
from symfisher.codegen.writer import Language, Writer

SUMMARY = "C99: a header with one function over arrays, no dependency but libm"
SUFFIX = ".h"
NEEDS = ""

OWN = {
    "sqrt": "sqrt({0})",
    "power": "pow({0}, {1})",
    "absolute": "fabs({0})",
    "sign": "(double)(({0} > 0.0) - ({0} < 0.0))",
    "floor": "floor({0})",
    "ceiling": "ceil({0})",
    "modulo": "({0} - {1}*floor({0}/{1}))",
    "maximum": "fmax({0}, {1})",
    "minimum": "fmin({0}, {1})",
    "sin": "sin({0})",
    "cos": "cos({0})",
    "tan": "tan({0})",
    "asin": "asin({0})",
    "acos": "acos({0})",
    "atan": "atan({0})",
    "atan2": "atan2({0}, {1})",
    "sinh": "sinh({0})",
    "cosh": "cosh({0})",
    "tanh": "tanh({0})",
    "asinh": "asinh({0})",
    "acosh": "acosh({0})",
    "atanh": "atanh({0})",
}

LANGUAGE = Language(
    functions=runtime_functions("c", OWN),
    number=float_number("INFINITY", "NAN"),
    select="({condition} ? {yes} : {no})",
    negation="!{0}",
    true="1",
    false="0",
    computed="symfisher_{0}",
)

_BLOCK, _SMALL_BLOCK = 128, 32  # points whose values are held before they are put in place
_CACHED = 2**21  # numbers, 16 MiB: more are not kept in a cache
_DIRECT = (1, 2, 4)  # numbers a point whose places a compiler interleaves by itself
_FLOATS = 4096  # numbers that the single-precision function holds in double precision, 32 KiB


def render(program: Program, write: Writer, command: str) -> str:
    """A header with one function; see the template."""
    parts = template_parts(program, write)
    names = parts["arguments"]
    data = [argument.name for argument in program.arguments if argument.role == "data"]
    buffered = entries(program) not in _DIRECT
    if not program.sample_size:
        parts["stores"] = _values(program, write, parts["stores"])
    computed = computed_in_loops(program, write, "c")
    count = "n" if "n" not in {*names, *(str(step.symbol) for step in program.steps)} else "points"
    return render_template(
        "c.h.jinja",
        documentation=[_safe(line) for line in documentation(program, command)],
        guard=f"{program.name.upper()}_H",
        runtime=runtime_source(write, "c", OWN),
        computed=computed,
        title=program.formula.title,
        dimensions=" x ".join([count, *map(str, program.shape)]),
        remarks=_remarks(program, count, data),
        count=count,
        prototype=_prototype(program, count),
        float_block=max(1, _FLOATS // entries(program)),
        error_prototype=_error_prototype(program, count),
        unread=[name for name in names if name not in parts["read"]],
        outside=parts["all_inside"],
        buffered=buffered,
        block=_SMALL_BLOCK if buffered else _BLOCK,
        large=_CACHED // entries(program),
        **parts,
    )


def _prototype(program: Program, count: str) -> str:
    sizes = [count, *([str(program.sample_size)] if program.sample_size else [])]
    arrays = [f"const double *{argument.name}" for argument in program.arguments]
    return ", ".join([*(f"size_t {size}" for size in sizes), *arrays, "double *out"])


def _error_prototype(program: Program, count: str) -> str:
    arrays = [f"const double *{name}" for name in program.error_arguments]
    return ", ".join([f"size_t {count}", *arrays, "double *out"])


def _safe(line: str) -> str:
    return line.replace("*/", "* /").replace("/*", "/ *")


def _remarks(program: Program, count: str, data: list[str]) -> list[str]:
    if not program.sample_size:
        return [f"Each argument has {count} numbers. A point outside the domain gives NaN."]
    size = program.sample_size
    return [
        f"{', '.join(data)}: {count} x {size}, a sample for each point, over which is summed;",
        f"the other arguments have {count} numbers. A point outside the domain gives NaN.",
    ]


def _values(
    program: Program, write: Writer, written: list[tuple[str, list[int]]]
) -> list[tuple[str, list[int]]]:
    """The values where the conditions hold; NaN, or minus infinity, where they do not.

    ``sf_outside`` is 0 or NaN: adding it leaves a compiler nothing to branch on.
    """
    holds = Conditions("", "") if program.sample_size else conditions(program, write)

    def guarded(value: str) -> str:
        if holds.low:
            value = f"({holds.low} ? {value} : -INFINITY)"
        return f"{value} + sf_outside" if holds.rest else value

    return [(guarded(value), places) for value, places in written]


def load(source: str, name: str) -> Callable[..., Any]:
    return load_header(source, name)
