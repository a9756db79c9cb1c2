"""Colour where it is wanted: on a terminal, unless NO_COLOR (https://no-color.org) says no."""

from __future__ import annotations

import os
import re
import sys

import click

_TITLE = re.compile(r"^(?![ ─]).+$", re.MULTILINE)  # in a text page all else is indented


def colour_wanted() -> bool:
    """Whether the environment allows colour: NO_COLOR, if it is there, is empty."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def in_colour() -> bool:
    """Whether standard output shows colour."""
    return sys.stdout.isatty() and colour_wanted()


def with_titles(page: str) -> str:
    """A text page with its titles set apart."""
    return _TITLE.sub(lambda title: click.style(title[0], fg="cyan", bold=True), page)
