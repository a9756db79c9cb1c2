"""Integrals of polynomials times logarithms of linear functions over an interval, by parts."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Poly, Symbol, exp, expand, expand_log, log


def integral(
    log_density: Expr, integrand: Expr, x: Symbol, lower: Expr, upper: Expr
) -> Expr | None:
    """The integral of integrand * exp(log_density) over a finite interval, or None.

    The density has to be a polynomial in x, and the integrand a sum of polynomials, each times at
    most one logarithm of a linear function.
    """
    density = Mul(*(exp(term) for term in Add.make_args(expand_log(log_density, force=True))))
    total: Expr = Integer(0)
    for term in Add.make_args(expand(expand_log(integrand, force=True) * density)):
        value = _term(term, x, lower, upper)
        if value is None:
            return None
        total += value
    return total


def _term(term: Expr, x: Symbol, lower: Expr, upper: Expr) -> Expr | None:
    logs = [f for f in Mul.make_args(term) if isinstance(f, log) and f.has(x)]
    rest = (term / Mul(*logs)).as_poly(x)
    if rest is None or len(logs) > 1 or any(x in c.free_symbols for c in rest.all_coeffs()):
        return None
    if not logs:
        whole = rest.integrate(x).as_expr()
        return whole.subs(x, upper) - whole.subs(x, lower)
    return _by_parts(rest, logs[0].args[0], x, lower, upper)


def _by_parts(density: Poly, argument: Expr, x: Symbol, lower: Expr, upper: Expr) -> Expr | None:
    """Q log L - integral of Q L'/L, with the antiderivative Q that vanishes where L does."""
    line = argument.as_poly(x)
    if line is None or line.degree() != 1:
        return None
    whole = density.integrate(x)
    root = -line.nth(0) / line.nth(1)
    shifted = (whole - Poly(whole.as_expr().subs(x, root), x)).as_expr()
    quotient, _ = (Poly(shifted, x) * line.nth(1)).div(line)
    rest = quotient.integrate(x).as_expr()

    def at(end: Expr) -> Expr:
        height = shifted.subs(x, end)
        edge = Integer(0) if height == 0 else height * log(argument.subs(x, end))
        return edge - rest.subs(x, end)

    return at(upper) - at(lower)
