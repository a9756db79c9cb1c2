"""The text of a domain: "positive", "(0, 1 - x)", "0..n", "{0, 1}", "simplex[K]"."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Rational

from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.expressions.builder import Builder, Names
from symfisher.expressions.syntax import Node, Parser
from symfisher.expressions.tokens import Source, Token
from symfisher.suggestions import nearest

FORMS = (
    "real, positive, negative, unit, an interval (a, b), integers a..b or a list {0, 1}; a vector "
    "is written positive[K], simplex[K] or counts(n)[K]"
)


def read_domain(source: Source, names: Names) -> Domain:
    """The domain that a text describes; raises ``ExpressionError`` where it describes none."""
    parser = Parser(source)
    bracket = _length_bracket(parser.tokens)
    if bracket is not None:
        return _vector(source, parser.tokens[bracket], names)
    builder = Builder(source, names)
    first, second = parser.tokens[0], parser.tokens[min(1, len(parser.tokens) - 1)]
    if first.kind == "name" and second.kind == "end":
        return _named(source, first)
    if first.kind == "name" and first.text == "integer":
        parser.advance()
        domain = _range(parser, builder)
    elif any(token.text == ".." for token in parser.tokens):
        domain = _range(parser, builder)
    elif parser.at("{"):
        domain = _points(parser, builder)
    elif parser.at("(", "["):
        domain = _interval(parser, builder)
    else:
        raise source.error(f"this is not a domain; expected {FORMS}", first.column)
    if domain.is_empty:
        raise source.error(
            f"this domain is empty: its lower end is {domain.lower}, its upper end {domain.upper}",
            first.column,
        )
    return domain


def _length_bracket(tokens: list[Token]) -> int | None:
    """The place of the bracket that opens a vector's length: the last one, behind a domain."""
    if len(tokens) < 3 or tokens[-2].text != "]":
        return None
    depth = 0
    for place in range(len(tokens) - 2, -1, -1):
        depth += (tokens[place].text in _CLOSING) - (tokens[place].text in _OPENING)
        if depth == 0:
            return place if place > 0 and tokens[place].text == "[" else None
    return None


_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def _vector(source: Source, bracket: Token, names: Names) -> Domain:
    """The entries' domain, with the length in the brackets behind it."""
    within = Source(" " * (bracket.column + 1) + source.text[bracket.column + 1 :], source.where)
    parser = Parser(within)
    length = Builder(within, names).expression(parser.expression())
    parser.expect("]")
    parser.finish()
    if not length.is_Symbol:
        raise source.error(
            f"the length {length} of a vector is a declared constant, such as K with "
            'K = "integer 2..oo"',
            bracket.column + 1,
        )
    entries = Source(source.text[: bracket.column], source.where)
    return replace(_entries(entries, names), length=length)


def _entries(source: Source, names: Names) -> Domain:
    parser = Parser(source)
    head = parser.tokens[0]
    if head.text == "simplex":
        parser.advance()
        parser.finish()
        return Domain(Integer(0), Integer(1), total=Integer(1))
    if head.text == "counts":
        parser.advance()
        parser.expect("(")
        total = _whole(parser.expression(), Builder(source, names))
        parser.expect(")")
        parser.finish()
        return Domain(Integer(0), total, discrete=True, total=total)
    return read_domain(source, names)


def _named(source: Source, token: Token) -> Domain:
    if token.text in NAMED_DOMAINS:
        return NAMED_DOMAINS[token.text]
    if token.text == "integer":
        raise source.error("write the range of the integers: integer 1..oo", token.column)
    raise source.error(
        f"'{token.text[:40]}' is not a domain{nearest(token.text, NAMED_DOMAINS)}; "
        f"expected {FORMS}",
        token.column,
    )


def _interval(parser: Parser, builder: Builder) -> Domain:
    """An interval, whichever brackets it has: no end of it carries mass."""
    parser.advance()
    lower = parser.expression()
    parser.expect(",")
    upper = parser.expression()
    parser.expect(")", "]")
    parser.finish()
    return Domain(builder.expression(lower), builder.expression(upper))


def _range(parser: Parser, builder: Builder) -> Domain:
    lower = parser.expression()
    parser.expect("..")
    upper = parser.expression()
    parser.finish()
    return Domain(_whole(lower, builder), _whole(upper, builder), discrete=True)


def _whole(node: Node, builder: Builder) -> Expr:
    end = builder.expression(node)
    if end.is_number and end.is_finite and not end.is_integer:
        raise builder.source.error(f"the end {end} of a range of integers is none", node.column)
    return end


def _points(parser: Parser, builder: Builder) -> Domain:
    opening = parser.advance()
    nodes = parser.items("}")
    parser.finish()
    points = [builder.expression(node) for node in nodes]
    if not points:
        raise parser.source.error("this list of points is empty", opening.column)
    for node, point in zip(nodes, points, strict=True):
        if points.count(point) > 1 or (point.is_number and not point.is_finite):
            raise parser.source.error(f"the point {point} is repeated or infinite", node.column)
    if all(isinstance(point, Rational) for point in points):
        points.sort()
    return Domain(points[0], points[-1], discrete=True, points=tuple(points))
