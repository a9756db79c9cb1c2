"""What a kernel says of itself: formula, arguments, result, cost, and the command that made it."""

from __future__ import annotations

import textwrap
from collections import Counter

from sympy import Add, Expr, Function, Mul, Piecewise, Pow, preorder_traversal

from symfisher import __version__
from symfisher.codegen.functions import function_call
from symfisher.codegen.nodes import Beyond, Computed, Polynomial
from symfisher.codegen.program import Argument, Program

WIDTH = 88
_LONGEST_FORMULA = 600  # characters; what is longer explains nothing


def documentation(program: Program, command: str) -> list[str]:
    """Lines of plain text, for a comment or a docstring of any language."""
    formula = program.formula
    title = formula.family.facts.title
    lines = [f"{formula.title}: {title}.", ""]
    lines += _wrapped(f"{program.name}({_names(program)})", str(_shown(program)))
    lines += ["", *_arguments(program), ""]
    lines += [f"Result at one point: {_shape(program)}.", f"Cost of one point: {cost(program)}."]
    for note in formula.notes:
        lines += textwrap.wrap(note, WIDTH)
    for condition in formula.conditions:
        lines += textwrap.wrap(f"It holds where {condition}; elsewhere the result is NaN.", WIDTH)
    return [*lines, "", f"Made by symfisher {__version__}:", f"    {command}"]


def _names(program: Program) -> str:
    return ", ".join(argument.name for argument in program.arguments)


def _shown(program: Program) -> str:
    expr = program.formula.expr
    text = str(expr.tolist() if hasattr(expr, "tolist") else expr)
    return text if len(text) <= _LONGEST_FORMULA else "(too long to be shown)"


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        f"{head} = {text}", WIDTH, initial_indent="    ", subsequent_indent="      "
    )


def _arguments(program: Program) -> list[str]:
    lines = []
    for argument in program.arguments:
        lines += textwrap.wrap(_argument(argument), WIDTH, subsequent_indent="    ")
    return lines


def _argument(argument: Argument) -> str:
    text = f"{argument.name}: {argument.role}, in {argument.domain}"
    if argument.meaning:
        text += f", {argument.meaning}"
    if argument.name != argument.declared:
        text += f" (declared as {argument.declared}, which is a reserved word)"
    return text


def _shape(program: Program) -> str:
    if not program.shape:
        return "one number"
    sizes = " x ".join(map(str, program.shape))
    kind = {1: "vector of", 2: "matrix,"}.get(len(program.shape), "array,")
    return f"{kind} {sizes}, in the order of the parameters"


def cost(program: Program) -> str:
    """What one point costs, in words: calls of functions, operations, numbers written."""
    calls: Counter[str] = Counter()
    for value in program.expressions:
        for e in preorder_traversal(value):
            calls.update(_operations(e))
    sums = calls.pop("+", 0) + calls.pop("*", 0)
    divisions = calls.pop("/", 0)
    parts = [f"{count} {name}" for name, count in sorted(calls.items())]
    parts += [f"{count} {name}" for count, name in ((divisions, "/"), (sums, "+ - *")) if count]
    written = sum(len(output.places) for output in program.outputs)
    return ", ".join([*parts, f"{written} written"])


def _operations(e: Expr) -> list[str]:
    if isinstance(e, Add):
        return ["+"] * (len(e.args) - 1)
    if isinstance(e, Mul):
        below = any(f.is_Pow and f.exp.is_negative for f in e.args)
        return ["*"] * (len(e.args) - 1 - below) if e.args[0] != -1 else []
    if isinstance(e, Pow):
        if e.exp.is_Integer:
            return ["/"] if e.exp == -1 else ["*"] * (int(e.exp) - 1)
        if e.exp in (0.5, -0.5) or abs(e.exp) == Pow(4, -0.5):
            return ["sqrt"]
        return ["exp" if e.base.is_number else "power"]
    if isinstance(e, Polynomial):
        return ["+", "*"] * (len(e.args) - 2)
    if isinstance(e, Computed):
        return ["expectation"]
    if isinstance(e, Piecewise | Beyond) or not isinstance(e, Function):
        return []
    return [function_call(e)[0]]
