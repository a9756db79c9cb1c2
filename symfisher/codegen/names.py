"""Names of generated code: one table of reserved words over all languages.

A name that is reserved anywhere gets a trailing underscore everywhere, so that a kernel has the
same signature in every language.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

_C = """
auto break case char const continue default do double else enum extern float for goto if inline
int long register restrict return short signed sizeof static struct switch typedef union unsigned
void volatile while size_t bool main
"""
_JAVASCRIPT = """
abstract arguments async await boolean break byte case catch char class const continue debugger
default delete do double else enum eval export extends false final finally float for function goto
if implements import in instanceof int interface let long native new null of package private
protected public return short static super switch synchronized this throw throws transient true
try typeof undefined var void volatile while with yield Math Number Float64Array NaN Infinity
"""
_R = "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in T F c"
_GENERATED = """
out check np jnp jax numba torch mp math special shape inside outside first last index observation
names arrays result points inputs value given dtype
"""

# gamma and beta are functions of C or R, but as parameters they shadow nothing that a kernel calls.
RESERVED = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *(name for name in vars(builtins) if not name.startswith("_")),
        *" ".join((_C, _JAVASCRIPT, _R, _GENERATED)).split(),
    }
)


def argument_names(declared: Iterable[str]) -> dict[str, str]:
    """Declared name -> the name in the code; a reserved one gets underscores until it is free."""
    declared = list(declared)
    taken = {*declared, *RESERVED}
    names = {}
    for name in declared:
        names[name] = name if name not in RESERVED else _free(name, taken)
        taken.add(names[name])
    return names


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def function_name(family: str, quantity: str) -> str:
    """The name of a kernel: the family's and the quantity's, as an identifier in any language."""
    words = re.findall(r"[A-Za-z0-9]+", f"{family} {quantity}")
    name = "_".join(words).lower()
    return name if name[:1].isalpha() else f"f_{name}"


def temporary_names(taken: Iterable[str], prefix: str = "t") -> Iterable[str]:
    """t0, t1, ... without those that are taken."""
    avoided = {*taken}
    count = 0
    while True:
        if f"{prefix}{count}" not in avoided:
            yield f"{prefix}{count}"
        count += 1
