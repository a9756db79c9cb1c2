"""symfisher paper"""

from __future__ import annotations

import click

from symfisher.cli.derivations import derivations, one_document, write
from symfisher.cli.notation import notation_options
from symfisher.cli.targets import complete_target
from symfisher.render.conventions import Notation

PARTS = ("article", "proposition", "appendix", "table", "macros", "bibtex")


@click.command("paper")
@click.argument(
    "targets", nargs=-1, required=True, metavar="TARGET...", shell_complete=complete_target
)
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="article",
    show_default=True,
    help="A whole article, or one fragment to paste: the proposition, the appendix with every step "
    "and its rule, a table of the families, the file of macros, the BibTeX of the references.",
)
@click.option(
    "--environment", metavar="NAME", default="", help="Your theorem environment for a proposition."
)
@click.option("--cite", is_flag=True, help="Cite the references in a proposition.")
@one_document
@notation_options
def command(
    targets: tuple[str, ...],
    part: str,
    environment: str,
    cite: bool,
    output: str | None,
    time_limit: float,
    notation: Notation,
) -> None:
    """Write LaTeX for a paper; it needs amsmath and amssymb only.

    \b
    Examples:
      symfisher paper gamma --output gamma.tex
      symfisher paper gamma --part proposition --matrix F --logarithm ln
      symfisher paper gamma --part appendix --line column --symbol alpha=k
      symfisher paper gamma weibull gumbel --part table --polygamma prime
      symfisher paper gamma weibull --part bibtex --output references.bib
    """
    from symfisher.documents import article

    given = derivations(targets, time_limit)
    if part == "article":
        write(lambda: article.article(given, notation), output)
        return
    options = {"environment": environment, "cite": cite} if part == "proposition" else {}
    write(lambda: article.part(part, given, notation, **options), output)
