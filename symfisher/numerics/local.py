"""Sums that are polynomials in a variable, evaluated without cancellation near its ends.

Near the lower end A of a support the variable is A + d with d known to full relative accuracy,
however small, together with log d.  A polynomial is then expanded in d; a constant term that is
zero but for rounding (1 + xi (x - mu)/sigma at the moving end of the generalised extreme value
distribution) is dropped.  Likewise near the upper end with B - d.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sympy import Add, Expr, Mul, Pow, S, Symbol, log

from symfisher.numerics.program import Slot

if TYPE_CHECKING:
    from symfisher.numerics.compiler import Compiler

_DEGREE = 4  # polynomials of a higher degree are summed as they stand
Polynomial = dict[int, list[Slot]]  # degree -> summands of its coefficient


def polynomial_terms(
    compiler: Compiler, terms: tuple[Expr, ...]
) -> tuple[list[Slot], tuple[Expr, ...]]:
    """The slot of those terms that make a polynomial together, and the other terms."""
    variable = compiler.innermost(Add(*terms)) if len(terms) > 1 else None
    if variable is None:
        return [], terms
    found = [(t, fraction(compiler, t, variable)) for t in terms]
    parts = [t for t, f in found if f is not None]
    if len(parts) < 2 or not any(variable in compiler.reads(t) for t in parts):
        return [], terms
    slot = _value(compiler, variable, parts)
    return ([] if slot is None else [slot]), (
        terms if slot is None else tuple(t for t, f in found if f is None)
    )


def _value(compiler: Compiler, variable: Symbol, parts: list[Expr]) -> Slot | None:
    total = fraction_sum(compiler, parts, variable)
    if total is None:
        return None
    numerator, denominator = total
    plain = _plain_sum(compiler, parts, variable)
    if len(denominator) == 1 and 0 in denominator:
        return _near(compiler, "near_value", variable, plain, numerator)
    top = _near(compiler, "near_value", variable, _horner(compiler, variable, numerator), numerator)
    bottom = _near(
        compiler, "near_value", variable, _horner(compiler, variable, denominator), denominator
    )
    return compiler.emit("near_ratio", plain, top, bottom, *_shifts(compiler, variable, numerator))


def log_sum(compiler: Compiler, terms: tuple[Expr, ...]) -> Slot:
    """log |sum of the terms|, exact near an end where the sum vanishes or is one."""
    variable = compiler.innermost(Add(*terms))
    plain = compiler.value(terms[0]) if len(terms) == 1 else compiler.value(Add(*terms))
    total = None if variable is None else fraction_sum(compiler, list(terms), variable)
    if variable is None or total is None:
        return compiler.emit("log_abs", plain)
    numerator, denominator = total
    if len(denominator) == 1 and 0 in denominator:
        return _near(compiler, "near_log", variable, plain, numerator, logs=True)
    top = _horner(compiler, variable, numerator)
    bottom = _horner(compiler, variable, denominator)
    return compiler.emit(
        "subtract",
        _near(compiler, "near_log", variable, top, numerator, logs=True),
        _near(compiler, "near_log", variable, bottom, denominator, logs=True),
    )


def log_log(compiler: Compiler, e: Expr) -> Slot:
    """log |log e|, exact near an end where e is one."""
    plain = compiler.value(log(e))
    variable = compiler.innermost(e)
    total = None if variable is None else fraction(compiler, e, variable)
    if variable is None or total is None or set(total[1]) != {0}:
        return compiler.emit("log_abs", plain)
    return _near(compiler, "near_log_log", variable, plain, total[0], logs=True)


def _plain_sum(compiler: Compiler, parts: list[Expr], variable: Symbol) -> Slot:
    """The sum of the parts; those without the variable are a sum of their own."""
    moving = [compiler.value(t) for t in parts if variable in compiler.reads(t)]
    still = [t for t in parts if variable not in compiler.reads(t)]
    slots = moving + ([compiler.value(Add(*still))] if still else [])
    return slots[0] if len(slots) == 1 else compiler.emit("add", *slots)


# polynomials and fractions in one variable, with slots as coefficients


def fraction(compiler: Compiler, e: Expr, variable: Symbol) -> tuple[Polynomial, Polynomial] | None:
    """Numerator and denominator of ``e`` as polynomials in the variable, or ``None``."""
    one = {0: [compiler.program.constant(S.One)]}
    if variable not in compiler.reads(e):
        return {0: [compiler.value(e)]}, one
    if e == variable:
        return {1: [compiler.program.constant(S.One)]}, one
    if isinstance(e, Mul):
        return _fraction_product(compiler, e, variable)
    if isinstance(e, Add):
        return fraction_sum(compiler, list(e.args), variable)
    if isinstance(e, Pow) and e.exp.is_Integer and abs(int(e.exp)) <= _DEGREE:
        base = fraction(compiler, e.base, variable)
        if base is None:
            return None
        top, bottom = base if e.exp > 0 else base[::-1]
        raised = _power(compiler, top, abs(int(e.exp))), _power(compiler, bottom, abs(int(e.exp)))
        return None if None in raised else raised  # type: ignore[return-value]
    return None


def _fraction_product(
    compiler: Compiler, e: Mul, variable: Symbol
) -> tuple[Polynomial, Polynomial] | None:
    still = Mul(*(f for f in e.args if variable not in compiler.reads(f)))
    top: Polynomial | None = {0: [compiler.value(still)]}
    bottom: Polynomial | None = {0: [compiler.program.constant(S.One)]}
    for factor in e.args:
        if variable in compiler.reads(factor):
            part = fraction(compiler, factor, variable)
            if part is None:
                return None
            top, bottom = _times(compiler, top, part[0]), _times(compiler, bottom, part[1])
    return None if top is None or bottom is None else (top, bottom)


def fraction_sum(
    compiler: Compiler, terms: list[Expr], variable: Symbol
) -> tuple[Polynomial, Polynomial] | None:
    still = [t for t in terms if variable not in compiler.reads(t)]
    parts = [fraction(compiler, t, variable) for t in terms if variable in compiler.reads(t)]
    one = {0: [compiler.program.constant(S.One)]}
    if still:
        parts.append(({0: [compiler.value(Add(*still))]}, one))
    top: Polynomial | None = {}
    bottom: Polynomial | None = one
    for part in parts:
        if part is None or top is None or bottom is None:
            return None
        if part[1] == bottom:
            top = _plus(top, part[0])
        else:
            left, right = _times(compiler, top, part[1]), _times(compiler, part[0], bottom)
            top = None if left is None or right is None else _plus(left, right)
            bottom = _times(compiler, bottom, part[1])
    return None if top is None or bottom is None else (top, bottom)


def _plus(a: Polynomial, b: Polynomial) -> Polynomial:
    return {k: a.get(k, []) + b.get(k, []) for k in sorted({*a, *b})}


def _times(compiler: Compiler, a: Polynomial | None, b: Polynomial | None) -> Polynomial | None:
    if a is None or b is None or (a and b and max(a) + max(b) > _DEGREE):
        return None
    one = compiler.program.constant(S.One)
    product: Polynomial = {}
    for i, left in a.items():
        for j, right in b.items():
            for x in left:
                for y in right:
                    slot = y if x == one else x if y == one else compiler.emit("multiply", x, y)
                    product.setdefault(i + j, []).append(slot)
    return product


def _power(compiler: Compiler, a: Polynomial, n: int) -> Polynomial | None:
    result: Polynomial | None = {0: [compiler.program.constant(S.One)]}
    for _ in range(n):
        result = _times(compiler, result, a)
    return result


# the steps


def _horner(compiler: Compiler, variable: Symbol, polynomial: Polynomial) -> Slot:
    coefficients = _coefficients(compiler, polynomial)
    return compiler.emit("polynomial", compiler.symbol(variable), *coefficients)


def _coefficients(compiler: Compiler, polynomial: Polynomial) -> Iterable[Slot]:
    zero = compiler.program.constant(S.Zero)
    for degree in range(max(polynomial, default=0) + 1):
        summands = polynomial.get(degree, [zero])
        yield summands[0] if len(summands) == 1 else compiler.emit("add", *summands)


def _shifts(compiler: Compiler, variable: Symbol, polynomial: Polynomial) -> tuple[Slot, Slot]:
    """The polynomial's coefficients in d at each finite end; ``None`` at an infinite one."""
    coefficients = tuple(_coefficients(compiler, polynomial))
    ends = compiler.variables[variable]
    none = compiler.program.constant(None)
    lower = none if ends.lower is None else compiler.value(ends.lower)
    upper = none if ends.upper is None else compiler.value(ends.upper)
    plus, minus = compiler.program.constant(1), compiler.program.constant(-1)
    return (
        none if ends.lower is None else compiler.emit("shift", plus, lower, *coefficients),
        none if ends.upper is None else compiler.emit("shift", minus, upper, *coefficients),
    )


def _near(
    compiler: Compiler,
    operation: str,
    variable: Symbol,
    plain: Slot,
    polynomial: Polynomial,
    logs: bool = False,
) -> Slot:
    aspects = ["near_lower", "lower_distance", "upper_distance"]
    aspects += ["lower_log", "upper_log"] if logs else []
    nodes = [compiler.program.input((variable, a), varying=True) for a in aspects]
    return compiler.emit(operation, plain, *_shifts(compiler, variable, polynomial), *nodes)
