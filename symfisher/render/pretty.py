"""Expressions as Unicode pictures for a terminal, broken at terms where they are too wide."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sympy import Basic, Expr, MatrixBase, Sum, Symbol
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_use_unicode
from sympy.printing.pretty.stringpict import prettyForm
from sympy.printing.str import StrPrinter

from symfisher.formula import Expectation
from symfisher.render.entries import LineEntries, PictureEntries
from symfisher.render.notation import unicode_name
from symfisher.render.ordering import common_denominator, leading_positive

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_HEADS = {"loggamma": "logΓ", "digamma": "ψ", "zeta": "ζ", "beta": "B", "gamma": "Γ"}


class UnicodePrinter(PictureEntries, PrettyPrinter):
    """SymPy's pretty printer with the conventions of statistics; ``names`` as in TexPrinter."""

    def __init__(self, names: Mapping[Symbol, str] | None = None) -> None:
        super().__init__({"use_unicode": True, "wrap_line": False})
        self.names = dict(names or {})

    def picture(self, expr: Any) -> prettyForm:
        with _unicode():
            return self._print(expr)

    def _as_ordered_terms(self, expr: Expr, order: Any = None) -> list[Expr]:
        return leading_positive(super()._as_ordered_terms(expr, order=order))

    def _print_Symbol(self, e: Symbol, bold_name: bool = False) -> prettyForm:
        return prettyForm(self.names.get(e) or unicode_name(e.name))

    def _print_Dummy(self, e: Symbol) -> prettyForm:
        return prettyForm(unicode_name(e.name.lstrip("_")))

    def _print_Pow(self, power: Basic) -> prettyForm:
        base, exponent = power.args
        if exponent.is_Integer and exponent > 1:
            picture = self._print(base)
            if picture.height() == 1:
                plain = base.is_Symbol or base.is_NumberSymbol or base.is_Function
                if not (plain or (base.is_Integer and base > 0)):
                    picture = prettyForm(*picture.parens())
                raised = picture.right(str(exponent).translate(_SUPERSCRIPTS))
                return prettyForm(*raised, binding=prettyForm.POW)
        if not exponent.is_Rational:  # on one line, as a fraction up there is hard to read
            return self._print(base) ** prettyForm(line(exponent, self.names))
        return super()._print_Pow(power)

    def _print_Mul(self, product: Expr) -> prettyForm:
        if not product.could_extract_minus_sign():
            return super()._print_Mul(product)
        drawn = self._print(-product)
        if (-product).is_Add:
            drawn = prettyForm(*drawn.parens())
        sign = "-" if drawn.height() == 1 else "- "
        return prettyForm(*drawn.left(sign), binding=prettyForm.NEG)

    def _call(self, head: str, *arguments: Basic) -> prettyForm:
        inside = prettyForm(*self._print_seq(arguments, delimiter=", ").parens())
        return prettyForm(*inside.left(head), binding=prettyForm.ATOM)

    def _print_Function(self, e: Basic, **options: Any) -> prettyForm:
        head = _HEADS.get(type(e).__name__)
        return self._call(head, *e.args) if head else super()._print_Function(e, **options)

    _print_gamma = _print_beta = _print_Function

    def _print_polygamma(self, e: Basic) -> prettyForm:
        order, argument = e.args
        index = "" if order == 0 else str(order).translate(_SUBSCRIPTS)
        if order.is_Integer:
            return self._call("ψ" + index, argument)
        return super()._print_Function(e)

    def _print_besseli(self, e: Basic) -> prettyForm:
        order, argument = e.args
        head = type(e).__name__[-1].upper()
        if order.is_Integer and order >= 0:
            return self._call(head + str(order).translate(_SUBSCRIPTS), argument)
        return self._call(head, order, argument)

    _print_besselk = _print_besselj = _print_bessely = _print_besseli

    def _print_ExpBase(self, e: Basic) -> prettyForm:
        exponent = self._print(e.args[0])
        if exponent.height() > 1:  # a fraction up there is hard to read
            return self._call("exp", e.args[0])
        return prettyForm("e") ** exponent

    def _print_Exp1(self, e: Basic) -> prettyForm:
        return prettyForm("e")

    def _print_Sum(self, expr: Any) -> prettyForm:
        drawn = self._print(expr.function)
        if expr.function.is_Add:
            drawn = prettyForm(*drawn.parens())
        for index, lower, upper in expr.limits:
            below = prettyForm(*self._print(index).right("=", self._print(lower)))
            sign = prettyForm(*prettyForm("∑").above(self._print(upper)))
            sign = prettyForm(*sign.below(below))
            drawn = prettyForm(*sign.right(" ", drawn))
        return prettyForm(drawn.s, drawn.baseline, binding=prettyForm.MUL)

    def _print_Expectation(self, e: Any) -> prettyForm:
        return prettyForm(*prettyForm(*self._print(e.integrand).parens("[", "]")).left("E"))

    def _print_MatrixBase(self, e: Any, lparens: str = "[", rparens: str = "]") -> prettyForm:
        factor, rest = common_denominator(e)
        body = super()._print_MatrixBase(rest, "(", ")")
        if factor == 1:
            return body
        return prettyForm(*body.left(self._print(factor), " "))


class LinePrinter(LineEntries, StrPrinter):
    """One line of Unicode, for where a picture is too wide or a sentence goes on."""

    def __init__(self, names: Mapping[Symbol, str] | None = None) -> None:
        super().__init__()
        self.names = dict(names or {})

    def _as_ordered_terms(self, expr: Expr, order: Any = None) -> list[Expr]:
        return leading_positive(super()._as_ordered_terms(expr, order=order))

    def _print_Symbol(self, expr: Symbol) -> str:
        return self.names.get(expr) or unicode_name(expr.name)

    def _print_Dummy(self, expr: Symbol) -> str:
        return unicode_name(expr.name.lstrip("_"))

    def _print_Pow(self, expr: Basic, rational: bool = False) -> str:
        return str(super()._print_Pow(expr, rational)).replace("**", "^")

    def _print_polygamma(self, expr: Basic) -> str:
        order, argument = expr.args
        index = "" if order == 0 else str(order).translate(_SUBSCRIPTS)
        return f"ψ{index}({self._print(argument)})"

    def _print_Function(self, expr: Basic) -> str:
        head = _HEADS.get(type(expr).__name__)
        return (
            f"{head}({self.stringify(expr.args, ', ')})" if head else super()._print_Function(expr)
        )

    _print_gamma = _print_Function

    def _print_Abs(self, expr: Basic) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_Pi(self, expr: Basic) -> str:
        return "π"

    def _print_EulerGamma(self, expr: Basic) -> str:
        return "γ"

    def _print_Infinity(self, expr: Basic) -> str:
        return "∞"

    def _print_NegativeInfinity(self, expr: Basic) -> str:
        return "-∞"

    def _print(self, expr: Any, **options: Any) -> str:
        if isinstance(expr, Expectation):  # its own way is SymPy syntax
            return f"E[{self._print(expr.integrand)}]"
        return str(super()._print(expr, **options))

    def _print_Relational(self, expr: Any) -> str:
        sign = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "="}.get(expr.rel_op, expr.rel_op)
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"


def line(expr: Any, names: Mapping[Symbol, str] | None = None) -> str:
    """``expr`` on one line of Unicode."""
    text = str(LinePrinter(names).doprint(expr)).replace("*", "⋅")
    text = text[1:-1] if isinstance(expr, Sum) else text
    return re.sub(r"\^(\d+)(?![\w.])", lambda power: power[1].translate(_SUPERSCRIPTS), text)


def picture(
    expr: Any, width: int, names: Mapping[Symbol, str] | None = None, head: str = ""
) -> list[str] | None:
    """``head`` and then ``expr`` in lines no wider than ``width``.

    A sum that is too wide goes over several rows, and a term that is too wide is written along
    the line.  None for a matrix that is too wide to be shown as one.
    """
    printer = UnicodePrinter(names)
    drawn = printer.picture(expr)
    if len(head) + drawn.width() <= width:
        return _lines(prettyForm(*drawn.left(head)))
    if not isinstance(expr, Expr) or isinstance(expr, MatrixBase):
        return None
    rows = _broken(expr, width, printer, head)
    if rows is not None:
        return rows
    return textwrap.wrap(head + line(expr, names), width, subsequent_indent="    ")


def _broken(expr: Expr, width: int, printer: UnicodePrinter, head: str) -> list[str] | None:
    """A sum over several rows, broken between its terms; None if a term alone is too wide."""
    rows: list[prettyForm] = [prettyForm(head.rstrip())]
    for number, term in enumerate(printer._as_ordered_terms(expr) if expr.is_Add else [expr]):
        drawn = _signed(term, number == 0, printer)
        if rows[-1].width() + 1 + drawn.width() <= width:
            rows[-1] = prettyForm(*rows[-1].right(" ", drawn))
            continue
        if drawn.width() + 4 > width:
            return None
        rows.append(prettyForm(*drawn.left("    ")))
    return [text for row in rows for text in _lines(row)]


def _signed(term: Expr, first: bool, printer: UnicodePrinter) -> prettyForm:
    negative = term.could_extract_minus_sign()
    term = -term if negative else term
    drawn = printer.picture(term)
    if term.is_Add:
        drawn = prettyForm(*drawn.parens())
    sign = ("-" if negative else "") if first else ("- " if negative else "+ ")
    return prettyForm(*drawn.left(sign))


def _lines(drawn: prettyForm) -> list[str]:
    return [text.rstrip() for text in drawn.picture]


@contextmanager
def _unicode() -> Iterator[None]:
    """SymPy keeps this choice in a global, which bracket and line drawing read."""
    previous = pretty_use_unicode(True)
    try:
        yield
    finally:
        pretty_use_unicode(previous)
