"""Special functions that no language has, as expectations, which a kernel computes itself.

The generalised hypergeometric function by Euler's integral (DLMF 16.5.2 with p = q = 0 left), the
polylogarithm and Lerch's function by theirs (DLMF 25.12.11, 25.14.5), each as the mean of an
elementary function under a beta or a gamma density, of which no part cancels.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import (
    Abs,
    Add,
    Dummy,
    EulerGamma,
    Expr,
    Integer,
    Mul,
    S,
    Sum,
    Symbol,
    exp,
    expand,
    expint,
    factorial,
    gamma,
    hyper,
    lerchphi,
    log,
    loggamma,
    meijerg,
    pi,
    polylog,
    uppergamma,
    zeta,
)

from symfisher.algebra.incomplete_gamma import tail_parameters
from symfisher.codegen.nodes import Beyond, Expm1, Log1p, Log1pExp, ScaledExpint, ScaledUpperGamma
from symfisher.formula import Expectation

_ONE, _TWO = (S.One,) * 3, (Integer(2),) * 3
_LINE = Symbol("w", real=True)

Inner = Callable[[Expr, Expr], Expr]


def with_means(expr: Expr) -> Expr:
    """The expression with hypergeometric functions and polylogarithms as expectations.

    Those that have no such form stay.
    """
    if not expr.has(hyper, polylog, lerchphi, meijerg):
        return expr
    expr = _iterated_integral(expr)
    expr = expr.replace(meijerg, _logarithmic_tail)
    expr = expr.replace(hyper, _hypergeometric)
    expr = expr.replace(polylog, _polylogarithm)
    return expr.replace(lerchphi, lambda z, s, a: _lerch(z, s, a, lerchphi(z, s, a)))


def _iterated_integral(expr: Expr) -> Expr:
    """3F3(1,1,1; 2,2,2; -x) where its logarithms cancel: the integral of E_1(t)/t from x on.

    x 3F3 = (log x + gamma)^2/2 + pi^2/12 - J(x), and x e^x J(x) = E[log(1 + V)/(1 + V)] with V
    exponential of rate x (Milgram 1985, Mathematics of Computation 44).
    """
    for e in expr.atoms(hyper):
        x = -e.args[2]
        if (tuple(e.args[0]), tuple(e.args[1])) != (_ONE, _TWO) or not x.is_positive:
            continue
        mean, decay = Dummy("mean", positive=True), Dummy("decay", positive=True)
        value = ((log(x) + EulerGamma) ** 2 / 2 + pi**2 / 12 - decay * mean / x) / x
        found = expand(expr.xreplace({e: value, exp(x): 1 / decay}))
        found = found.xreplace({expint(1, x): decay * ScaledExpint(1, x)})
        found = expand(found)
        if found.has(log(x), decay):
            continue
        v = Symbol("v", positive=True)
        integrand = Log1p(v) / (1 + v)
        expr = found.xreplace({mean: Expectation(integrand, log(x) - x * v, (v, 0, S.Infinity, 0))})
    return expr


def _hypergeometric(above: Expr, below: Expr, z: Expr) -> Expr:
    above, below = list(above), list(below)
    for i, a in enumerate(above):
        for j, b in enumerate(below):
            inner = _elementary(above[:i] + above[i + 1 :], below[:j] + below[j + 1 :])
            if inner is not None and a.is_positive and (b - a).is_positive:
                return _euler(a, b - a, z, inner)
    return _repeated(above, below, z) or _series(above, below, z)


def _repeated(above: list[Expr], below: list[Expr], z: Expr) -> Expr | None:
    """Parameters a, ..., a; a + 1, ..., a + 1: a product of m beta variables (a, 1) is e^-u with u
    of the gamma distribution of shape m and rate a."""
    for a in dict.fromkeys(above):
        m, next_one = above.count(a), expand(a + 1)
        if m < 2 or not a.is_positive or [expand(b) for b in below].count(next_one) != m:
            continue
        rest = [b for b in below if expand(b) != next_one]
        inner = _elementary([b for b in above if b != a], rest)
        if inner is None:
            continue
        u = Symbol("u", positive=True)
        point = z * exp(-u)
        density = m * log(a) + (m - 1) * log(u) - a * u - loggamma(m)
        return Expectation(inner(point, Log1p(-point)), density, (u, S.Zero, S.Infinity, 0))
    return None


def _elementary(above: list[Expr], below: list[Expr]) -> Inner | None:
    """The function of (z t, log(1 - z t)) that is left, where it is elementary."""
    if (above, below) == ([], []):
        return lambda u, _: exp(u)
    if (len(above), below) == (1, []):
        return lambda _, logarithm: exp(-above[0] * logarithm)
    if (above, below) == ([1, 1], [2]):
        return lambda u, logarithm: -logarithm / u
    return None


def _euler(a: Expr, c: Expr, z: Expr, inner: Inner) -> Expr:
    """E[inner(z T)] with T of the beta distribution (a, c); on the line, T = 1/(1 + e^-w)."""
    low, high = -Log1pExp(-_LINE), -Log1pExp(_LINE)
    density = a * low + c * high + loggamma(a + c) - loggamma(a) - loggamma(c)
    near = Log1p(-z * exp(low))
    rest = expand(1 - z)
    logarithm = near if z.is_negative else Beyond(_LINE, S.Zero, log(rest + z * exp(high)), near)
    whole_line = (_LINE, -S.Infinity, S.Infinity, 0)
    return Expectation(inner(z * exp(low), logarithm), density, whole_line)


def _series(above: list[Expr], below: list[Expr], z: Expr) -> Expr:
    """The power series, where all its terms are known to be positive, or of alternating sign."""
    if not all(each.is_positive for each in (*above, *below)) or not z.is_real:
        return hyper(above, below, z)
    if z.is_positive is None and z.is_negative is None:
        return hyper(above, below, z)
    k = Symbol("k", nonnegative=True)
    ratios = [gamma(a + k) / gamma(a) for a in above] + [gamma(b) / gamma(b + k) for b in below]
    size = z if z.is_positive else -z
    sign = S.One if z.is_positive else 1 - 2 * (k % 2)
    return Sum(sign * Mul(*ratios) * exp(k * log(size)) / factorial(k), (k, 0, S.Infinity))


def _logarithmic_tail(*arguments: Expr) -> Expr:
    """The integral of t^(s-1) log(t/z)^m e^-t/m! from z on: Gamma(s, z) times the mean over the
    excess v = t - z, whose density is (1 + v/z)^(s-1) e^-v over the scaled tail."""
    e = meijerg(*arguments)
    found = tail_parameters(e)
    if found is None:
        return e
    s, m, z = found
    v = Symbol("v", positive=True)
    excess = Log1p(v / z)
    density = (s - 1) * excess - v - log(ScaledUpperGamma(s, z))
    mean = Expectation(excess**m / factorial(m), density, (v, S.Zero, S.Infinity, 0))
    return uppergamma(s, z) * mean


def _polylogarithm(s: Expr, z: Expr) -> Expr:
    """Li_s(z); of -e^q by inversion (DLMF 25.12.4 and its like), so that only e^-|q| is met."""
    if not (s.is_Integer and s >= 2 and z.is_negative):
        return z * _lerch(z, s, S.One, polylog(s, z) / z)
    q = (-z).args[0] if isinstance(-z, exp) else log(-z)
    near = -exp(-Abs(q))
    inside = near * _lerch(near, s, S.One, polylog(s, near) / near)
    far = -2 * Add(*(_eta(j) * q ** (s - j) / factorial(s - j) for j in range(0, int(s) + 1, 2)))
    return Beyond(q, S.Zero, far - (-1) ** s * inside, inside)


def _eta(j: int) -> Expr:
    """Dirichlet's eta function."""
    return (1 - Integer(2) ** (1 - j)) * zeta(j)


def _lerch(z: Expr, s: Expr, a: Expr, otherwise: Expr) -> Expr:
    """a^-s E[1/(1 - z e^-T)] with T of the gamma distribution (s, rate a), for z < 1."""
    if not (s.is_positive and a.is_positive and z.is_real):
        return otherwise
    t = Symbol("t", positive=True)
    density = s * log(a) + (s - 1) * log(t) - a * t - loggamma(s)
    rest = expand(1 - z)
    integrand = 1 / (rest - z * Expm1(-t))
    return a**-s * Expectation(integrand, density, (t, 0, S.Infinity, 0))
