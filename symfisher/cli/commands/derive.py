"""symfisher derive"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import click

from symfisher.cli.columns import columns
from symfisher.cli.notation import notation_options
from symfisher.cli.options import quantity_options, read_options
from symfisher.cli.statement import SOURCE, family_text, stated_family
from symfisher.cli.targets import work_through, worked_through
from symfisher.render import format_summaries
from symfisher.render.conventions import Notation
from symfisher.suggestions import nearest


class FormatName(click.ParamType[str]):
    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "|".join(format_summaries())

    def convert(self, value: str, param: Any, ctx: Any) -> str:
        known = format_summaries()
        if value not in known:
            near = nearest(value, known) or f"; there are: {', '.join(known)}"
            self.fail(f"no format is called {value!r}{near}", param, ctx)
        return value


class Alpha(click.ParamType[str]):
    name = "alpha"

    def convert(self, value: str, param: Any, ctx: Any) -> str:
        """A number as it was written ("0.5" or "1/3"), so that it stays exact."""
        try:
            return str(Fraction(value))
        except (ValueError, ZeroDivisionError):
            self.fail(f"{value!r} is no number such as 1, -1, 0.5 or 1/3", param, ctx)


def list_quantities(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from symfisher.quantities.registry import quantities

    columns({name: quantity.summary for name, quantity in quantities().items()})
    ctx.exit()


@click.command("derive")
@worked_through(required=False)
@click.option(
    "--quantity",
    "names",
    multiple=True,
    metavar="NAME",
    help="Derive this one only; repeatable.  [default: all]",
)
@click.option(
    "--format", "form", type=FormatName(), default="text", show_default=True, help="Output format."
)
@click.option(
    "--alpha",
    type=Alpha(),
    metavar="NUMBER",
    help="The connection of Christoffel symbols and curvatures: 0 Levi-Civita, 1 exponential, "
    "-1 mixture.  [default: 0]",
)
@quantity_options
@click.option(
    "--list-quantities",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_quantities,
    help="Name all quantities, one line each, and exit.",
)
@stated_family
@notation_options
def command(
    targets: tuple[str, ...],
    names: tuple[str, ...],
    form: str,
    alpha: str | None,
    settings: tuple[str, ...],
    time_limit: float,
    jobs: int,
    output: str | None,
    notation: Notation,
    **stated: Any,
) -> None:
    """Derive what follows from each TARGET's log-density.

    Results are printed in the order of the targets.  A target that is wrong, or that takes too
    long, does not stop the others.

    \b
    Examples:
      symfisher derive gamma
      symfisher derive gamma --quantity fisher --format latex
      symfisher derive kumaraswamy.toml --format html --output kumaraswamy.html
      symfisher derive gamma beta weibull student_t --format jsonl --jobs 2
      symfisher derive --logpdf "log(k) - k*x" --variable "x in (0, oo)" --parameter "k > 0"
      symfisher derive gamma --quantity crlb --option of=alpha/beta
      symfisher derive gamma --format latex --matrix F --logarithm ln --symbol alpha=k
    """
    from symfisher.quantities.registry import find_quantity, page
    from symfisher.runner import DeriveTask

    wanted = page(names)
    options = read_options(settings, wanted)
    connection = () if alpha is None else (("alpha", alpha),)
    if connection and not any("alpha" in find_quantity(name).options for name in wanted):
        raise click.UsageError(f"--alpha is of no use to {', '.join(wanted)}: none depends on it")
    if connection and "alpha" in dict(options):
        raise click.UsageError("alpha is given twice, by --alpha and by --option; give it once")
    given = family_text(**stated)
    if not (targets or given):
        raise click.UsageError("name a TARGET, or state a family by --logpdf and the like")
    declared = [*((target, "") for target in targets), *([(SOURCE, given)] if given else [])]
    tasks = [
        DeriveTask(target, time_limit, wanted, form, options + connection, notation, text)
        for target, text in declared
    ]
    work_through(tasks, form, jobs, output)
