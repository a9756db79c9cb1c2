"""symfisher list"""

from __future__ import annotations

import click

from symfisher.cli.columns import columns


@click.command("list")
def command() -> None:
    """List the bundled families.

    Each name can be a TARGET of the other commands.
    """
    from symfisher.catalog import bundled_titles

    columns(bundled_titles())
