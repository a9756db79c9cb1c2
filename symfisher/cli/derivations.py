"""Derivations for the commands that put whole documents together, and where those go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from symfisher.cli.standard_error import working
from symfisher.output import Output

if TYPE_CHECKING:
    from symfisher.derivation import Derivation

TIME_LIMIT = 60.0  # seconds for one quantity


def one_document(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that makes one document of its targets."""
    output = click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all.")
    limit = click.option(
        "--time-limit",
        type=click.FloatRange(min=0, min_open=True, max=1e7),
        metavar="SECONDS",
        default=TIME_LIMIT,
        show_default=True,
        help="For each quantity.",
    )
    return output(limit(function))


def derivations(targets: Sequence[str], time_limit: float) -> list[Derivation]:
    """The derivation of each target; nothing is derived yet."""
    from symfisher.derivation import derive

    return [derive(target, time_limit=time_limit) for target in targets]


def write(make: Callable[[], str], path: str | None) -> None:
    """Write what ``make`` returns, and nothing where it fails."""
    with Output(path) as output:
        with working():
            text = make()
        output.write(text if text.endswith("\n") else text + "\n")
