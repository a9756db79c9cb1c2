"""Entries of vectors in the printers: alpha_i, delta_ij and sums over an index."""

from __future__ import annotations

from typing import Any

from sympy import Indexed, IndexedBase
from sympy.printing.pretty.stringpict import prettyForm

from symfisher.render.notation import unicode_name, unicode_subscript


class TexEntries:
    """For a printer whose setting "symbol_names" may name a vector otherwise."""

    _settings: dict[str, Any]

    def _print_IndexedBase(self: Any, expr: Any) -> str:
        return self._settings["symbol_names"].get(expr) or self.notation.name(expr.name)

    def _print_Indexed(self: Any, expr: Any, exp: str | None = None) -> str:
        base = self._print(expr.base)
        index = ",".join(map(self._print, expr.indices))
        # A base that has an index or a prime already is closed before it gets another.
        text = rf"{{{base}}}_{{{index}}}" if set("_^") & set(base) else rf"{base}_{{{index}}}"
        if exp is None:
            return text
        return rf"{{{text}}}^{{{exp}}}" if "'" in base else f"{text}^{{{exp}}}"

    def _print_KroneckerDelta(self: Any, expr: Any, exp: str | None = None) -> str:
        places = [self._print(place) for place in expr.args]
        text = rf"\delta_{{{''.join(places)}}}"
        return text if exp is None else f"{text}^{{{exp}}}"


class LineEntries:
    """For a printer on one line of Unicode with ``names`` for some symbols."""

    def _print(self: Any, expr: Any, **options: Any) -> str:
        if isinstance(expr, IndexedBase):  # its own way of printing comes before a printer's
            return self.names.get(expr) or unicode_name(expr.name)
        if isinstance(expr, Indexed):
            return self._print(expr.base) + unicode_subscript(",".join(map(str, expr.indices)))
        return super()._print(expr, **options)  # type: ignore[misc]

    def _print_KroneckerDelta(self: Any, expr: Any) -> str:
        return "δ" + unicode_subscript("".join(map(str, expr.args)))

    def _print_Sum(self: Any, expr: Any) -> str:
        term = self._print(expr.function)
        term = f"({term})" if expr.function.is_Add else term
        for index, lower, upper in expr.limits:
            term = f"∑({index} = {self._print(lower)}…{self._print(upper)}) {term}"
        return f"({term})"


class PictureEntries:
    """For a printer of Unicode pictures with ``names`` for some symbols."""

    def _print_IndexedBase(self: Any, e: Any) -> prettyForm:
        return prettyForm(self.names.get(e) or unicode_name(e.name))

    def _print_Indexed(self: Any, e: Any) -> prettyForm:
        base = self.names.get(e.base) or unicode_name(e.base.name)
        return prettyForm(base + unicode_subscript(",".join(map(str, e.indices))))

    def _print_KroneckerDelta(self: Any, e: Any) -> prettyForm:
        return prettyForm("δ" + unicode_subscript("".join(map(str, e.args))))


class SyntaxEntries:
    """For a printer of SymPy syntax with ``names`` for the declared symbols."""

    def _print(self: Any, expr: Any, **options: Any) -> str:
        if isinstance(expr, IndexedBase):  # its own way of printing comes before a printer's
            return self.names.get(expr, expr.name)
        if isinstance(expr, Indexed):
            return f"{self._print(expr.base)}[{', '.join(map(self._print, expr.indices))}]"
        return super()._print(expr, **options)  # type: ignore[misc]
