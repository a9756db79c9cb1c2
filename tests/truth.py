"""Expectations by plain quadrature in many digits: the truth that results are held to.

It shares with the package nothing but the declarations.  A variable is carried to the real line
by x = sinh(w), lower + e^w, upper - e^w or a logistic map, then w = (pi/2) sinh(t) and the
trapezoidal rule in t, its step halved until two sums agree; counts are summed term by term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import mpmath
from mpmath import mp, mpf
from sympy import (
    Derivative,
    Dummy,
    Expr,
    Float,
    Function,
    Integer,
    Matrix,
    Symbol,
    diff,
    lambdify,
    zeta,
)

from symfisher.declaration import Family

WORKING_DIGITS = 70  # 1 - x keeps 25 digits down to 1 - x = 1e-45
NEGLIGIBLE = -110  # log of what may be left out
# Where a density has a corner: the rule is split there.
KINKS = {"laplace": ["mu"], "triangular": ["theta"]}
# An iterated rule takes the square of the nodes; these steps give 20 digits and more.
STEPS = {1: [2**-k for k in range(3, 8)], 2: [0.16, 0.1]}

Point = Mapping[Symbol, Expr]


def scores(family: Family) -> list[Expr]:
    return [diff(family.log_density, parameter) for parameter in family.parameters]


def outer_product(family: Family, at: Mapping[Symbol, Expr]) -> tuple[mpmath.matrix, mpf]:
    """E[score score^T] at a point, and the largest change in the last halving of the step."""
    size = len(family.parameters)
    values, error = expect(family, scores(family), at, pairs=True)
    return mpmath.matrix([values[i * size : (i + 1) * size] for i in range(size)]), error


def mass(family: Family, at: Point) -> tuple[mpf, mpf]:
    """What the density integrates to."""
    (value,), error = expect(family, [Integer(1)], at)
    return value, error


def expect(
    family: Family,
    integrands: Sequence[Expr],
    at: Point,
    *,
    pairs: bool = False,
    corners: Sequence[Expr] = (),
) -> tuple[list[mpf], mpf]:
    """Expectations of the integrands (of all products of two, if ``pairs``) and their error.

    ``corners`` are places where an integrand has a corner and the density has none.
    """
    with mp.workdps(WORKING_DIGITS):
        density = _function(family, [family.log_density], at)
        function = _function(family, integrands, at)
        kinks = [*corners, *(at[s] for s in at if s.name in KINKS.get(family.name, ()))]
        values: list[mpf] | None = None
        for step in STEPS[len(family.variables)]:
            before, values = values, _sum(_nodes(family, at, step, kinks), density, function, pairs)
            if all(domain.discrete for domain in family.supports):
                return values, mpf(10) ** -25
            if before is not None:
                error = max(abs(a - b) for a, b in zip(values, before, strict=True))
                if error < mpf(10) ** -22:
                    break
        return values, error


def number(expression: Expr, at: Point) -> mpf:
    """A closed form's value; derivatives of zeta come as text or as the package's own node."""
    functions = {
        "polygamma": mp.psi,
        "trigamma": lambda x: mp.psi(1, x),
        "zeta_derivative": lambda order, s: mp.zeta(s, derivative=int(order)),
    }
    with mp.workdps(WORKING_DIGITS):
        symbols = list(at)
        values = [_number(value, {}) for value in at.values()]
        own = expression.replace(
            lambda e: type(e).__name__ == "ZetaDerivative",
            lambda e: Function("zeta_derivative")(*e.args),
        )
        return mp.mpf(lambdify(symbols, own, [functions, "mpmath"])(*values))


def _function(family: Family, expressions: Sequence[Expr], at: Point) -> Callable[..., list[mpf]]:
    """An mpmath function of the data; what depends on the parameters alone is a number in it."""
    numbers = Matrix([[evaluated(e, at) for e in expressions]])
    return lambdify(family.variables, numbers, [{"polygamma": mp.psi}, "mpmath"])


def evaluated(expression: Expr, at: Point) -> Expr:
    """The expression at a point; SymPy has no value for the derivative of zeta, so mpmath's."""
    slopes = {d: Dummy() for d in expression.atoms(Derivative) if d.expr.func is zeta}
    known = {
        dummy: Float(mp.zeta(_number(d.expr.args[0], at), derivative=1), WORKING_DIGITS)
        for d, dummy in slopes.items()
    }
    return expression.xreplace(slopes).subs(at).xreplace(known).evalf(WORKING_DIGITS)


def _sum(nodes, density, function, pairs):
    total = None
    for point, log_weight in nodes:
        log_mass = density(*point)[0] + log_weight
        if log_mass < NEGLIGIBLE:
            continue
        values = list(function(*point))
        if pairs:
            values = [a * b for a in values for b in values]
        weight = mp.exp(log_mass)
        terms = [weight * v for v in values]
        total = terms if total is None else [a + b for a, b in zip(total, terms, strict=True)]
    return total


def _nodes(family: Family, at, step, kinks, known=()) -> Iterator[tuple[tuple[mpf, ...], mpf]]:
    """Points of the whole support with the logarithms of their weights."""
    depth = len(known)
    if depth == len(family.variables):
        yield (), mpf(0)
        return
    domain = family.supports[depth]
    here = {**at, **dict(zip(family.variables, known, strict=False))}
    lower, upper = (_number(end, here) for end in (domain.lower, domain.upper))
    if domain.discrete:
        line = _integers(lower, upper)
    else:
        ends = [lower, *sorted(_number(kink, {}) for kink in kinks), upper]
        rule = _line if len(family.variables) == 1 or mp.isfinite(lower) else _plain
        line = (node for a, b in pairwise(ends) for node in rule(a, b, step))
    for x, log_weight in line:
        for rest, more in _nodes(family, at, step, kinks, (*known, x)):
            yield (x, *rest), log_weight + more


def _number(end: Expr, at) -> mpf:
    return mpmath.mpmathify(end.subs(at).evalf(WORKING_DIGITS)._to_mpmath(mp.prec))


def _integers(lower: mpf, upper: mpf) -> Iterator[tuple[mpf, mpf]]:
    last = int(upper) if mp.isfinite(upper) else int(lower) + 3500
    return ((mpf(k), mpf(0)) for k in range(int(lower), last + 1))


def _plain(lower: mpf, upper: mpf, step: float) -> Iterator[tuple[mpf, mpf]]:
    """Equally spaced nodes on the real line, with which a normal density converges fastest."""
    width = mpf(2.5) * step
    return ((k * width, mp.log(width)) for k in range(-round(6 / step), round(6 / step) + 1))


def _line(lower: mpf, upper: mpf, step: float) -> Iterator[tuple[mpf, mpf]]:
    """Double-exponential nodes of one interval."""
    for k in range(-round(6 / step), round(6 / step) + 1):
        t = mpf(step) * k
        if node := _carried(lower, upper, mp.pi / 2 * mp.sinh(t)):
            x, jacobian = node
            yield x, mp.log(jacobian * mp.pi / 2 * mp.cosh(t) * step)


def _carried(lower: mpf, upper: mpf, w: mpf) -> tuple[mpf, mpf] | None:
    if not mp.isfinite(lower) and not mp.isfinite(upper):
        return mp.sinh(w), mp.cosh(w)
    if w < -140 or (w > 140 and mp.isfinite(lower) and mp.isfinite(upper)):
        return None  # too near an end to be told from it
    e = mp.exp(w)
    if not mp.isfinite(upper):
        return lower + e, e
    if not mp.isfinite(lower):
        return upper - e, e
    return lower + (upper - lower) * e / (1 + e), (upper - lower) * e / (1 + e) ** 2
