"""The operations that Arb lacks, in mpmath at its working precision.

Named as the compiler names operations; arguments and results are mpmath numbers.
"""

from __future__ import annotations

from typing import Any

import mpmath

Number = Any


def harmonic(n: Number, m: Number) -> Number:
    """The generalised harmonic number: the sum of k**-m for k = 1..n."""
    return mpmath.zeta(m) - mpmath.zeta(m, n + 1)


def hyper(p: Number, q: Number, z: Number, *parameters: Number) -> Number:
    """pFq with its upper and then its lower parameters."""
    upper, lower = parameters[: int(p)], parameters[int(p) : int(p) + int(q)]
    return mpmath.hyper(list(upper), list(lower), z)


__all__ = ["harmonic", "hyper"]
