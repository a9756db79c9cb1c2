"""The error functions: Shepherd and Laframboise (1981), Math. Comp. 36, 249-253.

e^(x^2) erfc(x) falls like 1/x; times 1 + 2x it is nearly constant and one polynomial in
(x - 15/4)/(x + 15/4) serves all of [0, oo).
"""

from __future__ import annotations

from symfisher.codegen.runtime.coefficients import ERROR_FUNCTION, SCALED_ERFC
from symfisher.codegen.runtime.functions.elementary import exp
from symfisher.codegen.runtime.primitives import horner, rint


def scaled_erfc_positive(x: float) -> float:
    """e^(x^2) erfc(x) for x >= 0."""
    near = x if x < 1e15 else 1e15
    t = (near - 3.75) / (near + 3.75)
    return horner(t, SCALED_ERFC) / (1.0 + 2.0 * x)


def exp_square(x: float, sign: float) -> float:
    """e^(sign x^2): x in two parts, so that rounding x^2 costs nothing; |x| < 30."""
    high = rint(x * 1048576.0) * 9.5367431640625e-07
    return exp(sign * (high * high)) * exp(sign * ((x - high) * (x + high)))


def scaled_erfc(x: float) -> float:
    """e^(x^2) erfc(x)."""
    magnitude = x if x > 0.0 else -x
    value = scaled_erfc_positive(magnitude)
    bounded = magnitude if magnitude < 27.0 else 27.0
    reflected = 2.0 * exp_square(bounded, 1.0) - value
    return value if x >= 0.0 else reflected


def erfc(x: float) -> float:
    """erfc(x), with a small relative error in the upper tail."""
    magnitude = x if x > 0.0 else -x
    bounded = magnitude if magnitude < 28.0 else 28.0
    tail = exp_square(bounded, -1.0) * scaled_erfc_positive(magnitude)
    small = bounded if bounded < 1.0 else 1.0
    middle = 1.0 - (x if magnitude < 0.5 else 0.0) * horner(small * small, ERROR_FUNCTION)
    value = tail if x > 0.0 else 2.0 - tail
    value = middle if magnitude < 0.5 else value
    return value if x == x else x


def erf(x: float) -> float:
    """erf(x)."""
    magnitude = x if x > 0.0 else -x
    bounded = magnitude if magnitude < 28.0 else 28.0
    tail = 1.0 - exp_square(bounded, -1.0) * scaled_erfc_positive(bounded)
    small = x if magnitude < 1.0 else 1.0
    middle = small * horner(small * small, ERROR_FUNCTION)
    value = middle if magnitude < 1.0 else (tail if x > 0.0 else -tail)
    return value if x == x else x
