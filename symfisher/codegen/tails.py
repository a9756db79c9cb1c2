"""Tails of distributions: erfc(z), E_n(z) and Gamma(s, z) fall like an exponential, which is taken
out of them and cancelled, so that quotients such as Mills' ratio stay finite where both sides
underflow.

With g the exponential and h the scaled tail, erfc(z) = g h where z > 0 and 2 - g h on the other
side, with h at -z.  An expression is then a quotient of polynomials in g; what is left when the
common powers of g are gone has nothing in it that overflows.
"""

from __future__ import annotations

from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Pow,
    erf,
    erfc,
    exp,
    expand,
    expint,
    log,
    uppergamma,
)

from symfisher.codegen.nodes import Beyond, ScaledErfc, ScaledExpint, ScaledUpperGamma

_SCALED = {expint: ScaledExpint, uppergamma: ScaledUpperGamma}


def scaled_tails(expr: Expr) -> Expr:
    """An equal expression in scaled tails; the same one where that does not help."""
    for tail in sorted(expr.atoms(*_SCALED), key=str):
        expr = _exponential_tail(expr, tail)
    return _normal_tail(expr)


def _exponential_tail(expr: Expr, tail: Expr) -> Expr:
    """E_n(z) is e^-z times a scaled tail, Gamma(s, z) is z^(s - 1) e^-z times one."""
    order, z = tail.args
    g = Dummy("g", positive=True)
    power = z ** (order - 1) if isinstance(tail, uppergamma) else Integer(1)
    scaled = g * power * _SCALED[tail.func](order, z)
    found = _in_powers(expr.xreplace({tail: scaled}), g, z)
    return expr if found is None else found


def _normal_tail(expr: Expr) -> Expr:
    """erfc(z) is e^(-z^2) times a scaled tail on one side, and 2 less that on the other."""
    plain = expr.replace(erf, lambda z: 1 - erfc(z)) if expr.has(erf) else expr
    tails = plain.atoms(erfc)
    if len(tails) != 1:
        return expr
    (tail,) = tails
    z = tail.args[0]
    g = Dummy("g", positive=True)
    near = g * ScaledErfc(Abs(z))
    sides = (near, 2 - near)
    right, left = (_in_powers(plain.xreplace({tail: side}), g, z**2) for side in sides)
    return expr if right is None or left is None else Beyond(z, Integer(0), right, left)


def _in_powers(expr: Expr, g: Expr, exponent: Expr) -> Expr | None:
    """The expression with g = e^-exponent and common powers of it cancelled; None where there is
    neither an exponential to cancel nor a logarithm to take apart."""
    decayed = expr.replace(exp, lambda q: _decayed(q, g, exponent))
    if decayed == expr and not any(each.has(g) for each in expr.atoms(log)):
        return None
    power, rest = _parts(decayed, g, exponent)
    return (g**power * rest).xreplace({g: exp(-exponent)})


def _decayed(q: Expr, g: Expr, exponent: Expr) -> Expr:
    """e^q with the rational powers of e^-exponent in it written as powers of g."""
    lead, mine = Add.make_args(expand(exponent))[0], Add.make_args(expand(q))
    ratio = next((t / lead for t in mine if (t / lead).is_Rational), None)
    if ratio is None:
        return exp(q)
    rest = expand(Add(*mine) - ratio * exponent)
    shorter = rest == 0 or len(Add.make_args(rest)) < len(mine)
    return g**-ratio * exp(rest) if shorter else exp(q)


def _parts(e: Expr, g: Expr, exponent: Expr) -> tuple[Expr, Expr]:
    """m and v with e = g^m v, where no factor of v vanishes or overflows as g goes to 0."""
    if not e.has(g):
        return Integer(0), e
    if e == g:
        return Integer(1), Integer(1)
    found = [_parts(a, g, exponent) for a in e.args]
    if isinstance(e, Mul):
        return Add(*(m for m, _ in found)), Mul(*(v for _, v in found))
    if isinstance(e, Pow) and e.exp.is_Rational:
        (power, base), _ = found
        return power * e.exp, base**e.exp
    if isinstance(e, Add):
        least = min(m for m, _ in found)
        rest = Add(*(g ** (m - least) * v for m, v in found))
        if rest.has(g) and expand(rest.xreplace({g: Integer(0)})) == 0:  # 1 - (1 - g h)^2
            further, rest = _parts(expand(rest), g, exponent)
            least += further
        return least, rest
    if isinstance(e, log):
        ((power, rest),) = found
        return Integer(0), log(rest) - power * exponent
    return Integer(0), e.func(*(g**m * v for m, v in found))
