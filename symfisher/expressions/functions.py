"""The functions and constants that an expression may name; everything else is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Expr, Rational

from symfisher.expressions.limits import LARGEST_ARGUMENT, TooLargeError

CONSTANTS: Mapping[str, Expr] = {
    "pi": sympy.pi,
    "E": sympy.E,
    "EulerGamma": sympy.EulerGamma,
    "Catalan": sympy.Catalan,
    "oo": sympy.oo,
}


@dataclass(frozen=True)
class Function:
    """A function of an expression: what builds it, and how it may be called.

    ``largest`` bounds the absolute value of arguments that are numbers, where SymPy would evaluate
    or compare the result; None leaves them free.
    """

    build: Callable[..., Any]
    fewest: int = 1
    most: int = 1
    largest: int | None = LARGEST_ARGUMENT

    def arity(self) -> str:
        """How many arguments it takes, in words."""
        if self.most > 99:
            return f"{self.fewest} or more arguments"
        count = f"{self.fewest}" if self.fewest == self.most else f"{self.fewest} or {self.most}"
        return f"{count} argument{'s' if self.most > 1 else ''}"


def _rational(numerator: Expr, denominator: Expr = sympy.S.One) -> Expr:
    if not (isinstance(numerator, Rational) and isinstance(denominator, Rational)):
        raise TooLargeError("Rational is made of numbers")
    return numerator / denominator


def _integer(value: Expr) -> Expr:
    if not isinstance(value, sympy.Integer):
        raise TooLargeError("Integer is made of a whole number")
    return value


def _all(build: Any, names: str, **call: Any) -> dict[str, Function]:
    """One entry for each name; ``build`` is the module or class that has it."""
    return {name: Function(getattr(build, name), **call) for name in names.split()}


FUNCTIONS: Mapping[str, Function] = {
    **_all(sympy, "log ln", most=2, largest=None),
    **_all(sympy, "Abs sign", largest=None),
    "abs": Function(sympy.Abs, largest=None),
    **_all(sympy, "Max Min", most=100, largest=None),
    "Rational": Function(_rational, most=2, largest=None),
    "Integer": Function(_integer, largest=None),
    **_all(sympy, "exp sinh cosh tanh coth sech csch", largest=1_000),
    **_all(sympy, "sin cos tan cot sec csc asin acos atan acot asinh acosh atanh acoth"),
    **_all(sympy, "atan2 KroneckerDelta", fewest=2, most=2),
    **_all(sympy, "gamma loggamma factorial digamma trigamma", largest=1_000),
    **_all(sympy, "beta binomial", fewest=2, most=2, largest=1_000),
    **_all(sympy, "rf ff", fewest=2, most=2, largest=100),
    **_all(sympy, "polygamma uppergamma lowergamma expint", fewest=2, most=2, largest=50),
    **_all(sympy, "zeta", most=2, largest=50),
    **_all(sympy, "polylog", fewest=2, most=2, largest=50),
    **_all(sympy, "lerchphi", fewest=3, most=3, largest=50),
    **_all(sympy, "besselj bessely besseli besselk", fewest=2, most=2, largest=1_000),
    **_all(sympy, "erf erfc erfi E1 Ei"),
    **_all(sympy, "LambertW", most=2),
    "lambertw": Function(sympy.LambertW, most=2),
}

RELATIONS: Mapping[str, Any] = {
    "<": sympy.Lt,
    "<=": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
    "Eq": sympy.Eq,
    "Ne": sympy.Ne,
}
CONNECTIVES: Mapping[str, Any] = {
    "And": sympy.And,
    "Or": sympy.Or,
    "Not": sympy.Not,
    "&": sympy.And,
    "|": sympy.Or,
    "~": sympy.Not,
}
SPECIAL = (
    *("sqrt", "cbrt", "root", "Piecewise", "Sum", "Product"),
    *("hyper", "Eq", "Ne", "And", "Or", "Not"),
)
