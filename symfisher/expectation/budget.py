"""What one rule may take, so that no single one eats a derivation's whole time.

Sizes bound most of the work: statistics of a closure, atoms of an algebra, operations that the
general integrator is given.  The clock is the last bound, far above what a result ever took, so
that a slow machine finds the same results as a fast one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from symfisher.clock import time_limit
from symfisher.errors import TimeLimitError

ROAD_SECONDS = 10.0
SHORTENING_SECONDS = 5.0

R = TypeVar("R")


def within(seconds: float, work: Callable[[], R], otherwise: R) -> R:
    """The result of ``work``, or ``otherwise`` where it had not finished after ``seconds``.

    A limit that was set outside comes first and is not caught here.
    """
    try:
        with time_limit(seconds):
            return work()
    except TimeLimitError:
        return otherwise
