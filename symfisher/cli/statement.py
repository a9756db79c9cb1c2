"""A family stated by options, without a file: read by the same parser, with the same errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import click

SOURCE = "the command line"
_NAME = r"\s*([^\s<>=]+?)\s*"
_BETWEEN = re.compile(rf"(.+?)<(=?){_NAME}<(=?)(.+)")
_ABOVE = re.compile(rf"{_NAME}>(=?)(.+)")
_BELOW = re.compile(rf"{_NAME}<(=?)(.+)")
_MEMBER = re.compile(r"\s*(\S+)\s+in\s+(.+)")


def stated_family(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that state a family, handed on as the text of a family file."""
    options = (
        ("--logpdf", "EXPRESSION", False, "The log-density of a family that has no file."),
        ("--logpmf", "EXPRESSION", False, "The log-mass function of one."),
        ("--variable", '"x in (0, oo)"', True, "Its observation; repeatable."),
        ("--parameter", '"k > 0"', True, "Each of its parameters, with the domain."),
        ("--constant", '"n in 1..oo"', True, "What is known and not differentiated."),
        ("--constraint", '"a < b"', True, "A joint condition on the parameters."),
    )
    for name, metavar, several, text in reversed(options):
        decorate = click.option(name, metavar=metavar, multiple=several, help=text)
        function = decorate(function)
    return function


def family_text(
    logpdf: str | None,
    logpmf: str | None,
    variable: Iterable[str],
    parameter: Iterable[str],
    constant: Iterable[str],
    constraint: Iterable[str],
) -> str:
    """The text of the family file that says the same; empty where nothing is stated.

    Raises:
        click.UsageError: a domain is not of the form "x in (0, oo)" or "k > 0".
    """
    density = {"logpdf": logpdf, "logpmf": logpmf}
    tables = {"variable": variable, "parameters": parameter, "constants": constant}
    if not any([logpdf, logpmf, *map(tuple, tables.values()), *constraint]):
        return ""
    if logpdf is None and logpmf is None:
        raise click.UsageError("a family without a file needs its --logpdf or its --logpmf")
    lines = ['name = "given"']
    lines += [f"{key} = {_quoted(text)}" for key, text in density.items() if text is not None]
    for table, texts in tables.items():
        lines += _table(table, texts)
    if constraint:
        listed = ", ".join(map(_quoted, constraint))
        lines += ["[constraints]", f"parameters = [{listed}]"]
    return "\n".join(lines) + "\n"


def _table(name: str, texts: Iterable[str]) -> list[str]:
    domains: dict[str, str] = {}
    for text in texts:
        symbol, domain = _domain(text)
        if symbol in domains:
            raise click.UsageError(f"{symbol} is declared twice; declare it once")
        domains[symbol] = domain
    rows = [f"{_quoted(symbol)} = {_quoted(domain)}" for symbol, domain in domains.items()]
    return [f"[{name}]", *rows] if rows else []


def _domain(text: str) -> tuple[str, str]:
    """A symbol and its domain in the words of a family file."""
    if match := _MEMBER.fullmatch(text):
        return match[1], match[2].strip()
    if match := _BETWEEN.fullmatch(text):
        opening, closing = ("[" if match[2] else "("), ("]" if match[4] else ")")
        return match[3], f"{opening}{match[1].strip()}, {match[5].strip()}{closing}"
    if match := _ABOVE.fullmatch(text):
        return match[1], f"{'[' if match[2] else '('}{match[3].strip()}, oo)"
    if match := _BELOW.fullmatch(text):
        return match[1], f"(-oo, {match[3].strip()}{']' if match[2] else ')'}"
    raise click.UsageError(
        f'{text!r} declares nothing; write a name and its domain, such as "x in (0, oo)", '
        '"k > 0", "0 < p < 1", "n in 1..oo" or "mu in real"'
    )


def _quoted(text: str) -> str:
    """As a TOML text; JSON's is one."""
    return json.dumps(text, ensure_ascii=False)
