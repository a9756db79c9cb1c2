"""Family files: a declaration as TOML.

name   = "Kumaraswamy"
logpdf = "log(a) + log(b) + (a - 1)*log(x) + (b - 1)*log(1 - x**a)"

[variable]
x = "(0, 1)"

[parameters]
a = "positive"
b = "positive"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DeclarationError, FamilyFileError, TimeLimitError
from symfisher.expressions import parse_condition, parse_domain, parse_expression
from symfisher.naming import MOST_SYMBOLS, check_name
from symfisher.suggestions import nearest, shown, shown_path
from symfisher.vectors import symbol_for

LARGEST_FILE = 1_000_000  # bytes

_TEXT = ("name", "logpdf", "logpmf", "title")
_TABLES = ("variable", "parameters", "constants", "meanings")
_KEYS = (*_TEXT, "references", *_TABLES, "constraints")
_SECONDS = 1.0  # longer than one expression may take, so that a slow one is named


def load_family(path: str | Path) -> Family:
    """The family that a file declares.

    Raises:
        FamilyFileError: the file cannot be read, is not TOML or has keys that it may not have.
        ExpressionError: an expression or domain in it cannot be read.
        DeclarationError: the declaration does not describe a density.
    """
    return loads_family(_read(Path(path)), shown_path(str(path)))


def loads_family(text: str, source: str) -> Family:
    """The family that the text of a file declares; ``source`` names it in messages."""
    if len(text) > LARGEST_FILE:
        raise FamilyFileError(f"{source}: {len(text):,} characters; at most {LARGEST_FILE:,}")
    try:
        with time_limit(_SECONDS):
            fields = _fields(_checked(_toml(text, source), source), source)
    except TimeLimitError:
        raise FamilyFileError(f"{source}: it takes too long to read; write it shorter") from None
    try:
        return Family(**fields)
    except DeclarationError as error:
        raise DeclarationError(f"{source}: {error}") from None


def _fields(content: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The arguments of ``Family`` that a file's content gives."""
    reader = _Reader(content, source)
    constants = reader.domains("constants")
    parameters = reader.domains("parameters")
    support = reader.domains("variable")
    density = "logpmf" if "logpmf" in content else "logpdf"
    return {
        "name": content["name"],
        "variable": tuple(support),
        "support": tuple(support.values()),
        "parameters": parameters,
        "constants": constants,
        "constraints": reader.constraints(),
        "title": content.get("title", ""),
        "meanings": content.get("meanings", {}),
        "references": content.get("references", ()),
        density: parse_expression(content[density], reader.names, f"{source}, {density}"),
    }


@dataclass
class _Reader:
    """Reads a file's tables in the order in which they may name one another's symbols."""

    content: Mapping[str, Any]
    source: str

    def __post_init__(self) -> None:
        self.names: dict[str, Any] = {}

    def domains(self, table: str) -> dict[Any, Domain]:
        """Symbol -> domain for each line of the table; a symbol knows the sign of its domain."""
        found: dict[Any, Domain] = {}
        for name, text in self.content.get(table, {}).items():
            where = f"{self.source}, {table}"
            check_name(name, where)
            if name in self.names:
                raise FamilyFileError(
                    f"{where}: {name} is declared in another table already; declare it once"
                )
            domain = parse_domain(text, self.names, f"{where}, {name}")
            symbol = symbol_for(name, domain)
            self.names[name] = symbol
            found[symbol] = domain
        return found

    def constraints(self) -> tuple[Any, ...]:
        where = f"{self.source}, constraints"
        texts = self.content.get("constraints", {}).get("parameters", [])
        return tuple(parse_condition(text, self.names, where) for text in texts)


# -- the file ------------------------------------------------------------------------------------


def _read(path: Path) -> str:
    source = shown_path(str(path))
    try:
        if not path.exists():
            raise FamilyFileError(f"{source}: there is no such file")
        if path.is_dir():
            raise FamilyFileError(f"{source}: this is a folder; name a family file in it")
        if not path.is_file():
            raise FamilyFileError(f"{source}: this is not a regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise FamilyFileError(
                f"{source}: the file is larger than {LARGEST_FILE:,} bytes, which no family needs"
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FamilyFileError(
            f"{source}: the file is not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        reason = getattr(error, "strerror", None) or error
        raise FamilyFileError(f"{source}: the file cannot be read ({reason})") from None


def _toml(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FamilyFileError(f"{source}: this is not TOML: {shown(str(error), 200)}") from None
    except RecursionError:
        raise FamilyFileError(f"{source}: its brackets are nested too deeply") from None
    except ValueError as error:  # a date that does not exist, an integer of thousands of digits
        raise FamilyFileError(f"{source}: this is not TOML: {shown(str(error), 200)}") from None


# -- the keys ------------------------------------------------------------------------------------


def _checked(content: dict[str, Any], source: str) -> dict[str, Any]:
    """The content, if its keys are those of a family file and its values of their types."""
    for key, value in content.items():
        if key not in _KEYS:
            raise FamilyFileError(
                f"{source}: unknown key '{shown(key)}'{nearest(key, _KEYS)}. "
                f"A family file has the keys {', '.join(_KEYS)}"
            )
        _check_type(key, value, source)
    for key in ("name", "variable", "parameters"):
        if key not in content:
            written = f'{key} = "..."' if key in _TEXT else f"a table [{key}]"
            raise FamilyFileError(f"{source}: {key} is missing; write {written}")
    if sum(len(content.get(table, {})) for table in _TABLES[:3]) > MOST_SYMBOLS:
        raise FamilyFileError(f"{source}: it declares more than {MOST_SYMBOLS} symbols")
    given = [key for key in ("logpdf", "logpmf") if key in content]
    if len(given) != 1:
        raise FamilyFileError(
            f"{source}: found {' and '.join(given) or 'neither logpdf nor logpmf'}; write one of "
            "logpdf (a density) and logpmf (a mass function)"
        )
    return content


def _check_type(key: str, value: Any, source: str) -> None:
    if key in _TEXT and not isinstance(value, str):
        raise _wrong(source, key, 'text such as "..."', value)
    if key == "references":
        _check_texts(key, value, source)
    if key in _TABLES:
        if not isinstance(value, dict):
            raise _wrong(source, key, f"a table [{key}] with one line for each name", value)
        for name, entry in value.items():
            if not isinstance(entry, str):
                expected = 'text, such as "positive"' if key != "meanings" else "text"
                raise _wrong(source, f"{key}, {shown(name)}", expected, entry)
    if key == "constraints":
        _check_constraints(value, source)


def _check_constraints(value: Any, source: str) -> None:
    if not isinstance(value, dict):
        raise _wrong(source, "constraints", "a table [constraints] with parameters = [...]", value)
    for key in value:
        if key != "parameters":
            raise FamilyFileError(
                f"{source}, constraints: unknown key '{shown(key)}'{nearest(key, ['parameters'])}. "
                'Write parameters = ["p1 + p2 < 1"]'
            )
    _check_texts("constraints, parameters", value.get("parameters", []), source)


def _check_texts(field: str, value: Any, source: str) -> None:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise _wrong(source, field, 'a list of texts, ["...", "..."]', value)


def _wrong(source: str, field: str, expected: str, value: Any) -> FamilyFileError:
    return FamilyFileError(f"{source}, {field}: expected {expected}, found {_described(value)}")


def _described(value: Any) -> str:
    kind = {dict: "a table", list: "a list", str: "text", bool: "true or false"}.get(type(value))
    return kind or f"the value {shown(str(value))}"
