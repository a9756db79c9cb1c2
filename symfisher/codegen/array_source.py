"""What the backends share whose kernels are pure functions of arrays (JAX and PyTorch)."""

from __future__ import annotations

from symfisher.codegen import python_source
from symfisher.codegen.computed import computed_in_arrays, rules_of
from symfisher.codegen.program import Program
from symfisher.codegen.vector_runtime import Vector
from symfisher.codegen.writer import Writer


def render_arrays(
    program: Program,
    write: Writer,
    command: str,
    *,
    file: str,
    special_files: tuple[str, ...],
    vector: Vector,
    special: str,
) -> str:
    """A module from a template: steps, sums and a row-major list of entries."""
    before, inner, after = (
        [f"{step.symbol} = {write(step.value)}" for step in stage] for stage in program.stages
    )
    lines = [*before, *inner]
    lines += [f"{each.symbol} = total({write(each.value)}, size)" for each in program.sums]
    lines += after
    entries = _entries(program, write)
    integrals = computed_in_arrays(program, write)
    errors = python_source.error_lines(program, write)
    puts = [
        (python_source.condition(write, [g for g in program.guards if g.outside == outside]), value)
        for outside, value in (("-oo", f"-{vector.infinity}"), ("nan", vector.nan))
    ]
    imports, definitions = python_source.runtime(write, special_files, vector, rules_of(program))
    definitions = [*integrals, *definitions]
    names = [argument.name for argument in program.arguments]
    data = [argument.name for argument in program.arguments if argument.role == "data"]
    text = "\n".join([*lines, *entries, *definitions])
    return python_source.render_template(
        file,
        docstring=python_source.docstring(program, command),
        imports=[*([special] if "special." in text else []), *imports],
        definitions=definitions,
        name=program.name,
        title=program.formula.title,
        names=names,
        arguments=", ".join(names),
        data=data,
        size=program.sample_size,
        guarded=bool(program.guards),
        minus_infinity=any(guard.outside != "nan" for guard in program.guards),
        lines=lines,
        entries=entries,
        errors=errors,
        error_arguments=program.error_arguments,
        shape=program.shape,
        requirements=python_source.requirements(program, write),
        puts=[(holds, value) for holds, value in puts if holds],
    )


def _entries(program: Program, write: Writer) -> list[str]:
    """The value of each entry in row-major order; one that is read twice has a name."""
    found: dict[int, str] = {}
    for output in program.outputs:
        value = write(output.value)
        for place in output.places:
            found[program.offset(place)] = value
    return [found[offset] for offset in sorted(found)]
