"""The options of every command that writes formulas: what papers write differently."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from symfisher.render.conventions import CHOICES, LINE_WIDTHS, Notation

_HELP = {
    "polygamma": "The trigamma function as psi_1 or psi'.",
    "second": "How the second parameter point of a divergence is marked.",
    "logarithm": "The natural logarithm.",
    "brackets": "Of matrices.",
}


def notation_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options and hands the command one ``notation``."""

    @functools.wraps(function)
    def command(*arguments: Any, renamed: tuple[str, ...], **options: Any) -> Any:
        chosen = {name: options.pop(name) for name in ("matrix", "macros", "line", *CHOICES)}
        notation = Notation(symbols=_pairs(renamed), **chosen)
        return function(*arguments, notation=notation, **options)

    for decorate in reversed(_options()):
        command = decorate(command)
    return command


def _options() -> list[Callable[..., Any]]:
    letter = click.option(
        "--matrix",
        metavar="LETTER",
        default="calI",
        show_default=True,
        help="The Fisher matrix: a letter such as I, F, J or g, with cal or bold before it or not.",
    )
    rename = click.option(
        "--symbol",
        "renamed",
        metavar="NAME=NEW",
        multiple=True,
        help="Print the symbol NAME as NEW (alpha=k); repeatable.",
    )
    macros = click.option(
        "--macros", is_flag=True, help="Write \\E, \\Fisher, \\KL ..., which a macros file defines."
    )
    choices = [
        click.option(
            f"--{name}",
            type=click.Choice(values),
            default=values[0],
            show_default=True,
            help=_HELP[name],
        )
        for name, values in CHOICES.items()
    ]
    line = click.option(
        "--line",
        type=click.Choice([*LINE_WIDTHS]),
        default="text",
        show_default=True,
        help="Break formulas for the width of a page's text, or of one column of two.",
    )
    return [letter, *choices, line, rename, macros]


def _pairs(renamed: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in renamed:
        old, sign, new = text.partition("=")
        if not (sign and old and new):
            raise click.UsageError(f"--symbol {text!r}: write NAME=NEW, such as alpha=k")
        pairs[old.strip()] = new.strip()
    return pairs
