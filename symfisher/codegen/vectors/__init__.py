"""Kernels over arrays whose length is known when they run, for families with vectors.

    Formula -> compile_vectors -> VectorProgram -> numpy | jax | numba | c -> source

The structure is kept: a product with the Fisher matrix or its inverse costs O(length), and a dense
matrix is written from its diagonal and its terms of rank one. A backend is one file here, of the
name of its target, with ``render(program, write, command)`` and ``load(source, name)``; its
language is that of the target's own file in ``codegen.backends``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from symfisher.codegen.backend import check_installed, find_backend
from symfisher.codegen.kernel import Kernel
from symfisher.codegen.vectors.lowering import compile_vectors
from symfisher.codegen.writer import MissingFunction, Writer
from symfisher.errors import KernelError
from symfisher.formula import Formula

_SHARED = ("arrays", "documentation", "loops", "lowering", "program", "shares", "syntax")


def vector_backends() -> tuple[str, ...]:
    """The targets that have kernels of vectors."""
    files = Path(__file__).parent.glob("[!_]*.py")
    return tuple(sorted(f.stem for f in files if f.stem not in _SHARED))


def vector_kernel(formula: Formula, backend: str, command: str) -> Kernel:
    """The kernel of a formula of a family with vectors.

    Raises:
        UnknownNameError: there is no such backend.
        DoesNotExistError: the family has no such quantity.
        KernelError: the backend has no kernels of vectors, or lacks a function.
    """
    language = find_backend(backend).LANGUAGE
    if backend not in vector_backends():
        raise KernelError(
            f"backend '{backend}' has no kernels of vectors of any length; these have: "
            f"{', '.join(vector_backends())}. For a fixed length, family.unrolled(3)"
        )
    program = compile_vectors(formula)
    module = import_module(f"{__name__}.{backend}")
    try:
        source = module.render(program, Writer(language), command)
    except MissingFunction as missing:
        raise KernelError(
            f"backend '{backend}' has no {missing.function}, which {formula.name} needs"
        ) from None
    return VectorKernel(program, backend, source)


class VectorKernel(Kernel):
    """A kernel whose vectors have their entries along the last axis."""

    @cached_property
    def function(self) -> Callable[..., Any]:
        check_installed(self.backend)
        module = import_module(f"{__name__}.{self.backend}")
        function: Callable[..., Any] = module.load(self.source, self.name)
        return function
