"""Writes the pages of docs/reference/ that follow from the code: quantities, families, commands.

python docs/reference/generate.py
"""

from __future__ import annotations

from pathlib import Path

import click
from sympy import latex

import symfisher as sf
from symfisher.catalog import bundled_family
from symfisher.cli import cli
from symfisher.quantities.registry import quantities

HERE = Path(__file__).parent


def quantities_page() -> str:
    """Every quantity with its line."""
    rows = [f"| `{name}` | {each.summary} |" for name, each in quantities().items()]
    head = [
        "# Quantities",
        "",
        "Each is `d.NAME` or `d.NAME(...)` in Python and `--quantity NAME` on the command line.",
        "",
        "| name | what it is |",
        "|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def families_page() -> str:
    """Every bundled family with its log-density."""
    sections = ["# Bundled families", ""]
    for name in sf.bundled_names():
        family = bundled_family(name)
        sections += [f"## {family.facts.title}", "", f"`{name}`", ""]
        sections += [f"$$\\log p = {latex(family.log_density)}$$", ""]
    return "\n".join(sections)


def commands_page() -> str:
    """The help of every command."""
    sections = ["# Command line", "", "```text", _help(cli, "symfisher"), "```", ""]
    for name, command in sorted(cli.commands.items()):
        sections += [f"## symfisher {name}", "", "```text"]
        sections += [_help(command, f"symfisher {name}"), "```", ""]
    return "\n".join(sections)


def _help(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


PAGES = {
    "quantities.md": quantities_page,
    "families.md": families_page,
    "command-line.md": commands_page,
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (HERE / file).write_text(page())
