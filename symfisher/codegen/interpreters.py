"""Kernels of JavaScript and R called from Python, in a process of their interpreter."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symfisher.codegen.calling import broadcast
from symfisher.errors import KernelError

_NODE = """
import {{ readFileSync, writeFileSync }} from "node:fs";
import {{ {name} }} from "./kernel.mjs";
const read = (text) => JSON.parse(text).map((a) => a.map((v) => v === null ? NaN : Number(v)));
const values = {name}(...read(readFileSync("in.json", "utf8")));
writeFileSync("out.json", JSON.stringify(Array.from(values, String)));
"""
_R = """
source("kernel.R")
lines <- readLines("in.txt")
arguments <- lapply(strsplit(lines, " "), as.numeric)
values <- do.call({name}, arguments)
values <- aperm(values, rev(seq_along(dim(values))))
writeLines(formatC(as.vector(values), digits = 17, format = "g"), "out.txt")
"""


def load_javascript(source: str, name: str) -> Callable[..., Any]:
    """The function of an ES module, which each call runs in Node.

    Raises:
        KernelError: Node is not installed, or the module throws.
    """

    def run(arrays: Sequence[Any]) -> list[float]:
        with tempfile.TemporaryDirectory(prefix="symfisher-") as folder:
            texts = [
                [repr(float(v)).replace("inf", "Infinity") for v in a.flat]
                for a in map(np.atleast_1d, arrays)
            ]
            _write(folder, "kernel.mjs", source)
            _write(folder, "call.mjs", _NODE.format(name=name))
            _write(folder, "in.json", json.dumps(texts))
            _run(["node", "call.mjs"], folder, "Node", name)
            return [float(v) for v in json.loads((Path(folder) / "out.json").read_text())]

    return _function(source, name, run)


def load_r(source: str, name: str) -> Callable[..., Any]:
    """The function of an R script, which each call runs in R.

    Raises:
        KernelError: R is not installed, or the script stops.
    """

    def run(arrays: Sequence[Any]) -> list[float]:
        with tempfile.TemporaryDirectory(prefix="symfisher-") as folder:
            lines = (" ".join(repr(float(v)) for v in a.flat) for a in map(np.atleast_1d, arrays))
            _write(folder, "kernel.R", source)
            _write(folder, "call.R", _R.format(name=name))
            _write(folder, "in.txt", "\n".join(lines) + "\n")
            _run(["Rscript", "--vanilla", "call.R"], folder, "R", name)
            return [float(v) for v in (Path(folder) / "out.txt").read_text().split()]

    return _function(source, name, run)


def _function(source: str, name: str, run: Callable[..., list[float]]) -> Callable[..., Any]:
    signature = re.search(rf"(?:function {name}|{name} <- function)\(([^)]*)\)", source)
    assert signature is not None
    *_, dimensions = re.finditer(
        r"row-major: ([\w x]+)\.|dimensions are ([\w x]+)\.", source[: signature.start()]
    )
    samples = None if name.endswith("_error") else re.search(
        r"^[ #*]+([\w, ]+): (?:an array with the|a vector, the) sample", source, re.M
    )  # fmt: skip
    shape = tuple(int(d) for d in (dimensions.group(1) or dimensions.group(2)).split(" x ")[1:])
    names = signature.group(1).split(", ")
    sampled = len(samples.group(1).split(", ")) if samples else 0

    def call(*values: Any) -> Any:
        arrays, lead, _ = broadcast(name, names, values, sampled)
        if not sampled:
            return np.array(run(arrays)).reshape(lead + shape)[()]
        results = [run([a[index] for a in arrays]) for index in np.ndindex(lead)]
        return np.array(results).reshape(lead + shape)[()]

    call.__name__ = name
    return call


def _write(folder: str, name: str, text: str) -> None:
    (Path(folder) / name).write_text(text, encoding="utf-8")


def _run(command: list[str], folder: str, program: str, name: str) -> None:
    if shutil.which(command[0]) is None:
        raise KernelError(
            f"{name} can only be called from Python where {program} is installed: there is no "
            f"{command[0]}; its source can be written and used elsewhere"
        )
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KernelError(f"{program} stopped in {name}:\n{done.stderr}")
