"""symfisher explore"""

from __future__ import annotations

import sys

import click

from symfisher.cli.exit_codes import FAILED, WRONG
from symfisher.cli.standard_error import complain
from symfisher.cli.targets import TIME_LIMIT


@click.command("explore")
@click.argument("target", metavar="TARGET")
@click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True, max=1e7),
    metavar="SECONDS",
    default=TIME_LIMIT,
    show_default=True,
    help="For each formula.",
)
def command(target: str, output: str | None, time_limit: float) -> None:
    """Write a page with sliders on TARGET, for a browser.

    One HTML file that needs no server and no network: density and score, Fisher ellipses,
    the divergence with its quadratic, the bound against simulated estimates, natural
    against plain gradient.

    \b
    Examples:
      symfisher explore gamma --output gamma.html
      symfisher explore my_family.toml --output my_family.html
    """
    from symfisher.derivation import derive
    from symfisher.errors import InputError, SymfisherError
    from symfisher.explorer import explorer
    from symfisher.output import Output

    try:
        with Output(output) as file:
            file.write(explorer(derive(target, time_limit=time_limit)))
    except SymfisherError as error:
        complain(str(error))
        sys.exit(WRONG if isinstance(error, InputError) else FAILED)
