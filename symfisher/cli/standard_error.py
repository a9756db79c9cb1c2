"""What is said on standard error: complaints, and a bar while there is work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from symfisher.cli.colour import colour_wanted


def complain(message: str) -> None:
    colour = None if colour_wanted() else False
    prefix = click.style("symfisher: error:", fg="red", bold=True)
    click.echo(f"{prefix} {message}", err=True, color=colour)


@contextmanager
def progress_bar(count: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, where that is a terminal and there is more than one target."""
    if count < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("targets", total=count)
        yield lambda: progress.advance(bar)


@contextmanager
def working(words: str = "deriving") -> Iterator[None]:
    """A sign on standard error that work goes on, where that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{words} ..."):
        yield
