"""Working through the targets that a command was given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from symfisher.cli.exit_codes import FAILED, INTERRUPTED, WRONG
from symfisher.cli.standard_error import complain, progress_bar
from symfisher.output import Output, Pages

if TYPE_CHECKING:
    from symfisher.render.sheet import Sheet
    from symfisher.runner import Task

TIME_LIMIT = 60.0  # seconds for one target


def worked_through(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that works through targets."""
    for decorate in (
        click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all."),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Targets worked on at the same time, each in its own process.",
        ),
        click.option(
            "--time-limit",
            type=click.FloatRange(min=0, min_open=True, max=1e7),
            metavar="SECONDS",
            default=TIME_LIMIT,
            show_default=True,
            help="For each target; what is finished by then is shown.",
        ),
        click.argument("targets", nargs=-1, required=True, metavar="TARGET..."),
    ):
        function = decorate(function)
    return function


def work_through(tasks: Sequence[Task], form: str, jobs: int, path: str | None) -> NoReturn:
    """Write each target's document as soon as it is its turn, then exit."""
    from symfisher.render import load_format
    from symfisher.runner import Interrupted, run_all

    code = 0
    with Output(path) as output, progress_bar(len(tasks)) as advance:
        writer = Pages(load_format(form), output, len(tasks))
        try:
            for task, sheet in zip(tasks, run_all(tasks, jobs)):
                writer.write(sheet)
                advance()
                code = max(code, _exit_code(task, sheet))
        except Interrupted as stop:
            for _, sheet in sorted(stop.sheets.items()):
                if sheet.heading is not None or sheet.blocks:
                    writer.write(sheet)
            complain("interrupted; what was finished is kept")
            code = INTERRUPTED
        writer.close()
    sys.exit(code)


def _exit_code(task: Task, sheet: Sheet) -> int:
    """Says on standard error what went wrong with the target, and what that means."""
    if sheet.error is None:
        return 0
    _, message = sheet.error
    complain(message if task.target in message else f"{task.target}: {message}")
    return WRONG if sheet.wrong_input else FAILED
