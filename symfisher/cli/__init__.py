"""The command line.  Results go to standard output, everything else to standard error.

A command is one file in ``commands/`` that defines ``command``.  SymPy and what stands on it are
imported inside the commands that need them, so that ``--help`` and ``list`` answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from symfisher.cli.exit_codes import BROKEN_PIPE, FAILED, INTERRUPTED, WRONG
from symfisher.cli.group import cli
from symfisher.cli.standard_error import complain
from symfisher.errors import InputError, SymfisherError


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
        complain(f"{error.format_message()}\n  `{help_for} --help` has examples")
        sys.exit(WRONG)
    except click.ClickException as error:
        complain(error.format_message())
        sys.exit(WRONG)
    except SymfisherError as error:
        complain(str(error))
        sys.exit(WRONG if isinstance(error, InputError) else FAILED)
    except BrokenPipeError:
        # Whoever read our output has read enough; Python must not complain when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        sys.exit(INTERRUPTED)
    sys.exit(code or 0)
