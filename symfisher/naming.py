"""What a family and its symbols may be called."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Any

from sympy import IndexedBase, Symbol

from symfisher.errors import DeclarationError
from symfisher.suggestions import shown

LONGEST_TITLE = 100  # characters of a family's name
LONGEST_NAME = 40  # characters of a symbol's name
MOST_SYMBOLS = 100

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED = {*keyword.kwlist, "oo"} - {"lambda"}


def check_symbols(
    name: object, variables: Iterable[Any], parameters: Iterable[Any], constants: Iterable[Any]
) -> None:
    """Raise ``DeclarationError`` unless the name is text and the rest are symbols that differ."""
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise DeclarationError(
            f'a family\'s name is printable text such as "gamma", found {shown(repr(name))}'
        )
    if len(name) > LONGEST_TITLE:
        raise DeclarationError(
            f"family '{shown(name)}': its name has {len(name)} characters; at most {LONGEST_TITLE}"
        )
    fields = {"variable": [*variables], "parameters": [*parameters], "constants": [*constants]}
    for field in ("variable", "parameters"):
        if not fields[field]:
            raise DeclarationError(f"family '{name}': it has no {field}; declare at least one")
    if sum(map(len, fields.values())) > MOST_SYMBOLS:
        raise DeclarationError(f"family '{name}': it declares more than {MOST_SYMBOLS} symbols")
    seen: dict[str, str] = {}
    for field, symbols in fields.items():
        for symbol in symbols:
            where = f"family '{name}', {field}"
            _check_symbol(symbol, where)
            if symbol.name in seen:
                raise DeclarationError(
                    f"{where}: {symbol.name} is declared already, under {seen[symbol.name]}; "
                    "each name is declared once"
                )
            seen[symbol.name] = field


def check_name(name: str, where: str) -> None:
    """Raise ``DeclarationError`` unless ``name`` can be the name of a symbol."""
    if len(name) > LONGEST_NAME:
        raise DeclarationError(
            f"{where}: the name '{shown(name)}' has {len(name)} characters; at most {LONGEST_NAME}"
        )
    if not _IDENTIFIER.fullmatch(name):
        raise DeclarationError(
            f"{where}: '{shown(name)}' is not a name; a name is made of the letters a-z, A-Z, "
            "digits and _, and begins with a letter, such as mu or sigma_1"
        )
    if name in _RESERVED:
        raise DeclarationError(f"{where}: '{name}' is reserved; write {name}_1 or another name")


def _check_symbol(symbol: object, where: str) -> None:
    if isinstance(symbol, str):
        raise DeclarationError(
            f"{where}: found the text {shown(repr(symbol))}; write the symbol itself, "
            "Symbol('x'), and use it in the log-density"
        )
    if isinstance(symbol, IndexedBase) and symbol.shape is not None:
        raise DeclarationError(
            f"{where}: {symbol} is declared with a shape; write IndexedBase('{symbol.name}') and "
            "give its length in its domain, as in 'positive[K]'"
        )
    if not isinstance(symbol, Symbol | IndexedBase):
        raise DeclarationError(f"{where}: {shown(str(symbol))} is not a SymPy Symbol")
    check_name(symbol.name, where)
