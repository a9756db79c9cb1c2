"""What the backends share whose kernels are no Python modules: C, JavaScript and R."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sympy import And, Expr, Integer, Rational, S, Symbol, oo, pi, zoo

from symfisher.codegen import runtime
from symfisher.codegen.program import Guard, Output, Program
from symfisher.codegen.writer import Writer

_EXACT = 2**53


def float_number(infinity: str, nan: str) -> Callable[[Expr], str]:
    """How a number is written: a literal with a point, a quotient of two, else 17 digits."""
    names = {oo: infinity, -oo: f"-{infinity}", S.NaN: nan, zoo: nan, pi: "3.141592653589793"}

    def written(e: Expr) -> str:
        if e in names:
            return names[e]
        quotient = isinstance(e, Rational) and not isinstance(e, Integer)
        if quotient and max(abs(e.p), e.q) <= _EXACT and e.q & (e.q - 1):
            return f"({float(e.p)!r}/{float(e.q)!r})"
        return repr(float(e))

    return written


def runtime_functions(language: str, own: Mapping[str, str]) -> dict[str, str]:
    """The table of a ``Language``: the runtime's functions, then the language's own."""
    calls = {
        name: f"{runtime.called(name, language)}({_places(runtime.argument_count(name))})"
        for name in sorted(runtime.names())
    }
    return {**calls, **own}


def runtime_source(write: Writer, language: str, own: Mapping[str, str]) -> str:
    """The text of the runtime's functions that the code written so far calls."""
    return runtime.source([name for name in write.called if name not in own], language)


def _places(count: int) -> str:
    return ", ".join(f"{{{i}}}" for i in range(count))


class Conditions(NamedTuple):
    """What has to hold, as code: "" where nothing has to.

    ``low`` is what the data have to fulfil where the result is -inf elsewhere, or are not numbers;
    ``rest`` all other conditions, without which it is not a number.
    """

    rest: str
    low: str


def conditions(program: Program, write: Writer, *, reading: str | None = None) -> Conditions:
    """The guards; with ``reading`` "data" or "parameters" only those that read data, or do not."""
    data = {a.name for a in program.arguments if a.role == "data"}
    wanted = [
        guard
        for guard in program.guards
        if reading is None or (reading == "data") == bool(data & {*guard.arguments})
    ]
    rest = [guard for guard in wanted if guard.outside == "nan"]
    low = [guard for guard in wanted if guard.outside != "nan"]
    return Conditions(_all(rest, write), _or_unknown(low, write))


def _all(guards: list[Guard], write: Writer) -> str:
    return write(And(*(g.condition for g in guards), evaluate=False)) if guards else ""


def _or_unknown(guards: list[Guard], write: Writer) -> str:
    text = _all(guards, write)
    for name in sorted({name for guard in guards for name in guard.arguments}):
        text = write.language.either.format(f"({text})", f"({name} != {name})")
    return f"({text})" if text else ""


def stores(program: Program, write: Writer) -> list[tuple[str, list[int]]]:
    """Each distinct value as code, with the places in the flat result where it stands."""
    return [(write(o.value), [program.offset(p) for p in o.places]) for o in program.outputs]


def entries(program: Program) -> int:
    """How many numbers the result has at one point."""
    count = 1
    for length in program.shape:
        count *= length
    return count


def read_arguments(program: Program) -> list[str]:
    """Names of the arguments that a guard, a step or an output reads."""
    read: set[Symbol] = set().union(*(e.free_symbols for e in program.expressions))
    for guard in program.guards:
        read |= guard.condition.free_symbols
    return [a.name for a in program.arguments if a.symbol in read]


def is_constant(output: Output) -> bool:
    return bool(output.value.is_number)


def template_parts(program: Program, write: Writer, assign: str = "=") -> dict[str, Any]:
    """What every template of these languages is filled with; the code of all values in it."""
    before, inner, after = (
        [f"{step.symbol} {assign} {write(step.value)}" for step in stage]
        for stage in program.stages
    )
    data = [argument.name for argument in program.arguments if argument.role == "data"]
    read = read_arguments(program)
    of_data = conditions(program, write, reading="data")
    return {
        "name": program.name,
        "arguments": [argument.name for argument in program.arguments],
        "read": read,
        "data": [name for name in read if name in data],
        "parameters": [name for name in read if name not in data],
        "size": program.sample_size,
        "before": before,
        "inner": inner,
        "after": after,
        "sums": [(str(each.symbol), write(each.value)) for each in program.sums],
        "stores": stores(program, write),
        "entries": entries(program),
        "inside": conditions(program, write, reading="parameters").rest,
        "data_inside": of_data.rest,
        "low": of_data.low,
        "all_inside": conditions(program, write).rest,
        **error_parts(program, write, assign),
    }


def error_parts(program: Program, write: Writer, assign: str) -> dict[str, Any]:
    """What the function that estimates the error of a program's integrals is filled with."""
    if program.error is None:
        return {"error_value": ""}
    steps = program.error_steps
    read = set().union(program.error.free_symbols, *(s.value.free_symbols for s in steps))
    return {
        "error_value": write(program.error),
        "error_steps": [f"{step.symbol} {assign} {write(step.value)}" for step in steps],
        "error_arguments": program.error_arguments,
        "error_read": [a.name for a in program.arguments if a.symbol in read],
    }
