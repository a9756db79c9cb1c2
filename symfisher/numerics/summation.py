"""A long sum over integers as its first terms and an integral over all that follow.

A smooth step in the logarithm of the distance from the lower end parts the sum in two: terms near
the end, taken one by one, and a function that fades out before it reaches the end.  The sum of an
analytic function that fades at both ends is its integral, up to its Fourier transform at 2 pi and
beyond (Poisson's summation formula, DLMF 1.8(iv)), which the width of the step makes negligible.
"""

from __future__ import annotations

from math import ceil, exp, log, sqrt
from typing import Any, NamedTuple

import numpy as np
from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Symbol,
    beta,
    binomial,
    digamma,
    factorial,
    gamma,
    loggamma,
    polygamma,
    trigamma,
)
from sympy import exp as exponential
from sympy import log as logarithm

Array = np.ndarray[Any, Any]

_ANALYTIC = (
    *(Add, Mul, exponential, logarithm, gamma, loggamma, polygamma, digamma, trigamma),
    *(beta, binomial, factorial),
)
_WIDTH = 0.2
_DIGITS = 15


class Fade(NamedTuple):
    """A step from one to zero in log d around ``centre``; beyond ``terms`` it is negligible."""

    centre: float
    width: float
    terms: int

    def logarithms(self, log_distance: Any, operations: Any) -> tuple[Any, Any]:
        """The logarithms of the step and of one minus it."""
        z = (log_distance - log(self.centre)) * (1 / (self.width * sqrt(2)))
        half = operations.log(operations.number(Integer(2)))
        return operations.log_erfc(z) - half, operations.log_erfc(-z) - half


def fade(digits: float) -> Fade:
    """The step with which a sum and its two parts agree to so many digits, and to 16 at least.

    With this width a centre at c leaves about 0.95 c digits: Poisson sums of means 1/3 to 20 and
    negative binomial ones, seen at 50 digits.
    """
    kept = max(digits, _DIGITS)
    reach = sqrt(2 * log(10) * (kept + 2))
    centre = 1.05 * (kept + 1)
    return Fade(centre, _WIDTH, ceil(centre * exp(_WIDTH * reach)))


FADE = fade(_DIGITS)


def is_analytic(expr: Expr, variable: Symbol) -> bool:
    """Whether a function of an integer is known to be analytic between the integers too."""
    if variable not in expr.free_symbols or expr == variable:
        return True
    if isinstance(expr, Pow):
        if variable in expr.exp.free_symbols and not expr.base.is_positive:
            return False
    elif not isinstance(expr, _ANALYTIC):
        return False
    return all(is_analytic(argument, variable) for argument in expr.args)
