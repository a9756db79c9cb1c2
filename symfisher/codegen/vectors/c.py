"""C kernels of vectors of any length: a header with one function that allocates nothing."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symfisher.codegen.backends import c
from symfisher.codegen.plain_source import runtime_source
from symfisher.codegen.python_source import render_template
from symfisher.codegen.system_compiler import build, compiler
from symfisher.codegen.vectors.arrays import ArrayWriter
from symfisher.codegen.vectors.documentation import lines_of
from symfisher.codegen.vectors.loops import LoopWriter
from symfisher.codegen.vectors.program import VectorArgument, VectorProgram
from symfisher.codegen.vectors.syntax import CHUNK
from symfisher.codegen.writer import Writer

_CACHED = 2**21  # numbers, 16 MiB: more are not kept in a cache
_ROOM, _GROUP = 10240, 2048  # numbers: of one matrix (80 KiB), and of what is written together
_CALL = "How it is called:"


class _C:
    """Loops in C99, over row-major arrays."""

    length = "sf_length"

    def loop(self, index: str, size: str) -> tuple[str, str]:
        apart = "SYMFISHER_APART " if index == "sf_l" else ""
        return f"{apart}for (size_t {index} = 0; {index} < {size}; {index}++) {{", "}"

    def let(self, name: str, value: str) -> str:
        return f"const double {name} = {value};"

    def index(self, name: str, value: str) -> str:
        return f"const size_t {name} = {value};"

    def variable(self, name: str, value: str) -> str:
        return f"double {name} = {value};"

    def set(self, name: str, value: str) -> str:
        return f"{name} = {value};"

    def larger(self, name: str, value: str) -> str:
        return f"{name} = fmax({name}, {value});"

    def smaller(self, left: str, right: str) -> str:
        return f"{right} < {left} ? {right} : {left}"

    def steps(self, index: str, size: str, step: int) -> tuple[str, str]:
        return f"for (size_t {index} = 0; {index} < {size}; {index} += {step}) {{", "}"

    def gather(self, name: str, values: str, maximum: bool) -> str:
        if maximum:
            return f"{name} = fmax({name}, symfisher_largest({values}, sf_count));"
        return f"{name} += symfisher_total({values}, sf_count);"

    def entry(self, argument: VectorArgument, index: str) -> str:
        if not argument.padded:
            return f"{argument.name}_in[point * sf_length + ({index})]"
        place = f"{argument.name}_in[point * (sf_length - 1) + ({index})]"
        return f"(({index}) < sf_length - 1 ? {place} : 0.0)"

    def number(self, argument: VectorArgument) -> str:
        return f"{argument.name}_in[point]"

    def flag(self, condition: str) -> str:
        return f"outside = ({condition}) ? outside : NAN;"

    def truth(self, condition: str) -> str:
        return f"(({condition}) ? 1.0 : 0.0)"

    def flat(self, index: str) -> str:
        return f"row_out[{index}]"

    def place(self, *indices: str) -> str:
        if len(indices) == 2:
            return f"row_out[({indices[0]}) * sf_along + ({indices[1]})]"
        return f"row_out[{indices[0] if indices else 0}]"


def render(program: VectorProgram, write: Writer, command: str) -> str:
    """A header with one function; see the template."""
    arrays = ArrayWriter(program, write, "")
    loops = LoopWriter(program, write, _C())
    lines = loops.point()
    text = "\n".join(lines)
    call = [a.name + _brackets(a) for a in program.arguments]
    layout = f"{program.axes} {program.vectors} {program.numbers} {program.free}"
    return render_template(
        "vectors_c.h.jinja",
        documentation=[line.replace("*/", "* /") for line in lines_of(program, command)],
        guard=f"{program.name.upper()}_H",
        runtime=runtime_source(write, "c", c.OWN),
        name=program.name,
        title=program.formula.title,
        call=f"{_CALL} {', '.join(call)}; {layout}",
        arguments=[a.name for a in program.arguments],
        unread=[a.name for a in program.arguments if f"{a.name}_in" not in text],
        numbers=[a.name for a in program.arguments if not a.is_vector and f"{a.name}_in" in text],
        length=program.length.name,
        free=program.free,
        along=arrays.along if program.axes else "1",
        axes=program.axes,
        numbers_a_point=" * ".join(["sf_along"] * program.axes) or "1",
        large=_CACHED,
        room=_ROOM if program.axes == 2 else _GROUP,
        group=_GROUP,
        lines=lines,
        totals=loops.arrays,
        chunk=CHUNK,
        reads_length=program.length in _read(program),
    )


def _brackets(argument: VectorArgument) -> str:
    if not argument.is_vector:
        return ""
    return "[K-1]" if argument.padded else "[K]"


def _read(program: VectorProgram) -> set[Any]:
    stages = [*program.passes, *(b.row for b in program.blocks)]
    stages += [b.column for b in program.blocks if b.column]
    values = [v for s in stages for v in (*(t.value for t in (*s.before, *s.inside)), *s.values)]
    values += [guard.condition for guard in program.guards]
    return {symbol for value in values for symbol in value.free_symbols}


def load(source: str, name: str) -> Callable[..., Any]:
    """The function for NumPy arrays: vectors along their last axis, the other axes broadcast."""
    function = getattr(build(source, name, tuple(compiler())), name)
    function.restype = None
    (line,) = (line for line in source.splitlines() if _CALL in line)
    called, layout = line.split(_CALL)[1].split(";")
    words = [word.strip() for word in called.split(",")]
    axes, vectors, numbers, free = map(int, layout.split())

    def call(*values: Any, out: Any = None) -> Any:
        arrays = [np.asarray(value, dtype=float) for value in values]
        length = next(a.shape[-1] for a, word in zip(arrays, words) if word.endswith("[K]"))
        tails = [_tail(word, length) for word in words]
        for array, word, tail in zip(arrays, words, tails, strict=True):
            if array.shape[array.ndim - len(tail) :] != tail:
                raise ValueError(f"{word}: the shape is {array.shape}, and K is {length}")
        leads = (a.shape[: a.ndim - len(tail)] for a, tail in zip(arrays, tails))
        lead = np.broadcast_shapes(*leads)
        spread = [np.ascontiguousarray(np.broadcast_to(a, lead + t)) for a, t in zip(arrays, tails)]
        shape = lead + (vectors * (length - free) + numbers,) * axes
        direct = out is not None and out.flags.c_contiguous and out.dtype == np.float64
        result = out if direct and out.shape == shape else np.empty(shape)
        sizes = (ctypes.c_size_t(math.prod(lead)), ctypes.c_size_t(length))
        function(*sizes, *(ctypes.c_void_p(a.ctypes.data) for a in (*spread, result)))
        if out is not None and result is not out:
            out[...] = result
        return result if out is None and result.ndim else out if out is not None else result[()]

    call.__name__ = name
    return call


def _tail(word: str, length: int) -> tuple[int, ...]:
    """The last axis of an argument."""
    if "[" not in word:
        return ()
    return (length - 1,) if word.endswith("[K-1]") else (length,)
