"""From tokens to a syntax tree: Python's precedence of operators, and nothing else of Python.

An expression is parsed by precedence climbing.  Sums and products are kept flat, so that a long
sum is a wide node and not a deep one.
"""

from __future__ import annotations

from dataclasses import dataclass

from symfisher.errors import ExpressionError
from symfisher.expressions.tokens import Source, Token, tokenize
from symfisher.suggestions import shown

DEEPEST = 100  # brackets, calls, signs and powers inside one another

_TIGHTNESS = {
    **dict.fromkeys(("<", "<=", ">", ">="), 10),
    "|": 20,
    "&": 30,
    **dict.fromkeys("+-", 40),
    **dict.fromkeys("*/", 50),
    "**": 70,
}
_SIGN_TIGHTNESS = 60
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the syntax tree.

    ``kind`` is "number", "name", "call", "index", "tuple", "list", "compare" or an operator; "-"
    and "/" have one operand: a difference is a sum with a "-" in it.  ``text`` is the number, the
    name, the function's name or the comparisons' operators.
    """

    kind: str
    column: int
    text: str = ""
    children: tuple[Node, ...] = ()


class Parser:
    """Reads nodes off a source, from left to right."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.depth = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.position]

    def at(self, *operators: str) -> bool:
        return self.current.kind == "operator" and self.current.text in operators

    def advance(self) -> Token:
        token = self.current
        self.position += 1
        return token

    def expect(self, *operators: str) -> Token:
        if not self.at(*operators):
            raise self.unexpected(" or ".join(f"'{o}'" for o in operators))
        return self.advance()

    def finish(self) -> None:
        if self.current.kind != "end":
            raise self.unexpected("an operator or the end")

    def unexpected(self, expected: str) -> ExpressionError:
        token = self.current
        found = "the end" if token.kind == "end" else f"'{shown(token.text)}'"
        previous = self.tokens[self.position - 1] if self.position else None
        operand = previous is not None and (previous.kind != "operator" or previous.text in ")]")
        product = operand and (token.kind in ("name", "number") or token.text == "(")
        advice = "; a product is written with *" if product else ""
        return self.source.error(f"expected {expected}, found {found}{advice}", token.column)

    def expression(self, tightness: int = 0) -> Node:
        """The longest expression from here whose operators all bind more tightly."""
        left = self._operand()
        while self.current.kind == "operator":
            binding = _TIGHTNESS.get(self.current.text, 0)
            if binding <= tightness:
                break
            left = self._operation(left, binding)
        return left

    def items(self, *closing: str) -> tuple[Node, ...]:
        """Expressions between commas, up to and with the closing bracket."""
        found: list[Node] = []
        while not self.at(*closing):
            found.append(self.expression())
            if not self.at(*closing):
                self.expect(",", *closing)
        self.advance()
        return tuple(found)

    def _operation(self, left: Node, binding: int) -> Node:
        operator = self.current.text
        if operator == "**":
            return self._power(left)
        if binding == _TIGHTNESS["<"]:
            return self._comparison(left)
        inverse = {"+": "-", "*": "/"}.get(kind := operator.translate(_DIRECT), "")
        operands = [left]
        while self.at(kind, inverse):
            token = self.advance()
            operand = self.expression(binding)
            operands.append(
                Node(inverse, token.column, "", (operand,)) if token.text == inverse else operand
            )
        return Node(kind, left.column, "", tuple(operands))

    def _power(self, base: Node) -> Node:
        column = self.advance().column
        self._descend(column)
        exponent = self.expression(_TIGHTNESS["**"] - 1)
        self.depth -= 1
        return Node("**", column, "", (base, exponent))

    def _comparison(self, left: Node) -> Node:
        column, operands, operators = self.current.column, [left], []
        while self.at("<", "<=", ">", ">="):
            operators.append(self.advance().text)
            operands.append(self.expression(_TIGHTNESS["<"]))
        return Node("compare", column, " ".join(operators), tuple(operands))

    def _operand(self) -> Node:
        token = self.current
        if token.kind == "number":
            return Node("number", self.advance().column, token.text)
        if token.kind == "name":
            return self._name()
        if not self.at("(", "[", "-", "+", "~"):
            raise self.unexpected("a number, a name or a bracket")
        self.advance()
        self._descend(token.column)
        node = self._bracket(token) if token.text in "([" else self._sign(token)
        self.depth -= 1
        return node

    def _sign(self, token: Token) -> Node:
        operand = self.expression(_SIGN_TIGHTNESS)
        return operand if token.text == "+" else Node(token.text, token.column, "", (operand,))

    def _bracket(self, opening: Token) -> Node:
        closing = _CLOSING[opening.text]
        if self.at(closing) and opening.text == "(":
            raise self.unexpected("an expression")
        items = self.items(closing)
        if opening.text == "[":
            return Node("list", opening.column, "", items)
        trailing_comma = self.tokens[self.position - 2].text == ","
        if len(items) == 1 and not trailing_comma:
            return items[0]
        return Node("tuple", opening.column, "", items)

    def _name(self) -> Node:
        token = self.advance()
        if not self.at("(", "["):
            return Node("name", token.column, token.text)
        opening = self.advance()
        self._descend(opening.column)
        items = self.items(_CLOSING[opening.text])
        self.depth -= 1
        return Node("call" if opening.text == "(" else "index", token.column, token.text, items)

    def _descend(self, column: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.source.error(f"nested more than {DEEPEST} deep", column)


_DIRECT = str.maketrans("-/", "+*")
