"""C headers called from Python: compiled by the system's compiler, in a folder of their own."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from symfisher.codegen.calling import broadcast
from symfisher.errors import InputError, KernelError

FLAGS = ("-O3", "-march=native", "-std=c99", "-fPIC", "-shared")


def compiler() -> list[str]:
    """The C compiler: the one in the environment variable CC, or cc, gcc, clang.

    Raises:
        KernelError: there is none.
    """
    named = shlex.split(os.environ.get("CC", ""))
    for command in [named, ["cc"], ["gcc"], ["clang"]]:
        if command and shutil.which(command[0]):
            return command
    raise KernelError(
        "no C compiler was found to build the kernel with (tried $CC, cc, gcc, clang); install "
        "one, or take the header as it is: symfisher kernel ... --target c --output FILE"
    )


def load_header(source: str, name: str) -> Callable[..., Any]:
    """The function of a generated header, for NumPy arrays that broadcast, with ``out=``.

    Raises:
        KernelError: there is no compiler, or it refuses the header.
    """
    library = build(source, name.removesuffix("_error"), tuple(compiler()))
    shape, arguments, sampled = _signature(source, name)
    function = getattr(library, name)
    function.restype = None

    def call(*values: Any, out: Any = None) -> Any:
        arrays, lead, size = broadcast(name, arguments, values, sampled)
        result = np.empty(lead + shape)
        if out is not None and out.shape != result.shape:
            raise InputError(f"out has shape {out.shape}; the result has {result.shape}")
        counts = [int(np.prod(lead)), *([size] if sampled else [])]
        sizes = [ctypes.c_size_t(number) for number in counts]
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*arrays, result)]
        function(*sizes, *pointers)
        if out is None:
            return result if result.ndim else result[()]
        out[...] = result
        return out

    call.__name__ = name
    return call


@lru_cache(maxsize=16)
def build(source: str, name: str, command: tuple[str, ...]) -> ctypes.CDLL:
    """The shared library of a generated header, loaded; ``command`` calls the compiler."""
    with tempfile.TemporaryDirectory(prefix="symfisher-") as folder:
        header, library = Path(folder) / f"{name}.h", Path(folder) / f"{name}.so"
        unit = Path(folder) / f"{name}.c"
        header.write_text(source, encoding="utf-8")
        unit.write_text(f'#include "{header.name}"\n', encoding="utf-8")
        command = (*command, *FLAGS, str(unit), "-o", str(library), "-lm")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KernelError(f"{' '.join(command[:1])} refused {header.name}:\n{done.stderr}")
        return ctypes.CDLL(str(library))


def _signature(source: str, name: str) -> tuple[tuple[int, ...], list[str], int]:
    """Shape at one point, argument names, and how many of the arguments are samples."""
    prototype = re.search(rf"void {name}\(([^)]*)\);", source)
    assert prototype is not None
    *_, dimensions = re.finditer(r"row-major in out: ([^.\n]*)\.", source[: prototype.start()])
    shape = tuple(int(length) for length in dimensions.group(1).split(" x ")[1:])
    arguments = re.findall(r"const double \*(\w+)", prototype.group(1))
    samples = re.search(
        r"^ \* ([\w, ]+): \w+ x \w+, a sample", source[dimensions.end() : prototype.start()], re.M
    )
    return shape, arguments, len(samples.group(1).split(", ")) if samples else 0
