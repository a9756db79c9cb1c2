"""PyTorch: autograd works through it, on any device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.codegen import python_source
from symfisher.codegen.array_source import render_arrays
from symfisher.codegen.program import Program
from symfisher.codegen.vector_runtime import Vector
from symfisher.codegen.writer import Language, Writer

SUMMARY = "PyTorch: tensors on any device; autograd works through it"
SUFFIX = ".py"
NEEDS = "torch"

LANGUAGE = Language(
    functions={
        "exp": "torch.exp({0})",
        "log": "torch.log({0})",
        "sqrt": "torch.sqrt({0})",
        "power": "torch.pow({0}, {1})",
        "log1p": "torch.log1p({0})",
        "expm1": "torch.expm1({0})",
        "log1p_exp": "torch.logaddexp(torch.zeros_like({0}), {0})",
        "log_expm1": "log_expm1({0})",
        "log1p_remainder": "log1p_remainder({0})",
        "absolute": "torch.abs({0})",
        "sign": "torch.sign({0})",
        "floor": "torch.floor({0})",
        "ceiling": "torch.ceil({0})",
        "modulo": "torch.remainder({0}, {1})",
        "maximum": "where({0} > {1}, {0}, {1})",
        "minimum": "where({0} < {1}, {0}, {1})",
        "sin": "torch.sin({0})",
        "cos": "torch.cos({0})",
        "tan": "torch.tan({0})",
        "asin": "torch.asin({0})",
        "acos": "torch.acos({0})",
        "atan": "torch.atan({0})",
        "atan2": "torch.atan2({0}, {1})",
        "sinh": "torch.sinh({0})",
        "cosh": "torch.cosh({0})",
        "tanh": "torch.tanh({0})",
        "asinh": "torch.asinh({0})",
        "acosh": "torch.acosh({0})",
        "atanh": "torch.atanh({0})",
        "gamma": "gamma({0})",
        "log_gamma": "torch.special.gammaln({0})",
        "digamma": "torch.special.digamma({0})",
        "trigamma": "trigamma({0})",
        "tetragamma": "tetragamma({0})",
        "polygamma": "torch.special.polygamma({0}, {1})",
        "digamma_difference": "digamma_difference({0}, {1})",
        "trigamma_difference": "trigamma_difference({0}, {1})",
        "polygamma_difference": "polygamma_difference({0}, {1}, {2})",
        "polygamma_remainder": "polygamma_remainder({0}, {1}, {2})",
        "log_gamma_difference": "log_gamma_difference({0}, {1})",
        "log_gamma_remainder": "log_gamma_remainder({0})",
        "beta": "torch.exp(log_beta({0}, {1}))",
        "log_beta": "log_beta({0}, {1})",
        "erf": "torch.special.erf({0})",
        "erfc": "torch.special.erfc({0})",
        "erfinv": "torch.special.erfinv({0})",
        "scaled_erfc": "torch.special.erfcx({0})",
        "bessel_i": "bessel_i({0}, {1})",
        "scaled_bessel_i": "scaled_bessel_i({0}, {1})",
        "bessel_i_ratio": "bessel_i_ratio({0}, {1})",
        "bessel_k": "bessel_k({0}, {1})",
        "scaled_bessel_k": "scaled_bessel_k({0}, {1})",
        "bessel_k_ratio": "bessel_k_ratio({0}, {1})",
        "bessel_k_order": "bessel_k_order({0}, {1}, {2})",
        "hurwitz_zeta": "torch.special.zeta({0}, {1})",
        "zeta_derivative": "zeta_derivative({0}, {1})",
        "expint": "expint({0}, {1})",
        "scaled_expint": "scaled_expint({0}, {1})",
        "lower_gamma": "lower_gamma({0}, {1})",
        "upper_gamma": "upper_gamma({0}, {1})",
        "zeta": "zeta({0})",
    },
    number=python_source.float_number("math.pi", "math.inf", "math.nan"),
    select="where({condition}, {yes}, {no})",
)

# In single precision the products in these overflow, and what they save is below its rounding.
_SINGLE = {
    "trigamma": "torch.special.polygamma(1, x)",
    "tetragamma": "torch.special.polygamma(2, x)",
    "digamma_difference": "torch.special.digamma(z + d) - torch.special.digamma(z)",
    "trigamma_difference": "torch.special.polygamma(1, z + d) - torch.special.polygamma(1, z)",
    "polygamma_difference": "torch.special.polygamma(n, z + d) - torch.special.polygamma(n, z)",
    "log_gamma_difference": "torch.special.gammaln(z + d) - torch.special.gammaln(z)",
}
_PROVIDED = {
    "log_gamma": "torch.special.gammaln",
    "digamma": "torch.special.digamma",
    "polygamma": "torch.special.polygamma",
    "power": "torch.pow",
    "rint": "torch.round",
    "where": "where",
}
_VECTOR = Vector("torch", _PROVIDED, _SINGLE, "{0}.dtype == torch.float32")

FILES = (
    *("torch_special.py", "vector_special.py", "array_bessel.py"),
    *("array_expectation.py", "torch_expectation.py"),
)


def render(program: Program, write: Writer, command: str) -> str:
    """A module with one public function."""
    return render_arrays(
        program,
        write,
        command,
        file="torch.py.jinja",
        special_files=FILES,
        vector=_VECTOR,
        special="",
    )


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
