"""Kernels compute what their formulas say, on every backend, and keep the conventions."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import warnings

import mpmath
import numpy as np
import pytest
import scipy.stats
from conftest import CATALOGUE
from kernel_accuracy import QUANTITIES, ROUNDING, errors
from kernel_points import floats, generic_points, holds_at, is_installed, true_value
from sympy import LambertW, Symbol, exp, log, polygamma, symbols

import symfisher as sf
from symfisher.codegen import backend_summaries, compile_formula, find_backend, kernel
from symfisher.codegen.backend import check_installed
from symfisher.codegen.names import argument_names
from symfisher.codegen.nodes import explicit
from symfisher.codegen.stability import stable
from symfisher.errors import (
    DoesNotExistError,
    InputError,
    KernelError,
    MissingPackageError,
    UnknownNameError,
)
from symfisher.formula import Expectation, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.registry import quantities

PYTHON = [name for name in backend_summaries() if find_backend(name).SUFFIX == ".py"]
KERNELS = [
    "score", "hessian", "outer_product", "negative_hessian", "fisher", "crlb", "kl",
    "kl_expansion", "log_density", "log_likelihood", "fisher_vector_product", "natural_gradient",
    "log_det_fisher", "sqrt_det_fisher",
]  # fmt: skip
# A bounded sample of every backend in each run; all of them are behind the slow marker.
SAMPLE = random.Random(4).sample([(f, q) for f in CATALOGUE for q in KERNELS], 40)


@pytest.fixture(autouse=True)
def double_precision(monkeypatch):
    monkeypatch.setenv("JAX_ENABLE_X64", "1")
    if "jax" in sys.modules:
        sys.modules["jax"].config.update("jax_enable_x64", True)


def check_values(family, quantity, backend):
    """One kernel against its formula at generic points; what a backend lacks, it says."""
    formula = sf.derive(family).quantity(quantity)
    if formula.expr is None:
        with pytest.raises(DoesNotExistError, match=quantity):
            kernel(formula, backend)
        return
    try:
        made = kernel(formula, backend)
    except KernelError:
        return
    for point in generic_points(formula, 2):
        if not holds_at(formula, point):
            continue
        arguments = floats(formula, point)
        if formula.details.get("summed"):
            count = len(formula.family.variables)
            arguments = [*([x] for x in arguments[:count]), *arguments[count:]]
        found = np.asarray(made(*arguments), float)
        np.testing.assert_allclose(found, true_value(formula, point), rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize("backend", ["numpy", "mpmath"])
@pytest.mark.parametrize(("family", "quantity"), SAMPLE)
def test_kernel_equals_its_formula(family, quantity, backend):
    check_values(family, quantity, backend)


@pytest.mark.parametrize("backend", ["numba", "jax", "torch"])
@pytest.mark.parametrize(
    ("family", "quantity"),
    [("gamma", "fisher"), ("student_t", "score"), ("beta", "kl"), ("von_mises", "log_likelihood")],
)
def test_compiled_kernel_equals_its_formula(family, quantity, backend):
    pytest.importorskip(backend)
    check_values(family, quantity, backend)


@pytest.mark.slow
@pytest.mark.parametrize("backend", PYTHON)
@pytest.mark.parametrize("quantity", KERNELS)
def test_every_kernel_equals_its_formula(family_name, quantity, backend):
    if not is_installed(backend):
        pytest.skip(f"{backend} is not installed")
    check_values(family_name, quantity, backend)


def test_no_quantity_needs_a_line_in_a_backend():
    """Every registered quantity that is a formula of the family alone compiles."""
    derivation = sf.derive("gamma")
    for name in quantities():
        if name in KERNELS:
            assert derivation.kernel(name).source


# ----------------------------------------------------------------------------- digits


@pytest.mark.parametrize(
    ("family", "quantity"),
    [
        ("normal", "kl"),
        ("gamma", "fisher"),
        ("gamma", "crlb"),
        ("gamma", "score"),
        ("beta", "fisher"),
        ("dirichlet", "fisher"),
        ("dirichlet", "score"),
        ("nakagami", "fisher"),
        ("nakagami", "crlb"),
        ("student_t", "fisher"),
        ("student_t", "crlb"),
        ("von_mises", "fisher"),
        ("von_mises", "crlb"),
        ("bivariate_normal", "fisher"),
        ("negative_binomial_size", "score"),
        ("zero_inflated_poisson", "fisher"),
        ("negative_binomial_size", "fisher"),
        ("logistic", "score"),
        ("lomax", "score"),
        ("weibull", "score"),
        ("burr_xii", "score"),
        ("log_series", "fisher"),
        ("zeta", "fisher"),
    ],
)
def test_digits_are_kept_from_1e_minus_6_to_1e8(family, quantity):
    """To 1e-12, or to what rounding the arguments costs, against 50 digits."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = errors(sf.derive(family).quantity(quantity), "numpy", 12)
    assert found.points > 5
    assert found.relative < 1e-12 or found.explained < 100, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_digits_of_the_catalogue(family_name, quantity):
    """At 30 points most kernels keep their digits; benchmarks/accuracy.py shows the others."""
    found = errors(sf.derive(family_name).quantity(quantity), "numpy", 30)
    if found is not None and (family_name, quantity) not in LOSING:
        assert found.relative < 1e-12 or found.explained < 1000, str(found)


# Families whose formulas, as printed, cancel at large or small arguments: benchmarks/accuracy.py.
LOSING = {
    *((family, "crlb") for family in ("beta", "beta_prime", "dirichlet", "burr_xii", "gev",
      "generalized_gamma", "gompertz", "kumaraswamy", "negative_binomial_size",
      "zero_inflated_poisson")),
    *((family, "fisher") for family in ("burr_xii", "kumaraswamy", "generalized_gamma", "gev")),
    *((family, "kl") for family in ("beta", "beta_prime", "dirichlet", "von_mises", "log_series",
      "generalized_gamma", "zeta", "gumbel", "weibull", "gompertz", "zero_inflated_poisson",
      "geometric", "negative_binomial", "triangular", "lomax", "gpd")),
    *((family, "score") for family in ("log_series", "student_t", "generalized_gamma",
      "log_logistic", "kumaraswamy", "zero_inflated_poisson")),
}  # fmt: skip


@pytest.mark.parametrize("name", ["beta", "student_t", "von_mises", "zero_inflated_poisson"])
def test_stable_form_is_equal(name):
    """At 30 digits: a rule rewrites and changes nothing."""
    formula = sf.derive(name).fisher
    (point,) = generic_points(formula, 1)
    values = {Symbol(s.name, positive=True): v for s, v in point.items()}
    for entry in formula.expr:
        entry = entry.xreplace({s: Symbol(s.name, positive=True) for s in point})
        before, after = (evaluate(e, values, 30) for e in (entry, explicit(stable(entry))))
        assert abs(before - after) <= 1e-17 * abs(before)


# ------------------------------------------------------------------------ conventions


def test_arguments_broadcast_and_entries_follow():
    made = sf.derive("gamma").kernel("fisher")
    found = made(np.ones((3, 1)), np.full(4, 2.0))
    assert found.shape == (3, 4, 2, 2)
    np.testing.assert_allclose(found[1, 2], [[np.pi**2 / 6, -0.5], [-0.5, 0.25]], rtol=1e-15)


def test_many_points_in_blocks_equal_few():
    made = sf.derive("student_t").kernel("fisher")
    nu = np.linspace(0.5, 60.0, 30_011)
    many = made(0.0, 2.0, nu)
    np.testing.assert_array_equal(many[-200:], made(0.0, 2.0, nu[-200:]))
    rows = made(np.zeros((2, 1)), 2.0, np.broadcast_to(nu, (2, len(nu))))
    np.testing.assert_array_equal(rows[1], many)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_out_takes_the_result_and_is_returned(backend):
    pytest.importorskip(backend)
    made = sf.derive("normal").kernel("fisher", backend=backend)
    out = np.empty((5, 2, 2, 2))[:, ::2].squeeze(1)
    assert made(0.0, np.arange(1.0, 6.0), out=out) is out
    np.testing.assert_allclose(out[:, 1, 1], 2 / np.arange(1.0, 6.0) ** 2)
    with pytest.raises(ValueError, match="out has shape"):
        made(0.0, 1.0, out=out)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_float32_in_float32_out(backend):
    pytest.importorskip(backend)
    made = sf.derive("gamma").kernel("fisher", backend=backend)
    found = made(np.float32([1.5, 30000.0]), 2.0)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, made([1.5, 30000.0], 2.0), rtol=1e-6)


@pytest.mark.parametrize("backend", ["numpy", "mpmath", "numba", "jax", "torch"])
def test_outside_the_domain_is_nan_and_outside_the_support_minus_infinity(backend):
    pytest.importorskip(backend)
    derivation = sf.derive("poisson")
    found = np.asarray(
        derivation.kernel("log_density", backend=backend)([0, 3, -1, 2.5], 2.0), float
    )
    np.testing.assert_allclose(found[:2], scipy.stats.poisson(2).logpmf([0, 3]), rtol=1e-14)
    assert np.all(found[2:] == -np.inf)
    fisher = np.asarray(derivation.kernel("fisher", backend=backend)([2.0, -2.0]), float)
    assert fisher[0, 0, 0] == 0.5
    assert np.isnan(fisher[1]).all()


def test_check_says_which_value_is_outside():
    made = sf.derive("gamma").kernel("fisher")
    with pytest.raises(ValueError, match=r"beta = -3.0 at \(1,\) is outside the domain: beta > 0"):
        made(1.0, [1.0, -3.0], check=True)


@pytest.mark.parametrize("backend", ["numba", "jax", "torch", "mpmath"])
def test_check_is_there_in_python(backend):
    pytest.importorskip(backend)
    made = sf.derive("exponential").kernel("fisher", backend=backend)
    assert float(made(2.0, check=True)[0, 0]) == 0.25
    with pytest.raises(ValueError, match="outside the domain"):
        made(-3.0, check=True)


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "mpmath", "c", "javascript", "r"])
def test_counts_beyond_exact_floats_are_refused(backend):
    if not is_installed(backend):
        pytest.skip(f"{backend} is not installed")
    made = sf.derive("geometric").kernel("log_density", backend=backend)
    with (
        mpmath.workprec(53),
        pytest.raises((OverflowError, InputError), match="whole number"),
    ):
        made(2**60 + 1, 0.5)


@pytest.mark.parametrize("backend", ["numpy", "mpmath", "c"])
def test_out_of_another_shape_is_refused(backend):
    made = sf.derive("gamma").kernel("fisher", backend=backend)
    with pytest.raises((ValueError, InputError), match=r"shape \(3, 3\); the result has \(2, 2\)"):
        made(1.0, 2.0, out=np.empty((3, 3)))


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        sf.derive("gamma").kernel("fisher")(np.ones(2), np.ones(3))


@pytest.mark.parametrize("backend", ["numpy", "mpmath", "numba", "jax", "torch"])
def test_log_likelihood_sums_over_the_sample(backend):
    pytest.importorskip(backend)
    made = sf.derive("gamma").kernel("log_likelihood", backend=backend)
    x = np.random.default_rng(2).gamma(2.0, 1.5, size=50)
    found = np.asarray(made(x, np.array([2.0, 3.0]), 0.7), float)
    assert found.shape == (2, 3)
    truth = [scipy.stats.gamma(a, scale=1 / 0.7).logpdf(x).sum() for a in (2.0, 3.0)]
    np.testing.assert_allclose(found[:, 0], truth, rtol=1e-13)
    np.testing.assert_allclose(found[:, 2], np.array([2.0, 3.0]) * 50 / 0.7 - x.sum(), rtol=1e-11)


def test_natural_gradient_undoes_the_fisher_vector_product():
    derivation = sf.derive("student_t")
    at, v = (1.3, 2.1, 7.0), (0.3, -1.0, 2.0)
    product = derivation.kernel("fisher_vector_product")(*at, *v)
    np.testing.assert_allclose(derivation.kernel("natural_gradient")(*at, *product), v, rtol=1e-11)


def test_reserved_names_are_renamed_alike_everywhere_and_said_so():
    x, rate = Symbol("x"), Symbol("lambda")
    family = sf.Family("waiting", x, "(0, oo)", {rate: "positive"}, logpdf=log(rate) - rate * x)
    for backend in ("numpy", "mpmath"):
        made = sf.derive(family).kernel("fisher", backend=backend)
        assert made(lambda_=2.0)[0, 0] == 0.25
        assert "declared as lambda, which is a reserved word" in made.source
    assert argument_names(["in", "in_", "new"]) == {"in": "in__", "in_": "in_", "new": "new_"}


# ------------------------------------------------------------------- expectations left


@pytest.mark.parametrize("name", ["kumaraswamy", "negative_binomial_size", "student_t"])
def test_open_divergence_is_computed_with_an_estimate_of_its_error(name):
    formula = sf.derive(name).kl()
    family, prime = formula.family, formula.extra_symbols["primed"]
    made = kernel(formula)
    second = family.log_density.xreplace({p: prime[p.name] for p in family.parameters})
    for point in generic_points(formula, 2):
        truth = quadrature(family).expect([family.log_density - second], point).values[0]
        arguments = floats(formula, point)
        assert abs(made(*arguments) - truth) <= 1e-9 * abs(truth)
        assert abs(made(*arguments) - truth) <= made.error(*arguments) + 1e-12 * abs(truth)


def open_laplace():
    """An expectation under Laplace that is left as one."""
    formula = sf.derive("laplace").kl()
    x = formula.family.variables[0]
    return formula.with_(expr=Expectation.under(formula.family, x**4), status=Status.QUADRATURE)


def test_corner_inside_the_support_is_refused():
    with pytest.raises(KernelError, match="corner"):
        kernel(open_laplace())


# --------------------------------------------------------------- derivatives through it


def test_jax_differentiates_maps_and_compiles():
    jax = pytest.importorskip("jax")
    derivation = sf.derive("gamma")
    divergence = derivation.kernel("kl", backend="jax").function
    fisher = derivation.kernel("fisher", backend="jax").function

    def to(second):
        return divergence(2.5, 1.5, *second)

    curvature = jax.hessian(to)(np.array([2.5, 1.5]))
    np.testing.assert_allclose(curvature, fisher(2.5, 1.5), rtol=1e-9)
    many = jax.vmap(fisher)(np.array([1.0, 2.5]), np.array([2.0, 1.5]))
    np.testing.assert_allclose(many[1], fisher(2.5, 1.5), rtol=1e-15)
    slope = jax.jit(jax.grad(lambda a: fisher(a, 1.0)[0, 0]))(2.5)
    np.testing.assert_allclose(slope, scipy.special.polygamma(2, 2.5), rtol=1e-12)


def test_autograd_of_log_density_is_the_score():
    torch = pytest.importorskip("torch")
    derivation = sf.derive("student_t")
    at = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.2, 1.3, 4.0)]
    derivation.kernel("log_density", backend="torch")(1.1, *at).backward()
    score = derivation.kernel("score")(1.1, 0.2, 1.3, 4.0)
    np.testing.assert_allclose([float(a.grad) for a in at], score, rtol=1e-12)


# ------------------------------------------------------------------- the text, the file


@pytest.mark.parametrize("backend", PYTHON)
def test_source_stands_alone_and_documents_itself(backend):
    made = sf.derive("gamma").kernel("fisher", backend=backend)
    assert "import symfisher" not in made.source
    assert "import sympy" not in made.source
    assert f"Made by symfisher {sf.__version__}" in made.source
    assert "beta: parameter, in (0, oo), rate" in made.source
    assert "alpha*psi" not in made.source
    compile(made.source, "gamma_fisher.py", "exec")


def test_only_what_is_called_is_emitted():
    assert "def trigamma(" not in sf.derive("normal").kernel("fisher").source
    assert "def trigamma(" in sf.derive("gamma").kernel("fisher").source


def test_command_writes_a_module_that_runs_without_symfisher(tmp_path):
    file = tmp_path / "gamma_fisher.py"
    command = [sys.executable, "-m", "symfisher", "kernel", "gamma", "--output", str(file)]
    subprocess.run(command, check=True)
    code = (
        "import sys; sys.modules['symfisher'] = sys.modules['sympy'] = None\n"
        "from gamma_fisher import gamma_fisher; print(gamma_fisher(2.0, 4.0)[1, 1])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout.strip() == "0.125", run.stderr
    assert f"--target numpy --output {file}" in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["gamme"], 2, "nearest: gamma"),
        (["gamma", "--quantity", "fischer"], 2, "nearest: fisher"),
        (["gamma", "--target", "nunpy"], 2, "nearest: numpy"),
        (["uniform", "--quantity", "crlb"], 1, "has no crlb"),
        (["gamma", "--quantity", "regularity"], 2, "no kernel"),
    ],
)
def test_command_with_bad_input_leaves_no_file(tmp_path, arguments, code, message):
    file = tmp_path / "out.py"
    command = [sys.executable, "-m", "symfisher", "kernel", *arguments, "--output", str(file)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == code
    assert message in run.stderr
    assert not list(tmp_path.iterdir())


def test_path_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot write the kernel"):
        sf.derive("gamma").kernel("fisher").write(tmp_path / "missing" / "gamma.py")
    assert sf.derive("gamma").kernel("fisher").write(tmp_path).name == "gamma_fisher.py"


def test_unknown_backend_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="nearest: numba"):
        sf.derive("gamma").kernel("fisher", backend="nunba")


def test_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr("symfisher.codegen.backend.find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r'pip install "symfisher\[numba\]"'):
        check_installed("numba")


def test_missing_function_names_entry_function_and_who_has_it():
    formula = sf.derive("gamma").fisher
    entries = formula.expr.applyfunc(lambda e: LambertW(e) if e.has(polygamma) else e)
    with pytest.raises(
        KernelError,
        match=r"'numpy' has no lambert_w for .*entry \(1, 1\) of fisher needs; .*mpmath",
    ):
        kernel(formula.with_(expr=entries), "numpy")


def test_symmetric_entries_are_computed_once():
    program = compile_formula(sf.derive("bivariate_normal").fisher)
    assert sum(len(output.places) for output in program.outputs) == 25
    assert len(program.outputs) == 10


def test_growing_exponentials_cancel_in_quotients():
    t, phi = symbols("t phi", positive=True)
    found = stable(exp(t) / (1 + phi * exp(t)))
    assert not any(e.args[0] == t for e in found.atoms(exp))


@pytest.mark.parametrize("name", ["gamma", "student_t", "bivariate_normal"])
def test_generating_takes_less_than_a_fifth_of_a_second(name):
    formula = sf.derive(name).fisher
    times = []
    for _ in range(3):
        start = time.process_time()
        kernel(formula, "numba")
        times.append(time.process_time() - start)
    assert min(times) < 0.2


def test_rounding_unit_is_that_of_doubles():
    assert np.finfo(float).eps == ROUNDING


@pytest.mark.parametrize("backend", ["numpy", "mpmath", "numba", "jax", "torch", "c"])
def test_a_negative_shape_of_extreme_values_is_inside_the_domain(backend):
    """Its gamma functions have arguments below zero there, down to 2 xi = -1."""
    if not is_installed(backend):
        pytest.skip(f"{backend} is not installed")
    derivation = sf.derive("gev")
    exact = derivation.fisher.expr.subs(
        dict(zip(derivation.family.parameters, ("0.2", "2", "-0.3")))
    )
    found = np.asarray(derivation.kernel("fisher", backend=backend)(0.2, 2.0, -0.3), float)
    np.testing.assert_allclose(found.reshape(3, 3), np.array(exact.evalf(20), float), rtol=1e-11)


def test_another_process_writes_the_same_kernel():
    """Sets come in another order under another hash seed; code must not."""
    script = (
        "import symfisher as sf\n"
        "for name in ('student_t', 'bivariate_normal', 'gev'):\n"
        "    print(sf.derive(name).kernel('fisher', backend='c').source)\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "3", "5")
    }
    assert len(texts) == 1
