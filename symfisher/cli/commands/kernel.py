"""symfisher kernel"""

from __future__ import annotations

import shlex
import sys
from typing import Any

import click

from symfisher.cli.exit_codes import FAILED, WRONG
from symfisher.cli.options import Options, quantity_options, read_options
from symfisher.cli.standard_error import complain
from symfisher.cli.targets import TIME_LIMIT


def list_targets(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from symfisher.cli.columns import columns
    from symfisher.codegen import backend_summaries

    columns(backend_summaries())
    ctx.exit()


@click.command("kernel")
@click.argument("target", metavar="TARGET")
@click.option(
    "--quantity", default="fisher", show_default=True, metavar="NAME", help="What to compute."
)
@click.option(
    "--target", "backend", default="numpy", show_default=True, metavar="NAME", help="The language."
)
@quantity_options
@click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True, max=1e7),
    metavar="SECONDS",
    default=TIME_LIMIT,
    show_default=True,
    help="For the derivation.",
)
@click.option(
    "--list-targets",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_targets,
    help="Name all targets, one line each, and exit.",
)
def command(
    target: str,
    quantity: str,
    backend: str,
    settings: tuple[str, ...],
    output: str | None,
    time_limit: float,
) -> None:
    """Write code that computes a quantity of TARGET.

    The code stands alone: it needs neither symfisher nor SymPy.

    \b
    Examples:
      symfisher kernel gamma --quantity fisher --target numpy --output gamma_fisher.py
      symfisher kernel student_t --quantity score --target c --output student_t_score.h
      symfisher kernel gamma --quantity kl_expansion --option order=3 --target jax
    """
    from symfisher.errors import InputError, SymfisherError
    from symfisher.output import Output

    given = [("--quantity", quantity), *(("--option", s) for s in settings)]
    given += [("--target", backend), *([("--output", output)] if output else [])]
    words = [f"{name} {shlex.quote(value)}" for name, value in given]
    made_by = f"symfisher kernel {shlex.quote(target)} {' '.join(words)}"
    try:
        options = read_options(settings, [quantity])
        with Output(output) as file:
            file.write(_source(target, quantity, options, backend, time_limit, made_by))
    except SymfisherError as error:
        complain(str(error))
        sys.exit(WRONG if isinstance(error, InputError) else FAILED)


def _source(
    target: str, quantity: str, options: Options, backend: str, time_limit: float, made_by: str
) -> Any:
    from symfisher.derivation import derive

    derivation = derive(target, time_limit=time_limit)
    return derivation.kernel(quantity, backend=backend, command=made_by, **dict(options)).source
