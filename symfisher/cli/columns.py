"""Names with what they mean, one a line."""

from __future__ import annotations

import click


def columns(rows: dict[str, str]) -> None:
    width = max(map(len, rows), default=0)
    for name, words in rows.items():
        click.echo(f"{name.ljust(width)}  {words}")
