"""symfisher slides"""

from __future__ import annotations

import click

from symfisher.cli.derivations import derivations, one_document, write
from symfisher.cli.notation import notation_options
from symfisher.cli.targets import complete_target
from symfisher.render.conventions import Notation


@click.command("slides")
@click.argument("target", shell_complete=complete_target)
@click.option(
    "--format",
    "form",
    type=click.Choice(["beamer", "typst"]),
    default="beamer",
    show_default=True,
    help="For pdflatex and lualatex, or for typst.",
)
@one_document
@notation_options
def command(
    target: str, form: str, output: str | None, time_limit: float, notation: Notation
) -> None:
    """Write the slides of a talk about TARGET, 16:9, its steps as overlays.

    Density, score, two roads to the Fisher matrix, the matrix as the Hessian of the divergence,
    and the bound.

    \b
    Examples:
      symfisher slides gamma --output gamma.tex && pdflatex gamma.tex
      symfisher slides gamma --format typst --output gamma.typ && typst compile gamma.typ
    """
    from symfisher.documents.slides import slides

    (given,) = derivations([target], time_limit)
    write(lambda: slides(given, notation, form=form), output)
