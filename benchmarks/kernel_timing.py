"""CPU times of calls that take turns, so that what slows the machine slows all of them."""

from __future__ import annotations

import time
from collections.abc import Callable

_INNER = 1e-3  # seconds that one measurement takes at least
_MOST = 60  # rounds


def cpu_times(runs: dict[str, Callable[[], object]], least: float) -> dict[str, float]:
    """Name -> least CPU seconds of a call; at least five rounds and ``least`` seconds a name."""
    inner = {name: _repeats(run) for name, run in runs.items()}
    best = dict.fromkeys(runs, float("inf"))
    start, rounds = time.process_time(), 0
    while rounds < 5 or (time.process_time() - start < least * len(runs) and rounds < _MOST):
        rounds += 1
        for name, run in runs.items():
            best[name] = min(best[name], _once(run, inner[name]))
    return best


def _repeats(run: Callable[[], object]) -> int:
    run()
    return max(1, int(_INNER / max(_once(run, 1), 1e-7)))


def _once(run: Callable[[], object], inner: int) -> float:
    start = time.process_time()
    for _ in range(inner):
        run()
    return (time.process_time() - start) / inner
