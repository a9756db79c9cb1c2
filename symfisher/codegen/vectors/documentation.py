"""What a kernel of vectors says of itself."""

from __future__ import annotations

from symfisher import __version__
from symfisher.codegen.vectors.program import VectorProgram


def lines_of(program: VectorProgram, command: str) -> list[str]:
    """Lines of plain text: formula, arguments, result, cost, and the command that made it."""
    formula, length = program.formula, program.length
    expr = formula.expr
    shown = str(expr.tolist() if hasattr(expr, "tolist") else expr)
    lines = [f"{formula.title}: {formula.family.facts.title}.", ""]
    if len(shown) <= 600:
        lines += [f"    {program.name} = {shown}", ""]
    for argument in program.arguments:
        size = "" if not argument.is_vector else (
            f", {length} - 1 entries" if argument.padded else f", {length} entries"
        )  # fmt: skip
        meaning = f", {argument.meaning}" if argument.meaning else ""
        lines.append(f"{argument.name}: {argument.role}{size}, in {argument.domain.entry}{meaning}")
    axes = " x ".join(["number", *[f"{length} - {program.free}" if program.free else f"{length}"]])
    kind = {0: "one number", 1: f"vector, {axes[9:]} entries a vector parameter", 2: "matrix"}
    cost = {2: f"{length}**2 numbers written"}.get(program.axes, f"proportional to {length}")
    lines += ["", f"Result at one point: {kind[program.axes]}, in the order of the parameters."]
    lines += [f"Passes over the entries: {len(program.passes) + 1}; cost: {cost}."]
    return [*lines, *formula.notes, "", f"Made by symfisher {__version__}:", f"    {command}"]


def docstring(program: VectorProgram, command: str) -> str:
    text = "\n".join(lines_of(program, command))
    return text.replace("\\", "\\\\").replace('"""', "'''") + "\n"


def words_of(program: VectorProgram) -> str:
    """The conditions on the arguments, in words."""
    return ", ".join(str(guard.condition) for guard in program.guards)
