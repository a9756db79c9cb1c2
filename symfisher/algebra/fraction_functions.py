"""How each special function enters a fraction field: rules that leave independent generators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import (
    Expr,
    Integer,
    Pow,
    Rational,
    Sum,
    besseli,
    besselk,
    erfc,
    exp,
    expand,
    expand_func,
    expand_power_exp,
    factorial,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    powsimp,
    sin,
    sqrt,
)

from symfisher.algebra.fraction import Fraction
from symfisher.algebra.fraction_logarithms import FractionLogarithms as Field
from symfisher.algebra.special import BesselIOrder, BesselKOrder

Rule = Callable[[Field, Expr], Fraction]
FUNCTION_RULES: dict[str, Rule] = {}
_MOST_SHIFTS = 24  # a recurrence is unrolled at most this often


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Register a conversion for functions of these names."""

    def register(function: Rule) -> Rule:
        FUNCTION_RULES.update(dict.fromkeys(names, function))
        return function

    return register


def _canonical(field: Field, argument: Expr) -> Expr:
    """The argument in the one form that its value has in the field."""
    return field.expression(field.convert(argument))


@rule(
    "HurwitzDerivative",
    "ZetaDerivative",
    "zeta",
    "erfi",
    "Ei",
    "Si",
    "Ci",
    "Shi",
    "Chi",
    "li",
    "expint",
)
@rule("asinh", "acosh", "asin", "acos", "atan", "acot", "LambertW", "lerchphi", "polylog")
@rule("uppergamma", "lowergamma", "hyper", "elliptic_k", "elliptic_e", "KroneckerDelta")
def plain(field: Field, expr: Expr) -> Fraction:
    """A function without relations among its values: one generator for each argument."""
    arguments = [_canonical(field, a) if isinstance(a, Expr) else a for a in expr.args]
    value = expr.func(*arguments)
    if type(value) is type(expr):
        return field.generator(value)
    return field.convert(value)


# -- the gamma function and its derivatives: arguments that differ by integers share one ---------


def _shifted(field: Field, kind: Any, argument: Expr) -> tuple[Fraction, int]:
    """A registered argument b and n with argument = b + n (the argument itself at first)."""
    value = field.convert(argument)
    known = field.registry.setdefault(("arguments", kind), [])
    for other in known:
        difference = (value - other).rational()
        if difference is not None and difference.q == 1 and abs(difference) <= _MOST_SHIFTS:
            return other, int(difference)
    known.append(value)
    return value, 0


def _steps(base: Fraction, shift: int) -> list[Fraction]:
    """The factors by which Gamma(b + n) and Gamma(b) differ: b, ..., b + n - 1."""
    field = base.field
    low, high = (0, shift) if shift > 0 else (shift, 0)
    return [base + field.number(step) for step in range(low, high)]


@rule("gamma")
def gamma_rule(field: Field, expr: Expr) -> Fraction:
    base, shift = _shifted(field, "gamma", expr.args[0])
    value = _generator_or_value(field, gamma(field.expression(base)))
    for factor in _steps(base, shift):
        value = value * factor if shift > 0 else value / factor
    return value


@rule("loggamma")
def loggamma_rule(field: Field, expr: Expr) -> Fraction:
    base, shift = _shifted(field, "loggamma", expr.args[0])
    value = _generator_or_value(field, loggamma(field.expression(base)))
    for factor in _steps(base, shift):
        value = value + field.log(factor) if shift > 0 else value - field.log(factor)
    return value


@rule("polygamma", "digamma", "trigamma")
def polygamma_rule(field: Field, expr: Expr) -> Fraction:
    """psi_m(b + 1) = psi_m(b) + (-1)**m m! / b**(m + 1)."""
    expr = expr.rewrite(polygamma)
    if not isinstance(expr, polygamma):
        return field.convert(expr)
    order, argument = expr.args
    base, shift = _shifted(field, ("polygamma", order), argument)
    value = _generator_or_value(field, polygamma(order, field.expression(base)))
    sign = int((-1) ** order * factorial(order)) * (1 if shift > 0 else -1)
    for factor in _steps(base, shift):
        value = value + (field.one / factor ** int(order + 1)).scaled(sign)
    return value


def _generator_or_value(field: Field, value: Expr) -> Fraction:
    if isinstance(value, gamma | loggamma | polygamma):
        return field.generator(value)
    return field.convert(value)


@rule("beta")
def beta_rule(field: Field, expr: Expr) -> Fraction:
    a, b = expr.args
    return field.convert(gamma(a)) * field.convert(gamma(b)) / field.convert(gamma(a + b))


@rule("factorial")
def factorial_rule(field: Field, expr: Expr) -> Fraction:
    return field.convert(gamma(expr.args[0] + 1))


@rule("binomial")
def binomial_rule(field: Field, expr: Expr) -> Fraction:
    n, k = expr.args
    return field.convert(gamma(n + 1)) / (
        field.convert(gamma(k + 1)) * field.convert(gamma(n - k + 1))
    )


@rule("RisingFactorial")
def rising_factorial_rule(field: Field, expr: Expr) -> Fraction:
    a, n = expr.args
    return field.convert(gamma(a + n)) / field.convert(gamma(a))


# -- Bessel functions: two neighbouring orders generate all --------------------------------------


@rule("besseli", "besselk")
def bessel_rule(field: Field, expr: Expr) -> Fraction:
    order, argument = expr.args
    if order.is_Rational and order.q == 2:
        return field.convert(_elementary_bessel(expand_func(expr)))
    return _bessel_of(field, type(expr), 0, order, argument)


def _elementary_bessel(expr: Expr) -> Expr:
    """Orders 1/2 and -1/2, to which ``expand_func`` reduces, by exponentials (DLMF 10.39)."""
    known = {}
    for node in expr.atoms(besseli, besselk):
        order, z = node.args
        if order in (Rational(1, 2), -Rational(1, 2)):
            second = isinstance(node, besselk)
            above = pi * exp(-z) if second else exp(z) - 2 * order * exp(-z)
            known[node] = above / sqrt(2 * pi * z)
    return expr.xreplace(known)


@rule("BesselIOrder", "BesselKOrder")
def bessel_order_rule(field: Field, expr: Expr) -> Fraction:
    """Derivatives by the order: the same recurrence, differentiated."""
    kind = besselk if isinstance(expr, BesselKOrder) else besseli
    times, order, argument = expr.args
    return _bessel_of(field, kind, int(times), order, argument)


def _bessel_of(field: Field, kind: Any, times: int, order: Expr, argument: Expr) -> Fraction:
    argument = _canonical(field, argument)
    value = field.convert(order)
    known = field.registry.setdefault((kind, argument), [])
    mirrored = times == 0 and (kind is besselk or order.is_Integer)
    for other in known:
        for sign in (1, -1) if mirrored else (1,):
            shift = (value.scaled(sign) - other).rational()
            if shift is not None and shift.q == 1:
                return _bessel(field, kind, times, other, int(shift), argument)
    base = field.zero if order.is_Integer else value
    known.append(base)
    shift = int(order) if order.is_Integer else 0
    return _bessel(field, kind, times, base, shift, argument)


def _bessel(
    field: Field, kind: Any, times: int, base: Fraction, shift: int, argument: Expr
) -> Fraction:
    """I or K of order base + shift, or a derivative, through the orders base and base + 1.

    f[v+1] = s 2v/z f[v] + f[v-1] with s = 1 for K and -1 for I.
    """
    if not base and times == 0:
        shift = abs(shift)
    if shift in (0, 1):
        order = field.expression(base) + shift
        return field.generator(_bessel_node(kind, times, order, argument))
    step = 1 if shift > 0 else -1
    factor = field.number(2 * step * (1 if kind is besselk else -1)) / field.convert(argument)
    middle = base + field.number(shift - step)
    value = factor * middle * _bessel(field, kind, times, base, shift - step, argument)
    if times:
        lower = _bessel(field, kind, times - 1, base, shift - step, argument)
        value = value + factor * lower.scaled(times)
    return value + _bessel(field, kind, times, base, shift - 2 * step, argument)


def _bessel_node(kind: Any, times: int, order: Expr, argument: Expr) -> Expr:
    if times == 0:
        return kind(order, argument)
    return (BesselKOrder if kind is besselk else BesselIOrder)(times, order, argument)


# -- trigonometric and hyperbolic functions ------------------------------------------------------


@rule("sin", "cos", "tan", "cot", "sec", "csc")
def circular_rule(field: Field, expr: Expr) -> Fraction:
    name = type(expr).__name__
    if expr.free_symbols & field.data:
        return _circular_of_data(field, expr)
    if name in ("tan", "cot"):
        tangent = _tangent(field, expr.args[0])
        return tangent if name == "tan" else field.one / tangent
    sine, cosine = _sine_cosine(field, expr.args[0])
    value = sine if name in ("sin", "csc") else cosine
    return value if name in ("sin", "cos") else field.one / value


def _tangent(field: Field, angle: Expr) -> Fraction:
    """tan of a sum, each term a multiple of an angle whose tangent is a generator."""
    total = field.zero
    for number, monomial in field.terms(field.convert(angle)):
        t = field.half_angle_tangent(monomial, int(number.q) // (2 - int(number.q) % 2))
        t = t if number > 0 else -t
        for _ in range(int(2 * field.angle_root(monomial) * abs(number))):
            total = (total + t) / (field.one - total * t)
    return total


def _sine_cosine(field: Field, angle: Expr) -> tuple[Fraction, Fraction]:
    """By the tangent of half of each term of the angle, and the addition theorem."""
    sine, cosine = field.zero, field.one
    for number, monomial in field.terms(field.convert(angle)):
        t = field.half_angle_tangent(monomial, int(number.q))
        s, c = t.scaled(2) / (field.one + t * t), (field.one - t * t) / (field.one + t * t)
        s = s if number > 0 else -s
        for _ in range(field.angle_root(monomial) // int(number.q) * abs(int(number.p))):
            sine, cosine = sine * c + cosine * s, cosine * c - sine * s
    return sine, cosine


def _circular_of_data(field: Field, expr: Expr) -> Fraction:
    """Addition theorem between what holds data and what does not; the former stay as they are."""
    if type(expr).__name__ not in ("sin", "cos"):
        return plain(field, expr)
    rest, data = expand(expr.args[0]).as_independent(*field.data, as_Add=True)
    sine, cosine = _sine_cosine(field, rest)
    negative = data.could_extract_minus_sign()
    s, c = field.kept_sine_cosine(-data if negative else data)
    s = -s if negative else s
    return s * cosine + c * sine if isinstance(expr, sin) else c * cosine - s * sine


@rule("sinh", "cosh", "tanh", "coth", "sech", "csch")
def hyperbolic_rule(field: Field, expr: Expr) -> Fraction:
    return field.convert(expr.rewrite(exp))


@rule("atanh", "acoth")
def inverse_hyperbolic_rule(field: Field, expr: Expr) -> Fraction:
    argument = expr.args[0] if type(expr).__name__ == "atanh" else 1 / expr.args[0]
    return field.convert((log(1 + argument) - log(1 - argument)) / 2)


# -- the error function: one generator for erfc(z), erfc(-z) and erf(z) --------------------------


@rule("erfc", "erf")
def error_function_rule(field: Field, expr: Expr) -> Fraction:
    argument = field.convert(expr.args[0])
    known = field.registry.setdefault("erfc", [])
    mirrored = any(argument == -other for other in known)
    base = -argument if mirrored else argument
    if not mirrored and not any(argument == other for other in known):
        known.append(argument)
    value = field.generator(erfc(field.expression(base)))
    if mirrored:
        value = field.number(2) - value
    return value if isinstance(expr, erfc) else field.one - value


@rule("Abs")
def absolute_rule(field: Field, expr: Expr) -> Fraction:
    sign = field.sign(expr.args[0])
    if sign is None:
        return plain(field, expr)
    return field.convert(expr.args[0]).scaled(sign)


# -- sums ----------------------------------------------------------------------------------------


@rule("Sum")
def sum_rule(field: Field, expr: Expr) -> Fraction:
    """Term by term, with what does not hold the index taken out of each term.

    x x^s is written x^(s + 1), so that a summand has one form however it came about.
    """
    summand, *limits = expr.args
    if len(limits) != 1:
        return field.generator(expr)
    index = limits[0][0]
    total = field.zero
    merged = powsimp(summand, combine="exp").replace(
        lambda e: isinstance(e, Pow | exp) and not e.as_base_exp()[0].has(index), expand_power_exp
    )
    for term in expand(merged, power_exp=False).as_ordered_terms():
        outside, inside = term.as_independent(index, as_Add=False)
        inside, number = _without_number(inside)
        total = total + field.convert(outside * number) * field.generator(Sum(inside, *limits))
    return total


def _without_number(term: Expr) -> tuple[Expr, Expr]:
    number, rest = term.as_coeff_Mul()
    if not isinstance(number, Rational):
        return term, Integer(1)
    return rest, number
