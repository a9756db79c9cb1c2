"""Numba kernels of vectors of any length: compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen import python_source, runtime
from symfisher.codegen.backends import numba
from symfisher.codegen.extraction import extract
from symfisher.codegen.vectors.arrays import ArrayWriter
from symfisher.codegen.vectors.documentation import docstring, words_of
from symfisher.codegen.vectors.loops import LoopWriter
from symfisher.codegen.vectors.program import VectorArgument, VectorProgram
from symfisher.codegen.vectors.syntax import CHUNK
from symfisher.codegen.writer import Writer


class _Python:
    """Loops in Python, over arrays with the points along their first axis."""

    def __init__(self, length: str) -> None:
        self.length = length

    def loop(self, index: str, size: str) -> tuple[str, str]:
        return f"for {index} in range({size}):", ""

    def let(self, name: str, value: str) -> str:
        return f"{name} = {value}"

    variable = set = index = let

    def larger(self, name: str, value: str) -> str:
        return f"{name} = max({name}, {value})"

    def smaller(self, left: str, right: str) -> str:
        return f"min({left}, {right})"

    def steps(self, index: str, size: str, step: int) -> tuple[str, str]:
        return f"for {index} in range(0, {size}, {step}):", ""

    def gather(self, name: str, values: str, maximum: bool) -> str:
        if maximum:
            return f"{name} = max({name}, _largest({values}, sf_count))"
        return f"{name} += _total({values}, sf_count)"

    def entry(self, argument: VectorArgument, index: str) -> str:
        return f"{argument.name}_in[point, {index}]"

    def number(self, argument: VectorArgument) -> str:
        return f"{argument.name}_in[point, 0]"

    def flag(self, condition: str) -> str:
        return f"outside = outside if {condition} else math.nan"

    def truth(self, condition: str) -> str:
        return f"1.0 if {condition} else 0.0"

    def flat(self, index: str) -> str:
        return ""

    def place(self, *indices: str) -> str:
        return f"out[{', '.join(['point', *indices])}]"


def render(program: VectorProgram, write: Writer, command: str) -> str:
    """A module with one public function and its compiled loops."""
    arrays = ArrayWriter(program, write, "np")
    loops = LoopWriter(program, write, _Python(program.length.name))
    lines = [line.replace("-INFINITY", "-math.inf") for line in loops.point()]
    special = runtime.source([n for n in write.called if n not in numba.OWN], "numba").strip()
    frame = ["prepare_vectors", "flat_vectors", "as_floats", "result_array"]
    around = extract(("numpy_frame.py", "numpy_vectors.py"), frame)
    return python_source.render_template(
        "vectors_numba.py.jinja",
        docstring=docstring(program, command),
        imports=sorted({"import math", "import numba", "import numpy as np", *around.imports}),
        definitions=[*([special] if special else []), *around.definitions],
        name=program.name,
        title=program.formula.title,
        arguments=[a.name for a in program.arguments],
        vectors=[a.name for a in program.arguments if a.is_vector],
        numbers=[a.name for a in program.arguments if not a.is_vector],
        short=repr(tuple(a.name for a in program.arguments if a.padded)),
        length=program.length.name,
        size=arrays.size if program.axes else "",
        shape=arrays.shape,
        axes=program.axes,
        lines=lines,
        totals=loops.arrays,
        chunk=CHUNK,
        guarded=bool(program.guards),
        words=words_of(program),
    )


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
