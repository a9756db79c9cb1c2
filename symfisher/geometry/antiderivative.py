"""Antiderivatives of f*sqrt(q) for rational f and q in one coordinate: lengths of curves.

A root of a polynomial of degree two at most is made rational by Euler's substitutions, after
which a rational function is integrated; exponentials of the coordinate are taken as a new one.
"""

from __future__ import annotations

from sympy import (
    Dummy,
    Expr,
    Integer,
    Integral,
    Mul,
    Poly,
    PolynomialError,
    Pow,
    Symbol,
    cancel,
    diff,
    exp,
    expand_power_base,
    factor,
    fraction,
    log,
    powsimp,
    sqrt,
    together,
)
from sympy.integrals.rationaltools import ratint

from symfisher.algebra.fraction_writing import Sign
from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.errors import TimeLimitError
from symfisher.expectation.samples import signs_of
from symfisher.quantities.rank import generic_values

_SECONDS = 4.0


def root_antiderivative(square: Expr, x: Symbol, sign: Sign) -> Expr | None:
    """The integral of sqrt(square) over x, where ``square`` is positive; None if not found.

    ``sign`` tells the sign of an expression over the domain.
    """
    outside, inside = _constant_factors(factor(together(square)), x)
    if sign(outside) == -1:
        outside, inside = -outside, -inside
    if inside == 1:
        return sqrt(outside) * x
    exponential = _exponential(inside, x)
    if exponential is not None:
        new = Dummy("t", positive=True)
        rate, replaced = exponential
        changed = replaced.xreplace({exp(rate * x): new}) / (rate * new) ** 2
        found = root_antiderivative(changed, new, lambda e: sign(e.xreplace({new: exp(rate * x)})))
        return None if found is None else sqrt(outside) * found.xreplace({new: exp(rate * x)})
    if not inside.is_rational_function(x):
        return None
    split = _root_of_rational(inside, x, sign)
    if split is None:
        return None
    found = _algebraic(*split, x, sign)
    return None if found is None else sqrt(outside) * _real(found, sign)


def rational_antiderivative(integrand: Expr, x: Symbol, sign: Sign) -> Expr | None:
    """The integral of a rational function of x; None where it is none or not elementary."""
    plain = cancel(together(integrand))
    if not plain.is_rational_function(x):
        return None
    return _real(ratint(plain, x), sign)


def antiderivative(integrand: Expr, x: Symbol, family: Family) -> Expr | None:
    """The integral over x of an expression in the parameters, checked; None if not found."""
    sign = signs_of(family)
    try:
        with time_limit(_SECONDS):
            found = _by_any_road(integrand, x, sign)
    except (NotImplementedError, TimeLimitError):
        return None
    if found.has(Integral) or not generic_values(family).is_zero(diff(found, x) - integrand):
        return None
    return found


def _by_any_road(integrand: Expr, x: Symbol, sign: Sign) -> Expr:
    found = rational_antiderivative(integrand, x, sign)
    if found is None and sign(integrand) in (1, -1):
        root = root_antiderivative(integrand**2, x, sign)
        found = None if root is None else root * sign(integrand)
    return integrand.integrate(x) if found is None else found


def _constant_factors(expr: Expr, x: Symbol) -> tuple[Expr, Expr]:
    constant, rest = expr.as_independent(x, as_Add=False)
    return constant, rest


def _exponential(expr: Expr, x: Symbol) -> tuple[Expr, Expr] | None:
    """(k, the same expression in exp(k*x) alone), for the smallest rate k that occurs."""
    expr = powsimp(expr)
    rates = [cancel(node.args[0] / x) for node in expr.atoms(exp) if node.has(x)]
    if not rates or any(r.has(x) for r in rates):
        return None
    base = rates[0]
    ratios = [cancel(r / base) for r in rates]
    if not all(r.is_Integer for r in ratios):
        return None
    plain = expr.replace(
        lambda node: isinstance(node, exp) and node.has(x),
        lambda node: Pow(exp(base * x), cancel(node.args[0] / x / base), evaluate=False),
    )
    return base, plain


def _root_of_rational(square: Expr, x: Symbol, sign: Sign) -> tuple[Expr, Expr] | None:
    """f, q with sqrt(square) = f*sqrt(q), f positive and q a square-free polynomial."""
    above, below = fraction(factor(square))
    outside, inside, number = Integer(1), Integer(1), Integer(1)
    for polynomial, direction in ((above, 1), (below, -1)):
        for part in Mul.make_args(factor(polynomial)):
            base, power = part.as_base_exp()
            side = sign(base)
            if not power.is_Integer or side not in (1, -1):
                return None
            number = number * side**power
            base, power = side * base, direction * int(power)
            odd = power % 2
            outside = outside * base ** ((power - odd) // 2)
            inside = inside * base**odd
    return (outside, inside) if number == 1 else None


def _algebraic(f: Expr, q: Expr, x: Symbol, sign: Sign) -> Expr | None:
    """The integral of f*sqrt(q), q square-free."""
    try:
        polynomial = Poly(q, x)
    except PolynomialError:
        return None
    degree = polynomial.degree()
    if degree <= 0:
        return sqrt(q) * ratint(cancel(f), x)
    t = Dummy("t", positive=True)
    if degree == 1:
        a, b = polynomial.all_coeffs()
        return _substituted(f * t, x, (t**2 - b) / a, t, sqrt(q))
    if degree == 2:
        return _quadratic(f, polynomial, x, t, sign)
    return None


def _quadratic(f: Expr, q: Poly, x: Symbol, t: Symbol, sign: Sign) -> Expr | None:
    """Euler's third substitution between or outside real roots, his first where there are none."""
    a, b, c = q.all_coeffs()
    discriminant = factor(b**2 - 4 * a * c)
    if discriminant.is_positive:
        first, second = ((-b + s * sqrt(discriminant)) / (2 * a) for s in (-1, 1))
        side, other = sign(x - first), sign(x - second)
        if side not in (1, -1) or other not in (1, -1):
            return None
        same = side * other
        place = (t**2 * first - same * second) / (t**2 - same)
        root = sqrt(a * same) * t * side * (place - first)
        back = sqrt(other * (x - second)) / sqrt(side * (x - first))
        return _substituted(f * root, x, place, t, back)
    if discriminant.is_negative and a.is_positive:
        place = (t**2 - c) / (2 * sqrt(a) * t + b)
        return _substituted(f * (t - sqrt(a) * place), x, place, t, sqrt(a) * x + sqrt(q.as_expr()))
    return None


def _substituted(integrand: Expr, x: Symbol, place: Expr, t: Symbol, back: Expr) -> Expr | None:
    """The integral over x = place(t) of an integrand that is rational in t."""
    plain = cancel(together(integrand.xreplace({x: place}) * diff(place, t)))
    if not plain.is_rational_function(t):
        return None
    return ratint(plain, t).xreplace({t: back})


def _real(expr: Expr, sign: Sign) -> Expr:
    """Logarithms of negative arguments turned: that changes the integral by a constant."""

    def turned(argument: Expr) -> Expr:
        return log(expand_power_base(-argument if sign(argument) == -1 else argument))

    return expr.replace(log, turned)
