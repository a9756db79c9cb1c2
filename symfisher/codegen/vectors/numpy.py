"""NumPy kernels of vectors of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symfisher.codegen import python_source
from symfisher.codegen.backends import numpy
from symfisher.codegen.extraction import extract
from symfisher.codegen.vectors.arrays import ArrayWriter
from symfisher.codegen.vectors.documentation import docstring, words_of
from symfisher.codegen.vectors.program import Block, Part, VectorProgram
from symfisher.codegen.writer import Writer


def render(program: VectorProgram, write: Writer, command: str) -> str:
    """A module with one public function."""
    arrays = ArrayWriter(program, write, "np")
    conditions = [write(guard.condition) for guard in program.guards]
    lines = [*arrays.head(), *arrays.passes()]
    if conditions:
        lines += [f"given = ({', '.join(conditions)},)"]
    lines += [*arrays.free(), *(line for b in program.blocks for line in _stored(b, arrays))]
    imports, definitions = python_source.runtime(write, numpy.FILES, numpy.VECTOR)
    frame = ["prepare_vectors", "as_floats", "result_array", "put"]
    around = extract(("numpy_frame.py", "numpy_vectors.py"), frame)
    text = "\n".join([*lines, *definitions])
    special = ["from scipy import special"] if "special." in text else []
    return python_source.render_template(
        "vectors_numpy.py.jinja",
        docstring=docstring(program, command),
        imports=sorted({"import numpy as np", *imports, *around.imports, *special}),
        definitions=[*definitions, *around.definitions],
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
        guarded=bool(conditions),
        words=words_of(program),
    )


def _place(part: Part) -> str:
    """A slice for a vector, an index for a number."""
    start = part.start("size")
    if not part.is_vector:
        return start
    return f"{start}:{part.start('size')} + size" if start != "0" else ":size"


def _stored(block: Block, arrays: ArrayWriter) -> Iterator[str]:
    yield from arrays.block_steps(block)
    value = arrays.write(block.row.values[0])
    if not arrays.program.axes:
        yield f"out[..., None] = {value}"
    elif block.is_structured:
        assert block.column_part is not None
        yield f"block = out[..., {_place(block.row_part)}, {_place(block.column_part)}]"
        yield from _structured(block, arrays, value)
    else:
        parts = [block.row_part, *([block.column_part] if block.column_part else [])]
        moving = any(part.is_vector for part in parts)
        place = ", ".join(map(_place, parts))
        yield f"out[..., {place}] = {value if moving else f'({value})[..., 0]'}"


def _structured(block: Block, arrays: ArrayWriter, diagonal: str) -> Iterator[str]:
    first, *rest = arrays.products(block) or ["0.0"]
    if arrays.products(block) and not rest:
        left, right = first.split(" * ", 1) if first.count(" * ") == 1 else (first, "1.0")
        yield f"np.multiply({left}, {right}, out=block)"
    else:
        yield f"block[...] = {first}"
    yield from (f"block += {term}" for term in rest)
    if block.row.values[0] != 0:
        yield f'np.einsum("...ii->...i", block)[...] += {diagonal}'


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
