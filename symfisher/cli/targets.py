"""Working through the targets that a command was given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from symfisher.cli.colour import in_colour, with_titles
from symfisher.cli.exit_codes import FAILED, INTERRUPTED, WRONG
from symfisher.cli.standard_error import complain, progress_bar, working
from symfisher.output import Output, Pages

if TYPE_CHECKING:
    from symfisher.render.sheet import Sheet
    from symfisher.runner import Task

TIME_LIMIT = 60.0  # seconds for one target


def worked_through(*, required: bool = True) -> Callable[..., Any]:
    """The options of every command that works through targets."""
    decorators = (
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
        click.argument(
            "targets",
            nargs=-1,
            required=required,
            metavar="TARGET...",
            shell_complete=complete_target,
        ),
    )

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorate in decorators:
            function = decorate(function)
        return function

    return decorated


def complete_target(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """The bundled names that begin so, and files."""
    from click.shell_completion import CompletionItem

    from symfisher.catalog import bundled_titles

    titles = bundled_titles()
    items = [CompletionItem(n, help=t) for n, t in titles.items() if n.startswith(incomplete)]
    return items or [CompletionItem(incomplete, type="file")]


def work_through(tasks: Sequence[Task], form: str, jobs: int, path: str | None) -> NoReturn:
    """Write each target's document as soon as it is its turn, then exit."""
    from symfisher.render import load_format
    from symfisher.runner import Interrupted, run_all

    code = 0
    with Output(path) as output, progress_bar(len(tasks)) as advance:
        decorate = with_titles if form == "text" and path is None and in_colour() else str
        writer = Pages(load_format(form), output, len(tasks), decorate)
        try:
            for task, sheet in zip(tasks, _with_a_sign(run_all(tasks, jobs), len(tasks))):
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


def _with_a_sign(sheets: Iterator[Sheet], count: int) -> Iterator[Sheet]:
    """The sheets; a single one with a sign of life while it is made, gone before it is shown."""
    if count > 1:
        yield from sheets
        return
    with working():
        made = list(sheets)
    yield from made


def _exit_code(task: Task, sheet: Sheet) -> int:
    """Says on standard error what went wrong with the target, and what that means."""
    if sheet.error is None:
        return 0
    _, message = sheet.error
    complain(message if task.target in message else f"{task.target}: {message}")
    return WRONG if sheet.wrong_input else FAILED
