"""Work in a process of its own that can be stopped at any moment and keeps what it handed over."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from symfisher.errors import DerivationError, TimeLimitError

MEMORY_LIMIT = 4 * 2**30  # bytes of address space beyond what the parent has
_PARENT_DIED = 1  # Linux's PR_SET_PDEATHSIG
_FAILED = 70  # the exit status of a process whose traceback has been printed

Send = Callable[[Any], None]


class MemoryLimitError(DerivationError):
    """The memory limit was reached; what was finished by then is kept."""

    kind = "memory-limit"


class DefectError(DerivationError):
    """The program failed where it must not."""

    kind = "defect"


def run_limited(
    work: Callable[[Send], None],
    receive: Callable[[Any], None],
    seconds: float,
    *,
    quiet: bool = False,
) -> None:
    """Run ``work(send)`` in a child process; whatever it sends arrives at ``receive`` at once.

    The child is gone when this returns or raises, for whatever reason.  ``quiet`` leaves out the
    traceback of an unexpected failure, for work that is another library's.

    Raises:
        TimeLimitError: the child had not finished after ``seconds`` and was ended.
        MemoryLimitError: the child reached its memory limit.
        DerivationError: the child died.
    """
    reader, writer = Pipe(duplex=False)
    child = _fork()
    if child == 0:
        _child(work, writer, quiet)
    writer.close()
    finished = False
    try:
        finished = _receive_all(reader, receive, seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        reader.close()
    if not finished:
        reason = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        raise DerivationError(f"the process that derived it ended early ({reason})")


def _fork() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Python and JAX warn where threads are about; the child uses none of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        return os.fork()


def _receive_all(reader: Connection, receive: Callable[[Any], None], seconds: float) -> bool:
    """Hand on what arrives; whether the child said that it had finished before it died."""
    deadline = time.monotonic() + seconds
    while reader.poll(max(deadline - time.monotonic(), 0)):
        try:
            finished, payload = reader.recv()
        except EOFError:
            return False
        if not finished:
            receive(payload)
        elif payload is None:
            return True
        else:
            raise payload
    raise TimeLimitError("the time limit was reached in a call that could not be interrupted")


def _child(work: Callable[[Send], None], writer: Connection, quiet: bool) -> NoReturn:
    """Never returns, so that nothing of the parent's clean-up runs twice."""
    status = 0
    try:
        _set_limits()
        work(lambda payload: writer.send((False, payload)))
        writer.send((True, None))
    except MemoryError:
        writer.send((True, MemoryLimitError("it needs more memory than 4 GiB")))
    except RecursionError:
        writer.send((True, DerivationError("an expression in it is nested too deeply")))
    except BrokenPipeError:  # nobody listens any more
        status = _FAILED
    except BaseException as defect:  # noqa: BLE001 - above here nobody could show it
        if not quiet:
            traceback.print_exc()
        kind = f"{type(defect).__name__}: {defect}"
        writer.send((True, DefectError(f"it failed; its traceback is on standard error ({kind})")))
        status = _FAILED
    finally:
        sys.stderr.flush()
        os._exit(status)


def _address_space() -> int:
    """Bytes that the process has now: libraries such as JAX reserve gigabytes when imported."""
    try:
        with open("/proc/self/statm", encoding="ascii") as sizes:
            return int(sizes.read().split()[0]) * resource.getpagesize()
    except OSError:  # no Linux
        return 0


def _set_limits() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # dies at once, also within a call
    with contextlib.suppress(ValueError, OSError):  # not every system can set it
        limit = _address_space() + MEMORY_LIMIT
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    with contextlib.suppress(OSError, AttributeError):  # Linux: die with the parent
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
