"""The functions of a generated file that compute a program's integrals and sums.

In languages of loops each is a description of ``runtime.rules``, specialised to the integrand and
the log-density; in languages of arrays it calls a rule of their runtime with both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sympy import Expr

from symfisher.codegen.compilation import straight_line
from symfisher.codegen.program import Integral, Program
from symfisher.codegen.runtime.definitions import Definition, read_definitions
from symfisher.codegen.runtime.languages import LANGUAGES
from symfisher.codegen.writer import Writer

_RULES = Path(__file__).parent / "runtime" / "rules.py"
_INSIDE = {"series": ("mode",), "log_mass": ("mode",), "integral": ()}


def rules_of(program: Program) -> list[str]:
    """The names of the rules that a program uses."""
    return list(dict.fromkeys(each.rule for each in program.integrals))


# ----------------------------------------------------------------- languages of loops


def computed_in_loops(program: Program, write: Writer, language: str) -> str:
    """All functions of the program's integrals in C, Numba or JavaScript."""
    return "\n".join(
        t for each in program.integrals for t in _loops(each, program, write, language)
    )


def _loops(each: Integral, program: Program, write: Writer, language: str) -> Iterator[str]:
    name = each.function(program.name)
    values = {"log_density": each.log_density, "integrand": each.integrand}
    if each.rule == "log_mass":
        del values["integrand"]
    reads = {part: _reads(value, each) for part, value in values.items()}
    for part, value in values.items():
        yield _expression_function(f"{name}_{part}", reads[part], value, write, language)
    for rule in (*_INSIDE[each.rule], each.rule):
        definition = _specialised(_rules()[rule], name, reads, each)
        for callee in definition.calls:
            write.called.setdefault(callee)
        yield LANGUAGES[language].function(definition)


@cache
def _rules() -> dict[str, Definition]:
    return read_definitions(_RULES)


def _reads(value: Expr, each: Integral) -> list[str]:
    """The node where the value depends on it, and the other arguments, by name."""
    free = value.free_symbols
    return [str(s) for s in (each.variable, *each.reads) if s in free]


def _expression_function(
    name: str, reads: list[str], value: Expr, write: Writer, language: str
) -> str:
    text = LANGUAGES[language]
    steps, (result,) = straight_line([value], reads)
    sentence = "A part of the function below."
    definition = Definition(name, dict.fromkeys(reads, "float"), sentence, (), {}, (), ())
    lines = [text.assigned(str(symbol), write(step)) for symbol, step in steps]
    lines.append(text.returned(write(result)))
    return "\n".join([*text.head(definition), *("    " + s for s in lines), *text.tail()])


def _specialised(
    rule: Definition, name: str, reads: dict[str, list[str]], each: Integral
) -> Definition:
    """The rule as a function of the program's arguments; its own names keep out of their way."""
    further = {str(s): "float" for s in each.reads}
    taken = {*further, str(each.variable)}
    free = {old: _free(old, taken) for old in (*rule.arguments, *rule.locals)}
    variable = str(each.variable)

    class Renamed(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(free.get(node.id, node.id), node.ctx)

        def visit_Call(self, node: ast.Call) -> ast.Call:
            arguments = [self.visit(a) for a in node.args]
            function = ast.Name(node.func.id)  # type: ignore[attr-defined]
            if function.id in reads:
                given = reads[function.id]
                arguments = arguments if variable in given else []
                arguments += [ast.Name(r) for r in given if r != variable]
                function.id = f"{name}_{function.id}"
            elif function.id == "mode":
                arguments += [ast.Name(r) for r in further]
                function.id = f"{name}_mode"
            return ast.Call(function, arguments, [])

    own = f"{name}_mode" if rule.name == "mode" else name
    body = tuple(Renamed().visit(ast.parse(ast.unparse(s)).body[0]) for s in rule.body)
    arguments = {free[a]: kind for a, kind in rule.arguments.items()} | further
    if rule.name == "mode":
        arguments = {k: v for k, v in arguments.items() if k not in further} | further
    local = {free[n]: kind for n, kind in rule.locals.items()}
    calls = tuple(c for c in rule.calls if c not in (*reads, "mode", "range"))
    return Definition(own, arguments, rule.sentence, body, local, calls, rule.tables)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


# ---------------------------------------------------------------- languages of arrays


def computed_in_arrays(program: Program, write: Writer) -> list[str]:
    """The functions of the program's integrals in a Python module over arrays or numbers."""
    return [_array_function(each, program, write) for each in program.integrals]


def _array_function(each: Integral, program: Program, write: Writer) -> str:
    reads = [str(s) for s in each.reads]
    ends = [_free(end, {*reads}) for end in ("lower", "upper")[: len(each.ends)]]
    names = [str(each.variable), *reads]
    steps, (integrand, density) = straight_line([each.integrand, each.log_density], names)
    body = "".join(f"        {symbol} = {write(value)}\n" for symbol, value in steps)
    given = f"({', '.join(reads)}{',' if len(reads) == 1 else ''})"
    return (
        f"def {each.function(program.name)}({', '.join(['part', *ends, *reads])}):\n"
        f'    """{_SENTENCES[each.rule]}, or for part 1 an estimate of its error."""\n\n'
        f"    def terms({', '.join(names)}):\n"
        f"{body}        return {write(integrand)}, {write(density)}\n\n"
        f"    return {', '.join([f'{each.rule}(terms', given, *ends])})[part]"
    )


_SENTENCES = {
    "integral": "An expectation by quadrature",
    "series": "An expectation by summation",
    "log_mass": "The logarithm of a sum",
}


def computed_in_r(program: Program, write: Writer) -> str:
    """The functions of the program's integrals in R."""
    return "\n".join(_r_function(each, program, write) for each in program.integrals)


def _r_function(each: Integral, program: Program, write: Writer) -> str:
    reads = [str(s) for s in each.reads]
    ends = [_free(end, {*reads}) for end in ("lower", "upper")[: len(each.ends)]]
    names = [str(each.variable), *reads]
    steps, (integrand, density) = straight_line([each.integrand, each.log_density], names)
    body = "".join(f"        {symbol} <- {write(value)}\n" for symbol, value in steps)
    return (
        f"# {_SENTENCES[each.rule]}, or for part 1 an estimate of its error.\n"
        f"{each.function(program.name)} <- function({', '.join(['part', *ends, *reads])}) {{\n"
        f"    terms <- function({', '.join(names)}) {{\n"
        f"{body}        list({write(integrand)}, {write(density)})\n"
        f"    }}\n"
        f"    {', '.join([f'.over_points(.{each.rule}', 'terms', 'part', *ends, *reads])})\n"
        f"}}"
    )
