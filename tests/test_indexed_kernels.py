"""Kernels of vectors of any length: against the formulas written out, in every language, and of a
cost that grows with the length and not with its square."""

from __future__ import annotations

import os
import subprocess
import tracemalloc
from functools import cache
from importlib.util import find_spec

os.environ.setdefault("JAX_ENABLE_X64", "1")

import numpy as np
import pytest
from conftest import VECTOR_FAMILIES
from sympy import IndexedBase
from test_indexed import FILES, declared, derived

import symfisher as sf
from symfisher.codegen.vectors import vector_backends
from symfisher.codegen.vectors.lowering import compile_vectors
from symfisher.expectation.indexed.truth import Witness
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points

BACKENDS = [b for b in vector_backends() if b == "c" or b == "numpy" or find_spec(b)]
LENGTH = 4
NORMALS = "normals with one standard deviation"
CASES = [
    *((name, "fisher") for name in sorted({*VECTOR_FAMILIES, *FILES} - {"dirichlet_multinomial"})),
    *((name, "crlb") for name in ("dirichlet_k", "multinomial_k", "gammas")),
    ("dirichlet_k", "kl"),
    ("softmax", "kl"),
    ("dirichlet_k", "log_det_fisher"),
    (NORMALS, "crlb"),
]  # fmt: skip


# Compiling takes seconds in some: every shape of a result there, every family in the fast ones.
SHAPES = [("dirichlet_k", "fisher"), ("multinomial_k", "crlb"), (NORMALS, "crlb")]
RUNS = [(b, *c) for b in BACKENDS for c in (CASES if b == "numpy" else SHAPES)]


@cache
def kernel(name, quantity, backend):
    return derived(name).kernel(quantity, backend=backend)


def arguments(program, at, family, witness):
    """Arrays for the arguments of a kernel, from values of the entries of one length."""
    known = {s.name: float(v) for s, v in at.items()}
    found = []
    for argument in program.arguments:
        source = next(
            s for s in (*family.symbols, *family.primed.values()) if s.name == argument.declared
        )
        if not argument.is_vector:
            found.append(known[source.name])
            continue
        entries = witness.unrolling.entries[source]
        numbers = {s: known[s.name] for e in entries for s in e.free_symbols}
        found.append(np.array([float(e.subs(numbers)) for e in entries]))
    return found


@pytest.mark.parametrize(("backend", "name", "quantity"), RUNS)
def test_a_kernel_is_the_formula_written_out(name, quantity, backend):
    family = declared(name).canonical
    witness = Witness(family, LENGTH)
    formula = derived(name).quantity(quantity)
    for parameter, prime in family.primed.items():
        if isinstance(prime, IndexedBase):
            witness.unrolling.add(prime, family.domains[parameter])
    first, second = sample_points(witness.branch.family, 2, seed=17)
    primes = {q: p for p, q in family.primed.items()} if quantity == "kl" else {}
    at = dict(first)
    for prime, parameter in primes.items():
        own = witness.unrolling.free_entries(parameter)
        at |= {new: second[p] for p, new in zip(own, witness.unrolling.free_entries(prime))}
    run = kernel(name, quantity, backend)
    values = np.asarray(run(*arguments(run.program, at, family, witness)))
    size = range(len(family.parameters))
    if quantity in ("fisher", "crlb"):
        truth = {
            (row, column): evaluate(entry, at)
            for p in size
            for q in size
            for row, column, entry in witness.entries(formula.expr[p, q], p, q)
        }
        rows = max(row for row, _ in truth) + 1
        expected = np.array([[truth[i, j] for j in range(rows)] for i in range(rows)])
    else:
        expected = np.array(evaluate(witness.expression(formula.expr), at))
    assert values.shape == expected.shape
    assert values == pytest.approx(expected, rel=2e-12, abs=1e-13 * abs(expected).max())


@pytest.mark.parametrize("backend", BACKENDS)
def test_points_broadcast_and_what_is_outside_is_not_a_number(backend):
    run = kernel("dirichlet_k", "fisher_vector_product", backend)
    alpha = np.array([[[0.5, 1.5, 2.0]], [[1.0, -1.0, 2.0]]])
    v = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    values = np.asarray(run(alpha, v))
    assert values.shape == (2, 2, 3)
    assert np.isnan(values[1]).all()
    one = np.asarray(run(alpha[0, 0], v[1]))
    assert values[0, 1] == pytest.approx(one, rel=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_softmax_does_not_overflow(backend):
    theta = np.array([1000.0, 1001.0, 998.0, -800.0])
    share = np.exp(theta - theta.max())
    share /= share.sum()
    fisher = np.asarray(kernel("softmax", "fisher", backend)(theta))
    assert fisher == pytest.approx(np.diag(share) - np.outer(share, share), abs=1e-15)
    score = np.asarray(kernel("softmax", "score", backend)(2.0, theta))
    assert score == pytest.approx(np.eye(4)[1] - share, abs=1e-15)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("quantity", ["fisher_vector_product", "natural_gradient"])
def test_a_softmax_of_a_million_categories_costs_passes_over_its_entries(quantity, backend):
    """No array is larger than the vectors, and F (F^-1 g) = g."""
    size = 1_000_000
    generator = np.random.default_rng(4)
    theta, g = generator.normal(size=size), generator.normal(size=size)
    share = np.exp(theta) / np.exp(theta).sum()
    g -= g.mean()
    run = kernel("softmax", quantity, backend)
    run(theta[:3], g[:3])  # what is compiled is compiled
    tracemalloc.start()
    values = np.asarray(run(theta, g))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert values.shape == (size,)
    assert peak < 12 * 8 * size
    if quantity == "fisher_vector_product":
        assert values == pytest.approx(share * g - share * (share @ g), rel=1e-9, abs=1e-18)
    else:
        assert share * values - share * (share @ values) == pytest.approx(g, rel=1e-9, abs=1e-9)
        assert abs(values.mean()) < 1e-6


def test_products_are_passes_without_loops_inside_one_another():
    """The number of loops over the entries does not hang on the length; chunks share it out."""
    for quantity in ("fisher_vector_product", "natural_gradient"):
        for name in ("softmax", "dirichlet_k"):
            program = compile_vectors(derived(name).quantity(quantity))
            assert program.axes == 1
            assert len(program.passes) <= 3
            source = kernel(name, quantity, "c").source
            body = source[source.index("for (size_t point") :]
            depth = deepest = 0
            for character in body:
                depth += (character == "{") - (character == "}")
                deepest = max(deepest, depth)
            assert deepest <= 3  # points, chunks of entries, entries of a chunk
            assert body.count("for (size_t sf_i") == body.count("for (size_t sf_first")


@pytest.mark.parametrize(
    "name", ["dirichlet_k", "softmax", "multinomial_k", "negative_multinomial"]
)
def test_a_header_builds_without_a_warning(name, tmp_path):
    for quantity in ("fisher", "fisher_vector_product", "natural_gradient", "score"):
        (tmp_path / "kernel.h").write_text(kernel(name, quantity, "c").source)
        (tmp_path / "unit.c").write_text('#include "kernel.h"\n')
        flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O0"]
        built = subprocess.run(
            ["cc", *flags, "-c", "unit.c", "-o", "unit.o"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert built.returncode == 0, built.stderr


def test_jax_differentiates_through_a_kernel_of_vectors():
    jax = pytest.importorskip("jax")
    run = kernel("softmax", "kl", "jax").function
    theta, other = np.array([0.3, -0.2, 1.0]), np.array([0.1, 0.4, -0.3])
    gradient = np.asarray(jax.grad(run, argnums=1)(theta, other))
    shares = [np.exp(t) / np.exp(t).sum() for t in (theta, other)]
    assert gradient == pytest.approx(shares[1] - shares[0], abs=1e-12)


def test_what_cannot_be_made_says_what_can():
    with pytest.raises(sf.errors.KernelError, match="no kernels of vectors of any length; these"):
        kernel("dirichlet_k", "fisher", "r")
    with pytest.raises(sf.errors.KernelError, match="a sum over an observation's values"):
        kernel("dirichlet_multinomial", "fisher", "numpy")
    with pytest.raises(sf.errors.DoesNotExistError, match="singular"):
        kernel("softmax", "crlb", "numpy")
    with pytest.raises(ValueError, match="v_alpha belongs to vectors of length 2, alpha to 3"):
        kernel("dirichlet_k", "fisher_vector_product", "numpy")([1.0, 2.0, 3.0], [1.0, 2.0])


@pytest.mark.parametrize("backend", ["numpy", "numba", "c"])
def test_a_dense_matrix_goes_into_out(backend):
    if backend not in BACKENDS:
        pytest.skip(f"{backend} is not installed")
    alpha = np.random.default_rng(2).uniform(0.5, 3.0, (50, 10))
    out = np.empty((50, 10, 10))
    run = kernel("dirichlet_k", "fisher", backend)
    assert run(alpha, out=out) is out
    assert out == pytest.approx(run(alpha), rel=1e-15)
