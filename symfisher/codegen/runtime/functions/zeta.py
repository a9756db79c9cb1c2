"""Polygamma functions, the zeta functions and their derivatives, by Euler and Maclaurin's formula.

Sums of (x + k)^-s over k < N are taken term by term, the rest from the middle of a step,
y = x + N - 1/2 (DLMF 25.11.5 and 2.10.1 with B_2m(1/2) for B_2m).
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import BERNOULLI, MIDPOINT
from symfisher.codegen.runtime.functions.elementary import log
from symfisher.codegen.runtime.functions.gamma import digamma, trigamma
from symfisher.codegen.runtime.primitives import INFINITY, NAN, power


def polygamma(n: int, x: float) -> float:
    """psi_n(x) for n >= 1 and x > 0 (DLMF 5.15.1)."""
    total = 0.0
    for k in range(n + 9):
        r = 1.0 / (x + k)
        term = r
        for _ in range(n):
            term = term * r
        total += term
    factorial = 1.0
    for j in range(1, n):
        factorial = factorial * j
    total = total * (factorial * n)
    r = 1.0 / (x + n + 8.5)
    term = factorial
    for _ in range(n):
        term = term * r
    square = r * r
    tail = 0.0
    for m in range(12):
        tail += term * MIDPOINT[m]
        term = term * square * (n + 2.0 * m) * (n + 2.0 * m + 1.0)
    value = total + tail
    value = value if n % 2 == 1 else -value
    return value if x > 0.0 else NAN


def polygamma_difference(n: int, z: float, d: float) -> float:
    """psi_n(z + d) - psi_n(z): each p^j - q^j as (p - q) (p^(j-1) + ... + q^(j-1))."""
    total = 0.0
    for k in range(n + 9):
        p = 1.0 / (z + k)
        q = 1.0 / (z + d + k)
        term = 1.0
        partial = 0.0
        for _ in range(n + 1):
            partial = partial * q + term
            term = term * p
        total += (d * p) * q * partial
    factorial = 1.0
    for j in range(1, n):
        factorial = factorial * j
    total = total * (factorial * n)
    p = 1.0 / (z + n + 8.5)
    q = 1.0 / (z + d + n + 8.5)
    term = 1.0
    partial = 0.0
    for _ in range(n):
        partial = partial * q + term
        term = term * p
    tail = 0.0
    for m in range(12):
        tail += factorial * partial * MIDPOINT[m]
        partial = partial * q + term
        term = term * p
        partial = partial * q + term
        term = term * p
        factorial = factorial * (n + 2.0 * m) * (n + 2.0 * m + 1.0)
    value = total + (d * p) * q * tail
    value = -value if n % 2 == 1 else value
    return value if (z > 0.0) & (z + d > 0.0) else NAN


def polygamma_remainder(n: int, m: int, z: float) -> float:
    """psi_n(z) without m terms of its asymptotic series (DLMF 5.11.2, 5.15.8): the later terms.

    Where z is too small for those, the difference itself, which cancels little there.
    """
    sign = 1.0 if n % 2 == 1 else -1.0
    wide = z >= n + 12.0
    r = 1.0 / z
    power_r = 1.0
    for _ in range(n):
        power_r = power_r * r
    factorial = 1.0
    for j in range(1, n):
        factorial = factorial * j
    first = -log(z) if n == 0 else factorial * power_r
    second = 0.5 * r if n == 0 else 0.5 * factorial * n * (power_r * r)
    early = (first if m > 0 else 0.0) + (second if m > 1 else 0.0)
    late = (0.0 if m > 0 else first) + (0.0 if m > 1 else second)
    term = power_r * r * r * (1.0 if n == 0 else factorial * n * (n + 1.0))
    for k in range(1, 16):
        early += term * BERNOULLI[k] if k + 1 < m else 0.0
        late += term * BERNOULLI[k] if k + 1 >= m else 0.0
        term = term * (r * r) * (n + 2.0 * k) * (n + 2.0 * k + 1.0)
    if wide:
        value = sign * late
    elif n == 0:
        value = digamma(z) - sign * early
    elif n == 1:
        value = trigamma(z) - sign * early
    else:
        value = polygamma(n, z) - sign * early
    return value if z > 0.0 else NAN


def hurwitz_zeta(s: float, a: float) -> float:
    """zeta(s, a) for s > 1 and a > 0."""
    total = 0.0
    for k in range(10):
        total += power(a + k, -s)
    y = a + 9.5
    square = 1.0 / (y * y)
    term = power(y, 1.0 - s) / (s - 1.0)
    for m in range(12):
        total += term * MIDPOINT[m]
        term = term * square * (s + 2.0 * m - 1.0) * (s + 2.0 * m)
    value = total if s > 1.0 else (INFINITY if s == 1.0 else NAN)
    return value if a > 0.0 else NAN


def zeta(s: float) -> float:
    """zeta(s) for s > 1."""
    return hurwitz_zeta(s, 1.0)


def zeta_derivative(m: int, s: float) -> float:
    """The m-th derivative of zeta at s > 1, m <= 3.

    The derivatives of (log t)^m t^-s are t^-(s + r) times polynomials in log t, c0 to c3 here.
    """
    total = 0.0
    for k in range(2, 11):
        logarithm = log(k)
        term = power(k, -s)
        for _ in range(m):
            term = term * logarithm
        total += term
    y = 10.5
    logarithm = log(y)
    scale = power(y, 1.0 - s)
    integral = scale / (s - 1.0)
    weight = 1.0
    for j in range(m):
        weight = weight * logarithm
        integral = (weight * scale + (j + 1.0) * integral) / (s - 1.0)
    total += integral
    c0 = 1.0 if m == 0 else 0.0
    c1 = 1.0 if m == 1 else 0.0
    c2 = 1.0 if m == 2 else 0.0
    c3 = 1.0 if m == 3 else 0.0
    scale = scale / y
    for j in range(1, 12):
        for i in range(2 if j > 1 else 1):
            order = s + 2.0 * j - (2.0 if j == 1 else 3.0) + i
            c0 = c1 - order * c0
            c1 = 2.0 * c2 - order * c1
            c2 = 3.0 * c3 - order * c2
            c3 = -order * c3
            scale = scale / y
        value = c0 + logarithm * (c1 + logarithm * (c2 + logarithm * c3))
        total = total - MIDPOINT[j] * scale * value
    signed_total = total if m % 2 == 0 else -total
    result = signed_total + (1.0 if m == 0 else 0.0)
    return result if (s > 1.0) & (m <= 3) else NAN
