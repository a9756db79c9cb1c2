"""Many targets, each in a process of its own, over one or several workers, results in order.

A time limit is kept twice.  Inside the process an alarm interrupts the derivation, which then
reports what it has; a call that does not return to Python is ended from outside, and then what
was reported before stands, because the sheet is handed over after every quantity.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symfisher.catalog import resolve_target
from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.derivation import in_declared_symbols, missing
from symfisher.errors import (
    DerivationError,
    DoesNotExistError,
    MismatchError,
    SymfisherError,
    TimeLimitError,
)
from symfisher.family_file import loads_family
from symfisher.process import Send, run_limited
from symfisher.quantities.registry import find_quantity, quantities
from symfisher.render import load_format
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.sheet import Sheet, add_result, note_error

# A process that does not answer its own alarm for so long, in seconds, is ended.
GRACE = 0.5


@dataclass(frozen=True)
class Task:
    """One target: a bundled name or a path, and what is wanted of it."""

    target: str
    seconds: float

    def fill(self, sheet: Sheet, send: Send) -> None:
        """Put what is wanted on the sheet, sending the sheet whenever there is more on it."""
        raise NotImplementedError


@dataclass(frozen=True)
class DeriveTask(Task):
    """Derive the named quantities and show them in the named format."""

    names: tuple[str, ...]
    form: str
    options: tuple[tuple[str, Any], ...] = ()  # of the quantities that have them
    notation: Notation = STANDARD
    declaration: str = ""  # the text of a family file, for a family that has none

    def fill(self, sheet: Sheet, send: Send) -> None:
        family = self.family()
        form = load_format(self.form)
        self.notation.check(family)
        sheet.family, sheet.heading = family.name, form.heading(family, self.notation)
        send(sheet)
        for name in self.names:
            try:
                result = _derived(name, family, self.options)
                add_result(sheet, name, result, form, self.notation)
            except TimeLimitError:
                raise
            except DerivationError as failure:
                note_error(sheet, type(failure)(f"{name}: {failure}"))
            send(sheet)

    def family(self) -> Family:
        if self.declaration:
            return loads_family(self.declaration, self.target)
        return resolve_target(self.target)


@dataclass(frozen=True)
class VerifyTask(Task):
    """Check every expectation against quadrature at many digits."""

    digits: int
    points: int | None

    def fill(self, sheet: Sheet, send: Send) -> None:
        from symfisher.verification import verify

        family = resolve_target(self.target)
        sheet.family = family.name
        options = {} if self.points is None else {"points": self.points}
        report = verify(family, digits=self.digits, **options)
        sheet.blocks["verify"] = str(report).rstrip()
        if not report.passed:
            note_error(sheet, MismatchError("a check failed; it is marked FAIL"))
        send(sheet)


def _derived(name: str, family: Family, options: tuple[tuple[str, Any], ...]) -> Any:
    wanted = find_quantity(name)
    taken = {option: value for option, value in options if option in wanted.options}
    try:
        return in_declared_symbols(wanted(family.canonical, **taken), family)
    except DoesNotExistError as absent:
        return missing(name, family, absent)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with the sheets, by position, that were finished or begun and not yet handed on."""

    def __init__(self, sheets: dict[int, Sheet]) -> None:
        super().__init__()
        self.sheets = sheets


def run(task: Task) -> Sheet:
    """The sheet of one target, with whatever was finished within its limits."""
    quantities()  # loaded here once, not in every process
    sheet = Sheet(task.target)

    def fill(send: Send) -> None:
        mine = Sheet(task.target)
        try:
            with time_limit(task.seconds):
                task.fill(mine, send)
        except SymfisherError as error:
            note_error(mine, error)
        send(mine)

    def receive(latest: Sheet) -> None:
        nonlocal sheet
        sheet = latest

    start = time.monotonic()
    try:
        run_limited(fill, receive, task.seconds + GRACE)
    except TimeLimitError:
        note_error(sheet, TimeLimitError(f"the time limit of {task.seconds:g} s was reached"))
    except DerivationError as error:
        note_error(sheet, error)
    except KeyboardInterrupt:
        sheet.error = sheet.error or ("interrupted", "interrupted before it was finished")
        raise Interrupted({0: sheet}) from None
    finally:
        sheet.seconds = time.monotonic() - start
    return sheet


def run_all(tasks: Sequence[Task], jobs: int = 1) -> Iterator[Sheet]:
    """The sheets in the order of the tasks, each as soon as it and those before it are there.

    Raises:
        Interrupted: Ctrl-C was pressed; it holds the sheets that were not handed on.
    """
    numbered = _one_by_one(tasks) if jobs == 1 or len(tasks) == 1 else _over_workers(tasks, jobs)
    waiting: dict[int, Sheet] = {}
    following = 0
    try:
        for number, sheet in numbered:
            waiting[number] = sheet
            while following in waiting:
                yield waiting.pop(following)
                following += 1
    except KeyboardInterrupt as stop:
        late = stop.sheets if isinstance(stop, Interrupted) else {}
        raise Interrupted(waiting | late) from None


def _one_by_one(tasks: Sequence[Task]) -> Iterator[tuple[int, Sheet]]:
    for number, task in enumerate(tasks):
        try:
            yield number, run(task)
        except Interrupted as stop:
            raise Interrupted({number: stop.sheets[0]}) from None


def _over_workers(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[int, Sheet]]:
    """Over joblib's backend: local processes unless ``joblib.parallel_config`` says otherwise."""
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=min(jobs, len(tasks)), return_as="generator_unordered", batch_size=1)
    results = parallel(delayed(_in_worker)(number, task) for number, task in enumerate(tasks))
    try:
        yield from results
    except KeyboardInterrupt:
        _stop_workers()
        raise


def _in_worker(number: int, task: Task) -> tuple[int, Sheet]:
    # Ctrl-C at a terminal reaches every process; the first one decides and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return number, run(task)


def _stop_workers() -> None:
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=False, kill_workers=True)
