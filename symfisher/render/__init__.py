"""From a result to a page: one file a format, found by its place in this folder.

A format is a module with the names of ``sheet.Format``; adding one is adding its file.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from symfisher.render.sheet import Format

_NAME = re.compile(r'^NAME = "(\w+)"$', re.MULTILINE)
_SUMMARY = re.compile(r'^SUMMARY = "(.*)"$', re.MULTILINE)


@cache
def format_summaries() -> dict[str, str]:
    """Format -> one line about it, read from the files without importing them."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        name, summary = _NAME.search(source), _SUMMARY.search(source)
        if name and summary:
            found[name.group(1)] = summary.group(1)
    return found


def load_format(name: str) -> Format:
    """The format called ``name``, one of ``format_summaries()``."""
    return cast(Format, import_module(f"symfisher.render.{name}"))
