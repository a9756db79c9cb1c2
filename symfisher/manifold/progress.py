"""Long numeric work in parts: shown on a terminal, and stopped with Ctrl-C without losing them."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_PATIENCE = 1.0  # seconds that work may take before it is shown


def is_shown(wanted: bool | None) -> bool:
    """Whether progress is shown: as wanted, otherwise on a terminal alone."""
    return sys.stderr.isatty() if wanted is None else wanted


def in_parts(
    work: Callable[[slice], None], count: int, size: int, what: str, wanted: bool | None = None
) -> int:
    """Do ``work`` on consecutive slices of 0 ... count; return how many items are done.

    All are, but for Ctrl-C where progress is shown: then a warning says how many.
    """
    done = 0
    with bar(what, count, wanted) as show:
        try:
            for first in range(0, count, size):
                work(slice(first, min(first + size, count)))
                done = min(first + size, count)
                show(done)
        except KeyboardInterrupt:
            if not is_shown(wanted):
                raise
            stopped(f"{what}: {done} of {count} are done")
    return done


def stopped(state: str) -> None:
    """Warn that work was stopped, and of how far it came."""
    warnings.warn(f"stopped by Ctrl-C; {state}", RuntimeWarning, stacklevel=4)


@contextmanager
def bar(what: str, total: int, wanted: bool | None) -> Iterator[Callable[[int], None]]:
    """A function that takes how much is done and shows it, on standard error, after a second."""
    if not is_shown(wanted):
        yield lambda done: None
        return
    from time import monotonic

    from rich.console import Console
    from rich.errors import LiveError
    from rich.progress import Progress

    begin = monotonic()
    progress = Progress(console=Console(stderr=True), transient=True)
    task = progress.add_task(what, total=total)

    def show(done: int) -> None:
        progress.update(task, completed=done)
        if not progress.live.is_started and monotonic() - begin > _PATIENCE:
            with suppress(LiveError):  # the caller shows a bar of his own
                progress.start()

    try:
        yield show
    finally:
        if progress.live.is_started:
            progress.stop()
