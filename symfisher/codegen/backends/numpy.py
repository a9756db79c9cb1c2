"""NumPy with SciPy's special functions: a module that needs nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from symfisher.codegen import python_source
from symfisher.codegen.computed import computed_in_arrays, rules_of
from symfisher.codegen.extraction import extract
from symfisher.codegen.plain_source import entries
from symfisher.codegen.program import Output, Program
from symfisher.codegen.vector_runtime import Vector
from symfisher.codegen.writer import Language, Writer

SUMMARY = "NumPy and SciPy: arrays of any shape, out=, float32 and float64"
SUFFIX = ".py"
NEEDS = ""

LANGUAGE = Language(
    functions={
        "reciprocal": "np.reciprocal({0})",
        "exp": "np.exp({0})",
        "log": "np.log({0})",
        "sqrt": "np.sqrt({0})",
        "power": "np.power({0}, {1})",
        "log1p": "np.log1p({0})",
        "expm1": "np.expm1({0})",
        "log1p_exp": "np.logaddexp(0.0, {0})",
        "log_expm1": "log_expm1({0})",
        "log1p_remainder": "log1p_remainder({0})",
        "absolute": "np.abs({0})",
        "sign": "np.sign({0})",
        "floor": "np.floor({0})",
        "ceiling": "np.ceil({0})",
        "modulo": "np.mod({0}, {1})",
        "maximum": "np.maximum({0}, {1})",
        "minimum": "np.minimum({0}, {1})",
        "sin": "np.sin({0})",
        "cos": "np.cos({0})",
        "tan": "np.tan({0})",
        "asin": "np.arcsin({0})",
        "acos": "np.arccos({0})",
        "atan": "np.arctan({0})",
        "atan2": "np.arctan2({0}, {1})",
        "sinh": "np.sinh({0})",
        "cosh": "np.cosh({0})",
        "tanh": "np.tanh({0})",
        "asinh": "np.arcsinh({0})",
        "acosh": "np.arccosh({0})",
        "atanh": "np.arctanh({0})",
        "gamma": "special.gamma({0})",
        "log_gamma": "special.gammaln({0})",
        "digamma": "special.digamma({0})",
        "trigamma": "trigamma({0})",
        "tetragamma": "tetragamma({0})",
        "polygamma": "polygamma({0}, {1})",
        "digamma_difference": "digamma_difference({0}, {1})",
        "trigamma_difference": "trigamma_difference({0}, {1})",
        "polygamma_difference": "polygamma_difference({0}, {1}, {2})",
        "polygamma_remainder": "polygamma_remainder({0}, {1}, {2})",
        "log_gamma_difference": "log_gamma_difference({0}, {1})",
        "log_gamma_remainder": "log_gamma_remainder({0})",
        "beta": "special.beta({0}, {1})",
        "log_beta": "log_beta({0}, {1})",
        "erf": "special.erf({0})",
        "erfc": "special.erfc({0})",
        "erfinv": "special.erfinv({0})",
        "scaled_erfc": "special.erfcx({0})",
        "bessel_j": "special.jv({0}, {1})",
        "bessel_y": "special.yv({0}, {1})",
        "bessel_i": "special.iv({0}, {1})",
        "bessel_k": "special.kv({0}, {1})",
        "scaled_bessel_i": "special.ive({0}, {1})",
        "scaled_bessel_k": "special.kve({0}, {1})",
        "bessel_i_ratio": "bessel_i_ratio({0}, {1})",
        "bessel_k_ratio": "bessel_k_ratio({0}, {1})",
        "bessel_k_order": "bessel_k_order({0}, {1}, {2})",
        "expint": "expint({0}, {1})",
        "scaled_expint": "scaled_expint({0}, {1})",
        "upper_gamma": "upper_gamma({0}, {1})",
        "lower_gamma": "lower_gamma({0}, {1})",
        "scaled_upper_gamma": "scaled_upper_gamma({0}, {1})",
        "zeta": "special.zeta({0})",
        "hurwitz_zeta": "special.zeta({0}, {1})",
        "zeta_derivative": "zeta_derivative({0}, {1})",
    },
    number=python_source.float_number("np.pi", "np.inf", "np.nan", whole=False),
    select="np.where({condition}, {yes}, {no})",
)

FILES = (
    *("array_bessel.py", "numpy_special.py", "vector_special.py"),
    *("array_expectation.py", "numpy_expectation.py"),
)
# What numpy_special.py computes in the plain way where that is as good.
_CHOSEN = ("digamma_difference", "trigamma_difference", "log_gamma_difference", "log_beta")
VECTOR = Vector(
    "np",
    {"digamma": "special.digamma", "log_gamma": "special.gammaln"},
    {},
    renamed={name: f"small_{name}" for name in _CHOSEN},
)
# What may overflow, or is undefined, where its value is not used.
_RISKS = ("np.where(", "np.exp", "np.power", "np.sinh", "np.cosh", "special.gamma(")
_UFUNCS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
_MOST_WRITTEN = 2  # equal numbers: more of them are written by filling the whole array first


def render(program: Program, write: Writer, command: str) -> str:
    """A module with one public function; see the template."""
    integrals = computed_in_arrays(program, write)
    lines = _lines(program, write)
    guards = python_source.requirements(program, write)
    errors = python_source.error_lines(program, write)
    imports, definitions = python_source.runtime(write, FILES, VECTOR, rules_of(program))
    points = ["FLOAT64", "float_type", "BLOCK", "in_blocks"]
    frame = ["prepare_sample"] if program.sample_size else points
    frame += ["require", "put"] if guards else []
    around = extract(("numpy_frame.py",), frame)
    names = [argument.name for argument in program.arguments]
    axes = len(program.shape)
    return python_source.render_template(
        "numpy.py.jinja",
        docstring=python_source.docstring(program, command),
        imports=sorted(
            {"import numpy as np", *imports, *around.imports, *_special([*lines, *integrals])}
        ),
        definitions=[
            *integrals,
            *definitions,
            *map(_smaller_blocks if integrals else str, around.definitions),
        ],
        errors=errors,
        error_arguments=program.error_arguments,
        name=program.name,
        title=program.formula.title,
        arguments=", ".join(names),
        names=", ".join(f'"{name}"' for name in names),
        samples=sum(argument.role == "data" for argument in program.arguments),
        summed=bool(program.sample_size),
        single=len(names) == 1,
        guards=guards,
        inside=python_source.condition(write, program.guards),
        guarded=_guarded(program),
        entries=entries(program),
        plain=_plain(names),
        block=f"{program.name}_{'block' if guards else 'points'}",
        puts=puts(program, write),
        minus_infinity=any(guard.outside != "nan" for guard in program.guards),
        shape=program.shape,
        axes=axes,
        argument_names=names,
        lines=lines,
        quiet=bool(integrals) or any(risk in line for line in lines for risk in _RISKS),
    )


def _smaller_blocks(definition: str) -> str:
    """Every point of a block has its nodes beside it in memory."""
    return definition.replace(
        "BLOCK = 32768  # numbers written together: 256 KiB",
        "BLOCK = 128  # numbers written together, with their nodes: 400 KiB",
    )


def _guarded(program: Program) -> list[str]:
    """The arguments that a guard reads."""
    read = {symbol for guard in program.guards for symbol in guard.condition.free_symbols}
    return [argument.name for argument in program.arguments if argument.symbol in read]


def _plain(names: list[str]) -> str:
    """The condition that no argument has to be converted or spread."""
    types = " is ".join(f"type({name})" for name in names)
    dtypes = " is ".join(f"{name}.dtype" for name in names)
    shapes = " == ".join(f"{name}.shape" for name in names)
    text = f"{types} is np.ndarray and {dtypes} is FLOAT64"
    return f"{text} and {shapes}" if len(names) > 1 else text


def _lines(program: Program, write: Writer) -> list[str]:
    """Steps, sums over the last axis of a sample, and where the values go."""
    before, inside, after = program.stages
    lines = []
    if program.sample_size:
        first = next(a.name for a in program.arguments if a.role == "data")
        lines.append(f"{program.sample_size} = {first}.shape[-1]")
    lines += [f"{step.symbol} = {write(step.value)}" for step in (*before, *inside)]
    lines += [
        f"{s.symbol} = np.sum({write(s.value)}, axis=-1, keepdims=True)" for s in program.sums
    ]
    lines += [f"{step.symbol} = {write(step.value)}" for step in after]
    outputs = sorted(program.outputs, key=_is_rest)
    return [*lines, *(_store(output, write, bool(program.sample_size)) for output in outputs)]


def puts(program: Program, write: Writer) -> list[tuple[str, str]]:
    """(condition, value to write where it fails); data that are not numbers stay so."""
    low = [guard for guard in program.guards if guard.outside != "nan"]
    rest = [guard for guard in program.guards if guard.outside == "nan"]
    found = []
    if low:
        data = sorted({name for guard in low for name in guard.arguments})
        unknown = "".join(f" | np.isnan({name})" for name in data)
        found.append((f"({python_source.condition(write, low)}){unknown}", "-np.inf"))
    if rest:
        found.append((python_source.condition(write, rest), "np.nan"))
    return found


def _special(lines: list[str]) -> list[str]:
    return ["from scipy import special"] if any("special." in line for line in lines) else []


def _is_rest(output: Output) -> bool:
    """Whether an entry is written after the many that are alike and not computed."""
    return not (output.value.is_number and len(output.places) > _MOST_WRITTEN)


def _store(output: Output, write: Writer, summed: bool) -> str:
    if not _is_rest(output):
        return f"out[...] = {write(output.value)}"
    first = ["...", "None"] if summed else ["..."]
    places = [f"out[{', '.join([*first, *map(str, place)])}]" for place in output.places]
    value = write(output.value)
    if not summed and len(places) == 1:
        return _into(places[0], value)
    return " = ".join([*places, value])


def _into(place: str, value: str) -> str:
    """The assignment, its last operation straight into the result."""
    node = ast.parse(value, mode="eval").body
    if not isinstance(node, ast.BinOp) or type(node.op) not in _UFUNCS or not _reads(node):
        return f"{place} = {value}"
    sides = (ast.get_source_segment(value, side) for side in (node.left, node.right))
    target = "out" if place == "out[...]" else place
    return f"np.{_UFUNCS[type(node.op)]}({', '.join(map(str, sides))}, out={target})"


def _reads(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) and each.id != "np" for each in ast.walk(node))


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
