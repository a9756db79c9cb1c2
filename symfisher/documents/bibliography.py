"""The BibTeX entries that a paper on some families has to cite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files

from symfisher.declaration import Family
from symfisher.errors import UnknownNameError
from symfisher.suggestions import nearest, shown

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),.*?^\}", re.MULTILINE | re.DOTALL)


def entries() -> dict[str, str]:
    """Key -> BibTeX entry, of every reference of the bundled families."""
    text = (files("symfisher.families") / "references.bib").read_text(encoding="utf-8")
    return {match[1]: match[0] for match in _ENTRY.finditer(text)}


def bibliography(families: Iterable[Family]) -> str:
    """BibTeX of exactly the references that the families name, sorted by key.

    Raises:
        UnknownNameError: a family names a reference that the package does not have.
    """
    known = entries()
    keys = {key: family.name for family in families for key in family.facts.references}
    for key, family in keys.items():
        if key not in known:
            raise UnknownNameError(
                f"family '{family}': there is no BibTeX entry of the reference {shown(key)}"
                f"{nearest(key, known)}; it has to come from your own file"
            )
    return "\n\n".join(known[key] for key in sorted(keys)) + "\n" * bool(keys)
