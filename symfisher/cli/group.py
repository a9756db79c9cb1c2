"""The group of all commands."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import click

from symfisher import __version__
from symfisher.suggestions import nearest


class Commands(click.Group):
    """A group that answers a mistyped command with the nearest ones."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            commands = self.list_commands(ctx)
            near = nearest(name, commands) or f"; there are: {', '.join(commands)}"
            raise click.UsageError(f"no command is called {name!r}{near}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="symfisher", message="%(prog)s %(version)s")
def cli() -> None:
    """Fisher information from a log-density: derived, checked, printed.

    A TARGET is the name of a bundled family or the path of a family file.

    \b
    Examples:
      symfisher list                                  the bundled families
      symfisher derive gamma                          everything about one of them
      symfisher derive normal --quantity fisher --quantity crlb
      symfisher derive my_family.toml --format latex --output appendix.tex
      symfisher derive gamma beta weibull --format jsonl --jobs 2
      symfisher derive --logpdf "log(k) - k*x" --variable "x > 0" --parameter "k > 0"
      symfisher verify gamma                          the checks, at 30 digits
      symfisher paper gamma --output gamma.tex        LaTeX in your notation, every step cited
      symfisher slides gamma --output talk.tex        a talk: Beamer or Typst
      symfisher picture gamma --output fisher.svg     one formula for any slide
      symfisher new my_family                         a commented family file to start from
      symfisher completion bash                       completion for your shell

    \b
    A family file, my_family.toml:
      name   = "Kumaraswamy"
      logpdf = "log(a) + log(b) + (a - 1)*log(x) + (b - 1)*log(1 - x**a)"
      [variable]
      x = "(0, 1)"
      [parameters]
      a = "positive"
      b = "positive"

    \b
    Exit codes: 0 all done, 1 a derivation could not be done, 2 the input is wrong.
    """


def _add_commands() -> None:
    import symfisher.cli.commands as package

    for module in pkgutil.iter_modules(package.__path__):
        cli.add_command(import_module(f"{package.__name__}.{module.name}").command)


_add_commands()
