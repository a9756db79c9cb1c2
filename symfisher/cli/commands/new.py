"""symfisher new"""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from symfisher.errors import InputError

TEMPLATE = """\
# A family of densities.  Nothing in this file is executed.  Once it is yours:
#   symfisher derive {path}
#   symfisher verify {path}
name  = "{name}"
title = "{title}"

# The log-density, or `logpmf` for a mass function, in SymPy's syntax: log, exp, sqrt, gamma,
# loggamma, beta, besseli, erf, Abs, Piecewise ...  This one is the Weibull distribution's.
logpdf = "log(k) - k*log(s) + (k - 1)*log(x) - (x/s)**k"

# Where the observation lives: an interval "(0, oo)", "real", "positive", "unit"; for counts
# "0..oo" or "0..n".  Several variables, one line each; an end may name a parameter: "(theta, oo)".
[variable]
x = "(0, oo)"

# Where each parameter lives, in the order of the matrix: "real", "positive", "(1, oo)" ...
[parameters]
k = "positive"
s = "positive"

# What each is called in the text of a page.
[meanings]
k = "shape"
s = "scale"

# What is known and not differentiated:
# [constants]
# n = "integer 1..oo"

# Joint conditions on the parameters:
# [constraints]
# parameters = ["k < s"]
"""


@click.command("new")
@click.argument("path", metavar="NAME")
def command(path: str) -> None:
    """Write a commented family file NAME.toml to start from; it overwrites nothing.

    It declares the Weibull distribution until you change it, so it can be derived at once.

    \b
    Examples:
      symfisher new my_family && symfisher derive my_family.toml
    """
    file = Path(path if path.endswith(".toml") else f"{path}.toml")
    name = file.stem
    if not re.fullmatch(r"[A-Za-z][\w -]*", name, re.ASCII):
        raise InputError(
            f"'{name}' cannot be the name of a family here; use letters, digits and _, such as "
            "my_family"
        )
    text = TEMPLATE.format(path=file, name=name, title=name.replace("_", " ").capitalize())
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise InputError(f"{file} is there already, and is left as it is") from None
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror or error}") from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    click.echo(f"{file}: change the density, then run `symfisher derive {file}`")
