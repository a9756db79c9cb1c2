"""Functions that SymPy leaves as unevaluated derivatives: of zeta, of Bessel functions by order.

Each prints in SymPy syntax as an explicit sum or integral, which ``sympy.parse_expr`` reads back
to the same value, and in LaTeX as a derivative.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Derivative,
    Dummy,
    Expr,
    Function,
    Integer,
    Integral,
    S,
    Subs,
    Sum,
    Symbol,
    besseli,
    besselk,
    cos,
    diff,
    exp,
    log,
    oo,
    pi,
    sin,
    zeta,
)
from sympy.core.function import ArgumentIndexError

from symfisher.algebra.incomplete_gamma import without_meijer


class ZetaDerivative(Function):
    """The m-th derivative of the Riemann zeta function at s > 1: ``ZetaDerivative(m, s)``.

    Equal to the sum over n >= 1 of (-log n)^m n^(-s) (DLMF 25.2.6).
    """

    nargs = 2

    @classmethod
    def eval(cls, m: Expr, s: Expr) -> Expr | None:
        return zeta(s) if m == 0 else None

    def fdiff(self, argindex: int = 1) -> Expr:
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return ZetaDerivative(self.args[0] + 1, self.args[1])

    def _eval_is_extended_real(self) -> bool | None:
        return self.args[1].is_extended_real

    def _eval_is_finite(self) -> bool | None:
        return (self.args[1] - 1).is_positive

    def as_explicit(self) -> Expr:
        m, s = self.args
        n = _bound_symbol("n", self)
        return Sum((-1) ** m * log(n) ** m * n ** (-s), (n, 1, oo))

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.as_explicit()))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        m, s = self.args
        primes = (
            "'" * int(m) if m.is_Integer and m < 4 else rf"^{{\left({printer._print(m)}\right)}}"
        )
        return _powered(rf"\zeta{primes}\left({printer._print(s)}\right)", exp)

    def _eval_evalf(self, prec: int) -> Expr | None:
        return _evalf(self, prec)


class HurwitzDerivative(Function):
    """The m-th derivative of the Hurwitz zeta function by s > 1: ``HurwitzDerivative(m, s, a)``.

    Equal to the sum over n >= 0 of (-log(n + a))^m (n + a)^(-s), a > 0 (DLMF 25.11.1).
    """

    nargs = 3

    @classmethod
    def eval(cls, m: Expr, s: Expr, a: Expr) -> Expr | None:
        if m == 0:
            return zeta(s, a)
        return ZetaDerivative(m, s) if a == 1 else None

    def fdiff(self, argindex: int = 1) -> Expr:
        m, s, a = self.args
        if argindex == 2:
            return HurwitzDerivative(m + 1, s, a)
        if argindex == 3:
            return -s * HurwitzDerivative(m, s + 1, a) - m * HurwitzDerivative(m - 1, s + 1, a)
        raise ArgumentIndexError(self, argindex)

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.args[1].is_extended_real and self.args[2].is_positive else None

    def as_explicit(self) -> Expr:
        m, s, a = self.args
        n = _bound_symbol("n", self)
        return Sum((-1) ** m * log(n + a) ** m * (n + a) ** (-s), (n, 0, oo))

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.as_explicit()))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        m, s, a = self.args
        primes = (
            "'" * int(m) if m.is_Integer and m < 4 else rf"^{{\left({printer._print(m)}\right)}}"
        )
        at = rf"\left({printer._print(s)}, {printer._print(a)}\right)"
        return _powered(rf"\zeta{primes}{at}", exp)

    def _eval_evalf(self, prec: int) -> Expr | None:
        return _evalf(self, prec)


class _BesselOrder(Function):
    """An m-th derivative of a modified Bessel function by its order: arguments m, p, z."""

    nargs = 3
    letter = "?"

    def fdiff(self, argindex: int = 1) -> Expr:
        m, p, z = self.args
        if argindex == 2:
            return type(self)(m + 1, p, z)
        if argindex == 3:
            return self._by_argument()
        raise ArgumentIndexError(self, argindex)

    def _by_argument(self) -> Expr:
        raise NotImplementedError

    def _eval_is_extended_real(self) -> bool | None:
        _, p, z = self.args
        return True if p.is_extended_real and z.is_positive else None

    def as_explicit(self) -> Expr:
        raise NotImplementedError

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.as_explicit()))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        m, p, z = self.args
        order = "" if m == 1 else f"^{{{printer._print(m)}}}"
        name, at = rf"{self.letter}_{{\nu}}", printer._print(z)
        fraction = rf"\frac{{\partial{order}}}{{\partial \nu{order}}} {name}\left({at}\right)"
        return _powered(rf"\left.{fraction}\right|_{{\nu={printer._print(p)}}}", exp)

    def _eval_evalf(self, prec: int) -> Expr | None:
        return _evalf(self, prec)


class BesselKOrder(_BesselOrder):
    """d^m/dp^m K_p(z) for z > 0, by differentiating the integral DLMF 10.32.9 in u = e^t."""

    letter = "K"

    @classmethod
    def eval(cls, m: Expr, p: Expr, z: Expr) -> Expr | None:
        if m == 0:
            return besselk(p, z)
        if m.is_Integer and m % 2 == 1 and p.is_zero:
            return S.Zero
        return None

    def _by_argument(self) -> Expr:
        m, p, z = self.args
        return -(BesselKOrder(m, p - 1, z) + BesselKOrder(m, p + 1, z)) / 2

    def as_explicit(self) -> Expr:
        m, p, z = self.args
        u = _bound_symbol("u", self)
        return Integral(log(u) ** m * u ** (p - 1) * exp(-z * (u + 1 / u) / 2) / 2, (u, 0, oo))


class BesselIOrder(_BesselOrder):
    """d^m/dp^m I_p(z) for z > 0, differentiating Schlaefli's integral (DLMF 10.32.4, u = e^t)."""

    letter = "I"

    @classmethod
    def eval(cls, m: Expr, p: Expr, z: Expr) -> Expr | None:
        return besseli(p, z) if m == 0 else None

    def _by_argument(self) -> Expr:
        m, p, z = self.args
        return (BesselIOrder(m, p - 1, z) + BesselIOrder(m, p + 1, z)) / 2

    def as_explicit(self) -> Expr:
        m, p, z = self.args
        t, u, order = _bound_symbol("t", self), _bound_symbol("u", self), Dummy("order")
        circle = diff(cos(order * t), order, int(m)) * exp(z * cos(t))
        tail = diff(sin(order * pi) * u ** (-order - 1), order, int(m)) * exp(-z * (u + 1 / u) / 2)
        first, second = (e.subs(order, p) / pi for e in (circle, tail))
        return Integral(first, (t, 0, pi)) - Integral(second, (u, 1, oo))


def replace_derivatives(expr: Expr) -> Expr:
    """``expr`` with SymPy's unevaluated derivatives of zeta and of Bessel orders as our nodes, and
    with what it writes as Meijer G in hypergeometric functions."""
    expr = without_meijer(expr)
    while True:
        found = [e for e in expr.atoms(Derivative, Subs) if _as_node(e) is not None]
        if not found:
            return expr
        expr = expr.xreplace({e: _as_node(e) for e in found})


def _as_node(e: Expr) -> Expr | None:
    """The node that an unevaluated derivative stands for, or ``None``."""
    if isinstance(e, Subs):
        inner = e.expr if not isinstance(e.expr, Derivative) else _as_node(e.expr)
        if inner is None or inner.has(Derivative, Subs):
            return None
        return inner.xreplace(dict(zip(e.variables, e.point)))
    function, counts = e.expr, e.variable_count
    if len(counts) != 1:
        return None
    symbol, count = counts[0]
    return _differentiated(function, symbol, Integer(count))


def _differentiated(function: Expr, symbol: Symbol, count: Expr) -> Expr | None:
    arguments = function.args
    if isinstance(function, zeta) and arguments == (symbol,):
        return ZetaDerivative(count, symbol)
    if isinstance(function, ZetaDerivative) and arguments[1] == symbol:
        return ZetaDerivative(arguments[0] + count, symbol)
    if isinstance(function, zeta) and arguments[0] == symbol and not arguments[1].has(symbol):
        return HurwitzDerivative(count, *arguments)
    nodes = {besselk: BesselKOrder, besseli: BesselIOrder}
    for kind, node in nodes.items():
        if isinstance(function, kind) and arguments[0] == symbol:
            return None if arguments[1].has(symbol) else node(count, symbol, arguments[1])
    return None


def _bound_symbol(name: str, expr: Expr) -> Symbol:
    """A symbol for a bound variable that no free symbol of the expression clashes with."""
    taken = {s.name for s in expr.free_symbols}
    while name in taken:
        name += "_"
    return Symbol(name)


def _powered(text: str, exponent: str | None) -> str:
    return text if exponent is None else rf"{{{text}}}^{{{exponent}}}"


def _evalf(e: Expr, prec: int) -> Expr | None:
    """Numeric value of a node whose arguments are numbers; ``None`` otherwise."""
    if e.free_symbols:
        return None
    import mpmath
    from sympy import Float

    from symfisher.algebra.special_values import NODES

    function: Any = NODES[type(e).__name__]
    with mpmath.workprec(prec + 20):
        arguments = [a._to_mpmath(prec + 20) for a in e.args]
        return Float(function(*arguments), precision=prec)


__all__ = [
    "BesselIOrder",
    "BesselKOrder",
    "HurwitzDerivative",
    "ZetaDerivative",
    "replace_derivatives",
]
