"""Expressions as SymPy syntax that ``sympy.parse_expr`` reads back to the same value.

The reader's local dictionary holds the declared names as symbols, so a declared name hides the
function or constant of that name: with a parameter ``beta`` the text cannot call ``beta(a, b)``,
and with a parameter ``E`` it cannot say ``E`` for exp(1).  Such values are written in other words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sympy import Basic, Symbol, gamma, loggamma
from sympy.printing.str import StrPrinter

from symfisher.render.entries import SyntaxEntries


class SyntaxPrinter(SyntaxEntries, StrPrinter):
    """``names`` gives each declared symbol its identifier (``notation.syntax_names``)."""

    def __init__(self, names: Mapping[Symbol, str], hidden: Collection[str] = ()) -> None:
        super().__init__({"full_prec": True})
        self.names = names
        self.hidden = {*names.values(), *hidden}

    def _print_Symbol(self, expr: Symbol) -> str:
        return self.names.get(expr, expr.name)

    def _print_Exp1(self, expr: Basic) -> str:
        return "exp(1)" if "E" in self.hidden else "E"

    def _print_Pi(self, expr: Basic) -> str:
        return "acos(-1)" if "pi" in self.hidden else "pi"

    def _print_EulerGamma(self, expr: Basic) -> str:
        return "(-polygamma(0, 1))" if "EulerGamma" in self.hidden else "EulerGamma"

    def _print_gamma(self, expr: Basic) -> str:
        if "gamma" in self.hidden:
            return f"exp(loggamma({self._print(expr.args[0])}))"
        return self._call("gamma", *expr.args)

    def _print_beta(self, expr: Basic) -> str:
        if "beta" not in self.hidden:
            return self._call("beta", *expr.args)
        a, b = expr.args
        if "gamma" in self.hidden:
            exponent = loggamma(a) + loggamma(b) - loggamma(a + b)
            return f"exp({self._print(exponent)})"
        return f"({self._print(gamma(a) * gamma(b) / gamma(a + b))})"

    def _print_zeta(self, expr: Basic) -> str:
        if "zeta" not in self.hidden:
            return self._call("zeta", *expr.args)
        if len(expr.args) == 1:
            return f"polylog({self._print(expr.args[0])}, 1)"
        exponent, shift = expr.args
        return f"lerchphi(1, {self._print(exponent)}, {self._print(shift)})"

    def _call(self, head: str, *arguments: Basic) -> str:
        return f"{head}({self.stringify(arguments, ', ')})"


def syntax(expr: Any, names: Mapping[Symbol, str]) -> str:
    """``expr`` as SymPy syntax over the identifiers in ``names``."""
    text: str = SyntaxPrinter(names).doprint(expr)
    return text
