"""Dirichlet(10) and softmax(100) as programmers write them: parameters along the last axis."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from kernel_opponents import C_FUNCTIONS, NUMBA_FUNCTIONS, Run, compiled_c
from scipy import special

import symfisher as sf
from symfisher.codegen import Kernel, kernel
from symfisher.codegen.system_compiler import build, compiler


@dataclass(frozen=True)
class VectorCase:
    """A family over ``length`` entries; most numbers that a result may have, for memory's sake.

    The texts hold the closed forms by quantity: of NumPy (with ``np`` and ``special``), which JAX
    shares, and the bodies of loops over the points in Numba and C.
    """

    family: str
    length: int
    draw: Callable[[np.random.Generator, int, int], dict[str, np.ndarray]]
    arrays: dict[str, str]
    numba: dict[str, str]
    c: dict[str, str]
    axes: dict[str, int]
    most: int = 2 * 10**7

    def count(self, quantity: str, count: int) -> int:
        return min(count, self.most // self.length ** max(1, self.axes[quantity]))

    def shape(self, quantity: str) -> tuple[int, ...]:
        return (self.length,) * self.axes[quantity]


def _dirichlet(rng: np.random.Generator, count: int, length: int) -> dict[str, np.ndarray]:
    shares = rng.uniform(0.05, 1, (count, length))
    alpha = rng.uniform(0.05, 30, (count, length))
    return {"x": shares / shares.sum(-1, keepdims=True), "alpha": alpha}


def _softmax(rng: np.random.Generator, count: int, length: int) -> dict[str, np.ndarray]:
    return {
        "x": rng.integers(1, length + 1, count).astype(float),
        "theta": rng.normal(size=(count, length)),
    }


DIRICHLET_C = """
double s = 0;
for (int k = 0; k < K; k++) s += alpha[i*K + k];
"""
SOFTMAX_C = """
double largest = theta[i*K], s = 0, p[256];
for (int k = 1; k < K; k++) largest = theta[i*K + k] > largest ? theta[i*K + k] : largest;
for (int k = 0; k < K; k++) p[k] = exp(theta[i*K + k] - largest);
for (int k = 0; k < K; k++) s += p[k];
"""
SOFTMAX_ARRAYS = (
    "p = np.exp(theta - np.max(theta, -1, keepdims=True)); p = p/p.sum(-1, keepdims=True)\n"
)
SOFTMAX_NUMBA = """
    largest, s = theta[i, 0], 0.0
    for k in range(1, K): largest = max(largest, theta[i, k])
    for k in range(K): p[k] = math.exp(theta[i, k] - largest)
    for k in range(K): s += p[k]
"""
DIRICHLET_NUMBA = """
    s = 0.0
    for k in range(K): s += alpha[i, k]
"""
VECTOR_CASES = {
    "dirichlet(10)": VectorCase(
        "dirichlet_k", 10, _dirichlet,
        arrays={
            "fisher": "result = np.empty(alpha.shape + (K,)); k = np.arange(K)\n"
            "result[...] = -trigamma(alpha.sum(-1))[..., None, None]\n"
            "result[..., k, k] += trigamma(alpha)",
            "fisher jax": "t = trigamma(alpha.sum(-1))[..., None, None]\n"
            "result = np.eye(K)*trigamma(alpha)[..., None] - t",
            "score": "result = np.log(x) - digamma(alpha) + digamma(alpha.sum(-1, keepdims=True))",
            "log_density": "each = (alpha - 1)*np.log(x) - lgamma(alpha)\n"
            "result = lgamma(alpha.sum(-1)) + each.sum(-1)",
        },
        numba={
            "fisher": DIRICHLET_NUMBA + """
    t = trigamma(s)
    for k in range(K):
        for j in range(K): out[i, k, j] = -t
        out[i, k, k] += trigamma(alpha[i, k])
""",
            "score": DIRICHLET_NUMBA + """
    t = digamma(s)
    for k in range(K): out[i, k] = log(x[i, k]) - digamma(alpha[i, k]) + t
""",
            "log_density": DIRICHLET_NUMBA + """
    t = lgamma(s)
    for k in range(K): t += (alpha[i, k] - 1)*log(x[i, k]) - lgamma(alpha[i, k])
    out[i] = t
""",
        },
        c={
            "fisher": DIRICHLET_C + """
double t = -trigamma(s), u[256], *o = out + i*K*K;
for (int k = 0; k < K; k++) u[k] = trigamma(alpha[i*K + k]);
for (int k = 0; k < K*K; k++) o[k] = t;
for (int k = 0; k < K; k++) o[k*(K + 1)] += u[k];
""",
            "score": DIRICHLET_C + """
double t = digamma(s);
for (int k = 0; k < K; k++) out[i*K + k] = log(x[i*K + k]) - digamma(alpha[i*K + k]) + t;
""",
            "log_density": DIRICHLET_C + """
double t = lgamma(s);
for (int k = 0; k < K; k++) t += (alpha[i*K + k] - 1)*log(x[i*K + k]) - lgamma(alpha[i*K + k]);
out[i] = t;
""",
        },
        axes={"fisher": 2, "score": 1, "log_density": 0},
    ),
    "softmax(100)": VectorCase(
        "softmax", 100, _softmax,
        arrays={
            "fisher": SOFTMAX_ARRAYS + "result = -p[..., None]*p[..., None, :]; k = np.arange(K)\n"
            "result[..., k, k] += p",
            "fisher jax": SOFTMAX_ARRAYS
            + "result = np.eye(K)*p[..., None] - p[..., None]*p[..., None, :]",
            "score": SOFTMAX_ARRAYS + "result = (np.arange(1, K + 1) == x[..., None]) - p",
            "log_density": "m = np.max(theta, -1, keepdims=True)\n"
            "chosen = np.take_along_axis(theta, x.astype(int)[..., None] - 1, -1)[..., 0]\n"
            "result = chosen - m[..., 0] - np.log(np.exp(theta - m).sum(-1))",
        },
        numba={
            "fisher": SOFTMAX_NUMBA + """
    for k in range(K): p[k] /= s
    for k in range(K):
        for j in range(K): out[i, k, j] = -p[k]*p[j]
        out[i, k, k] += p[k]
""",
            "score": SOFTMAX_NUMBA + """
    for k in range(K): out[i, k] = -p[k]/s
    out[i, int(x[i]) - 1] += 1
""",
            "log_density": SOFTMAX_NUMBA + """
    out[i] = theta[i, int(x[i]) - 1] - largest - log(s)
""",
        },
        c={
            "fisher": SOFTMAX_C + """
double *o = out + i*K*K;
for (int k = 0; k < K; k++) p[k] /= s;
for (int k = 0; k < K; k++) {
    double c = -p[k];
    for (int j = 0; j < K; j++) o[k*K + j] = c*p[j];
    o[k*K + k] += p[k];
}
""",
            "score": SOFTMAX_C + """
for (int k = 0; k < K; k++) out[i*K + k] = -p[k]/s;
out[i*K + (int)x[i] - 1] += 1;
""",
            "log_density": SOFTMAX_C + "out[i] = theta[i*K + (int)x[i] - 1] - largest - log(s);",
        },
        axes={"fisher": 2, "score": 1, "log_density": 0},
    ),
}  # fmt: skip


def _numpy(case: VectorCase, quantity: str, drawn: dict[str, np.ndarray]) -> Run:
    return _arrays(case, quantity, drawn, np, {
        "np": np, "digamma": special.digamma, "lgamma": special.gammaln,
        "trigamma": lambda x: special.polygamma(1, x),
    })  # fmt: skip


def _arrays(
    case: VectorCase, quantity: str, drawn: dict[str, np.ndarray], library: object, space: dict
) -> Run:
    texts = case.arrays
    text = texts[quantity] if library is np else texts.get(f"{quantity} jax", texts[quantity])
    lines = text.replace("; ", "\n").splitlines()
    text = "\n    ".join(
        [f"def f({', '.join(drawn)}):", f"K = {case.length}", *lines, "return result"]
    )
    exec(text, space)
    return lambda: space["f"](*drawn.values())


def _numba(case: VectorCase, quantity: str, drawn: dict[str, np.ndarray]) -> Run:
    body = "\n".join("    " + line for line in case.numba[quantity].splitlines())
    text = (
        f'{NUMBA_FUNCTIONS}\n@numba.njit(error_model="numpy")\ndef f({", ".join(drawn)}, out):\n'
        f"    K = {case.length}\n    p = np.empty(K)\n"
        f"    for i in range(len(out)):\n{body}\n    return out\n"
    )
    space: dict = {"np": np}
    exec(text, space)
    out = np.empty((len(next(iter(drawn.values()))), *case.shape(quantity)))
    return lambda: space["f"](*drawn.values(), out)


def _pointers(function: Callable, sizes: tuple[int, ...], arrays: list[np.ndarray]) -> Run:
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in arrays]
    counts = [ctypes.c_size_t(size) for size in sizes]

    def run() -> np.ndarray:
        function(*counts, *pointers)
        return arrays[-1]

    return run


def _c(case: VectorCase, quantity: str, drawn: dict[str, np.ndarray]) -> Run:
    arrays = "".join(f", const double *restrict {name}" for name in drawn)
    text = (
        f"{C_FUNCTIONS}\nvoid f(size_t n{arrays}, double *restrict out) {{\n"
        f"enum {{ K = {case.length} }};\n"
        f"for (size_t i = 0; i < n; i++) {{ {case.c[quantity]} }} }}"
    )
    count = len(next(iter(drawn.values())))
    out = np.empty((count, *case.shape(quantity)))
    return _pointers(compiled_c(text), (count,), [*drawn.values(), out])


def _jax(case: VectorCase, quantity: str, drawn: dict[str, np.ndarray]) -> Run:
    import jax
    from jax.scipy import special as jsp

    jax.config.update("jax_enable_x64", True)
    space = {
        "np": jax.numpy, "digamma": jsp.digamma, "lgamma": jsp.gammaln,
        "trigamma": lambda x: jsp.polygamma(1, x),
    }  # fmt: skip
    _arrays(case, quantity, drawn, jax.numpy, space)
    return jitted(space["f"], list(drawn.values()))


def jitted(function: Callable, arrays: list[np.ndarray]) -> Run:
    import jax

    compiled, values = jax.jit(function), [jax.numpy.asarray(a) for a in arrays]
    return lambda: compiled(*values).block_until_ready()


def _hessian(case: VectorCase, drawn: dict[str, np.ndarray]) -> Run:
    import jax
    from jax.scipy.special import gammaln, logsumexp

    partition = {
        "dirichlet_k": lambda a: gammaln(a).sum() - gammaln(a.sum()),
        "softmax": logsumexp,
    }[case.family]
    return jitted(jax.vmap(jax.hessian(partition)), list(drawn.values()))


def vector_opponents(
    case: VectorCase, quantity: str, count: int, installed: Callable[[str], bool]
) -> Iterator[tuple[str, Run]]:
    """(column, call) for everything that is installed, as ``kernels.opponents``."""
    rng = np.random.default_rng(7)
    drawn = case.draw(rng, count, case.length)
    drawn = {k: v for k, v in drawn.items() if quantity != "fisher" or k != "x"}
    out = np.empty((count, *case.shape(quantity)))
    formula = sf.derive(case.family).quantity(quantity)

    def generated(backend: str) -> Kernel:
        return kernel(formula, backend)

    ordered = [drawn[a.name] for a in generated("numpy").program.arguments]
    yield "numpy", _numpy(case, quantity, drawn)
    for backend in ("numpy", "numba"):
        if installed(backend):
            function = generated(backend).function
            yield f"sf {backend}", lambda function=function: function(*ordered, out=out)
    yield "c", _c(case, quantity, drawn)
    made = generated("c")
    header = getattr(build(made.source, made.name, tuple(compiler())), made.name)
    header.restype = None
    yield "sf c", _pointers(header, (count, case.length), [*ordered, np.empty_like(out)])
    if installed("numba"):
        yield "numba", _numba(case, quantity, drawn)
    if installed("jax"):
        yield "jax", _jax(case, quantity, drawn)
        yield "sf jax", jitted(generated("jax").function, ordered)
        if quantity == "fisher":
            yield "hessian", _hessian(case, drawn)
    yield "fill", lambda: out.fill(1.5)
