"""The errors that symfisher raises, one class for each thing that can go wrong.

``InputError`` and its children mean that what was given is wrong (exit code 2);
``DerivationError`` and its children that a derivation could not be done (exit code 1).
"""

from __future__ import annotations


class SymfisherError(Exception):
    """Base of every error raised on purpose; ``kind`` is its name in the JSON output."""

    kind = "error"


class InputError(SymfisherError):
    """What was given is wrong; the message says where, and what to write instead."""

    kind = "input"


class ExpressionError(InputError):
    """A text that is not an expression in the declared names, or one that is too large."""

    kind = "expression"


class DeclarationError(InputError):
    """A family whose declaration contradicts itself or does not describe a density."""

    kind = "declaration"


class FamilyFileError(InputError):
    """A family file that cannot be read: missing, not TOML, an unknown or malformed key."""

    kind = "family-file"


class UnknownNameError(InputError):
    """A family, quantity, format or option that does not exist; the nearest names are given."""

    kind = "unknown-name"


class DerivationError(SymfisherError):
    """A derivation that could not be done."""

    kind = "derivation"


class DoesNotExistError(DerivationError):
    """A quantity that the family does not have, such as the bound of Uniform(0, theta)."""

    kind = "does-not-exist"


class MismatchError(DerivationError):
    """Two independent roads to the same quantity disagree; nothing is shown."""

    kind = "mismatch"


class TimeLimitError(DerivationError):
    """The time limit was reached; what was finished by then is kept."""

    kind = "time-limit"


class MissingPackageError(SymfisherError):
    """A library or program that this needs is not installed; the message names its package."""

    kind = "missing-package"


class KernelError(DerivationError):
    """A kernel that a backend cannot make, compile or call; the message says which one can."""

    kind = "kernel"
