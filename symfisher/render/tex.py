"""Expressions as LaTeX in the form that textbooks print; needs only amsmath and amssymb."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sympy import Basic, Expr, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.entries import TexEntries
from symfisher.render.notation import latex_name
from symfisher.render.ordering import common_denominator, leading_positive

# Functions of one or more arguments written as HEAD(arguments); an exponent follows the
# argument, as in Gamma(a)^2, but for those that are written log^2 x.
_HEADS = {
    "gamma": r"\Gamma",
    "digamma": r"\psi",
    "beta": r"\mathrm{B}",
    "zeta": r"\zeta",
    "erf": r"\operatorname{erf}",
    "erfc": r"\operatorname{erfc}",
    "erfi": r"\operatorname{erfi}",
    "sign": r"\operatorname{sign}",
    "Max": r"\max",
    "Min": r"\min",
}
_PREFIX_EXPONENT = {
    "sin": r"\sin",
    "cos": r"\cos",
    "tan": r"\tan",
    "sinh": r"\sinh",
    "cosh": r"\cosh",
    "tanh": r"\tanh",
    "atan": r"\arctan",
}
# What makes brackets around it grow.
_TALL = re.compile(r"\\(d?frac|sum|int|prod|binom|begin|iint|substack|underbrace)\b")


class TexPrinter(TexEntries, LatexPrinter):
    """SymPy's printer with the conventions of statistics.

    ``names`` gives symbols that are written otherwise than their names say, such as the second
    parameter point of a divergence, and ``notation`` chooses where papers differ.
    """

    def __init__(
        self, names: Mapping[Symbol, str] | None = None, notation: Notation = STANDARD
    ) -> None:
        super().__init__({"symbol_names": dict(names or {}), "mat_str": "pmatrix", "mat_delim": ""})
        self.names = dict(names or {})
        self.notation = notation
        self._prefixes = {**_PREFIX_EXPONENT, "log": notation.log}
        self._printed: dict[Any, str] = {}
        self.rows: dict[Any, list[str]] = {}  # of what was broken before

    def doprint(self, expr: Any) -> str:
        """Each expression is printed once: breaking a long one asks for its parts again."""
        if not isinstance(expr, Basic):
            return self._finished(super().doprint(expr))
        if expr not in self._printed:
            self._printed[expr] = self._finished(super().doprint(expr))
        return self._printed[expr]

    def _finished(self, tex: str) -> str:
        tex = tidy_brackets(tex)
        return enlarged(tex) if self.notation.full_fractions else tex

    def factor(self, expr: Expr) -> str:
        """``expr`` as it stands among other factors, in brackets where it needs them."""
        return tidy_brackets(self.parenthesize(expr, PRECEDENCE["Mul"], strict=True))

    def signed_terms(self, expr: Expr) -> list[tuple[str, Expr]]:
        """(sign, term without it) of a sum, in the order in which they are printed."""
        terms = [(term.could_extract_minus_sign(), term) for term in self._as_ordered_terms(expr)]
        return [("-", -term) if negative else ("+", term) for negative, term in terms]

    def _as_ordered_terms(self, expr: Expr, order: Any = None) -> list[Expr]:
        return leading_positive(super()._as_ordered_terms(expr, order=order))

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        return self._settings["symbol_names"].get(expr) or self.notation.name(expr.name)

    def _print_Dummy(self, expr: Symbol) -> str:
        return self._settings["symbol_names"].get(expr) or latex_name(expr.name.lstrip("_"))

    def _print_Function(self, expr: Basic, exp: str | None = None) -> str:
        name = type(expr).__name__
        arguments = self._bracketed(*expr.args)
        if name in self._prefixes:
            return self._prefixes[name] + (f"^{{{exp}}}" if exp else "") + arguments
        if name in _HEADS:
            return _power(_HEADS[name] + arguments, exp)
        return str(super()._print_Function(expr, exp))

    _print_log = _print_gamma = _print_beta = _print_zeta = _print_sign = _print_Function
    _print_Max = _print_Min = _print_Function

    def _print_polygamma(self, expr: Basic, exp: str | None = None) -> str:
        order, argument = expr.args
        return _power(self._psi(order) + self._bracketed(argument), exp)

    def _psi(self, order: Expr) -> str:
        if order == 0:
            return r"\psi"
        if self.notation.polygamma == "index":
            return rf"\psi_{{{self._print(order)}}}"
        few = order.is_Integer and order <= 3
        return r"\psi" + ("'" * int(order) if few else rf"^{{({self._print(order)})}}")

    def _print_loggamma(self, expr: Basic, exp: str | None = None) -> str:
        text = self.notation.log + r"\Gamma" + self._bracketed(*expr.args)
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_besseli(self, expr: Basic, exp: str | None = None) -> str:
        order, argument = expr.args
        head = type(expr).__name__[-1].upper()
        return _power(rf"{head}_{{{self._print(order)}}}" + self._bracketed(argument), exp)

    _print_besselk = _print_besselj = _print_bessely = _print_besseli

    def _print_Abs(self, expr: Basic, exp: str | None = None) -> str:
        return _power(rf"\left\lvert {self._print(expr.args[0])} \right\rvert", exp)

    def _print_exp(self, expr: Basic, exp: str | None = None) -> str:
        exponent = self._print(expr.args[0])
        tall = len(exponent) > (24 if r"\frac" in exponent else 60)
        text = rf"\exp\left({exponent}\right)" if tall else f"e^{{{exponent}}}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    _print_ExpBase = _print_exp

    def _print_Piecewise(self, expr: Any) -> str:
        rows = [
            self._print(value)
            + (r" & \text{otherwise}" if condition == True else rf" & {self._print(condition)}")  # noqa: E712
            for value, condition in expr.args
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _print_MatrixBase(self, expr: Any) -> str:
        factor, rest = common_denominator(expr)
        # A column has room for fractions in full size.
        full = rest.cols == 1 or self.notation.full_fractions
        style, space = (r"\displaystyle ", "8pt") if full else ("", "4pt")
        cells = [[style + self._print(entry) for entry in rest.row(i)] for i in range(rest.rows)]
        tall = any(r"\frac" in cell for row in cells for cell in row)
        body = (rf" \\[{space}] " if tall else r" \\ ").join(" & ".join(row) for row in cells)
        environment = self.notation.bracket
        matrix = rf"\begin{{{environment}}} {body} \end{{{environment}}}"
        return matrix if factor == 1 else f"{self._print(factor)} {matrix}"

    def _bracketed(self, *arguments: Basic) -> str:
        return r"\left(" + ", ".join(map(self._print, arguments)) + r"\right)"


def _power(base: str, exponent: str | None) -> str:
    return base if exponent is None else f"{base}^{{{exponent}}}"


def tidy_brackets(tex: str) -> str:
    """The same with brackets that grow only around what is tall, and without spare braces."""
    tex = _shrink(tex)
    tex = _SIGN.sub(r"\1-", tex)
    tex = re.sub(r"([\^_])\{(\w)\}", r"\1\2", tex)
    tex = _SPARE_SPACE.sub("", tex)
    return _BARE_LOG.sub(r"\1 \2", tex)


# A minus that is a sign stands close to what it belongs to.
_SIGN = re.compile(
    r"((?:^|[{(\[&,]|\\\\(?:\[\dpt\])?|\\displaystyle|\\begin\{(?:[pb]matrix|cases)\}) ?)- "
)
# log(x) at the end of a term may go without brackets.
_BARE_LOG = re.compile(
    r"(\\log|\\ln)\((\\?[A-Za-z]+(?:_(?:\w|\{\w+\}))?'*|\d+)\)(?=\s*(?:$|[-+})\]&,]|\\\\|\\right))"
)
# The space before a differential is for one that follows something.
_SPARE_SPACE = re.compile(r"(?<=[{(])\\,|^\\,")
_BRACKET = re.compile(r"\\left ?(\(|\[|\\lvert|\\\{)\s?|\s?\\right ?(\)|\]|\\rvert|\\\})")


def _shrink(tex: str) -> str:
    pieces: list[str] = []
    opened: list[int] = []
    position = 0
    for match in _BRACKET.finditer(tex):
        pieces.append(tex[position : match.start()])
        position = match.end()
        if match.group(1):
            opened.append(len(pieces))
            pieces.append(match.group(1))
            continue
        start = opened.pop()
        pieces.append(match.group(2))
        if _TALL.search("".join(pieces[start:])):
            pieces[start] = r"\left" + pieces[start]
            pieces[-1] = r"\right" + pieces[-1]
        if pieces[start].endswith("lvert"):
            pieces[start] += " "
    return "".join(pieces) + tex[position:]


def enlarged(tex: str, inside: int = 0) -> str:
    """The same with fractions that hold one and stand in one in full size: three within each other
    would be too small to read."""
    before, found, rest = tex.partition(r"\frac{")
    if not found:
        return tex
    above, rest = _group(rest)
    below, rest = _group(rest.removeprefix("{"))
    halves = (above, below)
    command = "dfrac" if inside and any(r"\frac{" in half for half in halves) else "frac"
    above, below = (enlarged(half, inside + 1) for half in halves)
    return rf"{before}\{command}{{{above}}}{{{below}}}{enlarged(rest, inside)}"


def _group(tex: str) -> tuple[str, str]:
    """What stands before the brace that closes the group in which ``tex`` begins, and after it."""
    depth = 1
    for match in re.finditer(r"\\.|[{}]", tex):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return tex[: match.start()], tex[match.end() :]
    return tex, ""
