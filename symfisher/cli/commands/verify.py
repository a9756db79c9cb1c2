"""symfisher verify"""

from __future__ import annotations

import click

from symfisher.cli.targets import work_through, worked_through


@click.command("verify")
@worked_through()
@click.option(
    "--digits",
    type=click.IntRange(min=5, max=1000),
    default=30,
    show_default=True,
    help="Decimal digits to check to.",
)
@click.option("--points", type=click.IntRange(min=1), help="Parameter points to check at.")
def command(
    targets: tuple[str, ...],
    digits: int,
    points: int | None,
    time_limit: float,
    jobs: int,
    output: str | None,
) -> None:
    """Check every expectation of each TARGET against quadrature.

    Each closed form is compared at random points of the parameter domain with a numerical
    integral or sum that knows nothing of how it was derived.

    \b
    Examples:
      symfisher verify gamma
      symfisher verify my_family.toml --digits 50
    """
    from symfisher.runner import VerifyTask

    tasks = [VerifyTask(target, time_limit, digits, points) for target in targets]
    work_through(tasks, "text", jobs, output)
