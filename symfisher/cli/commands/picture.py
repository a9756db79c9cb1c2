"""symfisher picture"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symfisher.cli.derivations import TIME_LIMIT, derivations
from symfisher.cli.notation import notation_options
from symfisher.cli.standard_error import working
from symfisher.cli.targets import complete_target
from symfisher.render.conventions import Notation

if TYPE_CHECKING:
    from symfisher.formula import Formula


@click.command("picture")
@click.argument("target", shell_complete=complete_target)
@click.option(
    "--quantity", "name", metavar="NAME", default="fisher", show_default=True, help="Which formula."
)
@click.option("--output", metavar="FILE", required=True, help="FILE.svg, FILE.png or FILE.pdf.")
@click.option(
    "--engine",
    type=click.Choice(["typst", "latex"]),
    help="What sets the formula.  [default: the first that is installed]",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True, max=1e7),
    metavar="SECONDS",
    default=TIME_LIMIT,
    show_default=True,
    help="For the derivation.",
)
@notation_options
def command(
    target: str,
    name: str,
    output: str,
    engine: str | None,
    time_limit: float,
    notation: Notation,
) -> None:
    """Draw one formula of TARGET, for PowerPoint, Keynote, Google Slides or a web page.

    The background is transparent.

    \b
    Examples:
      symfisher picture gamma --output fisher.svg
      symfisher picture gamma --quantity kl --matrix F --output kl.png
    """
    from symfisher.documents.picture import save_picture

    with working():
        (given,) = derivations([target], time_limit)
        save_picture(_formula(given.quantity(name), name), output, notation, engine or "")


def _formula(result: Formula, name: str) -> Formula:
    if not hasattr(result, "expr"):
        raise click.UsageError(f"--quantity {name}: it is a verdict in words, not a formula")
    return result
