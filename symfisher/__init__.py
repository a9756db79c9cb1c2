"""symfisher: from a log-density to a verified Fisher matrix.

    import symfisher as sf

    d = sf.derive("gamma")
    d.fisher

The public names are loaded when they are first used, so that the command line can answer
``--help`` without waiting for SymPy.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symfisher.catalog import bundled_names
    from symfisher.declaration import Family
    from symfisher.derivation import Derivation, derive
    from symfisher.domains import Domain
    from symfisher.errors import (
        DeclarationError,
        DerivationError,
        DoesNotExistError,
        ExpressionError,
        FamilyFileError,
        InputError,
        MismatchError,
        MissingPackageError,
        SymfisherError,
        TimeLimitError,
        UnknownNameError,
    )
    from symfisher.family_file import load_family
    from symfisher.formula import Formula, Status, Step
    from symfisher.render.conventions import Notation
    from symfisher.verification import verify

__version__ = "0.1.0"

__all__ = [
    "DeclarationError",
    "Derivation",
    "DerivationError",
    "DoesNotExistError",
    "Domain",
    "ExpressionError",
    "Family",
    "FamilyFileError",
    "Formula",
    "InputError",
    "MismatchError",
    "MissingPackageError",
    "Notation",
    "Status",
    "Step",
    "SymfisherError",
    "TimeLimitError",
    "UnknownNameError",
    "__version__",
    "bundled_names",
    "derive",
    "load_family",
    "verify",
]

_HOMES = {
    "Derivation": "derivation",
    "Domain": "domains",
    "Family": "declaration",
    "Formula": "formula",
    "Notation": "render.conventions",
    "Status": "formula",
    "Step": "formula",
    "bundled_names": "catalog",
    "derive": "derivation",
    "load_family": "family_file",
    "verify": "verification",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'symfisher' has no attribute '{name}'")
    value = getattr(import_module(f"symfisher.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Installed, the families lie inside the package; in a checkout they stand beside it.
if not (Path(__file__).parent / "families").is_dir():
    __path__.append(str(Path(__file__).resolve().parent.parent))
