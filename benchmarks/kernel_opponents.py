"""Frames that turn the closed forms of ``kernel_formulas`` into what opponents' users write."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from kernel_formulas import Case
from scipy import special

Run = Callable[[], object]
NUMBA_FUNCTIONS = """
import math, numba
from math import log, log1p, lgamma

@numba.njit
def trigamma(x):
    s = 0.0
    while x < 10.0:
        s += 1.0/(x*x)
        x += 1.0
    w = 1.0/(x*x)
    tail = 1/6 + w*(-1/30 + w*(1/42 + w*(-1/30 + w*(5/66 - w*691/2730))))
    return s + 1.0/x + 0.5*w + w/x*tail

@numba.njit
def digamma(x):
    s = 0.0
    while x < 10.0:
        s += 1.0/x
        x += 1.0
    w = 1.0/(x*x)
    tail = 1/12 + w*(-1/120 + w*(1/252 + w*(-1/240 + w*(1/132 - w*691/32760))))
    return log(x) - 0.5/x - s - w*tail
"""
C_FUNCTIONS = """
#include <math.h>
#include <stddef.h>
/* A fixed number of steps as one quotient, so that loops vectorise. */
static inline double trigamma(double x) {
    double above = 0, below = 1, z, w;
    for (int k = 0; k < 10; k++) {
        double t = (x + k)*(x + k);
        above = above*t + below; below *= t;
    }
    above = x < 10 ? above/below : 0; z = x < 10 ? x + 10 : x; w = 1/(z*z);
    return above + 1/z + 0.5*w + w/z*(1.0/6 + w*(-1.0/30 + w*(1.0/42 + w*(-1.0/30 + w*5.0/66))));
}
static inline double digamma(double x) {
    double above = 0, below = 1, z, w;
    for (int k = 0; k < 10; k++) { double t = x + k; above = above*t + below; below *= t; }
    above = x < 10 ? above/below : 0; z = x < 10 ? x + 10 : x; w = 1/(z*z);
    return log(z) - 0.5/z - above - w*(1.0/12 + w*(-1.0/120 + w*(1.0/252 + w*(-1.0/240 + w/132))));
}
static inline double log_gamma(double x) {
    double below = 1, z, w;
    for (int k = 0; k < 10; k++) below *= x + k;
    below = x < 10 ? below : 1; z = x < 10 ? x + 10 : x; w = 1/(z*z);
    return (z - 0.5)*log(z) - z + 0.91893853320467274178 - log(below)
        + (1.0/12 + w*(-1.0/360 + w*(1.0/1260 + w*(-1.0/1680 + w/1188))))/z;
}
#define lgamma log_gamma
"""


def stores(case: Case, quantity: str) -> tuple[list[str], list[tuple[str, str]], tuple[int, ...]]:
    """Assignments, (index, expression) pairs in order, and the shape at one point."""
    lines, values = case.quantities[quantity]
    if isinstance(values, str):
        return lines, [("", values)], ()
    if isinstance(values[0], str):
        return lines, [(str(i), v) for i, v in enumerate(values)], (len(values),)
    size = len(values)
    entries = [(f"{i}, {j}", values[i][j]) for i in range(size) for j in range(size)]
    return lines, entries, (size, size)


def numpy_opponent(case: Case, quantity: str, arrays: list[np.ndarray]) -> Run:
    """Hand-written NumPy and SciPy; equal entries are computed once."""
    lines, entries, shape = stores(case, quantity)
    text = [f"def f({', '.join(case.arguments(quantity))}):", *("    " + line for line in lines)]
    first = next(iter(case.arguments(quantity)))
    if not shape:
        text.append(f"    return {entries[0][1]}")
    else:
        text.append(f"    out = np.empty({first}.shape + {shape})")
        places: dict[str, list[str]] = {}
        for index, value in entries:
            places.setdefault(value, []).append(f"out[..., {index}]")
        text += [f"    {' = '.join(where)} = {value}" for value, where in places.items()]
        text.append("    return out")
    space = {
        "np": np, "log": np.log, "log1p": np.log1p, "digamma": special.digamma,
        "lgamma": special.gammaln, "trigamma": lambda x: special.polygamma(1, x),
    }  # fmt: skip
    exec("\n".join(text), space)
    return lambda: space["f"](*arrays)


def numba_opponent(case: Case, quantity: str, arrays: list[np.ndarray]) -> Run:
    """Hand-written Numba: one loop that writes to an array made before."""
    lines, entries, shape = stores(case, quantity)
    names = list(case.arguments(quantity))
    text = [NUMBA_FUNCTIONS, '@numba.njit(error_model="numpy")']
    text.append(f"def f({', '.join(f'{name}_' for name in names)}, out):")
    text.append("    for i in range(len(out)):")
    text += [f"        {name} = {name}_[i]" for name in names]
    text += [f"        {line}" for line in lines]
    text += [
        f"        out[{', '.join(['i', *([index] if index else [])])}] = {v}"
        for index, v in entries
    ]
    text.append("    return out")
    space: dict = {}
    exec("\n".join(text), space)
    out = np.empty((len(arrays[0]), *shape))
    return lambda: space["f"](*arrays, out)


def c_opponent(case: Case, quantity: str, arrays: list[np.ndarray]) -> Run:
    """Hand-written C with -ffast-math (hence libmvec's logarithms) into an array made before."""
    lines, entries, shape = stores(case, quantity)
    names = list(case.arguments(quantity))
    count = int(np.prod(shape))
    pointers = "".join(f", const double *restrict {name}_" for name in names)
    text = [C_FUNCTIONS, f"void f(size_t n{pointers}, double *restrict out) {{"]
    text.append("for (size_t i = 0; i < n; i++) {")
    text += [f"double {name} = {name}_[i];" for name in names]
    text += [f"double {line};" for line in lines]
    text += [f"out[{count}*i + {place}] = {v};" for place, (_, v) in enumerate(entries)]
    text.append("} }")
    function = compiled_c("\n".join(text))
    out = np.empty((len(arrays[0]), *shape))
    return c_call(function, arrays, out)


def compiled_c(text: str) -> Callable:
    """The function f of a C program, compiled as for the fastest result."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "f.c").write_text(text)
        command = "gcc -O3 -march=native -ffast-math -std=gnu11 -shared -fPIC f.c -o f.so -lm"
        subprocess.run(command.split(), cwd=folder, check=True)
        return ctypes.CDLL(str(Path(folder) / "f.so")).f


def c_call(function: Callable, arrays: list[np.ndarray], out: np.ndarray) -> Run:
    """A call of a C kernel with the pointers made before."""
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*arrays, out)]
    size = ctypes.c_size_t(len(arrays[0]))

    def run() -> np.ndarray:
        function(size, *pointers)
        return out

    return run


def jax_opponent(case: Case, quantity: str, arrays: list[np.ndarray]) -> Run:
    """Hand-written JAX under jit."""
    import jax
    import jax.numpy as jnp
    from jax.scipy import special as jsp

    jax.config.update("jax_enable_x64", True)
    lines, entries, shape = stores(case, quantity)
    names = list(case.arguments(quantity))
    values = [f"{v} + 0*{names[0]}" if v == "0.0" else v for _, v in entries]
    text = [f"def f({', '.join(names)}):", *("    " + line for line in lines)]
    flat = f"jnp.stack([{', '.join(values)}], -1)"
    text.append(f"    return {flat}.reshape({names[0]}.shape + {shape})" if shape else
                f"    return {values[0]}")  # fmt: skip
    space = {
        "jnp": jnp, "log": jnp.log, "log1p": jnp.log1p, "digamma": jsp.digamma,
        "lgamma": jsp.gammaln, "trigamma": lambda x: jsp.polygamma(1, x),
    }  # fmt: skip
    exec("\n".join(text), space)
    function, values = jax.jit(space["f"]), [jnp.asarray(a) for a in arrays]
    return lambda: function(*values).block_until_ready()


def torch_opponent(case: Case, quantity: str, arrays: list[np.ndarray]) -> Run:
    """Hand-written PyTorch, as it is run without compiling."""
    import torch

    lines, entries, shape = stores(case, quantity)
    names = list(case.arguments(quantity))
    values = [f"torch.zeros_like({names[0]})" if v == "0.0" else v for _, v in entries]
    text = [f"def f({', '.join(names)}):", *("    " + line for line in lines)]
    flat = f"torch.stack([{', '.join(values)}], -1)"
    text.append(f"    return {flat}.reshape({names[0]}.shape + {shape})" if shape else
                f"    return {values[0]}")  # fmt: skip
    space = {
        "torch": torch, "log": torch.log, "log1p": torch.log1p, "digamma": torch.digamma,
        "lgamma": torch.lgamma, "trigamma": lambda x: torch.polygamma(1, x),
    }  # fmt: skip
    exec("\n".join(text), space)
    values = [torch.as_tensor(a) for a in arrays]
    return lambda: space["f"](*values)


def hessian_opponent(case_name: str, arrays: list[np.ndarray]) -> Run | None:
    """``jax.hessian`` of the log-partition in natural parameters, for three families."""
    import jax
    import jax.numpy as jnp
    from jax.scipy.special import gammaln

    partitions = {
        "gamma": lambda t: gammaln(t[0]) - t[0] * jnp.log(t[1]),
        "beta": lambda t: gammaln(t[0]) + gammaln(t[1]) - gammaln(t[0] + t[1]),
        "normal": lambda t: t[0] ** 2 / (4 * t[1]) - 0.5 * jnp.log(2 * t[1]),
    }
    if case_name not in partitions:
        return None
    function = jax.jit(jax.vmap(jax.hessian(partitions[case_name])))
    points = jnp.stack([jnp.asarray(a) for a in arrays], -1)
    return lambda: function(points).block_until_ready()


def lambdify_opponent(expr: object, symbols: list, arrays: list[np.ndarray], common: bool) -> Run:
    """``sympy.lambdify`` of the derived formula, its entries stacked as a user would."""
    import sympy

    flat = list(expr) if hasattr(expr, "shape") else [expr]
    function = sympy.lambdify(symbols, flat, modules=["scipy", "numpy"], cse=common)
    count = len(arrays[0])

    def run() -> np.ndarray:
        out = np.empty((count, len(flat)))
        for i, value in enumerate(function(*arrays)):
            out[:, i] = value
        return out

    return run
