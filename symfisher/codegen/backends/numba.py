"""Numba: compiled loops, on several cores where the points are many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen import python_source, runtime
from symfisher.codegen.backends import numpy
from symfisher.codegen.computed import computed_in_loops
from symfisher.codegen.extraction import extract
from symfisher.codegen.plain_source import entries
from symfisher.codegen.program import Output, Program
from symfisher.codegen.vector_runtime import branch_free
from symfisher.codegen.writer import Language, Writer

SUMMARY = "Numba: compiled for NumPy arrays, parallel over the points"
SUFFIX = ".py"
NEEDS = "numba"

OWN = {
    "sqrt": "math.sqrt({0})",
    "power": "math.pow({0}, {1})",
    "absolute": "abs({0})",
    "sign": "float(({0} > 0) - ({0} < 0))",
    "floor": "np.floor({0})",
    "ceiling": "np.ceil({0})",
    "modulo": "({0} % {1})",
    "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})",
    "sin": "math.sin({0})",
    "cos": "math.cos({0})",
    "tan": "math.tan({0})",
    "asin": "math.asin({0})",
    "acos": "math.acos({0})",
    "atan": "math.atan({0})",
    "atan2": "math.atan2({0}, {1})",
    "sinh": "math.sinh({0})",
    "cosh": "math.cosh({0})",
    "tanh": "math.tanh({0})",
    "asinh": "math.asinh({0})",
    "acosh": "math.acosh({0})",
    "atanh": "math.atanh({0})",
}
_INTERLEAVED = 8  # numbers a point that the compiler writes side by side from vectors
_SHARE = 4096
_ALL_CORES = 2**21
_ORDERS = {  # how many arguments each function of the table takes, where it is not one
    2: "digamma_difference trigamma_difference polygamma log_gamma_difference beta log_beta "
    "bessel_j bessel_y bessel_i bessel_k scaled_bessel_i scaled_bessel_k bessel_i_ratio "
    "bessel_k_ratio expint scaled_expint upper_gamma lower_gamma scaled_upper_gamma hurwitz_zeta "
    "zeta_derivative",
    3: "polygamma_difference polygamma_remainder bessel_i_order bessel_k_order",
}
_COUNTS = {name: count for count, names in _ORDERS.items() for name in names.split()}


def _call(name: str) -> str:
    arguments = ", ".join(f"{{{i}}}" for i in range(_COUNTS.get(name, 1)))
    return f"{runtime.called(name, 'numba')}({arguments})"


LANGUAGE = Language(
    functions={**{name: _call(name) for name in sorted(runtime.names())}, **OWN},
    number=python_source.float_number("math.pi", "math.inf", "math.nan"),
    select="({yes} if {condition} else {no})",
    computed="_{0}",
)


def render(program: Program, write: Writer, command: str) -> str:
    """A module with one public function; see the template."""
    names = [argument.name for argument in program.arguments]
    data = [argument.name for argument in program.arguments if argument.role == "data"]
    summed = bool(program.sample_size)
    before, inner, after = (
        [f"{step.symbol} = {write(step.value)}" for step in stage] for stage in program.stages
    )
    sums = [(str(each.symbol), write(each.value)) for each in program.sums]
    # Zeros are a variable: two constant ones side by side become a call, which ends vector code.
    named = bool(program.guards) and not summed and entries(program) <= _INTERLEAVED
    outputs = [
        line for output in program.outputs for line in _stores(output, program, write, named)
    ]
    on_data = [guard for guard in program.guards if {*guard.arguments} & {*data}]
    others = [guard for guard in program.guards if guard not in on_data]
    conditions = {
        "inside": python_source.condition(write, program.guards),
        "data_guards": python_source.condition(write, on_data),
        "parameter_guards": python_source.condition(write, others),
    }
    frame = ["prepare_sample", "flat_samples"] if summed else ["FLOAT64", "prepare", "flat"]
    frame += ["require", "put"] if program.guards else []
    around = extract(("numpy_frame.py",), frame)
    computed = computed_in_loops(program, write, "numba").strip()
    errors = python_source.error_lines(program, write)
    special = runtime.source([name for name in write.called if name not in OWN], "numba").strip()
    return python_source.render_template(
        "numba.py.jinja",
        docstring=python_source.docstring(program, command),
        imports=sorted({"import math", "import numba", "import numpy as np", *around.imports}),
        definitions=[*filter(None, [special, computed]), *around.definitions],
        errors=errors,
        error_arguments=", ".join(program.error_arguments),
        name=program.name,
        title=program.formula.title,
        arguments=", ".join(names),
        quoted=", ".join(f'"{name}"' for name in names),
        names=names,
        single=len(names) == 1,
        plain=_plain(names),
        strides=_strides(program),
        many=_ALL_CORES if _is_light(write) else 4 * _SHARE,
        constants=named and any(output.value == 0 for output in program.outputs),
        inputs=[f"{name}_in" for name in names],
        data=data,
        parameters=[name for name in names if name not in data or not summed],
        guarded=[name for name in names if any(name in g.arguments for g in program.guards)],
        guards=python_source.requirements(program, Writer(numpy.LANGUAGE)),
        puts=numpy.puts(program, Writer(numpy.LANGUAGE)),
        minus_infinity=any(guard.outside != "nan" for guard in program.guards),
        before=before,
        inner=inner,
        after=after,
        sums=sums,
        outputs=outputs,
        size=program.sample_size,
        shape=program.shape,
        **conditions,
    )


def _stores(output: Output, program: Program, write: Writer, named: bool) -> list[str]:
    """The value once, and copies of it."""
    count = entries(program)
    at_point = f"{count}*index" if count > 1 else "index"
    offsets = [program.offset(place) for place in output.places]
    first, *rest = (f"flat[{at_point}{f' + {offset}' if offset else ''}]" for offset in offsets)
    value = "zero" if named and output.value == 0 else write(output.value)
    if output.value.is_Atom or not rest:
        return [f"{place} = {value}" for place in (first, *rest)]
    return [f"value = {value}", *(f"{place} = value" for place in (first, *rest))]


def _plain(names: list[str]) -> str:
    """The condition that no argument has to be converted or spread: float64, one axis, no gaps."""
    dtypes = " is ".join(f"{name}.dtype" for name in names)
    strides = " == ".join(f"{name}.strides" for name in names)
    return f"{dtypes} is FLOAT64 and {strides} == (8,)"


def _strides(program: Program) -> tuple[int, ...]:
    """Of the result without gaps, in bytes."""
    found = [8]
    for length in reversed(program.shape):
        found.insert(0, found[0] * length)
    return tuple(found)


def _is_light(write: Writer) -> bool:
    """Whether a point takes nanoseconds: nothing loops until it has converged."""
    special = {name for name in write.called if name not in OWN}
    return special <= branch_free()


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
