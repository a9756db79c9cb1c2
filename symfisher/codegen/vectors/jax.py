"""JAX kernels of vectors of any length; jit, vmap and grad work through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symfisher.codegen import python_source
from symfisher.codegen.backends import jax
from symfisher.codegen.vectors.arrays import ArrayWriter
from symfisher.codegen.vectors.documentation import docstring
from symfisher.codegen.vectors.program import Block, VectorProgram
from symfisher.codegen.writer import Writer


def render(program: VectorProgram, write: Writer, command: str) -> str:
    """A module with one jitted function."""
    arrays = ArrayWriter(program, write, "jnp")
    conditions = [write(guard.condition) for guard in program.guards]
    lines = [*arrays.head(), *arrays.passes()]
    if conditions:
        lines += [f"given = ({', '.join(conditions)},)"]
    lines += [*arrays.free(), *_result(arrays)]
    imports, definitions = python_source.runtime(
        write, ("jax_special.py", "vector_special.py"), jax.VECTOR
    )
    text = "\n".join([*lines, *definitions])
    special = ["from jax.scipy import special"] if "special." in text else []
    return python_source.render_template(
        "vectors_jax.py.jinja",
        docstring=docstring(program, command),
        imports=[*special, *imports],
        definitions=definitions,
        name=program.name,
        title=program.formula.title,
        arguments=[a.name for a in program.arguments],
        vectors=[a.name for a in program.arguments if a.is_vector],
        numbers=[a.name for a in program.arguments if not a.is_vector],
        short=[a.name for a in program.arguments if a.padded],
        length=program.length.name,
        size=arrays.size if program.axes else "",
        axes=program.axes,
        lines=lines,
        guarded=bool(conditions),
    )


def _result(arrays: ArrayWriter) -> Iterator[str]:
    """Each block by its number, then all of them together."""
    program, count = arrays.program, len(arrays.program.parts)
    for number, block in enumerate(program.blocks):
        yield from arrays.block_steps(block)
        yield f"block_{number} = {_value(block, arrays)}"
    if not program.axes:
        yield "result = block_0"
        return
    if program.axes == 1:
        rows = ", ".join(f"block_{n}" for n in range(count))
        yield f"result = jnp.concatenate([{rows}], axis=-1)"
        return
    for p in range(count):
        row = ", ".join(f"block_{p * count + q}" for q in range(count))
        yield f"row_{p} = jnp.concatenate([{row}], axis=-1)"
    yield f"result = jnp.concatenate([{', '.join(f'row_{p}' for p in range(count))}], axis=-2)"


def _value(block: Block, arrays: ArrayWriter) -> str:
    """A block in its full shape."""
    value = arrays.write(block.row.values[0])
    if not arrays.program.axes:
        return f"jnp.broadcast_to({value}, lead + (1,))[..., 0]"
    if block.column_part is None:
        size = block.row_part.length("size")
        return f"jnp.broadcast_to({value}, lead + ({size},))"
    if not block.is_structured:
        rows, columns = block.row_part.length("size"), block.column_part.length("size")
        axis = "[..., :, None]" if block.row_part.is_vector else "[..., None, :]"
        spread = value if block.row.values[0].is_number else f"({value}){axis}"
        return f"jnp.broadcast_to({spread}, lead + ({rows}, {columns}))"
    terms = arrays.products(block)
    if block.row.values[0] != 0:
        number = block.row.values[0].is_number
        diagonal = value if number else f"({value})[..., None]"
        terms = [f"{diagonal} * jnp.eye(size)", *terms]
    return f"jnp.broadcast_to({' + '.join(terms) or '0.0'}, lead + (size, size))"


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
