"""What a quantity is asked with: ``--option order=4``, ``--option of="alpha/beta"``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from typing import Any

import click

from symfisher.suggestions import nearest, shown

Options = tuple[tuple[str, Any], ...]


def quantity_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option that hands options on to quantities, repeatable."""
    decorate = click.option(
        "--option",
        "settings",
        metavar="NAME=VALUE",
        multiple=True,
        help="An option of the quantity, such as order=4, of=alpha/beta or other=weibull; "
        "repeatable.  Lists and tables are written as in a family file.",
    )
    return decorate(function)


def read_options(settings: Iterable[str], names: Iterable[str]) -> Options:
    """The options by name, for those of the named quantities that have them.

    A value is a number, true or false, a list or a table as TOML writes them, and otherwise the
    text as it stands; numbers are exact.

    Raises:
        click.UsageError: one is not NAME=VALUE, is given twice, or belongs to none of them.
    """
    from symfisher.quantities.registry import find_quantity

    wanted = list(names)
    known = sorted({option for name in wanted for option in find_quantity(name).options})
    options: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise click.UsageError(f"{shown(setting)} is not NAME=VALUE, such as order=4")
        name = name.strip()
        if name in options:
            raise click.UsageError(f"the option {name} is given twice; give it once")
        if name not in known:
            raise click.UsageError(_unknown(name, wanted, known))
        options[name] = _value(text.strip())
    return tuple(options.items())


def _unknown(name: str, wanted: list[str], known: list[str]) -> str:
    there = f"there are: {', '.join(known)}" if known else "there is none"
    asked = [each for each in wanted if each != "regularity"]  # it joins what rests on it
    of = f"{asked[0]} has no" if len(asked) == 1 else "nothing that is derived has an"
    return f"{of} option {shown(name)}{nearest(name, known)}; {there}"


def _value(text: str) -> Any:
    from sympy import Rational

    from symfisher.derivation import in_symbols

    try:
        value = tomllib.loads(f"value = {text}", parse_float=Rational)["value"]
    except (tomllib.TOMLDecodeError, ValueError, TypeError):
        return text  # what TOML does not read is an expression or a name
    return in_symbols(value, {})
