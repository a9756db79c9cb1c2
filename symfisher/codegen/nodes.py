"""Functions that a kernel computes without the cancellation or overflow of their definition.

Each is a plain SymPy function with ``as_explicit()``, its definition in standard functions; the
rules of ``stability`` put them in, and a backend has each in its table under the name that
``functions`` gives it, or takes the definition where it works to any number of digits.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Expr,
    Function,
    Piecewise,
    Rational,
    bernoulli,
    besseli,
    besselk,
    erfc,
    exp,
    expint,
    factorial,
    log,
    loggamma,
    pi,
    polygamma,
    uppergamma,
)


class Node(Function):
    """A function of real arguments that stands for its definition."""

    @classmethod
    def eval(cls, *arguments: Expr) -> Expr | None:
        return None

    def _eval_is_extended_real(self) -> bool:
        return True

    def as_explicit(self) -> Expr:
        raise NotImplementedError


class Log1p(Node):
    """log(1 + x)."""

    nargs = 1

    def as_explicit(self) -> Expr:
        return log(1 + self.args[0])


class Expm1(Node):
    """e^x - 1."""

    nargs = 1

    def as_explicit(self) -> Expr:
        return exp(self.args[0]) - 1


class Log1pExp(Node):
    """log(1 + e^x)."""

    nargs = 1

    def as_explicit(self) -> Expr:
        return log(1 + exp(self.args[0]))


class LogExpm1(Node):
    """log(e^x - 1) for x > 0."""

    nargs = 1

    def as_explicit(self) -> Expr:
        return log(exp(self.args[0]) - 1)


class Log1pRemainder(Node):
    """log(1 + x) - x."""

    nargs = 1

    def as_explicit(self) -> Expr:
        return log(1 + self.args[0]) - self.args[0]


class PolygammaDifference(Node):
    """psi_n(z + d) - psi_n(z): arguments n, z, d."""

    nargs = 3

    def as_explicit(self) -> Expr:
        n, z, d = self.args
        return polygamma(n, z + d) - polygamma(n, z)


class PolygammaRemainder(Node):
    """psi_n(z) without the first m terms of its asymptotic series: arguments n, m, z.

    The series is DLMF 5.11.2 and 5.15.8: log z - 1/(2z) - 1/(12 z^2) ..., 1/z + 1/(2z^2) + ...
    """

    nargs = 3

    def as_explicit(self) -> Expr:
        n, m, z = self.args
        return polygamma(n, z) - sum(asymptotic_terms(int(n), z, int(m)))


class LogGammaDifference(Node):
    """log Gamma(z + d) - log Gamma(z): arguments z, d."""

    nargs = 2

    def as_explicit(self) -> Expr:
        z, d = self.args
        return loggamma(z + d) - loggamma(z)


class LogGammaRemainder(Node):
    """log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2: what Stirling's formula leaves."""

    nargs = 1

    def as_explicit(self) -> Expr:
        (z,) = self.args
        return loggamma(z) - (z - Rational(1, 2)) * log(z) + z - log(2 * pi) / 2


class LogBeta(Node):
    """log B(a, b)."""

    nargs = 2

    def as_explicit(self) -> Expr:
        a, b = self.args
        return loggamma(a) + loggamma(b) - loggamma(a + b)


class BesselIRatio(Node):
    """I_(v+1)(z)/I_v(z) for z > 0: arguments v, z."""

    nargs = 2

    def as_explicit(self) -> Expr:
        v, z = self.args
        return besseli(v + 1, z) / besseli(v, z)


class BesselKRatio(Node):
    """K_(v+1)(z)/K_v(z) for z > 0: arguments v, z."""

    nargs = 2

    def as_explicit(self) -> Expr:
        v, z = self.args
        return besselk(v + 1, z) / besselk(v, z)


class ScaledBesselI(Node):
    """e^-z I_v(z) for z > 0: arguments v, z."""

    nargs = 2

    def as_explicit(self) -> Expr:
        v, z = self.args
        return exp(-z) * besseli(v, z)


class ScaledBesselK(Node):
    """e^z K_v(z) for z > 0: arguments v, z."""

    nargs = 2

    def as_explicit(self) -> Expr:
        v, z = self.args
        return exp(z) * besselk(v, z)


class ScaledErfc(Node):
    """e^(x^2) erfc(x): Mills' ratio of the normal distribution, scaled."""

    nargs = 1

    def as_explicit(self) -> Expr:
        (x,) = self.args
        return exp(x**2) * erfc(x)


class ScaledExpint(Node):
    """e^x E_n(x) for x > 0: arguments n, x."""

    nargs = 2

    def as_explicit(self) -> Expr:
        n, x = self.args
        return exp(x) * expint(n, x)


class ScaledUpperGamma(Node):
    """e^x x^(1-a) Gamma(a, x) for x > 0: arguments a, x."""

    nargs = 2

    def as_explicit(self) -> Expr:
        a, x = self.args
        return exp(x) * x ** (1 - a) * uppergamma(a, x)


class Polynomial(Node):
    """c_0 + c_1 w + ... + c_n w^n: arguments w, c_0, ..., c_n; written out as Horner's scheme."""

    def as_explicit(self) -> Expr:
        w, *coefficients = self.args
        return sum(c * w**k for k, c in enumerate(coefficients))


class Beyond(Node):
    """One value where z > start, another elsewhere: arguments z, start, value, other value.

    A ``Piecewise`` would simplify its conditions and fold into what is around it, at a cost.
    """

    nargs = 4

    def as_explicit(self) -> Expr:
        z, start, far, near = self.args
        return Piecewise((far, z > start), (near, True))


class Computed(Node):
    """What a function of the generated code computes by quadrature or summation.

    Arguments: the function's name as a symbol, 0 for the value or 1 for an estimate of its error,
    and what it is given.
    """

    @property
    def free_symbols(self) -> set[Any]:
        return {s for argument in self.args[2:] for s in argument.free_symbols}


def asymptotic_terms(n: int, z: Any, count: int) -> list[Expr]:
    """The first ``count`` terms that do not vanish of psi_n(z) at large z (DLMF 5.11.2, 5.15.8)."""
    if n == 0:
        terms: list[Expr] = [log(z), -1 / (2 * z)]
    else:
        sign = (-1) ** (n + 1)
        terms = [
            sign * factorial(n - 1) / z**n,
            sign * factorial(n) / (2 * z ** (n + 1)),
        ]
    k = 1
    while len(terms) < count:
        scale = -bernoulli(2 * k) / (2 * k * z ** (2 * k)) if n == 0 else (
            (-1) ** (n + 1) * bernoulli(2 * k) * factorial(2 * k + n - 1)
            / (factorial(2 * k) * z ** (2 * k + n))
        )  # fmt: skip
        terms.append(scale)
        k += 1
    return terms[:count]


def explicit(expr: Expr) -> Expr:
    """``expr`` with every node replaced by its definition."""
    while expr.has(Node):
        expr = expr.replace(lambda e: isinstance(e, Node), lambda e: e.as_explicit())
    return expr
