"""From a description to the text of a function, with what differs between languages left open."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from typing import ClassVar

from symfisher.codegen.runtime.definitions import Definition, constant

_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.Mod: "%",
}
_SPLIT = 9  # coefficients
_COMPARE = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


class Text:
    """Writes descriptions as C; the other languages change what they write differently."""

    own: ClassVar[dict[str, str]] = {}  # what the target has itself, and what it calls it
    infinity = "INFINITY"
    nan = "NAN"
    comment = "/* {0} */"
    end = ";"

    def function(self, definition: Definition) -> str:
        """The text of one function."""
        head = self.head(definition)
        lines = [*self.declarations(definition), *self.block(definition.body)]
        return "\n".join([*head, *("    " + line for line in lines), *self.tail()])

    def head(self, definition: Definition) -> list[str]:
        raise NotImplementedError

    def declarations(self, definition: Definition) -> list[str]:
        raise NotImplementedError

    def tail(self) -> list[str]:
        return ["}"]

    def called(self, name: str) -> str:
        """What a function is called in the text."""
        return self.own.get(name, f"_{name}")

    def assigned(self, name: str, value: str) -> str:
        """The line that gives a new name its value, which is code of the language."""
        return f"{name} = {value}{self.end}"

    def returned(self, value: str) -> str:
        """The line that returns a value, which is code of the language."""
        return f"return {value}{self.end}"

    # statements

    def block(self, statements: Sequence[ast.stmt]) -> list[str]:
        return [line for statement in statements for line in self.statement(statement)]

    def statement(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            assert node.value is not None
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            return [f"{self.expression(target)} = {self.expression(node.value)}{self.end}"]
        if isinstance(node, ast.AugAssign):
            operator = _BINARY[type(node.op)]
            value = self.expression(node.value)
            return [f"{self.expression(node.target)} {operator}= {value}{self.end}"]
        if isinstance(node, ast.Return):
            assert node.value is not None
            return [f"return {self.expression(node.value)}{self.end}"]
        if isinstance(node, ast.For):
            assert isinstance(node.target, ast.Name)
            assert isinstance(node.iter, ast.Call)
            return self.loop(node.target.id, [*map(self.inside, node.iter.args)], node.body)
        if isinstance(node, ast.While):
            return self.nested("while", self.expression(node.test), node.body)
        if isinstance(node, ast.If):
            lines = self.nested("if", self.expression(node.test), node.body)
            return lines + (self.otherwise(node.orelse) if node.orelse else [])
        if isinstance(node, ast.Break):
            return [f"break{self.end}"]
        raise TypeError(f"no target language has the statement {ast.unparse(node)!r}")

    def loop(self, counter: str, ends: list[str], body: Sequence[ast.stmt]) -> list[str]:
        start, stop = ends if len(ends) == 2 else ("0", *ends)
        header = f"for ({counter} = {start}; {counter} < {stop}; {counter}++) {{"
        return [header, *("    " + line for line in self.block(body)), "}"]

    def nested(self, word: str, condition: str, body: Sequence[ast.stmt]) -> list[str]:
        inside = ["    " + line for line in self.block(body)]
        return [f"{word} ({condition}) {{", *inside, "}"]

    def otherwise(self, body: Sequence[ast.stmt]) -> list[str]:
        return ["else {", *("    " + line for line in self.block(body)), "}"]

    # expressions

    def expression(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, int | float)
            return self.number(node.value)
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.UnaryOp):
            return f"-{self.inside(node.operand)}"
        if isinstance(node, ast.BinOp):
            return f"{self.inside(node.left)} {_BINARY[type(node.op)]} {self.inside(node.right)}"
        if isinstance(node, ast.Compare):
            operator = _COMPARE[type(node.ops[0])]
            return f"{self.inside(node.left)} {operator} {self.inside(node.comparators[0])}"
        if isinstance(node, ast.IfExp):
            parts = (self.inside(part) for part in (node.test, node.body, node.orelse))
            return self.choice(*parts)
        if isinstance(node, ast.Subscript):
            assert isinstance(node.value, ast.Name)
            return f"{self.table_name(node.value.id)}[{self.expression(node.slice)}]"
        if isinstance(node, ast.Call):
            return self.call(node)
        raise TypeError(f"no target language has the expression {ast.unparse(node)!r}")

    def inside(self, node: ast.expr) -> str:
        text = self.expression(node)
        simple = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Subscript)
        return f"({text})" if not simple or text.startswith("-") else text

    def choice(self, test: str, yes: str, no: str) -> str:
        return f"{test} ? {yes} : {no}"

    def number(self, value: float | int) -> str:
        return repr(value)

    def name(self, name: str) -> str:
        if name == "INFINITY":
            return self.infinity
        if name == "NAN":
            return self.nan
        value = constant(name)
        return self.number(value) if isinstance(value, float) else name

    def call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "horner":
            table = node.args[1]
            assert isinstance(table, ast.Name)
            values = constant(table.id)
            assert isinstance(values, tuple)
            return self.horner(self.inside(node.args[0]), values)
        if node.func.id == "fma":
            return self.multiply_add(*map(self.inside, node.args))
        arguments = ", ".join(map(self.expression, node.args))
        return f"{self.called(node.func.id)}({arguments})"

    def horner(self, x: str, values: Sequence[float]) -> str:
        """A polynomial, written out: a long one as two, in x^2, so that it waits half as long."""
        if len(values) > _SPLIT:
            even, odd = (self.horner(f"({x} * {x})", values[start::2]) for start in (0, 1))
            return self.multiply_add(x, odd, even)
        text = self.number(values[-1])
        for value in reversed(values[:-1]):
            text = self.multiply_add(x, text, self.number(value))
        return text

    def multiply_add(self, x: str, y: str, constant: str) -> str:
        return f"({constant} + {x} * {y})"

    def table_name(self, name: str) -> str:
        return f"_{name}"

    def table(self, name: str) -> str:
        """The text of a constant array."""
        raise NotImplementedError

    def table_values(self, name: str) -> str:
        values = constant(name)
        assert isinstance(values, tuple)
        assert all(map(math.isfinite, values))
        return ", ".join(map(self.number, values))
