"""What the descriptions in ``functions/`` are written with, as plain Python.

Every target language has its own spelling of these few names; here they make the descriptions
run as they stand.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

INFINITY = math.inf
NAN = math.nan
Bits = int  # a 64-bit pattern; the type in a declaration tells the languages with types

__all__ = [
    "INFINITY",
    "NAN",
    "Bits",
    "bits",
    "floor",
    "fma",
    "from_bits",
    "horner",
    "power",
    "rint",
    "sqrt",
]


def horner(x: float, coefficients: Sequence[float]) -> float:
    """The polynomial with these coefficients, lowest first; written out when it is emitted."""
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def fma(x: float, y: float, z: float) -> float:
    """x y + z, rounded once where the machine does so at no cost."""
    return x * y + z


def bits(x: float) -> Bits:
    """The bit pattern of a double (IEEE 754 binary64)."""
    return int(struct.unpack("<Q", struct.pack("<d", x))[0])


def from_bits(pattern: Bits) -> float:
    """The double with this bit pattern."""
    return float(struct.unpack("<d", struct.pack("<Q", pattern & (2**64 - 1)))[0])


def sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0.0 else NAN


def power(x: float, y: float) -> float:
    return math.pow(x, y)


def rint(x: float) -> float:
    """The nearest whole number; of two, either."""
    return float(round(x))


def floor(x: float) -> float:
    return float(math.floor(x))
