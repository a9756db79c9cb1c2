"""JavaScript: an ES module without dependencies, for browsers and Node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen.computed import computed_in_loops
from symfisher.codegen.documentation import documentation
from symfisher.codegen.interpreters import load_javascript
from symfisher.codegen.plain_source import (
    entries,
    float_number,
    runtime_functions,
    runtime_source,
    template_parts,
)
from symfisher.codegen.program import Program
from symfisher.codegen.python_source import render_template
from symfisher.codegen.writer import Language, Writer

SUMMARY = "JavaScript: an ES module for browsers and Node"
SUFFIX = ".mjs"
NEEDS = ""

_OWN = {
    "exp": "Math.exp({0})",
    "log": "Math.log({0})",
    "sqrt": "Math.sqrt({0})",
    "power": "Math.pow({0}, {1})",
    "log1p": "Math.log1p({0})",
    "expm1": "Math.expm1({0})",
    "absolute": "Math.abs({0})",
    "sign": "Math.sign({0})",
    "floor": "Math.floor({0})",
    "ceiling": "Math.ceil({0})",
    "modulo": "({0} - {1}*Math.floor({0}/{1}))",
    "maximum": "Math.max({0}, {1})",
    "minimum": "Math.min({0}, {1})",
    "sin": "Math.sin({0})",
    "cos": "Math.cos({0})",
    "tan": "Math.tan({0})",
    "asin": "Math.asin({0})",
    "acos": "Math.acos({0})",
    "atan": "Math.atan({0})",
    "atan2": "Math.atan2({0}, {1})",
    "sinh": "Math.sinh({0})",
    "cosh": "Math.cosh({0})",
    "tanh": "Math.tanh({0})",
    "asinh": "Math.asinh({0})",
    "acosh": "Math.acosh({0})",
    "atanh": "Math.atanh({0})",
}

LANGUAGE = Language(
    functions=runtime_functions("javascript", _OWN),
    number=float_number("Infinity", "NaN"),
    select="({condition} ? {yes} : {no})",
    both="{0} && {1}",
    either="{0} || {1}",
    negation="!{0}",
    true="true",
    false="false",
    computed="_{0}",
)


def render(program: Program, write: Writer, command: str) -> str:
    """A module with one exported function; see the template."""
    parts = template_parts(program, write)
    sampled = parts["data"] if program.sample_size else []
    single = [name for name in parts["read"] if name not in sampled]
    place = "sfPoint" + (f" * {entries(program)}" if program.shape else "")
    passed = [*(f"entry({name}, sfPoint)" for name in single), *sampled]
    taken = [*single, *(f"{name}In" for name in sampled)]
    if program.sample_size:
        passed += [f"sfPoint * {program.sample_size}", str(program.sample_size)]
        taken += ["sfStart", str(program.sample_size)]
    data = [argument for argument in program.arguments if argument.role == "data"]
    computed = computed_in_loops(program, write, "javascript")
    return render_template(
        "javascript.mjs.jinja",
        documentation=[line.replace("*/", "* /") for line in documentation(program, command)],
        runtime="\n".join([runtime_source(write, "javascript", _OWN).strip(), computed]).strip(),
        shape=", ".join(map(str, program.shape)),
        dimensions=" x ".join(["n", *map(str, program.shape)]),
        passed=[*passed, "out", place],
        taken=[*taken, "out", "sfPlace"],
        data_count=len(data) if program.sample_size else 0,
        **parts,
    )


def load(source: str, name: str) -> Callable[..., Any]:
    return load_javascript(source, name)
