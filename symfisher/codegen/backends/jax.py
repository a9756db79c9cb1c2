"""JAX: jit, vmap and grad work through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen import python_source
from symfisher.codegen.array_source import render_arrays
from symfisher.codegen.program import Program
from symfisher.codegen.vector_runtime import Vector
from symfisher.codegen.writer import Language, Writer

SUMMARY = "JAX: compiled by XLA; jit, vmap and grad work through it"
SUFFIX = ".py"
NEEDS = "jax"

LANGUAGE = Language(
    functions={
        "exp": "jnp.exp({0})",
        "log": "jnp.log({0})",
        "sqrt": "jnp.sqrt({0})",
        "power": "jnp.power({0}, {1})",
        "log1p": "jnp.log1p({0})",
        "expm1": "jnp.expm1({0})",
        "log1p_exp": "jnp.logaddexp(0.0, {0})",
        "log_expm1": "log_expm1({0})",
        "log1p_remainder": "log1p_remainder({0})",
        "absolute": "jnp.abs({0})",
        "sign": "jnp.sign({0})",
        "floor": "jnp.floor({0})",
        "ceiling": "jnp.ceil({0})",
        "modulo": "jnp.mod({0}, {1})",
        "maximum": "jnp.maximum({0}, {1})",
        "minimum": "jnp.minimum({0}, {1})",
        "sin": "jnp.sin({0})",
        "cos": "jnp.cos({0})",
        "tan": "jnp.tan({0})",
        "asin": "jnp.arcsin({0})",
        "acos": "jnp.arccos({0})",
        "atan": "jnp.arctan({0})",
        "atan2": "jnp.arctan2({0}, {1})",
        "sinh": "jnp.sinh({0})",
        "cosh": "jnp.cosh({0})",
        "tanh": "jnp.tanh({0})",
        "asinh": "jnp.arcsinh({0})",
        "acosh": "jnp.arccosh({0})",
        "atanh": "jnp.arctanh({0})",
        "gamma": "special.gamma({0})",
        "log_gamma": "special.gammaln({0})",
        "digamma": "digamma({0})",
        "trigamma": "trigamma({0})",
        "tetragamma": "tetragamma({0})",
        "polygamma": "polygamma({0}, {1})",
        "digamma_difference": "digamma_difference({0}, {1})",
        "trigamma_difference": "trigamma_difference({0}, {1})",
        "polygamma_difference": "polygamma_difference({0}, {1}, {2})",
        "polygamma_remainder": "polygamma_remainder({0}, {1}, {2})",
        "log_gamma_difference": "log_gamma_difference({0}, {1})",
        "log_gamma_remainder": "log_gamma_remainder({0})",
        "beta": "jnp.exp(log_beta({0}, {1}))",
        "log_beta": "log_beta({0}, {1})",
        "erf": "special.erf({0})",
        "erfc": "special.erfc({0})",
        "erfinv": "special.erfinv({0})",
        "scaled_erfc": "scaled_erfc({0})",
        "bessel_i": "bessel_i({0}, {1})",
        "scaled_bessel_i": "scaled_bessel_i({0}, {1})",
        "bessel_i_ratio": "bessel_i_ratio({0}, {1})",
        "bessel_k": "bessel_k({0}, {1})",
        "scaled_bessel_k": "scaled_bessel_k({0}, {1})",
        "bessel_k_ratio": "bessel_k_ratio({0}, {1})",
        "bessel_k_order": "bessel_k_order({0}, {1}, {2})",
        "expint": "expint({0}, {1})",
        "scaled_expint": "scaled_expint({0}, {1})",
        "upper_gamma": "upper_gamma({0}, {1})",
        "lower_gamma": "lower_gamma({0}, {1})",
        "zeta": "zeta({0})",
        "hurwitz_zeta": "special.zeta({0}, {1})",
        "zeta_derivative": "zeta_derivative({0}, {1})",
    },
    number=python_source.float_number("jnp.pi", "jnp.inf", "jnp.nan"),
    select="jnp.where({condition}, {yes}, {no})",
)

# In single precision the products in these overflow, and what they save is below its rounding.
_SINGLE = {
    "digamma": "special.digamma(x)",
    "trigamma": "special.polygamma(1, x)",
    "tetragamma": "special.polygamma(2, x)",
    "polygamma": "special.polygamma(n, x)",
    "digamma_difference": "special.digamma(z + d) - special.digamma(z)",
    "trigamma_difference": "special.polygamma(1, z + d) - special.polygamma(1, z)",
    "polygamma_difference": "special.polygamma(n, z + d) - special.polygamma(n, z)",
    "log_gamma_difference": "special.gammaln(z + d) - special.gammaln(z)",
    "log_beta": "special.betaln(a, b)",
}
VECTOR = Vector(
    "jnp", {"log_gamma": "special.gammaln"}, _SINGLE, "jnp.result_type({0}) == jnp.float32"
)

FILES = (
    *("jax_special.py", "vector_special.py", "array_bessel.py"),
    *("array_expectation.py", "jax_expectation.py"),
)


def render(program: Program, write: Writer, command: str) -> str:
    """A module with one jitted function."""
    return render_arrays(
        program,
        write,
        command,
        file="jax.py.jinja",
        special_files=FILES,
        vector=VECTOR,
        special="from jax.scipy import special",
    )


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
