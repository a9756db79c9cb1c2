"""How a language with loops writes them."""

from __future__ import annotations

from typing import Protocol

from symfisher.codegen.vectors.program import VectorArgument

CHUNK = 64  # entries whose values are held before they are added


class Syntax(Protocol):
    """How a language writes what loops are made of; ``length`` is the vectors', as an integer."""

    length: str

    def loop(self, index: str, size: str) -> tuple[str, str]:
        """The lines before and after a body that runs for index = 0 ... size - 1."""

    def let(self, name: str, value: str) -> str: ...
    def index(self, name: str, value: str) -> str: ...
    def variable(self, name: str, value: str) -> str: ...
    def set(self, name: str, value: str) -> str: ...
    def larger(self, name: str, value: str) -> str: ...
    def smaller(self, left: str, right: str) -> str: ...

    def steps(self, index: str, size: str, step: int) -> tuple[str, str]:
        """The lines around a body that runs for index = 0, step, 2 step ... below size."""

    def gather(self, name: str, values: str, maximum: bool) -> str:
        """The total ``name`` with the first sf_count of these values added, or the largest."""

    def entry(self, argument: VectorArgument, index: str) -> str: ...
    def number(self, argument: VectorArgument) -> str: ...
    def flag(self, condition: str) -> str: ...
    def place(self, *indices: str) -> str: ...
    def truth(self, condition: str) -> str: ...

    def flat(self, index: str) -> str:
        """A place in the matrix as one row; "" where there is no such thing."""
