"""K of any order as a ball, fast and with all its digits.

For arguments between the series and the asymptotic expansion, Arb's own is off by all digits below
order 1 and takes milliseconds to seconds above.  There the order is brought next to 0, where as
many bits more as the two series lose to cancellation are enough, and goes up again by the
Wronskian and the recurrence (NIST DLMF 10.28.2 and 10.29.1), which lose nothing.
"""

from __future__ import annotations

from typing import Any

import flint
from flint import acb, arb

_LOST = 2.9  # bits for each unit of the argument: log2(e^2)
_MORE = 24
_HIGHEST = 60  # steps of the recurrence


def bessel_k(order: Any, x: Any) -> Any:
    """K_order(x) for x > 0."""
    middle, bits = x.mid(), flint.ctx.prec
    if not (middle > 0 and order.is_finite() and x > 0) or abs(order) > _HIGHEST:
        return x.bessel_k(order)
    spread = _relative_error(order, x).abs_upper()
    if spread > 0.5:  # nothing is known but that it is positive and falls
        return arb(0, x.lower().bessel_k(order.mid()).abs_upper())
    return _at(abs(order.mid()), middle, bits) * (1 + arb(0, spread))


def _at(order: Any, x: Any, bits: int) -> Any:
    if x > bits / 2:
        return x.bessel_k(order)
    flint.ctx.prec = bits + int(_LOST * float(x)) + _MORE
    try:
        return _between(order, x)
    finally:
        flint.ctx.prec = bits


def _between(order: Any, x: Any) -> Any:
    steps = int((order + 0.5).floor().unique_fmpz())
    low = order - steps
    here = _real(acb(x).bessel_k(acb(low)))
    if not steps:
        return here
    above = (1 / x - x.bessel_i(low + 1) * here) / x.bessel_i(low)
    for step in range(1, steps):
        here, above = above, here + 2 * (low + step) / x * above
    return above


def _real(value: Any) -> Any:
    return value.real if value.imag.contains(0) else arb.nan()


def _relative_error(order: Any, x: Any) -> Any:
    """What the radii of both arguments do: |K'/K| < 1 + (n + 1)/x, by the order less than t there.

    t with sinh t = (n + 1)/x is where the integral of exp(n t - x cosh t) has its bulk.
    """
    slope = (abs(order.mid()) + 1) / x.mid()
    return 2 * (x.rad() * (1 + slope) + order.rad() * (1 + slope.asinh()))
