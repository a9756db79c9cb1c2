"""Expressions, conditions and domains given as text.

The text is read by a parser that builds SymPy objects and can run nothing: it knows the declared
names, the functions of ``symfisher.expressions.functions``, Python's operators and brackets.  The
size of the text, its nesting and every number in it are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sympy import Expr
from sympy.logic.boolalg import Boolean

from symfisher.clock import time_limit
from symfisher.domains import Domain
from symfisher.errors import TimeLimitError
from symfisher.expressions.builder import Builder, Names
from symfisher.expressions.domain_text import read_domain
from symfisher.expressions.syntax import Node, Parser
from symfisher.expressions.tokens import Source, source

__all__ = ["parse_condition", "parse_domain", "parse_expression"]

_SECONDS = 0.75


def parse_expression(text: str, names: Names, where: str) -> Expr:
    """The expression that ``text`` writes in SymPy syntax; ``names`` maps names to symbols.

    A declared name wins over a constant of the same name, and over a function unless it is called.
    Decimals become exact rationals.  ``where`` begins the message of an error.

    Raises:
        ExpressionError: says where in the text, and what to write instead.
    """
    with _reading(text, where) as origin:
        return Builder(origin, names).expression(_tree(origin))


def parse_condition(text: str, names: Names, where: str) -> Boolean:
    """The condition that ``text`` writes, such as "p1 + p2 < 1"; otherwise as an expression."""
    with _reading(text, where) as origin:
        return Builder(origin, names).condition(_tree(origin))


def parse_domain(text: str, names: Names, where: str) -> Domain:
    """The domain that ``text`` writes.

    It is one of real, positive, negative, unit; an interval "(0, theta)"; a range of integers
    "0..n" or "integer 1..oo"; or a list of points "{0, 1}".
    """
    with _reading(text, where) as origin:
        return read_domain(origin, names)


def _tree(origin: Source) -> Node:
    parser = Parser(origin)
    node = parser.expression()
    parser.finish()
    return node


@contextmanager
def _reading(text: str, where: str) -> Iterator[Source]:
    """The text as a source, within bounds of time and recursion."""
    origin = source(text, where)
    try:
        with time_limit(_SECONDS):
            yield origin
    except RecursionError:
        raise origin.error("this is nested too deeply", 0) from None
    except TimeLimitError:
        raise origin.error(
            f"this takes more than {_SECONDS:g} s to read; write it more simply", 0
        ) from None
