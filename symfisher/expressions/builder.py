"""From a syntax tree to SymPy objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from mpmath.libmp import NoConvergence
from sympy import (
    Add,
    And,
    Expr,
    I,
    IndexedBase,
    Mul,
    Piecewise,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    hyper,
)
from sympy.logic.boolalg import Boolean, false, true

from symfisher.domains import Domain
from symfisher.expressions import limits
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

# What SymPy raises when it is given something that it cannot evaluate.
_REFUSALS = (ValueError, TypeError, ArithmeticError, NotImplementedError, NoConvergence)


class Builder:
    """Builds the value of a node; ``names`` are the declared names that it may use."""

    def __init__(self, source: Source, names: Names) -> None:
        self.source = source
        self.names = dict(names)
        self.budget = limits.Budget()

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
                return self._number(node)
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

    def _number(self, node: Node) -> Expr:
        value = Fraction(node.text)
        number = Rational(value.numerator, value.denominator)
        self._guarded(node, self.budget.charge_numbers, number)
        return number

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
        return self._guarded(node, lambda: base[tuple(indices)])

    # -- operators ---------------------------------------------------------------------------

    def _arithmetic(self, node: Node) -> Expr:
        operands = [self.expression(child) for child in node.children]
        match node.kind:
            case "+":
                return self._guarded(node, Add, *operands)
            case "*":
                return self._guarded(node, Mul, *operands)
            case "-":
                return self._guarded(node, Mul, S.NegativeOne, *operands)
            case "/":
                return self._power(node, operands[0], S.NegativeOne)
        base, exponent = operands
        return self._power(node, base, exponent)

    def _power(self, node: Node, base: Expr, exponent: Expr) -> Expr:
        def power() -> Expr:
            self.budget.before_power(base, exponent)
            if base is S.Exp1:
                self.budget.before_exponential(exponent)
            value = Pow(base, exponent)
            self.budget.after_power(value)
            return value

        return self._guarded(node, power)

    def _comparison(self, node: Node) -> Boolean:
        operands = [self.expression(child) for child in node.children]
        relations = [
            self._guarded(node, RELATIONS[operator], *pair)
            for operator, pair in zip(node.text.split(), pairwise(operands), strict=True)
        ]
        return self._guarded(node, And, *relations)

    def _connective(self, node: Node, name: str) -> Boolean:
        operands = [self.condition(child) for child in node.children]
        return self._guarded(node, CONNECTIVES[name], *operands)

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

        def call() -> Expr:
            if function.largest is not None:
                for argument in arguments:
                    limits.check_magnitude(
                        argument, function.largest, f"a number as an argument of {node.text}"
                    )
            if function.build is exp:
                self.budget.before_exponential(arguments[0])
            value = function.build(*arguments)
            self.budget.after_power(value)
            return value

        value = self._guarded(node, call)
        self._guarded(node, self.budget.charge_numbers, value)
        return value

    def _root(self, node: Node) -> Expr:
        count = 2 if node.text == "root" else 1
        self._count(node, count, f"{count} argument{'s' * (count - 1)}")
        base, *given = [self.expression(child) for child in node.children]
        degree = given[0] if given else S(3 if node.text == "cbrt" else 2)
        return self._power(node, base, self._power(node, degree, S.NegativeOne))

    def _piecewise(self, node: Node) -> Expr:
        branches = []
        for child in node.children:
            if child.kind != "tuple" or len(child.children) != 2:
                raise self.source.error("expected a pair (expression, condition)", child.column)
            value, condition = child.children
            branches.append((self.expression(value), self.condition(condition)))
        if not branches:
            raise self._wrong_count(node, "pairs (expression, condition)")
        return self._guarded(node, Piecewise, *branches)

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
        return self._guarded(node, build, value, *limits_inside_out)

    def _range(self, node: Node) -> tuple[Symbol, Expr, Expr]:
        """The index and its ends; from here on the index is a name."""
        if node.kind != "tuple" or len(node.children) != 3 or node.children[0].kind != "name":
            raise self.source.error("expected an index with its ends, (i, 1, n)", node.column)
        name, *ends = node.children
        lower, upper = (self.expression(end) for end in ends)
        self._guarded(node, limits.check_range, lower, upper)
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
            self._guarded(node, limits.check_magnitude, argument, 1_000, "a number in hyper")
        return self._guarded(node, hyper, upper, lower, value)

    # -- checks ------------------------------------------------------------------------------

    def _count(self, node: Node, count: int, words: str) -> None:
        if len(node.children) != count:
            raise self._wrong_count(node, words)

    def _wrong_count(self, node: Node, words: str) -> Exception:
        return self.source.error(
            f"{node.text} takes {words}, found {len(node.children)}", node.column
        )

    def _guarded(self, node: Node, evaluate: Callable[..., Any], *arguments: Any) -> Any:
        """``evaluate(*arguments)``; what goes wrong in it is an error at the node."""
        try:
            value = evaluate(*arguments)
        except limits.TooLargeError as error:
            raise self.source.error(str(error), node.column) from None
        except _REFUSALS as error:
            raise self.source.error(f"this has no value ({error})", node.column) from error
        if value is S.NaN or value is S.ComplexInfinity:
            raise self.source.error(
                "this is not a number (a division by zero, or the log of zero)", node.column
            )
        if isinstance(value, Expr) and value.has(I):
            raise self.source.error("this is not real (the root or log of a negative)", node.column)
        return value
