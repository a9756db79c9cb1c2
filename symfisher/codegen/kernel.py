"""A generated kernel: its source, and the function that it defines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symfisher.codegen.backend import check_installed, find_backend, render
from symfisher.codegen.compilation import compile_formula
from symfisher.codegen.program import Program
from symfisher.errors import InputError
from symfisher.formula import Formula

if TYPE_CHECKING:
    from symfisher.codegen.vectors.program import VectorProgram


def kernel(formula: Formula, backend: str = "numpy", *, command: str = "") -> Kernel:
    """The kernel of a formula in the language of a backend.

    ``command`` is what made it, for the documentation in the source.

    Raises:
        UnknownNameError: there is no such backend.
        DoesNotExistError: the family has no such quantity.
        KernelError: the backend lacks a function that the formula needs.
    """
    find_backend(backend)
    if formula.family.is_indexed:
        from symfisher.codegen.vectors import vector_kernel

        return vector_kernel(formula, backend, command or _call(formula, backend))
    program = compile_formula(formula)
    return Kernel(program, backend, render(program, backend, command or _call(formula, backend)))


def _call(formula: Formula, backend: str) -> str:
    return f'derive({formula.family.name!r}).quantity({formula.name!r}).kernel("{backend}")'


class Kernel:
    """Source code that computes one formula; called, it computes it.

    Attributes:
        name: of the function and, with ``suffix``, of its file.
        backend: the name of the target.
        source: the text of the file; it needs neither symfisher nor SymPy.
        program: what it was written from.
    """

    def __init__(self, program: Program | VectorProgram, backend: str, source: str) -> None:
        self.name = program.name
        self.backend = backend
        self.source = source
        self.program = program

    @property
    def suffix(self) -> str:
        return find_backend(self.backend).SUFFIX

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The generated function itself, without this object around it.

        Raises:
            MissingPackageError: what runs it is not installed.
            KernelError: it cannot be called from Python.
        """
        check_installed(self.backend)
        return find_backend(self.backend).load(self.source, self.name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """The value at the arguments, in declared order; see the source for shapes and options."""
        return self.function(*arguments, **options)

    def error(self, *arguments: Any) -> Any:
        """The estimated absolute error of the expectations and sums that the value reads.

        The arguments are those of the kernel without the data of a sample; 0 where all is closed.
        """
        if not getattr(self.program, "integrals", ()):
            return 0.0
        return self._error(*arguments)

    @cached_property
    def _error(self) -> Callable[..., Any]:
        check_installed(self.backend)
        return find_backend(self.backend).load(self.source, f"{self.name}_error")

    def write(self, path: str | Path) -> Path:
        """Write the source to a file, or into a folder under its own name; return the file.

        Raises:
            InputError: it cannot be written.
        """
        file = Path(path)
        if file.is_dir():
            file /= self.name + self.suffix
        try:
            file.write_text(self.source, encoding="utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot write the kernel to {file}: {reason}") from None
        return file

    def __repr__(self) -> str:
        names = ", ".join(argument.name for argument in self.program.arguments)
        return f"<Kernel {self.name}({names}), backend {self.backend}>"
