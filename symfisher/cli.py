"""The command line.  Results go to standard output, everything else to standard error.

SymPy and what stands on it are imported inside the commands that need them, so that ``--help``
and ``list`` answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from symfisher import __version__
from symfisher.errors import InputError, SymfisherError
from symfisher.output import Output, Pages
from symfisher.render import format_summaries
from symfisher.suggestions import nearest

if TYPE_CHECKING:
    from symfisher.render.sheet import Sheet
    from symfisher.runner import Task

TIME_LIMIT = 60.0  # seconds for one target
_FAILED, _WRONG, _INTERRUPTED, _BROKEN_PIPE = 1, 2, 130, 141


class _Commands(click.Group):
    """A group that answers a mistyped command with the nearest ones."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            commands = self.list_commands(ctx)
            near = nearest(name, commands) or f"; there are: {', '.join(commands)}"
            raise click.UsageError(f"no command is called {name!r}{near}", ctx)
        return super().resolve_command(ctx, args)


class _FormatName(click.ParamType[str]):
    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "|".join(format_summaries())

    def convert(self, value: str, param: Any, ctx: Any) -> str:
        known = format_summaries()
        if value not in known:
            near = nearest(value, known) or f"; there are: {', '.join(known)}"
            self.fail(f"no format is called {value!r}{near}", param, ctx)
        return value


def _list_quantities(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from symfisher.quantities.registry import quantities

    _columns({name: quantity.summary for name, quantity in quantities().items()})
    ctx.exit()


def _columns(rows: dict[str, str]) -> None:
    width = max(map(len, rows), default=0)
    for name, words in rows.items():
        click.echo(f"{name.ljust(width)}  {words}")


def _shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that works through targets."""
    for decorate in (
        click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all."),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Targets worked on at the same time, each in its own process.",
        ),
        click.option(
            "--time-limit",
            type=click.FloatRange(min=0, min_open=True, max=1e7),
            metavar="SECONDS",
            default=TIME_LIMIT,
            show_default=True,
            help="For each target; what is finished by then is shown.",
        ),
        click.argument("targets", nargs=-1, required=True, metavar="TARGET..."),
    ):
        function = decorate(function)
    return function


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
      symfisher verify gamma                          the checks, at 30 digits

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


@cli.command("list")
def list_command() -> None:
    """List the bundled families.

    Each name can be a TARGET of the other commands.
    """
    from symfisher.catalog import bundled_titles

    _columns(bundled_titles())


@cli.command()
@_shared
@click.option(
    "--quantity",
    "names",
    multiple=True,
    metavar="NAME",
    help="Derive this one only; repeatable.  [default: all]",
)
@click.option(
    "--format", "form", type=_FormatName(), default="text", show_default=True, help="Output format."
)
@click.option(
    "--list-quantities",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_quantities,
    help="Name all quantities, one line each, and exit.",
)
def derive(
    targets: tuple[str, ...],
    names: tuple[str, ...],
    form: str,
    time_limit: float,
    jobs: int,
    output: str | None,
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
    """
    from symfisher.quantities.registry import page
    from symfisher.runner import DeriveTask

    wanted = page(names)
    tasks = [DeriveTask(target, time_limit, wanted, form) for target in targets]
    _work_through(tasks, form, jobs, output)


@cli.command()
@_shared
@click.option(
    "--digits",
    type=click.IntRange(min=5, max=1000),
    default=30,
    show_default=True,
    help="Decimal digits to check to.",
)
@click.option("--points", type=click.IntRange(min=1), help="Parameter points to check at.")
def verify(
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
    _work_through(tasks, "text", jobs, output)


def _work_through(tasks: Sequence[Task], form: str, jobs: int, path: str | None) -> NoReturn:
    """Write each target's document as soon as it is its turn, then exit."""
    from symfisher.render import load_format
    from symfisher.runner import Interrupted, run_all

    code = 0
    with Output(path) as output, _progress(len(tasks)) as advance:
        writer = Pages(load_format(form), output, len(tasks))
        try:
            for task, sheet in zip(tasks, run_all(tasks, jobs)):
                writer.write(sheet)
                advance()
                code = max(code, _exit_code(task, sheet))
        except Interrupted as stop:
            for _, sheet in sorted(stop.sheets.items()):
                if sheet.heading is not None or sheet.blocks:
                    writer.write(sheet)
            _complain("interrupted; what was finished is kept")
            code = _INTERRUPTED
        writer.close()
    sys.exit(code)


def _exit_code(task: Task, sheet: Sheet) -> int:
    """Says on standard error what went wrong with the target, and what that means."""
    if sheet.error is None:
        return 0
    _, message = sheet.error
    _complain(message if task.target in message else f"{task.target}: {message}")
    return _WRONG if sheet.wrong_input else _FAILED


@contextmanager
def _progress(count: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, where that is a terminal and there is more than one target."""
    if count < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("targets", total=count)
        yield lambda: progress.advance(bar)


def _complain(message: str) -> None:
    colour = None if "NO_COLOR" not in os.environ else False
    prefix = click.style("symfisher: error:", fg="red", bold=True)
    click.echo(f"{prefix} {message}", err=True, color=colour)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Unicode still answers
    try:
        code = cli.main(arguments, prog_name="symfisher", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        help_for = error.ctx.command_path if error.ctx else "symfisher"
        _complain(f"{error.format_message()}\n  `{help_for} --help` has examples")
        sys.exit(_WRONG)
    except click.ClickException as error:
        _complain(error.format_message())
        sys.exit(_WRONG)
    except SymfisherError as error:
        _complain(str(error))
        sys.exit(_WRONG if isinstance(error, InputError) else _FAILED)
    except BrokenPipeError:
        # Whoever read our output has read enough; Python must not complain when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_BROKEN_PIPE)
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        sys.exit(_INTERRUPTED)
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
