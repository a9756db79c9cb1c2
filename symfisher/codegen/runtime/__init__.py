"""Special functions for targets that have none, or slow ones: C, Numba, JavaScript, R.

Each is described once, in ``functions/``, with its source, its numbers in ``coefficients``; the
description is translated into the language asked for, and only what a kernel uses is emitted.
"""

from __future__ import annotations

from collections.abc import Iterable

from symfisher.codegen.runtime.definitions import definitions, needed
from symfisher.codegen.runtime.languages import LANGUAGES

__all__ = ["argument_count", "called", "names", "source"]


def names() -> frozenset[str]:
    """The functions that there are, by their names in ``codegen.functions.FUNCTIONS``."""
    return frozenset(definitions())


def called(name: str, language: str) -> str:
    """What the function is called in a language: symfisher_digamma in C, _digamma in Numba."""
    return LANGUAGES[language].called(name)


def source(functions: Iterable[str], language: str) -> str:
    """The text of these functions and of all that they call, and of nothing else.

    ``language`` is c, javascript, numba or r.  Numba needs ``import math``, ``import numba`` and
    ``import numpy as np`` above it; C needs math.h, stdint.h and string.h.
    """
    writer = LANGUAGES[language]
    chosen = needed(functions, writer.own)
    if not chosen:
        return ""
    tables = dict.fromkeys(table for each in chosen for table in each.tables)
    texts = [*map(writer.table, tables), *map(writer.function, chosen)]
    return writer.preamble + "\n".join(texts) + "\n"


def argument_count(name: str) -> int:
    """How many arguments a function takes."""
    return len(definitions()[name].arguments)
