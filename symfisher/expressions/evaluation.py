"""Handing parts of an expression to SymPy, within bounds and with errors at their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from mpmath.libmp import NoConvergence
from sympy import Expr, I, Pow, Rational, S, exp

from symfisher.expressions.functions import Function
from symfisher.expressions.limits import Budget, TooLargeError, check_magnitude
from symfisher.expressions.syntax import Node
from symfisher.expressions.tokens import Source

# What SymPy raises when it is given something that it cannot evaluate.
_REFUSALS = (ValueError, TypeError, ArithmeticError, NotImplementedError, NoConvergence)

_NOT_REAL = "this is not real (the root or the log of a negative number)"


class Evaluator:
    """Evaluates the parts of one expression; they share one budget."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.budget = Budget()

    def number(self, node: Node) -> Expr:
        """The exact rational that is written, decimals too."""
        value = Fraction(node.text)
        number = Rational(value.numerator, value.denominator)
        self.guarded(node, self.budget.charge_numbers, number)
        return number

    def power(self, node: Node, base: Expr, exponent: Expr) -> Expr:
        """``base**exponent``."""

        def build() -> Expr:
            self.budget.before_power(base, exponent)
            if base is S.Exp1:
                self.budget.before_exponential(exponent)
            value = Pow(base, exponent)
            self.budget.after_power(value)
            return value

        return self._real(node, self.guarded(node, build))

    def call(self, node: Node, function: Function, arguments: Sequence[Expr]) -> Expr:
        """The function of the arguments."""

        def build() -> Expr:
            if function.largest is not None:
                what = f"a number as an argument of {node.text}"
                for argument in arguments:
                    check_magnitude(argument, function.largest, what)
            if function.build is exp:
                self.budget.before_exponential(arguments[0])
            value = function.build(*arguments)
            self.budget.after_power(value)
            self.budget.charge_numbers(value)
            return value

        return self._real(node, self.guarded(node, build))

    def _real(self, node: Node, value: Expr) -> Expr:
        if value.is_number and value.is_extended_real is False:
            raise self.source.error(_NOT_REAL, node.column)
        return value

    def guarded(self, node: Node, evaluate: Callable[..., Any], *arguments: Any) -> Any:
        """``evaluate(*arguments)``; what goes wrong in it is an error at the node."""
        try:
            value = evaluate(*arguments)
        except TooLargeError as error:
            raise self.source.error(str(error), node.column) from None
        except _REFUSALS as error:
            raise self.source.error(f"this has no value ({error})", node.column) from error
        if isinstance(value, Expr) and value.has(S.NaN, S.ComplexInfinity):
            raise self.source.error(
                "this is not a number (a division by zero, or the log of zero)", node.column
            )
        if isinstance(value, Expr) and value.has(I):
            raise self.source.error(_NOT_REAL, node.column)
        return value
