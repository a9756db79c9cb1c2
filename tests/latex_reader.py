"""The value of printed LaTeX, read back by the rules of school algebra, as a reader would.

It shares with the package only the tree of tokens, so it notices a bracket that a line break lost.
"""

from __future__ import annotations

import math

import mpmath

from symfisher.render.textree import Node, plain, read

FUNCTIONS = {
    "log": mpmath.log, "exp": mpmath.exp, "Γ": mpmath.gamma, "sin": mpmath.sin, "cos": mpmath.cos,
    "tan": mpmath.tan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "arctan": mpmath.atan, "ζ": mpmath.zeta, "sign": mpmath.sign, "B": mpmath.beta,
}  # fmt: skip


class Unreadable(Exception):
    """A sign that this reader does not know: a sum, an expectation, a special function."""


class Reader:
    def __init__(self, nodes: list[Node], values: dict[str, float]) -> None:
        self.nodes = [n for n in flattened(nodes) if n.text.strip() or n.children or n.rows]
        self.values = values
        self.place = 0

    def peek(self) -> Node | None:
        return self.nodes[self.place] if self.place < len(self.nodes) else None

    def text(self) -> str:
        node = self.peek()
        return "" if node is None else core(node)

    def take(self) -> Node:
        node = self.nodes[self.place]
        self.place += 1
        return node

    def expression(self):
        total = mpmath.mpf(0)
        sign = 1
        while True:
            while self.text() in ("+", "-"):
                sign *= -1 if core(self.take()) == "-" else 1
            total += sign * self.term()
            if self.text() not in ("+", "-"):
                return total
            sign = 1

    def term(self):
        product = self.factor()
        while self.peek() is not None and self.text() not in ("+", "-", ")", "]", ","):
            if self.text() == "/":
                self.take()
                product /= self.factor()
            elif self.text() in ("×", "⋅"):
                self.take()
            else:
                product *= self.factor()
        return product

    def factor(self):
        node = self.take()
        if node.kind == "table" or (node.kind == "script" and not core(node)):
            raise Unreadable(node.text)
        if core(node) in ("(", "["):
            return self.closed()
        if node.kind == "frac":
            above, below = (value_of([child], self.values) for child in node.children)
            return above / below
        if node.kind == "sqrt":
            return mpmath.sqrt(value_of([node.children[0]], self.values))
        return self.named(node)

    def closed(self):
        """What stands in brackets, raised to what is written on the closing one."""
        inside = self.expression()
        closing = self.take()
        assert core(closing) in (")", "]"), core(closing)
        if closing.kind != "script":
            return inside
        return inside ** value_of([closing.children[2]], self.values)

    def named(self, node: Node):
        base, below, above = node.children if node.kind == "script" else (node, None, None)
        if plain(base) == "e" and above is not None and "e" not in self.values:
            return mpmath.exp(value_of([above], self.values))
        if base.text == "ψ":
            order = int(plain(below)) if below and plain(below) else 0
            return self.applied(lambda x: mpmath.psi(order, x), None)
        if base.text == "log" and self.text() == "Γ":
            self.take()
            return self.applied(mpmath.loggamma, None)
        if base.text in FUNCTIONS and plain(base) not in self.values:
            return self.applied(FUNCTIONS[base.text], above)
        return self.symbol(node, base, below, above)

    def applied(self, function, exponent):
        if self.text() == "(":
            self.take()
            arguments = [self.expression()]
            while self.text() == ",":
                self.take()
                arguments.append(self.expression())
            closing = self.take()
            if len(arguments) > 1 and function is not mpmath.beta:
                raise Unreadable("a function of several arguments")
            value = function(*arguments)
            if closing.kind == "script":
                value **= value_of([closing.children[2]], self.values)
        else:
            value = function(self.factor())
        known = exponent is not None and plain(exponent)
        return value ** value_of([exponent], self.values) if known else value

    def symbol(self, node, base, below, above):
        if base.text.isdigit():
            value = mpmath.mpf(base.text)
            return value if above is None else value ** value_of([above], self.values)
        marks = plain(above) if above is not None else ""
        primes = "′" * marks.count("′")
        name = plain(base) + (f"_{plain(below)}" if below and plain(below) else "") + primes
        rest = [n for n in flattened([above] if above else []) if n.text != "′"]
        if name not in self.values:
            raise Unreadable(name)
        value = mpmath.mpf(self.values[name])
        return value ** value_of(rest, self.values) if rest else value


def flattened(nodes: list[Node]) -> list[Node]:
    """The nodes of a row within a row beside its neighbours."""
    flat: list[Node] = []
    for node in nodes:
        flat += flattened(node.children) if node.kind == "row" else [node]
    return [n for n in flat if n.kind != "leaf" or n.text.strip()]


def core(node: Node) -> str:
    return node.children[0].text if node.kind == "script" else node.text


def value_of(nodes: list[Node], values: dict[str, float]):
    reader = Reader(nodes, values)
    value = reader.expression()
    if reader.peek() is not None:
        raise Unreadable(core(reader.peek()))
    return value


def value_of_rows(rows: list[str], values: dict[str, float]):
    """The value of an expression printed over several rows."""
    tex = " ".join(row.replace("&", " ") for row in rows)
    return value_of(read(tex).children, {"π": math.pi, "γ": float(mpmath.euler), **values})
