"""One JSON object a line, in the order of the targets: for pipes and for long runs."""

from __future__ import annotations

import json

from symfisher.render.json import block, heading, record
from symfisher.render.sheet import Sheet

__all__ = ["NAME", "SUMMARY", "block", "document", "frame", "heading"]

NAME = "jsonl"
SUMMARY = "one JSON object a line, in the order of the targets"


def document(sheet: Sheet) -> str:
    return json.dumps(record(sheet), ensure_ascii=False)


def frame(count: int) -> tuple[str, str, str]:
    return "", "\n", "\n"
