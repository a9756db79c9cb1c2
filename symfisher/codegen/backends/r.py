"""R: one function over vectors, with R's own special functions where it has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen import runtime
from symfisher.codegen.computed import computed_in_r
from symfisher.codegen.documentation import documentation
from symfisher.codegen.interpreters import load_r
from symfisher.codegen.plain_source import (
    conditions,
    float_number,
    runtime_source,
    template_parts,
)
from symfisher.codegen.program import Program
from symfisher.codegen.python_source import render_template
from symfisher.codegen.writer import Language, Writer

SUMMARY = "R: a function over vectors, with R's own special functions"
SUFFIX = ".R"
NEEDS = ""

_OWN = {
    "exp": "exp({0})",
    "log": "log({0})",
    "sqrt": "sqrt({0})",
    "power": "({0})^({1})",
    "log1p": "log1p({0})",
    "expm1": "expm1({0})",
    "absolute": "abs({0})",
    "sign": "sign({0})",
    "floor": "floor({0})",
    "ceiling": "ceiling({0})",
    "modulo": "(({0}) %% ({1}))",
    "maximum": "pmax({0}, {1})",
    "minimum": "pmin({0}, {1})",
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
    "gamma": "gamma({0})",
    "log_gamma": "lgamma({0})",
    "digamma": "digamma({0})",
    "trigamma": "trigamma({0})",
    "tetragamma": "psigamma({0}, 2)",
    "polygamma": "psigamma({1}, {0})",
    "beta": "beta({0}, {1})",
    "log_beta": "lbeta({0}, {1})",
    "erfc": "(2*pnorm(-sqrt(2)*({0})))",
    "bessel_j": "besselJ({1}, {0})",
    "bessel_y": "besselY({1}, {0})",
    "bessel_i": "besselI({1}, {0})",
    "bessel_k": "besselK({1}, {0})",
    "scaled_bessel_i": "besselI({1}, {0}, TRUE)",
    "scaled_bessel_k": "besselK({1}, {0}, TRUE)",
}
_TRANSLATED = {
    name: f"mapply(.{name}, {', '.join(f'{{{i}}}' for i in range(runtime.argument_count(name)))})"
    for name in sorted(runtime.names())
}

LANGUAGE = Language(
    functions={**_TRANSLATED, **_OWN},
    number=float_number("Inf", "NaN"),
    select="ifelse({condition}, {yes}, {no})",
    negation="!{0}",
    true="TRUE",
    false="FALSE",
)


def render(program: Program, write: Writer, command: str) -> str:
    """A script that defines one function; see the template."""
    parts = template_parts(program, write, "<-")
    computed = computed_in_r(program, write)
    rules = render_template("expectation.R") if computed else ""
    places = [(i, place) for i, (_, where) in enumerate(parts["stores"]) for place in where]
    return render_template(
        "r.R.jinja",
        documentation=documentation(program, command),
        runtime="\n".join([runtime_source(write, "r", _OWN).strip(), computed, rules]).strip(),
        dimensions=" x ".join(["n", *map(str, program.shape)]),
        shape=program.shape,
        shape_reversed=", ".join(f"{length}L" for length in reversed(program.shape)),
        order=f"{len(program.shape) + 1}:1",
        places=places,
        **{**parts, "data_low": parts["low"], "low": conditions(program, write).low},
    )


def load(source: str, name: str) -> Callable[..., Any]:
    return load_r(source, name)
