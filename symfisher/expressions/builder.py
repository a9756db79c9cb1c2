"""From a syntax tree to SymPy objects."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sympy import (
    Add,
    And,
    Expr,
    IndexedBase,
    Mul,
    Piecewise,
    Product,
    S,
    Sum,
    Symbol,
    hyper,
)
from sympy.logic.boolalg import Boolean, false, true

from symfisher.domains import Domain
from symfisher.expressions import limits
from symfisher.expressions.evaluation import Evaluator
from symfisher.expressions.functions import (
    CONNECTIVES,
    CONSTANTS,
    FUNCTIONS,
    RELATIONS,
    SPECIAL,
    Function,
)
from symfisher.expressions.syntax import Node
from symfisher.expressions.tokens import Source
from symfisher.suggestions import nearest

Names = Mapping[str, Symbol | IndexedBase]


class Builder:
    """Builds the value of a node; ``names`` are the declared names that it may use."""

    def __init__(self, source: Source, names: Names) -> None:
        self.source = source
        self.declared = names
        self.names = dict(names)  # and the indices of the sums around
        self.evaluator = Evaluator(source)

    def expression(self, node: Node) -> Expr:
        """The node's value, if it is a number and not a condition, a list or a tuple."""
        value = self._value(node)
        if not isinstance(value, Expr):
            raise self.source.error("expected a number, found a condition", node.column)
        return value

    def condition(self, node: Node) -> Boolean:
        """The node's value, if it is a comparison or made of comparisons."""
        value = self._value(node)
        if isinstance(value, Expr) or not isinstance(value, Boolean):
            raise self.source.error(
                "expected a condition such as a < b (in brackets beside & and |), found a number",
                node.column,
            )
        return value

    def _value(self, node: Node) -> Any:
        match node.kind:
            case "number":
                return self.evaluator.number(node)
            case "name":
                return self._name(node)
            case "call":
                return self._call(node)
            case "index":
                return self._index(node)
            case "+" | "*" | "-" | "/" | "**":
                return self._arithmetic(node)
            case "compare":
                return self._comparison(node)
            case "&" | "|" | "~":
                return self._connective(node, node.kind)
        raise self.source.error(f"a {node.kind} has no place here", node.column)

    # -- leaves ------------------------------------------------------------------------------

    def _name(self, node: Node) -> Any:
        declared = self.names.get(node.text)
        if isinstance(declared, IndexedBase):
            raise self.source.error(f"write {node.text}[i]: it is a vector", node.column)
        if declared is not None:
            return declared
        if node.text in CONSTANTS:
            return CONSTANTS[node.text]
        if node.text in ("True", "False"):
            return true if node.text == "True" else false
        raise self.source.error(self._unknown_name(node.text), node.column)

    def _unknown_name(self, name: str) -> str:
        if name in FUNCTIONS or name in SPECIAL:
            return f"{name} is a function: write {name}(...), or declare {name}"
        if name == "I":
            return "the imaginary unit has no place here, and I is not declared"
        declared = ", ".join(list(self.names)[:12]) or "none"
        return (
            f"'{name[:40]}' is not declared{nearest(name, [*self.names, *CONSTANTS])}. "
            f"The declared names here: {declared}"
        )

    def _index(self, node: Node) -> Expr:
        base = self.names.get(node.text)
        if not isinstance(base, IndexedBase):
            raise self.source.error(f"'{node.text[:40]}' is not a declared vector", node.column)
        if not node.children:
            raise self.source.error(f"write {node.text}[i]", node.column)
        indices = [self.expression(child) for child in node.children]
        return self.evaluator.guarded(node, lambda: base[tuple(indices)])

    # -- operators ---------------------------------------------------------------------------

    def _arithmetic(self, node: Node) -> Expr:
        operands = [self.expression(child) for child in node.children]
        match node.kind:
            case "+":
                return self.evaluator.guarded(node, Add, *operands)
            case "*":
                return self.evaluator.guarded(node, Mul, *operands)
            case "-":
                return self.evaluator.guarded(node, Mul, S.NegativeOne, *operands)
            case "/":
                return self.evaluator.power(node, operands[0], S.NegativeOne)
        base, exponent = operands
        return self.evaluator.power(node, base, exponent)

    def _comparison(self, node: Node) -> Boolean:
        operands = [self.expression(child) for child in node.children]
        relations = [
            self.evaluator.guarded(node, RELATIONS[operator], *pair)
            for operator, pair in zip(node.text.split(), pairwise(operands), strict=True)
        ]
        return self.evaluator.guarded(node, And, *relations)

    def _connective(self, node: Node, name: str) -> Boolean:
        operands = [self.condition(child) for child in node.children]
        return self.evaluator.guarded(node, CONNECTIVES[name], *operands)

    # -- calls -------------------------------------------------------------------------------

    def _call(self, node: Node) -> Any:
        if node.text in FUNCTIONS:
            return self._function(node, FUNCTIONS[node.text])
        match node.text:
            case "sqrt" | "cbrt" | "root":
                return self._root(node)
            case "Eq" | "Ne":
                self._count(node, 2, "2 arguments")
                return self._comparison(Node("compare", node.column, node.text, node.children))
            case "And" | "Or":
                return self._connective(node, node.text)
            case "Not":
                self._count(node, 1, "1 argument")
                return self._connective(node, node.text)
            case "Piecewise":
                return self._piecewise(node)
            case "Sum" | "Product":
                return self._sum(node)
            case "hyper":
                return self._hyper(node)
        if node.text in self.names:
            raise self.source.error(
                f"{node.text} is declared as a number and cannot be called; "
                "a product is written with *",
                node.column,
            )
        raise self.source.error(
            f"'{node.text[:40]}' is not a function that can be used here"
            + nearest(node.text, [*FUNCTIONS, *SPECIAL]),
            node.column,
        )

    def _function(self, node: Node, function: Function) -> Expr:
        if not function.fewest <= len(node.children) <= function.most:
            raise self._wrong_count(node, function.arity())
        arguments = [self.expression(child) for child in node.children]
        return self.evaluator.call(node, function, arguments)

    def _root(self, node: Node) -> Expr:
        count = 2 if node.text == "root" else 1
        self._count(node, count, f"{count} argument{'s' * (count - 1)}")
        base, *given = [self.expression(child) for child in node.children]
        degree = given[0] if given else S(3 if node.text == "cbrt" else 2)
        return self.evaluator.power(node, base, self.evaluator.power(node, degree, S.NegativeOne))

    def _piecewise(self, node: Node) -> Expr:
        branches = []
        for child in node.children:
            if child.kind != "tuple" or len(child.children) != 2:
                raise self.source.error("expected a pair (expression, condition)", child.column)
            value, condition = child.children
            branches.append((self.expression(value), self.condition(condition)))
        if not branches:
            raise self._wrong_count(node, "pairs (expression, condition)")
        return self.evaluator.guarded(node, Piecewise, *branches)

    def _sum(self, node: Node) -> Expr:
        if len(node.children) < 2:
            raise self._wrong_count(node, "an expression and an index (i, first, last)")
        summand, *ranges = node.children
        outside = dict(self.names)
        limits_inside_out: list[tuple[Symbol, Expr, Expr]] = []
        for child in reversed(ranges):  # an inner index may run up to an outer one
            limits_inside_out.insert(0, self._range(child))
        value = self.expression(summand)
        self.names = outside
        build = Sum if node.text == "Sum" else Product
        return self.evaluator.guarded(node, build, value, *limits_inside_out)

    def _range(self, node: Node) -> tuple[Symbol, Expr, Expr]:
        """The index and its ends; from here on the index is a name."""
        if node.kind != "tuple" or len(node.children) != 3 or node.children[0].kind != "name":
            raise self.source.error("expected an index with its ends, (i, 1, n)", node.column)
        name, *ends = node.children
        if name.text in self.declared:
            raise self.source.error(
                f"{name.text} is declared already; call the index otherwise", name.column
            )
        lower, upper = (self.expression(end) for end in ends)
        self.evaluator.guarded(node, limits.check_range, lower, upper)
        domain = Domain(lower, upper, discrete=True)
        index = Symbol(name.text, **domain.assumptions())
        self.names[name.text] = index
        return index, lower, upper

    def _hyper(self, node: Node) -> Expr:
        self._count(node, 3, "3 arguments, hyper([a, b], [c], z)")
        *lists, point = node.children
        for child in lists:
            if child.kind != "list":
                raise self.source.error("expected a list in square brackets", child.column)
        upper, lower = ([self.expression(c) for c in child.children] for child in lists)
        value = self.expression(point)
        for argument in (*upper, *lower, value):
            self.evaluator.guarded(
                node, limits.check_magnitude, argument, 1_000, "a number in hyper"
            )
        return self.evaluator.guarded(node, hyper, upper, lower, value)

    def _count(self, node: Node, count: int, words: str) -> None:
        if len(node.children) != count:
            raise self._wrong_count(node, words)

    def _wrong_count(self, node: Node, words: str) -> Exception:
        return self.source.error(
            f"{node.text} takes {words}, found {len(node.children)}", node.column
        )
