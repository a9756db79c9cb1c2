"""Time limits that hold inside a SymPy call that does not return."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from symfisher.errors import TimeLimitError


class _Alarm(BaseException):
    """Raised by the signal: not an ``Exception``, so that no handler in a library swallows it."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise ``TimeLimitError`` in the body once ``seconds`` of wall time have gone by.

    Limits nest: an inner limit never outlives the outer one.  Only the main thread can be
    interrupted; elsewhere, and for ``None``, the body runs without a limit.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    remaining = signal.getitimer(signal.ITIMER_REAL)[0]
    if remaining and remaining <= seconds:  # the outer limit comes first: leave it alone
        yield
        return

    mine = _Alarm()

    def ring(signum: int, frame: object) -> None:
        raise mine

    import time

    start = time.monotonic()
    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3))
    try:
        yield
    except _Alarm as alarm:
        if alarm is not mine:
            raise
        raise TimeLimitError(f"the time limit of {seconds:g} s was reached") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        if remaining:
            signal.setitimer(signal.ITIMER_REAL, max(remaining - (time.monotonic() - start), 1e-3))
