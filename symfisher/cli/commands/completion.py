"""symfisher completion"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes symfisher's commands, options and families in SHELL.

    \b
    Examples:
      symfisher completion bash > ~/.local/share/bash-completion/completions/symfisher
      symfisher completion zsh > ~/.zfunc/_symfisher          (with ~/.zfunc in $fpath)
      symfisher completion fish > ~/.config/fish/completions/symfisher.fish
    """
    group = ctx.find_root().command
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"this version of click completes nothing in {shell}")
    script = completion(group, {}, "symfisher", "_SYMFISHER_COMPLETE")
    click.echo(script.source_template % script.source_vars())
