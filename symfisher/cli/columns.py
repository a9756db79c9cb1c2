"""Names with what they mean, one a line."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click


def columns(rows: dict[str, str]) -> None:
    """Print the rows, on a terminal wrapped to its width; elsewhere one line each."""
    name_width = max(map(len, rows), default=0)
    for name, words in rows.items():
        line = f"{name.ljust(name_width)}  {words}"
        click.echo("\n".join(_wrapped(line, name_width + 2)) if sys.stdout.isatty() else line)


def _wrapped(line: str, indent: int) -> list[str]:
    room = max(shutil.get_terminal_size().columns, indent + 20)
    return textwrap.wrap(line, room, subsequent_indent=" " * indent)
